"""Similarity search in a large local library: time, recall, memory, and cold start."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import METADATA_DIM, Condition, Query, Record
from exr_inspector_app.ingest import pipeline
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.local.database import LocalDatabase
from tests.benchmarks import cold
from tests.benchmarks.measure import Figures, Options, race
from tests.records import batch, small

ROWS_PER_INSERT = 50_000  # files written together
CLUSTER_SIZE = 10  # files in a cluster
FILES_PER_PUBLISH, ROUNDS = 10_000, 5  # files per publish, and number of publishes


def similar(folder: Path, options: Options) -> Figures:
    """Measure the search for the 20 nearest distinct vectors, relative to one numpy product over the same rows."""
    rows, path = options.rows, folder / "library.duckdb"
    fill_s = _seconds(lambda: fill(path, folder, rows))
    store, reference = LocalStore(path), small(folder, "reference.exr")
    without_index = cold.measure_search(path, folder / "reference.exr")
    matrix = vectors(rows)
    references = [replace(reference, metadata_embedding=_near(matrix, row)) for row in range(0, rows, rows // 20)]
    store.similar(Query(references[0]))
    times = [_race(store, one, matrix, _path(rows // 10 + row)) for row, one in enumerate(references)]
    ours, numpy, filtered = (float(np.mean(column)) * 1e3 for column in zip(*times, strict=True))
    recall = float(np.mean([_recall(store, one, matrix) for one in references]))
    searches = [cold.measure_search(path, folder / "reference.exr") for _ in range(3)]
    with_index = min(searches, key=lambda search: search["processor"])
    memory = cold.measure_memory(path, folder / "reference.exr")
    command_s = min(cold.measure_command(path, folder / "reference.exr") for _ in range(3))
    more = [numbered(reference, rows, references[0].metadata_embedding)]
    publish_s = _seconds(lambda: _publish(store, more))
    search_s = _seconds(lambda: store.similar(Query(references[0])))
    return {
        "ratio": ours / numpy,
        "ours_ms": ours,
        "numpy_ms": numpy,
        "goal": 1.5,
        "rows": rows,
        "recall_at_20": recall,
        "memory_ratio": memory / matrix.nbytes,
        "cold_start_s": with_index["all"],
        "cold_start_processor_s": with_index["processor"],
        "command_processor_s": command_s,
        "first_hits_without_cache_s": without_index["first"],
        "all_without_cache_s": without_index["all"],
        "filtered_ms": filtered,
        "one_more_s": publish_s + search_s,
        "filled_s": fill_s,
        **_index_update_figures(store, reference, rows + 1),
    }


def _index_update_figures(store: LocalStore, reference: Record, first: int) -> Figures:
    """Measure publishes of files with distinct vectors, relative to the same without the index update."""
    dice = np.random.default_rng(first)
    update_index, update_seconds = LocalStore.update_index, [0.0]

    def timed(one: LocalStore) -> None:
        update_seconds[0] += _seconds(lambda: update_index(one))

    total = 0.0
    with mock.patch.object(LocalStore, "update_index", timed):
        for start in range(first, first + ROUNDS * FILES_PER_PUBLISH, FILES_PER_PUBLISH):
            records = [
                numbered(reference, number, _random_vector(dice)) for number in range(start, start + FILES_PER_PUBLISH)
            ]
            total += _seconds(lambda records=records: _publish(store, records))
    return {"publish_ratio": total / (total - update_seconds[0]), "publish_s": total / ROUNDS}


def _publish(store: LocalStore, records: list[Record]) -> None:
    for _ in pipeline.publish(records, store, publisher="bench"):
        pass


def _random_vector(dice: np.random.Generator) -> Any:
    """Return a random unit vector."""
    vector = dice.standard_normal(METADATA_DIM).astype(np.float32)
    return vector / np.linalg.norm(vector)


def _race(store: LocalStore, reference: Record, matrix: Any, end: str) -> list[float]:
    """Return the seconds of a search, of the product, and of a search among a tenth of the files.

    The condition differs each time, so that no result of it is cached.
    """
    ends = (f"{end}{n}" for n in count())
    works: list[Callable[[], Any]] = [
        lambda: store.similar(Query(reference)),
        lambda: matrix @ reference.metadata_embedding,
        lambda: store.similar(Query(reference, where=(Condition("path_folded", "<", next(ends)),))),
    ]
    return race(works)


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _near(matrix: Any, row: int) -> Any:
    """Return a vector near a row."""
    noise = np.random.default_rng(row).standard_normal(METADATA_DIM).astype(np.float32)
    vector = matrix[row] + 0.02 * noise
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def vectors(rows: int) -> Any:
    """Return distinct unit vectors in clusters, shape (rows, 384)."""
    dice = np.random.default_rng(5)
    matrix = np.empty((rows, METADATA_DIM), np.float32)
    for start in range(0, rows, ROWS_PER_INSERT):
        piece = matrix[start : start + ROWS_PER_INSERT]
        centres = dice.standard_normal((len(piece) // CLUSTER_SIZE + 1, METADATA_DIM), dtype=np.float32)
        piece[:] = np.repeat(centres, CLUSTER_SIZE, axis=0)[: len(piece)]
        piece += 0.3 * dice.standard_normal(piece.shape, dtype=np.float32)
        piece /= np.linalg.norm(piece, axis=1, keepdims=True)
    return matrix


def fill(path: Path, folder: Path, rows: int) -> None:
    """Create a library with `rows` files: copies of one published file, each with a different vector."""
    pattern = small(folder, "pattern.exr")
    LocalStore(path).publish(batch(pattern))
    matrix = vectors(rows)
    with LocalDatabase(path, 10).transaction() as connection:
        for table in ("file_rows", "part_rows", "channel_rows", "attribute_rows"):
            connection.execute(f"CREATE TEMP TABLE one_{table} AS SELECT * FROM {table}")
        connection.execute("CREATE TEMP TABLE one_vector AS SELECT * FROM vectors")
        for start in range(0, rows, ROWS_PER_INSERT):
            connection.register("arriving", _arriving(matrix, start, min(start + ROWS_PER_INSERT, rows)))
            for statement in _FILL:
                connection.execute(statement)
            connection.unregister("arriving")


_OF_FILE = "n.file_path AS file_path_normalized, n.file_path AS path_folded, n.file_path AS sequence_key"
_FILL = (
    "INSERT INTO vectors SELECT n.vector_id, n.vector, v.channel_fingerprint FROM arriving n, one_vector v",
    f"INSERT INTO file_rows SELECT f.* REPLACE (n.file_id AS file_id, n.file_path AS file_path, {_OF_FILE}, "
    "n.header_hash AS header_hash, n.vector_id AS vector_id) FROM arriving n, one_file_rows f ORDER BY n.file_id",
    *(
        f"INSERT INTO {table} SELECT c.* REPLACE (n.file_id AS file_id) FROM arriving n, one_{table} c "
        "ORDER BY n.file_id"
        for table in ("part_rows", "channel_rows", "attribute_rows")
    ),
)


def _arriving(matrix: Any, start: int, stop: int) -> pa.Table:
    numbers = range(start, stop)
    flat = pa.array(matrix[start:stop].reshape(-1))
    return pa.table(
        {
            "file_id": [f"{n:032x}" for n in numbers],
            "file_path": [_path(n) for n in numbers],
            "header_hash": [f"{n:064x}" for n in numbers],
            "vector_id": [f"{n * 2654435761 % 2**32:032x}" for n in numbers],
            "vector": pa.FixedSizeListArray.from_arrays(flat, METADATA_DIM),
        }
    )


def _path(number: int) -> str:
    return f"/show/s{number:07}/file.exr"


def numbered(pattern: Record, number: int, vector: Any) -> Record:
    """Return the pattern with another path and vector."""
    name = _path(number)
    names = {"file_path": name, "file_path_normalized": name, "path_folded": name, "sequence_key": name}
    identity = replace(pattern.identity, **names, header_hash=f"{number:064x}", file_id=f"{number:032x}")
    return replace(pattern, identity=identity, metadata_embedding=vector)


def _recall(store: LocalStore, reference: Record, matrix: Any) -> float:
    """Return the share of the 20 nearest files that the search finds."""
    nearest = set(np.argsort(-(matrix @ reference.metadata_embedding))[:20].tolist())
    hits = {int(hit.file_id, 16) for hit in store.similar(Query(reference))}
    return len(hits & nearest) / 20
