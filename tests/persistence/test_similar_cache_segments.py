"""Index segments: small ones are merged, and only those with changed rows are rewritten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app.contracts import METADATA_DIM, Query, Record
from exr_inspector_app.persistence.index import files as cache
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.local.index import sync
from exr_inspector_app.persistence.similarity import quantized_codes
from tests.persistence.numbered import VECTORS, files, folder, nearest, numbered, publish, search, segments
from tests.records import batch


def test_library_is_read_in_batches_and_segments_are_merged(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "FIRST_BATCH_FILES", 10)
    monkeypatch.setattr(sync, "MAX_BATCH_FILES", 30)
    monkeypatch.setattr(sync, "_VECTOR_BATCH_ROWS", 7)
    monkeypatch.setattr(cache, "MAX_SEGMENT_ROWS", 60)
    publish(store, pattern, range(100))
    assert search(store, pattern) == nearest(range(100))
    assert segments(tmp_path) == [40, 60]


def test_small_segments_are_merged(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "MAX_SEGMENT_ROWS", 6)
    for number in range(16):
        publish(store, pattern, range(number, number + 1))
        search(store, pattern)
        assert len(segments(tmp_path)) <= 3 + number // 3
    assert sum(segments(tmp_path)) == 16
    assert search(store, pattern) == nearest(range(16))
    assert len(list(folder(tmp_path).glob("rows.*.dat"))) == len(segments(tmp_path))


def test_only_segments_with_changed_rows_are_read_again(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "MAX_SEGMENT_ROWS", 50)
    for start in range(0, 200, 40):
        publish(store, pattern, range(start, start + 40))
        search(store, pattern)
    before = files(tmp_path, "rows.*.dat")
    store.delete([f"{number:032x}" for number in range(85, 90)])
    assert search(store, pattern, 81) == nearest([*range(85), *range(90, 200)], 81)
    assert len(files(tmp_path, "rows.*.dat").keys() & before.keys()) == 4
    store.delete([f"{number:032x}" for number in range(0, 40)])
    publish(store, pattern, range(300, 310))
    assert search(store, pattern, 81) == nearest([*range(40, 85), *range(90, 200), *range(300, 310)], 81)


@pytest.mark.parametrize("few", [0, 20_000], ids=["coded", "exact"])
def test_publish_appends_to_the_index(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(cache, "EXACT_LIMIT", few)
    monkeypatch.setattr(quantized_codes, "RANGE_MARGIN", 2.0)
    publish(store, pattern, range(200))
    assert search(store, pattern) == nearest(range(200))
    before = {**files(tmp_path, "*.f32"), **files(tmp_path, "*.u8"), **files(tmp_path, "rows.*.dat")}
    publish(store, pattern, range(200, 260))
    assert search(store, pattern) == nearest(range(260))
    after = {**files(tmp_path, "*.f32"), **files(tmp_path, "*.u8"), **files(tmp_path, "rows.*.dat")}
    assert {name: after[name][: len(data)] for name, data in before.items()} == before
    assert sum(name.endswith(".u8") for name in after) == (0 if few else 2)
    assert sum(name.startswith("rows.") for name in after) == 2


def test_vector_out_of_range_requantizes_all_vectors(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "EXACT_LIMIT", 0)
    publish(store, pattern, range(100))
    search(store, pattern)
    before = files(tmp_path, "metadata*.u8").keys()
    axis = np.eye(METADATA_DIM, dtype=np.float32)[0]
    store.publish(batch(numbered(pattern, 500, axis)))
    hits = store.similar(Query(replace(pattern, metadata_embedding=axis)))
    assert int(hits[0].file_id, 16) == 500
    after = files(tmp_path, "metadata*.u8")
    assert len(after) == 1
    assert not after.keys() & before
    assert search(store, pattern)[:5] == nearest(range(100))[:5]


def test_known_vector_is_published_into_a_quantized_index(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "EXACT_LIMIT", 0)
    publish(store, pattern, range(80))
    search(store, pattern)
    before = files(tmp_path, "*.f32")
    store.publish(batch(numbered(pattern, 200, VECTORS[7])))
    assert set(search(store, pattern)[:2]) == {7, 200}
    assert files(tmp_path, "*.f32") == before


def test_index_is_rebuilt_after_most_vectors_were_deleted(store: LocalStore, pattern: Record, tmp_path: Path) -> None:
    publish(store, pattern, range(100))
    search(store, pattern)
    store.delete([f"{number:032x}" for number in range(90)])
    assert search(store, pattern) == nearest(range(90, 100))
    (vectors,) = folder(tmp_path).glob("metadata*.f32")
    assert vectors.stat().st_size == 10 * 4 * METADATA_DIM


def test_shared_vector_is_indexed_once(store: LocalStore, pattern: Record, tmp_path: Path) -> None:
    store.publish(batch(*(numbered(pattern, number, VECTORS[0]) for number in range(50))))
    assert len(search(store, pattern, 0)) == 20
    (vectors,) = folder(tmp_path).glob("metadata*.f32")
    assert vectors.stat().st_size == 4 * METADATA_DIM
