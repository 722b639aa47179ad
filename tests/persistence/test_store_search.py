"""Filters and similarity in every any_store: the local library and a VAST Database pass the same tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from exr_inspector_app.contracts import Band, Condition, Query
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence.query.filter_parser import parse_where
from exr_inspector_app.persistence.store import Store
from tests.persistence.samples import named, payload, record
from tests.records import batch, small, studio


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
def test_files_are_found_by_conditions(any_store: Store, tmp_path: Path, text: str, names: set[str]) -> None:
    made = [small(tmp_path, "a.exr"), small(tmp_path, "b.exr", width=16, compression="zip")]
    any_store.publish(batch(*made, small(tmp_path, "c.exr", width=32, channels=["Z"])))
    files = any_store.find((parse_where(text),))
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
def test_files_are_found_by_derived_columns(any_store: Store, text: str, names: set[str]) -> None:
    owner = {"name": "owner", "type": "string", "value": "By Candle light"}
    a = payload("/s/a.exr", frame_number=None, attributes=[owner])
    a["file"]["renderer"] = {"name": "Arnold", "version": "7.2.4.1"}
    b = payload("/s/b.exr", frame_number=None, render_software=None, width=16, height=9, is_tiled=True)
    c = payload("/s/c.exr", frame_number=None, render_software=None, width=32, height=9, channels=named("Z"))
    b["channels"] = named("R", "specular.R")
    any_store.publish(batch(record(a), record(b), record(c)))
    files = any_store.find((parse_where(text),))
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
def test_files_are_found_by_frame_writer_and_picture(any_store: Store, text: str, frames: set[float | None]) -> None:
    numbers = (1001, 1001.25, -3, None)
    made = [payload(f"/s/{at}.exr", frame_number=number, attributes=[]) for at, number in enumerate(numbers)]
    made[0]["file"]["picture"] = {"part_index": 0, "view": None, "layer": "beauty", "channels": [], "kind": "colour"}
    made[2]["file"]["writer"] = {"name": "Nuke", "version": "15.1v1"}
    any_store.publish(batch(*map(record, made)))
    assert {row.file["frame_number"] for row in any_store.find((parse_where(text),))} == frames


def test_value_is_never_interpreted_as_sql(any_store: Store, tmp_path: Path) -> None:
    any_store.publish(batch(small(tmp_path)))
    assert any_store.find((Condition("compression", "=", "'; DROP TABLE file_rows; --"),)) == []
    with pytest.raises(StoreError):
        any_store.find((Condition("1=1; --", "=", ""),))
    assert any_store.count() == 1


def test_similar_returns_one_explained_hit_per_sequence(any_store: Store, tmp_path: Path) -> None:
    frames = studio(tmp_path / "v1", 5)
    again = studio(tmp_path / "v2", 3, first=1101)
    stranger = small(tmp_path, "plain.exr", channels=["Y"])
    any_store.publish(batch(*frames, *again, stranger))
    hits = any_store.similar(Query(frames[0], limit=10))
    assert [hit.sequence_count for hit in hits] == [5, 3, 1]
    assert [hit.band for hit in hits] == [Band.SAME_SEQUENCE, Band.SAME_SETUP, Band.UNRELATED]
    assert hits[1].score > 0.95
    assert "same layers" in hits[1].same
    assert hits[2].score < 0.5


def test_reference_itself_is_identical(any_store: Store, tmp_path: Path) -> None:
    file = small(tmp_path)
    any_store.publish(batch(file))
    (hit,) = any_store.similar(Query(file))
    assert (hit.band, hit.reasons) == (Band.IDENTICAL, ["this file"])
    assert hit.score == pytest.approx(1.0)


def test_copy_of_the_reference_represents_its_sequence(any_store: Store, tmp_path: Path) -> None:
    frames, copies = studio(tmp_path / "v1", 3), studio(tmp_path / "archive", 3)
    any_store.publish(batch(*frames, *copies))
    hits = {(hit.band, hit.sequence_key): hit.file_path for hit in any_store.similar(Query(frames[1]))}
    own, other = frames[1].identity, copies[1].identity
    assert hits.keys() == {(Band.SAME_SEQUENCE, own.sequence_key), (Band.IDENTICAL, other.sequence_key)}
    assert hits[Band.IDENTICAL, other.sequence_key] == other.file_path


def test_identical_header_is_first_among_equal_scores(any_store: Store) -> None:
    reference, copy = record(payload("/x/shot.1001.exr")), record(payload("/z/shot.1001.exr"))
    other = record(payload("/a/shot.1001.exr", compression="zip"))
    any_store.publish(batch(other, copy))
    hits = any_store.similar(Query(reference))
    assert [hit.score for hit in hits] == pytest.approx([1.0, 1.0])
    assert [hit.band for hit in hits] == [Band.IDENTICAL, Band.SAME_SETUP]
    assert [hit.file_id for hit in hits] == [copy.identity.file_id, other.identity.file_id]


def test_similar_applies_the_filter_and_includes_new_files(any_store: Store, tmp_path: Path) -> None:
    file, other = small(tmp_path, "a.exr"), small(tmp_path, "b.exr", compression="zip")
    any_store.publish(batch(file))
    assert len(any_store.similar(Query(file))) == 1
    any_store.publish(batch(other))
    assert len(any_store.similar(Query(file))) == 2
    where = (parse_where("compression=zip"),)
    assert [hit.file_id for hit in any_store.similar(Query(file, where=where))] == [other.identity.file_id]
    assert any_store.similar(Query(file, where=(parse_where("width>9999"),))) == []


def test_similar_by_channels_finds_the_same_channels(any_store: Store, tmp_path: Path) -> None:
    file = small(tmp_path, "a.exr", channels=["R", "Z"])
    twin = small(tmp_path, "b.exr", channels=["R", "Z"], width=999, compression="piz")
    stranger = small(tmp_path, "c.exr", channels=["P.X", "P.Y"])
    any_store.publish(batch(twin, stranger))
    hits = any_store.similar(Query(file, by="channels"))
    assert [hit.file_id for hit in hits] == [twin.identity.file_id, stranger.identity.file_id]
    assert hits[0].score == pytest.approx(1.0, abs=1e-5)


def test_empty_store_has_no_hits(any_store: Store, tmp_path: Path) -> None:
    assert any_store.similar(Query(small(tmp_path))) == []
