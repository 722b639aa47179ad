"""The cache of look-ups beside a library: quick to bring up to date, and never a reason for a wrong answer."""

from __future__ import annotations

import copy
import errno
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from exr_inspector_app.contracts import METADATA_DIM, Condition, Query, Record
from exr_inspector_app.errors import StoreUnavailable
from exr_inspector_app.persistence import similarity
from exr_inspector_app.persistence.local import LocalStore, cache, snapshot, synced
from tests.persistence.numbered import VECTORS, files, folder, found, nearest, numbered, publish, segments
from tests.records import batch


@pytest.mark.parametrize("few", [0, 20_000], ids=["coded", "exact"])
def test_a_publish_adds_to_the_cache_and_writes_nothing_anew(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(cache, "SMALL", few)
    monkeypatch.setattr(similarity, "MARGIN", 2.0)
    publish(store, pattern, range(200))
    assert found(store, pattern) == nearest(range(200))
    before = {**files(tmp_path, "*.f32"), **files(tmp_path, "*.u8"), **files(tmp_path, "*.arrow")}
    publish(store, pattern, range(200, 260))
    assert found(store, pattern) == nearest(range(260))
    after = {**files(tmp_path, "*.f32"), **files(tmp_path, "*.u8"), **files(tmp_path, "*.arrow")}
    assert {name: after[name][: len(data)] for name, data in before.items()} == before
    assert sum(name.endswith(".u8") for name in after) == (0 if few else 2)
    assert sum(name.endswith(".arrow") for name in after) == 2


def test_a_vector_outside_the_range_has_all_coded_anew(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "SMALL", 0)
    publish(store, pattern, range(100))
    found(store, pattern)
    before = files(tmp_path, "metadata*.u8").keys()
    axis = np.eye(METADATA_DIM, dtype=np.float32)[0]
    store.publish(batch(numbered(pattern, 500, axis)))
    hits = store.similar(Query(replace(pattern, metadata_embedding=axis)))
    assert int(hits[0].file_id, 16) == 500
    after = files(tmp_path, "metadata*.u8")
    assert len(after) == 1
    assert not after.keys() & before
    assert found(store, pattern)[:5] == nearest(range(100))[:5]


def test_deleted_files_are_found_no_more_and_their_neighbours_are(store: LocalStore, pattern: Record) -> None:
    publish(store, pattern, range(120))
    assert found(store, pattern)[0] == 7
    store.delete([f"{number:032x}" for number in range(10)])
    assert found(store, pattern) == nearest(range(10, 120))
    publish(store, pattern, range(10))
    assert found(store, pattern) == nearest(range(120))


def test_most_vectors_deleted_begin_the_cache_anew(store: LocalStore, pattern: Record, tmp_path: Path) -> None:
    publish(store, pattern, range(100))
    found(store, pattern)
    store.delete([f"{number:032x}" for number in range(90)])
    assert found(store, pattern) == nearest(range(90, 100))
    (vectors,) = folder(tmp_path).glob("metadata*.f32")
    assert vectors.stat().st_size == 10 * 4 * METADATA_DIM


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
    monkeypatch.setattr(cache, "SMALL", 0)
    publish(store, pattern, range(80))
    found(store, pattern)
    snapshot._snapshots.clear()
    DAMAGE[damage](folder(tmp_path))
    assert found(store, pattern) == nearest(range(80))


@pytest.mark.parametrize("damage", ["rows gone", "state gone", "all gone", "a file in its place"])
def test_what_is_removed_while_it_is_open_is_made_anew(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setattr(cache, "SMALL", 0)
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
        patch.setattr(cache.Cache, "keep", crash)
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


def test_an_earlier_header_of_a_path_is_found_no_more(store: LocalStore, pattern: Record) -> None:
    publish(store, pattern, range(40))
    found(store, pattern)
    again = numbered(pattern, 7, VECTORS[399])
    identity = replace(again.identity, header_hash="f" * 64, file_id=f"{777:032x}")
    store.publish(batch(replace(again, identity=identity, inspected_at="2099-01-01T00:00:00+00:00")))
    assert 7 not in found(store, pattern)
    assert found(store, pattern, 399)[0] == 777


def test_a_condition_holds_for_every_hit_also_after_what_it_asks_for_changed(
    store: LocalStore, pattern: Record
) -> None:
    publish(store, pattern, range(300))
    where = (Condition("path_folded", "<", "/show/s0100"),)
    for _ in range(2):
        assert found(store, pattern, where=where) == nearest(range(100))
    publish(store, pattern, range(300, 320))
    later = (Condition("path_folded", ">=", "/show/s0250"),)
    assert found(store, pattern, where=later) == nearest(range(250, 320))
    finished = (Condition("size_bytes", "=", 12345),)
    assert found(store, pattern, where=finished) == []
    changed = numbered(pattern, 7)
    payload = {**changed.payload, "file": {**changed.payload["file"], "size_bytes": 12345}}
    store.publish(batch(replace(changed, payload=payload)))
    assert found(store, pattern, where=later) == nearest(range(250, 320))
    assert found(store, pattern, where=finished) == [7]


def test_files_that_share_a_vector_are_one_in_the_cache(store: LocalStore, pattern: Record, tmp_path: Path) -> None:
    store.publish(batch(*(numbered(pattern, number, VECTORS[0]) for number in range(50))))
    assert len(found(store, pattern, 0)) == 20
    (vectors,) = folder(tmp_path).glob("metadata*.f32")
    assert vectors.stat().st_size == 4 * METADATA_DIM


_PUBLISHER = """
import sys
from pathlib import Path
from typing import Any
from exr_inspector_app.persistence.local import LocalStore
from tests.persistence.numbered import publish
from tests.records import small
folder = Path(sys.argv[1])
store, pattern = LocalStore(folder / "library.duckdb"), small(folder, "theirs.exr")
for start in range(50, 170, 30):
    publish(store, pattern, range(start, start + 30))
    store.similar(__import__("exr_inspector_app.contracts", fromlist=["Query"]).Query(pattern))
"""


def test_another_process_publishes_and_asks_meanwhile(store: LocalStore, pattern: Record, tmp_path: Path) -> None:
    publish(store, pattern, range(50))
    other = subprocess.Popen([sys.executable, "-W", "error", "-c", _PUBLISHER, str(tmp_path)])
    seen = 0
    while other.poll() is None:
        numbers = found(store, pattern, limit=400)
        assert numbers == sorted(numbers, key=lambda number: -float(VECTORS[number] @ VECTORS[7]))
        assert set(numbers) == set(range(len(numbers)))
        assert len(numbers) >= seen
        seen = len(numbers)
    assert other.returncode == 0
    assert found(store, pattern) == nearest(range(170))


def test_a_library_is_read_in_pieces_and_rows_of_several_segments_are_put_together(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synced, "FIRST", 10)
    monkeypatch.setattr(synced, "PIECE", 30)
    monkeypatch.setattr(synced, "_BATCH", 7)
    monkeypatch.setattr(cache, "LARGEST", 60)
    publish(store, pattern, range(100))
    assert found(store, pattern) == nearest(range(100))
    assert segments(tmp_path) == [40, 60]


def test_small_segments_are_put_together(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "LARGEST", 12)
    for number in range(31):
        publish(store, pattern, range(number, number + 1))
        found(store, pattern)
        assert len(segments(tmp_path)) <= 3 + number // 6
    assert sum(segments(tmp_path)) == 31
    assert found(store, pattern) == nearest(range(31))
    assert len(list(folder(tmp_path).glob("*.arrow"))) == len(segments(tmp_path))


def test_only_the_segments_of_changed_rows_are_read_anew(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "LARGEST", 50)
    for start in range(0, 200, 40):
        publish(store, pattern, range(start, start + 40))
        found(store, pattern)
    before = files(tmp_path, "*.arrow")
    store.delete([f"{number:032x}" for number in range(85, 90)])
    assert found(store, pattern, 81) == nearest([*range(85), *range(90, 200)], 81)
    assert len(files(tmp_path, "*.arrow").keys() & before.keys()) == 4
    store.delete([f"{number:032x}" for number in range(0, 40)])
    publish(store, pattern, range(300, 310))
    assert found(store, pattern, 81) == nearest([*range(40, 85), *range(90, 200), *range(300, 310)], 81)


def test_a_known_vector_is_published_again_into_a_coded_cache(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "SMALL", 0)
    publish(store, pattern, range(80))
    found(store, pattern)
    before = files(tmp_path, "*.f32")
    store.publish(batch(numbered(pattern, 200, VECTORS[7])))
    assert set(found(store, pattern)[:2]) == {7, 200}
    assert files(tmp_path, "*.f32") == before


def test_rows_that_were_added_have_their_cameras_and_parts(store: LocalStore, pattern: Record) -> None:
    """Also where children have moved since the cache was kept."""
    attributes = [
        {"name": "cameraModel", "type": "string", "value": "Alexa"},
        *pattern.payload["attributes"]["parts"][0],
    ]
    shot = replace(pattern, payload={**pattern.payload, "attributes": {"parts": [attributes]}})
    publish(store, shot, range(30))
    found(store, shot)
    with duckdb.connect(store._library.path) as connection:
        for table in ("part_rows", "attribute_rows"):
            connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM {table} WHERE file_id > '{12:032x}'")
    publish(store, shot, range(30, 40))
    asked = replace(shot, metadata_embedding=VECTORS[33])
    hits = {int(hit.file_id, 16): hit for hit in store.similar(Query(asked, limit=100))}
    assert len(hits) == 40
    assert all("camera" in hits[number].same for number in (*range(13, 40),))


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

    monkeypatch.setattr(cache.Cache, "_append", full)
    with pytest.raises(StoreUnavailable, match=r"No space left on device; see that its disk has room"):
        found(store, pattern)


def test_a_part_that_stands_twice_makes_no_file_stand_twice(store: LocalStore, pattern: Record) -> None:
    told = copy.deepcopy(pattern.payload)
    told["parts"] = [told["parts"][0], dict(told["parts"][0])]
    store.publish(batch(replace(pattern, payload=told)))
    assert len(found(store, pattern)) == 1
