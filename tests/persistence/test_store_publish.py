"""Publishing in every any_store: the local library and a VAST Database pass the same tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import PlanStatus
from exr_inspector_app.persistence.query.filter_parser import parse_where
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.persistence.vast import VastStore, publish_history
from tests.exr_files import string
from tests.persistence.samples import payload, record
from tests.records import batch, small, studio


def test_publishing_twice_keeps_one_row(any_store: Store, tmp_path: Path) -> None:
    file = small(tmp_path)
    first, second = any_store.publish(batch(file)), any_store.publish(batch(file, publish_id="p2"))
    file_id = file.identity.file_id
    assert first[0].as_dict() == {
        "status": "success",
        "file_id": file_id,
        "inserted": True,
        "message": f"File persisted: {file_id}",
        "error": None,
    }
    assert (second[0].inserted, second[0].message) == (False, f"File already persisted: {file_id}")
    assert any_store.count() == 1
    stored = any_store.get(file_id)
    assert stored is not None
    assert (len(stored.parts), len(stored.channels)) == (1, 3)
    assert stored.file["inspection_count"] == 2


def test_duplicate_key_in_a_batch_is_inserted_once(any_store: Store, tmp_path: Path) -> None:
    file = small(tmp_path)
    assert [result.inserted for result in any_store.publish(batch(file, file))] == [True, False]
    assert any_store.count() == 1


def test_children_match_their_file(any_store: Store, tmp_path: Path) -> None:
    file = small(tmp_path, attributes={"owner": string("me"), "odd": ("string", b"\xe9")})
    any_store.publish(batch(file))
    stored = any_store.get(file.identity.file_id)
    assert stored is not None
    assert [row["channel_name"] for row in stored.channels] == ["B", "G", "R"]
    assert np.allclose(stored.channels[0]["channel_fingerprint"], file.channel_vectors[0])
    texts = {row["attribute_name"]: (row["attribute_value"], row["value_text"]) for row in stored.attributes}
    assert texts["owner"] == ('"me"', "me")
    assert texts["odd"] == ('{"encoding":"base64","data":"6Q=="}', None)
    assert stored.parts[0]["data_window"] == '{"min":[0,0],"max":[7,7]}'


def test_channels_and_attributes_keep_the_files_order(any_store: Store, tmp_path: Path) -> None:
    file = studio(tmp_path, 1)[0]
    any_store.publish(batch(*studio(tmp_path / "more", 3), file))
    stored = any_store.get(file.identity.file_id)
    assert stored is not None
    names = [row["name"] for row in file.payload["channels"]]
    assert [row["channel_name"] for row in stored.channels] == names
    listed = [row["name"] for row in file.payload["attributes"]["parts"][0]]
    assert [row["attribute_name"] for row in stored.attributes] == listed


def test_new_header_is_current_and_the_old_one_is_history(any_store: Store, tmp_path: Path) -> None:
    old = small(tmp_path)
    new = small(tmp_path, attributes={"owner": string("again")})
    any_store.publish(batch(old))
    assert [item.status for item in any_store.plan(batch(old, new)).items] == [PlanStatus.PRESENT, PlanStatus.CHANGED]
    any_store.publish(batch(new, publish_id="p2"))
    assert [row.file["file_id"] for row in any_store.find()] == [new.identity.file_id]
    assert (any_store.count(), any_store.count(history=True)) == (1, 2)


def test_scan_yields_every_file_once(any_store: Store, tmp_path: Path) -> None:
    old = small(tmp_path, "again.exr")
    new = small(tmp_path, "again.exr", attributes={"owner": string("again")})
    others = [small(tmp_path, f"{number}.exr", width=number + 8) for number in range(20)]
    any_store.publish(batch(old, *others))
    any_store.publish(batch(new, publish_id="p2"))
    batches = list(any_store.scan(batch_files=4))
    ids = [row.file["file_id"] for files in batches for row in files]
    assert len(batches) > 1
    assert sorted(ids) == sorted(file.identity.file_id for file in (new, *others))
    assert len([row for files in any_store.scan(history=True, batch_files=4) for row in files]) == 22
    wide = [row.file["width"] for files in any_store.scan((parse_where("width>=20"),)) for row in files]
    assert sorted(wide) == list(range(20, 28))


def test_plan_writes_nothing(any_store: Store, tmp_path: Path) -> None:
    plan = any_store.plan(batch(small(tmp_path)))
    assert plan.count(PlanStatus.NEW) == 1
    assert any_store.count() == 0


def test_finished_render_refreshes_its_row(any_store: Store, tmp_path: Path) -> None:
    half = small(tmp_path, height=10, present=4)
    finished = small(tmp_path, height=10)
    any_store.publish(batch(half))
    (item,) = any_store.plan(batch(half)).items
    assert item.is_incomplete
    assert any_store.plan(batch(finished)).items[0].status is PlanStatus.REFRESH
    any_store.publish(batch(finished, publish_id="p2"))
    stored = any_store.get(finished.identity.file_id)
    assert stored is not None
    assert stored.file["is_complete"] is True
    assert stored.file["size_bytes"] == finished.payload["file"]["size_bytes"]
    assert stored.parts[0]["chunks_present"] == 10


def test_undo_removes_files_inserted_by_the_publish(any_store: Store, tmp_path: Path) -> None:
    first, second = small(tmp_path, "a.exr"), small(tmp_path, "b.exr")
    any_store.publish(batch(first))
    any_store.publish(batch(first, second, publish_id="p2"))
    assert any_store.undo("p2") == 1
    assert [row.file["file_id"] for row in any_store.find()] == [first.identity.file_id]


def test_history_lists_publishes_with_their_notes_and_removable_files(any_store: Store, tmp_path: Path) -> None:
    first, second = small(tmp_path, "a.exr"), small(tmp_path, "b.exr")
    assert any_store.publishes() == []
    any_store.publish(replace(batch(first), published_by="other"))
    any_store.publish(replace(batch(first, second, publish_id="p2"), note="for dailies"))
    third = replace(small(tmp_path, "c.exr"), note="own")
    any_store.publish(replace(batch(third, publish_id="p3"), note="not this"))
    newest, middle, oldest = any_store.publishes()
    assert [(p.publish_id, p.files, p.removable, p.note) for p in (newest, middle, oldest)] == [
        ("p3", 1, 1, "own"),
        ("p2", 1, 1, "for dailies"),
        ("p1", 1, 0, None),
    ]
    assert newest.published_at > middle.published_at > oldest.published_at
    assert (middle.published_by, middle.path) == ("tester", second.identity.file_path)
    assert any_store.publishes(1) == [newest]
    assert any_store.publishes(published_by="other") == [oldest]
    assert any_store.undo("p3") == 1
    assert any_store.publishes() == [middle, oldest]


def test_undo_leaves_files_that_another_publish_contains(any_store: Store, tmp_path: Path) -> None:
    file = small(tmp_path)
    any_store.publish(batch(file))
    any_store.publish(batch(file, publish_id="p2"))
    assert any_store.undo("p1") == 0
    assert any_store.count() == 1


def test_undo_removes_files_that_the_same_publish_contains_twice(any_store: Store, tmp_path: Path) -> None:
    file = small(tmp_path)
    any_store.publish(batch(file))
    any_store.publish(batch(file))
    stored = any_store.get(file.identity.file_id)
    assert stored is not None
    assert stored.file["inspection_count"] == 1
    assert any_store.undo("p1") == 1
    assert any_store.count() == 0


def test_completeness_alone_is_a_change(any_store: Store) -> None:
    unfinished, finished = record(payload(is_complete=False)), record(payload())
    assert unfinished.identity == finished.identity
    any_store.publish(batch(unfinished))
    assert any_store.plan(batch(finished)).items[0].status is PlanStatus.REFRESH
    any_store.publish(batch(finished, publish_id="p2"))
    stored = any_store.get(finished.identity.file_id)
    assert stored is not None
    assert stored.file["is_complete"] is True


def test_delete_removes_all_rows(any_store: Store, tmp_path: Path) -> None:
    file, other = small(tmp_path, "a.exr"), small(tmp_path, "b.exr", channels=["Z"])
    any_store.publish(batch(file, other))
    assert any_store.delete([file.identity.file_id, "nobody"]) == 1
    assert any_store.get(file.identity.file_id) is None
    assert any_store.check().problems == ()
    assert any_store.publish(batch(file))[0].inserted


def test_invalid_record_does_not_fail_the_batch(any_store: Store, tmp_path: Path) -> None:
    good, bad = small(tmp_path, "a.exr"), small(tmp_path, "b.exr")
    bad = replace(bad, metadata_embedding=np.full(384, np.nan, dtype=np.float32))
    results = any_store.publish(batch(bad, good))
    assert [result.status for result in results] == ["error", "success"]
    assert "not finite" in (results[0].error or "")


def test_children_keep_the_order_of_the_file_over_all_parts(any_store: Store, tmp_path: Path) -> None:
    parts = [{"channels": ["Z", "B", "A"]}, {"channels": ["spec.R", "a"]}]
    file = small(tmp_path, parts=parts)
    any_store.publish(batch(file))
    (stored,) = any_store.get_many([file.identity.file_id])
    for whole in (stored, any_store.get(file.identity.file_id)):
        assert whole is not None
        names = [row["name"] for row in file.payload["channels"]]
        assert [(row["position"], row["channel_name"]) for row in whole.channels] == list(enumerate(names))
        names = [row["name"] for part in file.payload["attributes"]["parts"] for row in part]
        assert [(row["position"], row["attribute_name"]) for row in whole.attributes] == list(enumerate(names))


def test_history_of_a_large_table_reads_the_newest_rows(
    vast: Vast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = VastStore(vast)
    for number, files in enumerate((studio(tmp_path / "a", 3), studio(tmp_path / "b", 2)), 1):
        store.publish(batch(*files, publish_id=f"p{number}"))
    store.publish(batch(small(tmp_path), publish_id="p1"))
    expected = store.publishes()
    assert [(publish.publish_id, publish.files) for publish in expected] == [("p1", 4), ("p2", 2)]
    monkeypatch.setattr(publish_history, "MAX_EXACT_ROWS", 0)
    monkeypatch.setattr(publish_history, "_PERIOD_ROWS", (1, 5))
    assert store.publishes() == expected
    assert [publish.files for publish in store.publishes(1, "tester")] == [4]
    store.close()
