"""Store behaviour: the local library and a VAST Database pass the same tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app.contracts import Band, Condition, Facet, Listing, PlanStatus, Query
from exr_inspector_app.errors import StoreError
from exr_inspector_app.model import Payload
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.query.filter_parser import parse_where
from exr_inspector_app.persistence.store import Store
from tests.exr_files import string
from tests.persistence.samples import channels, payload, record
from tests.records import batch, small, studio


@pytest.fixture
def store(new_store: Callable[..., Store]) -> Store:
    made = new_store()
    made.ensure_tables()
    return made


def named(*names: str) -> list[Payload]:
    """Return rows of `channels` with these names."""
    return [{**row, "name": name, "layer_name": name.rpartition(".")[0], "component_name": name.rpartition(".")[2]}
            for row, name in zip(channels(len(names)), names, strict=True)]  # fmt: skip


def test_publishing_twice_keeps_one_row(store: Store, tmp_path: Path) -> None:
    file = small(tmp_path)
    first, second = store.publish(batch(file)), store.publish(batch(file, publish_id="p2"))
    file_id = file.identity.file_id
    assert first[0].as_dict() == {
        "status": "success",
        "file_id": file_id,
        "inserted": True,
        "message": f"File persisted: {file_id}",
        "error": None,
    }
    assert (second[0].inserted, second[0].message) == (False, f"File already persisted: {file_id}")
    assert store.count() == 1
    stored = store.get(file_id)
    assert stored is not None
    assert (len(stored.parts), len(stored.channels)) == (1, 3)
    assert stored.file["inspection_count"] == 2


def test_duplicate_key_in_a_batch_is_inserted_once(store: Store, tmp_path: Path) -> None:
    file = small(tmp_path)
    assert [result.inserted for result in store.publish(batch(file, file))] == [True, False]
    assert store.count() == 1


def test_children_match_their_file(store: Store, tmp_path: Path) -> None:
    file = small(tmp_path, attributes={"owner": string("me"), "odd": ("string", b"\xe9")})
    store.publish(batch(file))
    stored = store.get(file.identity.file_id)
    assert stored is not None
    assert [row["channel_name"] for row in stored.channels] == ["B", "G", "R"]
    assert np.allclose(stored.channels[0]["channel_fingerprint"], file.channel_vectors[0])
    texts = {row["attribute_name"]: (row["attribute_value"], row["value_text"]) for row in stored.attributes}
    assert texts["owner"] == ('"me"', "me")
    assert texts["odd"] == ('{"encoding":"base64","data":"6Q=="}', None)
    assert stored.parts[0]["data_window"] == '{"min":[0,0],"max":[7,7]}'


def test_channels_and_attributes_keep_the_files_order(store: Store, tmp_path: Path) -> None:
    file = studio(tmp_path, 1)[0]
    store.publish(batch(*studio(tmp_path / "more", 3), file))
    stored = store.get(file.identity.file_id)
    assert stored is not None
    names = [row["name"] for row in file.payload["channels"]]
    assert [row["channel_name"] for row in stored.channels] == names
    listed = [row["name"] for row in file.payload["attributes"]["parts"][0]]
    assert [row["attribute_name"] for row in stored.attributes] == listed


def test_new_header_is_current_and_the_old_one_is_history(store: Store, tmp_path: Path) -> None:
    old = small(tmp_path)
    new = small(tmp_path, attributes={"owner": string("again")})
    store.publish(batch(old))
    assert [item.status for item in store.plan(batch(old, new)).items] == [PlanStatus.PRESENT, PlanStatus.CHANGED]
    store.publish(batch(new, publish_id="p2"))
    assert [row.file["file_id"] for row in store.find()] == [new.identity.file_id]
    assert (store.count(), store.count(history=True)) == (1, 2)


def test_scan_yields_every_file_once(store: Store, tmp_path: Path) -> None:
    old = small(tmp_path, "again.exr")
    new = small(tmp_path, "again.exr", attributes={"owner": string("again")})
    others = [small(tmp_path, f"{number}.exr", width=number + 8) for number in range(20)]
    store.publish(batch(old, *others))
    store.publish(batch(new, publish_id="p2"))
    batches = list(store.scan(batch_files=4))
    ids = [row.file["file_id"] for files in batches for row in files]
    assert len(batches) > 1
    assert sorted(ids) == sorted(file.identity.file_id for file in (new, *others))
    assert len([row for files in store.scan(history=True, batch_files=4) for row in files]) == 22
    wide = [row.file["width"] for files in store.scan((parse_where("width>=20"),)) for row in files]
    assert sorted(wide) == list(range(20, 28))


def test_plan_writes_nothing(store: Store, tmp_path: Path) -> None:
    plan = store.plan(batch(small(tmp_path)))
    assert plan.count(PlanStatus.NEW) == 1
    assert store.count() == 0


def test_finished_render_refreshes_its_row(store: Store, tmp_path: Path) -> None:
    half = small(tmp_path, height=10, present=4)
    finished = small(tmp_path, height=10)
    store.publish(batch(half))
    (item,) = store.plan(batch(half)).items
    assert item.is_incomplete
    assert store.plan(batch(finished)).items[0].status is PlanStatus.REFRESH
    store.publish(batch(finished, publish_id="p2"))
    stored = store.get(finished.identity.file_id)
    assert stored is not None
    assert stored.file["is_complete"] is True
    assert stored.file["size_bytes"] == finished.payload["file"]["size_bytes"]
    assert stored.parts[0]["chunks_present"] == 10


def test_undo_removes_files_inserted_by_the_publish(store: Store, tmp_path: Path) -> None:
    first, second = small(tmp_path, "a.exr"), small(tmp_path, "b.exr")
    store.publish(batch(first))
    store.publish(batch(first, second, publish_id="p2"))
    assert store.undo("p2") == 1
    assert [row.file["file_id"] for row in store.find()] == [first.identity.file_id]


def test_undo_leaves_files_that_another_publish_contains(store: Store, tmp_path: Path) -> None:
    file = small(tmp_path)
    store.publish(batch(file))
    store.publish(batch(file, publish_id="p2"))
    assert store.undo("p1") == 0
    assert store.count() == 1


def test_undo_removes_files_that_the_same_publish_contains_twice(store: Store, tmp_path: Path) -> None:
    file = small(tmp_path)
    store.publish(batch(file))
    store.publish(batch(file))
    stored = store.get(file.identity.file_id)
    assert stored is not None
    assert stored.file["inspection_count"] == 1
    assert store.undo("p1") == 1
    assert store.count() == 0


def test_completeness_alone_is_a_change(store: Store) -> None:
    unfinished, finished = record(payload(is_complete=False)), record(payload())
    assert unfinished.identity == finished.identity
    store.publish(batch(unfinished))
    assert store.plan(batch(finished)).items[0].status is PlanStatus.REFRESH
    store.publish(batch(finished, publish_id="p2"))
    stored = store.get(finished.identity.file_id)
    assert stored is not None
    assert stored.file["is_complete"] is True


def test_delete_removes_all_rows(store: Store, tmp_path: Path) -> None:
    file, other = small(tmp_path, "a.exr"), small(tmp_path, "b.exr", channels=["Z"])
    store.publish(batch(file, other))
    assert store.delete([file.identity.file_id, "nobody"]) == 1
    assert store.get(file.identity.file_id) is None
    assert store.check().problems == ()
    assert store.publish(batch(file))[0].inserted


def test_invalid_record_does_not_fail_the_batch(store: Store, tmp_path: Path) -> None:
    good, bad = small(tmp_path, "a.exr"), small(tmp_path, "b.exr")
    bad = replace(bad, metadata_embedding=np.full(384, np.nan, dtype=np.float32))
    results = store.publish(batch(bad, good))
    assert [result.status for result in results] == ["error", "success"]
    assert "not finite" in (results[0].error or "")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("compression=zip", {"b.exr"}),
        ("compression!=zip", {"a.exr", "c.exr"}),
        ("width>=16", {"b.exr", "c.exr"}),
        ("width<16", {"a.exr"}),
        ("width in 8,32", {"a.exr", "c.exr"}),
        ("channel_list~|Z|", {"c.exr"}),
        ("path_folded^=/", {"a.exr", "b.exr", "c.exr"}),
        ("color_space is null", {"a.exr", "b.exr", "c.exr"}),
        ("compression is not null", {"a.exr", "b.exr", "c.exr"}),
        ("is_deep=true", set()),
    ],
)
def test_files_are_found_by_conditions(store: Store, tmp_path: Path, text: str, names: set[str]) -> None:
    made = [small(tmp_path, "a.exr"), small(tmp_path, "b.exr", width=16, compression="zip")]
    store.publish(batch(*made, small(tmp_path, "c.exr", width=32, channels=["Z"])))
    files = store.find((parse_where(text),))
    assert {Path(row.file["file_path"]).name for row in files} == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("kind=tiled", {"b.exr"}),
        ("kind!=tiled", {"a.exr", "c.exr"}),
        ("resolution in 16x9,32x9", {"b.exr", "c.exr"}),
        ("layer=Z", {"c.exr"}),
        ("layer!=Z", {"a.exr", "b.exr"}),
        ("layer in Z,specular", {"b.exr", "c.exr"}),
        ("layer=pecular", set()),
        ("renderer=Arnold", {"a.exr"}),
        ("renderer in Arnold,Karma", {"a.exr"}),
        ("renderer!=Arnold", {"b.exr", "c.exr"}),
        ("renderer_version^=7.2", {"a.exr"}),
        ("renderer is null", {"b.exr", "c.exr"}),
        ("show is null", {"a.exr", "b.exr", "c.exr"}),
        ("text~B.EXR", {"b.exr"}),
        ("text~SPECULAR.r", {"b.exr"}),
        ("text~candle owner", {"a.exr"}),
        ("text~candle b.exr", set()),
    ],
)
def test_files_are_found_by_derived_columns(store: Store, text: str, names: set[str]) -> None:
    owner = {"name": "owner", "type": "string", "value": "By Candle light"}
    a = payload("/s/a.exr", frame_number=None, attributes=[owner])
    a["file"]["renderer"] = {"name": "Arnold", "version": "7.2.4.1"}
    b = payload("/s/b.exr", frame_number=None, render_software=None, width=16, height=9, is_tiled=True)
    c = payload("/s/c.exr", frame_number=None, render_software=None, width=32, height=9, channels=named("Z"))
    b["channels"] = named("R", "specular.R")
    store.publish(batch(record(a), record(b), record(c)))
    files = store.find((parse_where(text),))
    assert {Path(row.file["file_path"]).name for row in files} == names


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("frame_number=1001.25", {1001.25}),
        ("frame_number>1001", {1001.25}),
        ("frame_number in -3,1001", {-3, 1001}),
        ("frame_number is null", {None}),
        ("writer=Nuke", {-3}),
        ("picture_layer=beauty", {1001}),
    ],
)
def test_files_are_found_by_frame_writer_and_picture(store: Store, text: str, frames: set[float | None]) -> None:
    numbers = (1001, 1001.25, -3, None)
    made = [payload(f"/s/{at}.exr", frame_number=number, attributes=[]) for at, number in enumerate(numbers)]
    made[0]["file"]["picture"] = {"part_index": 0, "view": None, "layer": "beauty", "channels": [], "kind": "colour"}
    made[2]["file"]["writer"] = {"name": "Nuke", "version": "15.1v1"}
    store.publish(batch(*map(record, made)))
    assert {row.file["frame_number"] for row in store.find((parse_where(text),))} == frames


def test_children_keep_the_order_of_the_file_over_all_parts(store: Store, tmp_path: Path) -> None:
    parts = [{"channels": ["Z", "B", "A"]}, {"channels": ["spec.R", "a"]}]
    file = small(tmp_path, parts=parts)
    store.publish(batch(file))
    (stored,) = store.get_many([file.identity.file_id])
    for whole in (stored, store.get(file.identity.file_id)):
        assert whole is not None
        names = [row["name"] for row in file.payload["channels"]]
        assert [(row["position"], row["channel_name"]) for row in whole.channels] == list(enumerate(names))
        names = [row["name"] for part in file.payload["attributes"]["parts"] for row in part]
        assert [(row["position"], row["attribute_name"]) for row in whole.attributes] == list(enumerate(names))


def test_value_is_never_interpreted_as_sql(store: Store, tmp_path: Path) -> None:
    store.publish(batch(small(tmp_path)))
    assert store.find((Condition("compression", "=", "'; DROP TABLE file_rows; --"),)) == []
    with pytest.raises(StoreError):
        store.find((Condition("1=1; --", "=", ""),))
    assert store.count() == 1


def test_similar_returns_one_explained_hit_per_sequence(store: Store, tmp_path: Path) -> None:
    frames = studio(tmp_path / "v1", 5)
    again = studio(tmp_path / "v2", 3, first=1101)
    stranger = small(tmp_path, "plain.exr", channels=["Y"])
    store.publish(batch(*frames, *again, stranger))
    hits = store.similar(Query(frames[0], limit=10))
    assert [hit.sequence_count for hit in hits] == [5, 3, 1]
    assert [hit.band for hit in hits] == [Band.SAME_SEQUENCE, Band.SAME_SETUP, Band.UNRELATED]
    assert hits[1].score > 0.95
    assert "same layers" in hits[1].same
    assert hits[2].score < 0.5


def test_reference_itself_is_identical(store: Store, tmp_path: Path) -> None:
    file = small(tmp_path)
    store.publish(batch(file))
    (hit,) = store.similar(Query(file))
    assert (hit.band, hit.reasons) == (Band.IDENTICAL, ["this file"])
    assert hit.score == pytest.approx(1.0)


def test_copy_of_the_reference_represents_its_sequence(store: Store, tmp_path: Path) -> None:
    frames, copies = studio(tmp_path / "v1", 3), studio(tmp_path / "archive", 3)
    store.publish(batch(*frames, *copies))
    hits = {(hit.band, hit.sequence_key): hit.file_path for hit in store.similar(Query(frames[1]))}
    own, other = frames[1].identity, copies[1].identity
    assert hits.keys() == {(Band.SAME_SEQUENCE, own.sequence_key), (Band.IDENTICAL, other.sequence_key)}
    assert hits[Band.IDENTICAL, other.sequence_key] == other.file_path


def test_identical_header_is_first_among_equal_scores(store: Store) -> None:
    reference, copy = record(payload("/x/shot.1001.exr")), record(payload("/z/shot.1001.exr"))
    other = record(payload("/a/shot.1001.exr", compression="zip"))
    store.publish(batch(other, copy))
    hits = store.similar(Query(reference))
    assert [hit.score for hit in hits] == pytest.approx([1.0, 1.0])
    assert [hit.band for hit in hits] == [Band.IDENTICAL, Band.SAME_SETUP]
    assert [hit.file_id for hit in hits] == [copy.identity.file_id, other.identity.file_id]


def test_similar_applies_the_filter_and_includes_new_files(store: Store, tmp_path: Path) -> None:
    file, other = small(tmp_path, "a.exr"), small(tmp_path, "b.exr", compression="zip")
    store.publish(batch(file))
    assert len(store.similar(Query(file))) == 1
    store.publish(batch(other))
    assert len(store.similar(Query(file))) == 2
    where = (parse_where("compression=zip"),)
    assert [hit.file_id for hit in store.similar(Query(file, where=where))] == [other.identity.file_id]
    assert store.similar(Query(file, where=(parse_where("width>9999"),))) == []


def test_similar_by_channels_finds_the_same_channels(store: Store, tmp_path: Path) -> None:
    file = small(tmp_path, "a.exr", channels=["R", "Z"])
    twin = small(tmp_path, "b.exr", channels=["R", "Z"], width=999, compression="piz")
    stranger = small(tmp_path, "c.exr", channels=["P.X", "P.Y"])
    store.publish(batch(twin, stranger))
    hits = store.similar(Query(file, by="channels"))
    assert [hit.file_id for hit in hits] == [twin.identity.file_id, stranger.identity.file_id]
    assert hits[0].score == pytest.approx(1.0, abs=1e-5)


def test_empty_store_has_no_hits(store: Store, tmp_path: Path) -> None:
    assert store.similar(Query(small(tmp_path))) == []


def test_sequence_is_one_row_of_a_listing(store: Store, tmp_path: Path) -> None:
    frames = studio(tmp_path / "v1", 5)
    store.publish(batch(*frames[:2], *frames[3:], small(tmp_path, "z.exr")))
    page = store.browse(Listing(sort="path_folded", descending=False))
    assert (page.total_rows, page.total_files) == (2, 5)
    sequence, single = page.rows
    assert (sequence.count, sequence.frames) == (4, (1001, 1002, 1004, 1005))
    assert sequence.size_bytes == sum(file.payload["file"]["size_bytes"] for file in (*frames[:2], *frames[3:]))
    assert sequence.file["sequence_key"] == frames[0].identity.sequence_key
    assert sequence.file["inspection_timestamp"] == max(file.inspected_at for file in (*frames[:2], *frames[3:]))
    assert (single.count, single.frames, single.file["kind"]) == (1, (), "scanline")


def test_files_of_a_sequence_are_listed_by_frame(store: Store, tmp_path: Path) -> None:
    frames = studio(tmp_path, 3)
    store.publish(batch(*reversed(frames), small(tmp_path, "z.exr")))
    where = (Condition("sequence_key", "=", frames[0].identity.sequence_key),)
    page = store.browse(Listing(where, folded=False, sort="frame_number", descending=False))
    assert [row.file["frame_number"] for row in page.rows] == [1001, 1002, 1003]
    assert (page.total_rows, page.total_files) == (3, 3)


def test_pages_hold_every_row_once(store: Store, tmp_path: Path) -> None:
    names = [f"{letter}.exr" for letter in "abcdefg"]
    store.publish(batch(*(small(tmp_path, name) for name in reversed(names))))
    pages = [store.browse(Listing(sort="compression", limit=3, offset=start)) for start in (0, 3, 6, 9)]
    assert [Path(row.file["file_path"]).name for page in pages for row in page.rows] == names
    assert [page.total_rows for page in pages[:3]] == [7, 7, 7]


@pytest.mark.parametrize("column", [*schema.FILE_COLUMNS, *derived_columns.SCALAR_COLUMNS, "count"])
def test_listing_can_be_sorted_by_any_column(store: Store, tmp_path: Path, column: str) -> None:
    store.publish(batch(*studio(tmp_path / "v1", 2), small(tmp_path, "b.exr", width=16, compression="zip")))
    up, down = (store.browse(Listing(sort=column, descending=flag)).rows for flag in (False, True))
    values = [row.count if column == "count" else row.size_bytes if column == "size_bytes" else row.file.get(column)
              for row in up]  # fmt: skip
    known = [value for value in values if value is not None]
    assert known == sorted(known)
    assert {row.file["file_id"] for row in up} == {row.file["file_id"] for row in down}


def test_listing_rejects_unknown_columns(store: Store) -> None:
    with pytest.raises(StoreError):
        store.browse(Listing(sort="1; --"))
    with pytest.raises(StoreError):
        store.browse(Listing(facets=("1; --",)))


def test_listing_contains_current_headers_only(store: Store, tmp_path: Path) -> None:
    old, new = small(tmp_path), small(tmp_path, attributes={"owner": string("again")}, width=16)
    store.publish(batch(old))
    store.publish(batch(new, publish_id="p2"))
    page = store.browse(Listing(facets=("resolution",)))
    assert [row.file["file_id"] for row in page.rows] == [new.identity.file_id]
    assert page.facets == (Facet("resolution", (("16x8", 1),)),)


def test_facets_ignore_conditions_on_their_own_column(store: Store, tmp_path: Path) -> None:
    wide = [small(tmp_path, f"wide{n}.exr", width=16, channels=["R", "spec.R", "spec.G", "Z"]) for n in "ab"]
    tall = small(tmp_path, "tall.exr", height=16, compression="zip")
    store.publish(batch(*wide, tall))
    facets = ("resolution", "compression", "layer", "kind", "published_by", "renderer", "show")
    where = (Condition("resolution", "in", ("16x8",)),)
    page = store.browse(Listing(where, facets=facets))
    assert page.total_files == 2
    assert dict(page.facets[0].values) == {"16x8": 2, "8x16": 1}
    assert [dict(facet.values) for facet in page.facets[1:]] == [
        {"none": 2}, {"spec": 2, "Z": 2}, {"scanline": 2}, {"tester": 2}, {"": 2}, {"": 2},
    ]  # fmt: skip
    both = store.browse(Listing((*where, Condition("layer", "=", "spec")), facets=("resolution", "layer")))
    assert dict(both.facets[0].values) == {"16x8": 2}
    assert dict(both.facets[1].values) == {"spec": 2, "Z": 2}


def test_empty_store_has_an_empty_listing(store: Store) -> None:
    page = store.browse(Listing(facets=("show",)))
    assert (page.rows, page.total_rows, page.total_files) == ((), 0, 0)
    assert page.facets == (Facet("show", ()),)
