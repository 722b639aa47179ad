"""Roots of a store: one key for each file, whatever path a machine publishes it by, and a rekey of earlier rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import LOOK_DIM, Preview, Query, Record
from exr_inspector_app.errors import StoreDamagedError
from exr_inspector_app.persistence.identity import identify
from exr_inspector_app.persistence.local import rekey as local_rekey
from exr_inspector_app.persistence.local import stored_roots as local_stored_roots
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.persistence.vast import stored_roots as vast_stored_roots
from exr_inspector_app.persistence.vast.migration import rekey as vast_rekey
from tests.persistence.samples import batch, payload, record, units

ROOTS = (Root("prod", ("/mnt/prod", "P:/", "s3://prod"), fold_case=True),)
MACHINES = ("/mnt/prod", "P:", "s3://prod")

NewStore = Callable[..., Store]


def of_machine(prefix: str, frame: int = 1001) -> Record:
    """Return the record of one file as a machine publishes it that mounts the root under a prefix."""
    made = record(payload("/mnt/prod/show/beauty.1001.exr", frame_number=frame))
    file = {**made.payload["file"], "path": f"{prefix}/show/beauty.{frame}.exr"}
    identity = identify(file["path"], frame, made.identity.header_hash)
    return replace(made, payload={**made.payload, "file": file}, identity=identity)


def keys(store: Store) -> list[str]:
    """Return the normalized paths of all files, also of older headers."""
    return sorted(row.file["file_path_normalized"] for row in store.find(history=True))


def move(store: Store) -> tuple[int, int]:
    """Rekey all rows; return how many files moved, and how many became one with another."""
    ranges = list(store.rekey(apply=True))
    assert not sum(item.held for item in ranges)
    return sum(item.moved for item in ranges), sum(item.joined for item in ranges)


def test_file_has_one_key_for_all_machines(new_store: NewStore) -> None:
    store = new_store()
    assert store.roots() is None
    store.set_roots(ROOTS)
    assert store.roots() == ROOTS
    results = [store.publish(batch(of_machine(prefix), publish_id=prefix))[0] for prefix in MACHINES]
    assert [result.inserted for result in results] == [True, False, False]
    assert len({result.file_id for result in results}) == 1
    assert keys(store) == ["prod:/show/beauty.1001.exr"]
    assert [item.status.value for item in store.plan(batch(*map(of_machine, MACHINES))).items] == ["already there"] * 3
    hits = store.similar(Query(of_machine("P:"), "metadata", 5))
    assert [hit.band for hit in hits] == ["identical"]
    store.set_roots(())
    assert store.roots() == ()
    store.publish(batch(of_machine("P:")))
    assert keys(store) == ["p:/show/beauty.1001.exr", "prod:/show/beauty.1001.exr"]


def test_rekey_joins_doubles_and_keeps_all_rows(new_store: NewStore) -> None:
    store, (first, second, third) = new_store(), map(of_machine, MACHINES)
    for made in (first, second):
        store.publish(batch(made, publish_id=made.identity.file_path))
    store.publish(batch(third, of_machine("/other"), publish_id="third"))
    before = store.get(first.identity.file_id)
    look = units(1, 1, LOOK_DIM)[0]
    store.put_previews([Preview(second.identity.file_id, look, b"\xff\xd8 second")])
    store.set_roots(ROOTS)
    (plan,) = store.rekey()
    assert (plan.files, plan.moved, plan.joined) == (4, 3, 2)
    assert len(keys(store)) == 4
    assert move(store) == (3, 2)
    assert keys(store) == ["/other/show/beauty.1001.exr", "prod:/show/beauty.1001.exr"]
    file_id = next(row.file["file_id"] for row in store.find() if row.file["file_path_normalized"].startswith("prod"))
    after = store.get(file_id)
    assert before is not None
    assert after is not None
    changed = {"file_id", "file_path_normalized", "path_folded", "sequence_key", "inspection_count", "last_inspected"}
    assert {name for name, value in before.file.items() if after.file[name] != value} <= changed
    assert after.file["sequence_key"] == "prod:/show/beauty.####.exr"
    assert after.file["inspection_count"] == 3
    for name in ("parts", "channels", "attributes"):
        rows = [[{**row, "file_id": ""} for row in getattr(stored, name)] for stored in (before, after)]
        assert rows[0] == rows[1]
    assert store.previews([file_id])[file_id].thumbnail == b"\xff\xd8 second"
    assert not store.check().problems
    assert [hit.file_id for hit in store.similar(Query(first, "metadata", 5))][:1] == [file_id]
    assert store.undo(first.identity.file_path) == 0  # two more publishes contain the file
    assert move(store) == (0, 0)


@pytest.mark.slow
def test_interrupted_rekey_is_resumed(new_store: NewStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (local_rekey, vast_rekey):
        monkeypatch.setattr(module, "MAX_RANGE_FILES", 2)
    store = new_store()
    store.publish(batch(*(of_machine("/mnt/prod", frame) for frame in range(1, 9))))
    store.publish(batch(*(of_machine("s3://prod", frame) for frame in range(1, 9))))
    store.set_roots(ROOTS)
    run = store.rekey(apply=True)
    done = [next(run) for _ in range(5)]
    run.close()
    files = store.find(history=True)
    assert len({row.file["file_id"] for row in files}) == len(files)
    assert 8 < len(files) < 16
    rest = list(store.rekey(start=done[-1].first, apply=True))
    assert rest[0].first == done[-1].first
    assert keys(store) == sorted(f"prod:/show/beauty.{frame}.exr" for frame in range(1, 9))
    assert not store.check().problems


@pytest.mark.slow
def test_roots_that_exchange_their_names_keep_both_files(new_store: NewStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (local_rekey, vast_rekey):
        monkeypatch.setattr(module, "MAX_RANGE_FILES", 1)  # each file in a range of its own
    store = new_store()
    roots = (Root("a", ("/mnt/a",)), Root("b", ("/mnt/b",)))
    store.set_roots(roots)
    store.publish(batch(of_machine("/mnt/a"), of_machine("/mnt/b")))
    ids = {row.file["file_path"]: row.file["file_id"] for row in store.find()}
    store.set_roots((roots[0]._replace(name="b"), roots[1]._replace(name="a")))
    assert move(store) == (2, 0)
    moved = {row.file["file_path"]: row.file["file_id"] for row in store.find()}
    assert (moved["/mnt/a/show/beauty.1001.exr"], moved["/mnt/b/show/beauty.1001.exr"]) == (
        ids["/mnt/b/show/beauty.1001.exr"],
        ids["/mnt/a/show/beauty.1001.exr"],
    )
    assert all(len(store.get(file_id).channels) == 4 for file_id in moved.values())  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["caf\udce9.exr", "caf%E9.exr"])
def test_rekey_gives_the_key_of_a_new_publish(new_store: NewStore, name: str) -> None:
    store, made = new_store(), record(payload(f"/mnt/prod/{name}", frame_number=None))
    store.publish(batch(made))
    store.set_roots(ROOTS)
    assert move(store) == (1, 0)
    assert not store.publish(batch(made))[0].inserted


def test_relative_prefix_is_refused(new_store: NewStore) -> None:
    store = new_store()
    with pytest.raises(StoreDamagedError, match="prod/show of the root prod is not absolute"):
        store.set_roots((Root("prod", ("prod/show",)),))
    assert store.roots() is None


def test_roots_that_cannot_be_read_stop_publishing_until_they_are_set(new_store: NewStore) -> None:
    store = new_store()
    store.set_roots(ROOTS)
    with pytest.MonkeyPatch.context() as patch:  # as another program would write them
        for module in (local_stored_roots, vast_stored_roots):
            patch.setattr(module, "to_json", lambda _: '[{"name": "a b"}]')
        store.set_roots(ROOTS)
    with pytest.raises(StoreDamagedError, match="Set them again"):
        store.publish(batch(of_machine("P:")))
    assert store.find() == []
    store.set_roots(ROOTS)
    assert store.publish(batch(of_machine("P:")))[0].inserted
