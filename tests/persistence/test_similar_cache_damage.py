"""Similarity index that is damaged, deleted, interrupted, or of another library: hits stay correct."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app.contracts import Record
from exr_inspector_app.errors import StoreUnavailableError
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.local.index import files, snapshot
from tests.persistence.numbered import folder, nearest, numbered, publish, search
from tests.records import batch


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def garbled(path: Path) -> None:
    path.write_bytes(b"\x00{not json")


def older(path: Path) -> None:
    path.write_text(path.read_text().replace('"versions": [2', '"versions": [1'))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "vectors cut": lambda at: [cut(path) for path in at.glob("metadata*.f32")],
    "codes cut": lambda at: [cut(path) for path in at.glob("*.u8")],
    "hashes cut": lambda at: [cut(path) for path in at.glob("*.u64")],
    "rows cut": lambda at: [cut(path) for path in at.glob("*.arrow")],
    "rows gone": lambda at: [path.unlink() for path in at.glob("*.arrow")],
    "state garbled": lambda at: garbled(at / "state.json"),
    "state gone": lambda at: (at / "state.json").unlink(),
    "another version": lambda at: older(at / "state.json"),
    "all gone": shutil.rmtree,
    "a file in its place": lambda at: (shutil.rmtree(at), at.write_text("mine")),
    "a tail that does not count": lambda at: [path.write_bytes(path.read_bytes() + b"xx") for path in at.glob("*.f32")],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_index_is_rebuilt(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setattr(files, "EXACT_LIMIT", 0)
    publish(store, pattern, range(80))
    search(store, pattern)
    snapshot._snapshots.clear()
    DAMAGE[damage](folder(tmp_path))
    assert search(store, pattern) == nearest(range(80))


@pytest.mark.parametrize("damage", ["rows gone", "state gone", "all gone", "a file in its place"])
def test_index_deleted_while_open_is_rebuilt(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setattr(files, "EXACT_LIMIT", 0)
    publish(store, pattern, range(80))
    search(store, pattern)
    DAMAGE[damage](folder(tmp_path))
    assert search(store, pattern) == nearest(range(80))
    publish(store, pattern, range(80, 110))
    assert search(store, pattern) == nearest(range(110))


def test_crash_before_commit_leaves_the_previous_manifest(
    store: LocalStore, pattern: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(store, pattern, range(80))
    search(store, pattern)
    publish(store, pattern, range(80, 110))

    def crash(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(files.IndexFiles, "commit", crash)
        with pytest.raises(KeyboardInterrupt):
            search(store, pattern)
    assert search(store, pattern) == nearest(range(110))


def test_replaced_library_does_not_use_the_old_index(store: LocalStore, pattern: Record, tmp_path: Path) -> None:
    publish(store, pattern, range(60))
    search(store, pattern)
    (tmp_path / "library.duckdb").unlink()
    publish(store, pattern, range(100, 160))
    assert search(store, pattern) == nearest(range(100, 160))


@pytest.mark.parametrize("way", [{"by": "channels"}, {"exact": True}])
def test_deleted_index_can_be_searched_while_it_is_open(
    store: LocalStore, pattern: Record, tmp_path: Path, way: dict[str, Any]
) -> None:
    publish(store, pattern, range(50))
    search(store, pattern)
    shutil.rmtree(folder(tmp_path))
    assert search(store, pattern, **way)


def test_full_disk_of_the_index_is_reported(
    store: LocalStore, pattern: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.publish(batch(*(numbered(pattern, number) for number in range(50))))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.IndexFiles, "_write_at", full)
    with pytest.raises(StoreUnavailableError, match=r"No space left on device. Check that its disk has space"):
        search(store, pattern)
