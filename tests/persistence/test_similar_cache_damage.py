"""Similarity index that is damaged, deleted, interrupted, or of another library: hits stay correct."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app.contracts import Query, Record
from exr_inspector_app.errors import StoreUnavailableError
from exr_inspector_app.persistence.index import files, manifest
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.local.index import snapshot
from tests.persistence.numbered import VECTORS, folder, nearest, numbered, publish, search
from tests.records import batch
from tests.write_faults import nth_fault


def cut(path: Path) -> int:
    return path.write_bytes(path.read_bytes()[:-9])


def garbled(path: Path) -> None:
    path.write_bytes(b"\x00{not json")


def replaced(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("mine")


def older(path: Path) -> None:
    path.write_text(path.read_text().replace('"versions": [4', '"versions": [1'))


def altered_state(path: Path, before: str, after: str) -> None:
    """Replace text of the manifest, with a checksum that is right again."""
    content = json.loads(path.read_text().replace(before, after))
    content.pop("check")
    path.write_text(json.dumps({**content, "check": manifest._digest(content)}))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "vectors cut": lambda at: [cut(path) for path in at.glob("metadata*.f32")],
    "codes cut": lambda at: [cut(path) for path in at.glob("*.u8")],
    "hashes cut": lambda at: [cut(path) for path in at.glob("*.u64")],
    "rows cut": lambda at: [cut(path) for path in at.glob("rows.*.dat")],
    "details cut": lambda at: [cut(path) for path in at.glob("details*")],
    "sums cut": lambda at: [cut(path) for path in at.glob("*.sums")],
    "rows gone": lambda at: list(map(os.unlink, at.glob("rows.*.dat"))),
    "state garbled": lambda at: garbled(at / "state.json"),
    "state gone": lambda at: (at / "state.json").unlink(),
    "state of other names": lambda at: altered_state(at / "state.json", '"begun": ', '"begun": "../victim", "x": '),
    "state of other numbers": lambda at: altered_state(at / "state.json", '"vectors": 80', '"vectors": 79'),
    "another version": lambda at: older(at / "state.json"),
    "all gone": shutil.rmtree,
    "a file in its place": replaced,
    "a tail that does not count": lambda at: [path.write_bytes(path.read_bytes() + b"xx") for path in at.glob("*.f32")],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_index_is_rebuilt(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setattr(files, "EXACT_LIMIT", 0)
    publish(store, pattern, range(80))
    search(store, pattern)
    snapshot.clear()
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


ALTERED: dict[str, Callable[[Path], object]] = {
    "cut to nothing": lambda path: os.truncate(path, 0),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "NaN": lambda path: path.write_bytes(b"\0\0\xc0\x7f" * (-(-path.stat().st_size // 4))),
    "many bytes": lambda path: flip(path, 40),
}


def flip(path: Path, count: int) -> None:
    """Change bytes all over a file."""
    data, chance = bytearray(path.read_bytes()), random.Random(count)
    for _ in range(count):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def assert_hits(store: LocalStore, pattern: Record) -> None:
    hits = store.similar(Query(replace(pattern, metadata_embedding=VECTORS[7])))
    assert [int(hit.file_id, 16) for hit in hits] == nearest(range(80))
    assert [hit.file_path for hit in hits] == [f"/show/s{number:04}/file.exr" for number in nearest(range(80))]


@pytest.mark.parametrize("is_open", [True, False], ids=["open", "closed"])
@pytest.mark.parametrize("kind", ALTERED)
def test_altered_files_give_no_wrong_answer(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, is_open: bool
) -> None:
    monkeypatch.setattr(files, "EXACT_LIMIT", 0)
    publish(store, pattern, range(80))
    assert_hits(store, pattern)
    if not is_open:
        snapshot.clear()
    for path in folder(tmp_path).iterdir():
        ALTERED[kind](path)
    assert_hits(store, pattern)


@pytest.mark.parametrize("name", ["metadata*.f32", "*.sums", "*.u8", "*.u64", "rows*", "details*", "state.json"])
def test_one_altered_bit_gives_no_wrong_answer(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(files, "EXACT_LIMIT", 0)
    publish(store, pattern, range(80))
    for path in folder(tmp_path).glob(name):
        flip(path, 1)
    assert_hits(store, pattern)


@pytest.mark.parametrize("kind", ["link", "hard link", "pipe"])
def test_planted_links_are_not_followed(store: LocalStore, pattern: Record, tmp_path: Path, kind: str) -> None:
    publish(store, pattern, range(80))
    search(store, pattern)
    snapshot.clear()
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine " * 20_000)
    for path in folder(tmp_path).iterdir():
        path.unlink()
        if kind == "pipe":
            os.mkfifo(path)
        else:
            (path.symlink_to if kind == "link" else path.hardlink_to)(victim)
    assert search(store, pattern) == nearest(range(80))
    publish(store, pattern, range(80, 100))
    store.delete([f"{0:032x}"])
    assert search(store, pattern) == nearest(range(1, 100))
    assert victim.read_bytes() == b"mine " * 20_000


def test_index_is_private(store: LocalStore, pattern: Record, tmp_path: Path, own_home: Path) -> None:
    publish(store, pattern, range(80))
    search(store, pattern)
    at = folder(tmp_path)
    assert at.is_relative_to(own_home / ".cache")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (at.parent, at)] == [0o700, 0o700]
    assert {stat.S_IMODE(path.stat().st_mode) for path in at.iterdir()} == {0o600}
    at.chmod(0o755)
    publish(store, pattern, range(80, 100))
    search(store, pattern)
    assert stat.S_IMODE(at.stat().st_mode) == 0o700
    shutil.rmtree(at)
    at.symlink_to(own_home, target_is_directory=True)
    assert search(store, pattern) == nearest(range(100))
    assert not list(own_home.glob("state.json"))


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


@pytest.mark.parametrize("call", ["write", "replace"])
def test_fault_at_every_write_of_the_index_costs_no_hits(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Fail the first, the second, ... call: a search tells the fault or has all hits, and the next one has them."""
    monkeypatch.setattr(files, "EXACT_LIMIT", 0)
    publish(store, pattern, range(60))
    number, is_last = 0, False
    while not is_last:
        shutil.rmtree(folder(tmp_path), ignore_errors=True)
        snapshot.clear()
        with nth_fault(call, number) as calls, suppress(StoreUnavailableError):
            assert search(store, pattern) == nearest(range(60))
        assert search(store, pattern) == nearest(range(60))
        is_last = len(calls) <= number
        number += 1
    assert number > 1
