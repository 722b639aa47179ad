"""The cache of look-ups damaged, deleted, crashed upon or taken for another's: never a reason for a wrong answer."""

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
from tests.persistence.numbered import folder, found, nearest, numbered, publish
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
def test_a_damaged_cache_is_made_anew(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setattr(files, "EXACT_LIMIT", 0)
    publish(store, pattern, range(80))
    found(store, pattern)
    snapshot._snapshots.clear()
    DAMAGE[damage](folder(tmp_path))
    assert found(store, pattern) == nearest(range(80))


@pytest.mark.parametrize("damage", ["rows gone", "state gone", "all gone", "a file in its place"])
def test_what_is_removed_while_it_is_open_is_made_anew(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setattr(files, "EXACT_LIMIT", 0)
    publish(store, pattern, range(80))
    found(store, pattern)
    DAMAGE[damage](folder(tmp_path))
    assert found(store, pattern) == nearest(range(80))
    publish(store, pattern, range(80, 110))
    assert found(store, pattern) == nearest(range(110))


def test_a_crash_before_the_state_is_kept_leaves_the_state_before(
    store: LocalStore, pattern: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(store, pattern, range(80))
    found(store, pattern)
    publish(store, pattern, range(80, 110))

    def crash(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(files.IndexFiles, "commit", crash)
        with pytest.raises(KeyboardInterrupt):
            found(store, pattern)
    assert found(store, pattern) == nearest(range(110))


def test_a_library_in_the_place_of_another_is_not_taken_for_it(
    store: LocalStore, pattern: Record, tmp_path: Path
) -> None:
    publish(store, pattern, range(60))
    found(store, pattern)
    (tmp_path / "library.duckdb").unlink()
    publish(store, pattern, range(100, 160))
    assert found(store, pattern) == nearest(range(100, 160))


@pytest.mark.parametrize("way", [{"by": "channels"}, {"exact": True}])
def test_a_cache_that_is_deleted_is_still_there_for_who_has_it_open(
    store: LocalStore, pattern: Record, tmp_path: Path, way: dict[str, Any]
) -> None:
    publish(store, pattern, range(50))
    found(store, pattern)
    shutil.rmtree(folder(tmp_path))
    assert found(store, pattern, **way)


def test_a_full_disk_is_told_in_a_sentence(store: LocalStore, pattern: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    store.publish(batch(*(numbered(pattern, number) for number in range(50))))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.IndexFiles, "_write_at", full)
    with pytest.raises(StoreUnavailableError, match=r"No space left on device. Check that its disk has space"):
        found(store, pattern)
