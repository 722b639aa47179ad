"""Similar files of a large local library: time, recall, memory and the first answer of a new process."""

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

PIECE = 50_000  # files that are written at one time
LIKE = 10  # files in a cluster
PUBLISHED, ROUNDS = 10_000, 5  # files of one publish, and how many there are


def similar(folder: Path, options: Options) -> Figures:
    """The 20 nearest of many distinct vectors against one numpy product over the same rows."""
    rows, path = options.rows, folder / "library.duckdb"
    filled = _taken(lambda: fill(path, folder, rows))
    store, reference = LocalStore(path), small(folder, "reference.exr")
    lacking = cold.answer(path, folder / "reference.exr")
    matrix = vectors(rows)
    asked = [replace(reference, metadata_embedding=_near(matrix, place)) for place in range(0, rows, rows // 20)]
    store.similar(Query(asked[0]))
    taken = [_race(store, one, matrix, _path(rows // 10 + place)) for place, one in enumerate(asked)]
    ours, numpy, filtered = (float(np.mean(column)) * 1e3 for column in zip(*taken, strict=True))
    recall = float(np.mean([_recall(store, one, matrix) for one in asked]))
    fresh = cold.answer(path, folder / "reference.exr")
    more = [numbered(reference, rows, asked[0].metadata_embedding)]
    added = _taken(lambda: _publish(store, more))
    found = _taken(lambda: store.similar(Query(asked[0])))
    return {
        "ratio": ours / numpy,
        "ours_ms": ours,
        "numpy_ms": numpy,
        "goal": 2.0,
        "rows": rows,
        "recall_at_20": recall,
        "memory_ratio": fresh["memory"] / matrix.nbytes,
        "cold_start_s": fresh["all"],
        "first_hits_without_cache_s": lacking["first"],
        "all_without_cache_s": lacking["all"],
        "filtered_ms": filtered,
        "one_more_s": added + found,
        "filled_s": filled,
        **_settling(store, reference, rows + 1),
    }


def _settling(store: LocalStore, reference: Record, first: int) -> Figures:
    """Publishes of files with vectors of their own, against the same without what it takes to settle them."""
    dice = np.random.default_rng(first)
    settle, settling = LocalStore.update_index, [0.0]

    def timed(one: LocalStore) -> None:
        settling[0] += _taken(lambda: settle(one))

    whole = 0.0
    with mock.patch.object(LocalStore, "update_index", timed):
        for start in range(first, first + ROUNDS * PUBLISHED, PUBLISHED):
            listed = [numbered(reference, number, _any(dice)) for number in range(start, start + PUBLISHED)]
            whole += _taken(lambda listed=listed: _publish(store, listed))
    return {"publish_ratio": whole / (whole - settling[0]), "publish_s": whole / ROUNDS}


def _publish(store: LocalStore, records: list[Record]) -> None:
    for _ in pipeline.publish(records, store, publisher="bench"):
        pass


def _any(dice: np.random.Generator) -> Any:
    """A unit vector."""
    found = dice.standard_normal(METADATA_DIM).astype(np.float32)
    return found / np.linalg.norm(found)


def _race(store: LocalStore, asked: Record, matrix: Any, end: str) -> list[float]:
    """The seconds of one question: of ours, of the product, and of ours among a tenth of the files.

    The condition is a new one each time, so that no answer to it is known.
    """
    ends = (f"{end}{n}" for n in count())
    works: list[Callable[[], Any]] = [
        lambda: store.similar(Query(asked)),
        lambda: matrix @ asked.metadata_embedding,
        lambda: store.similar(Query(asked, where=(Condition("path_folded", "<", next(ends)),))),
    ]
    return race(works)


def _taken(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _near(matrix: Any, place: int) -> Any:
    """A vector that is near one of the rows."""
    noise = np.random.default_rng(place).standard_normal(METADATA_DIM).astype(np.float32)
    found = matrix[place] + 0.02 * noise
    return (found / np.linalg.norm(found)).astype(np.float32)


def vectors(rows: int) -> Any:
    """Unit vectors in clusters, each with one of its own, shape (rows, 384)."""
    dice = np.random.default_rng(5)
    matrix = np.empty((rows, METADATA_DIM), np.float32)
    for start in range(0, rows, PIECE):
        piece = matrix[start : start + PIECE]
        centres = dice.standard_normal((len(piece) // LIKE + 1, METADATA_DIM), dtype=np.float32)
        piece[:] = np.repeat(centres, LIKE, axis=0)[: len(piece)]
        piece += 0.3 * dice.standard_normal(piece.shape, dtype=np.float32)
        piece /= np.linalg.norm(piece, axis=1, keepdims=True)
    return matrix


def fill(path: Path, folder: Path, rows: int) -> None:
    """A library of so many files: what a publish writes for one file, written for all with a vector for each."""
    pattern = small(folder, "pattern.exr")
    LocalStore(path).publish(batch(pattern))
    matrix = vectors(rows)
    with LocalDatabase(path, 10).transaction() as connection:
        for table in ("file_rows", "part_rows", "channel_rows", "attribute_rows"):
            connection.execute(f"CREATE TEMP TABLE one_{table} AS SELECT * FROM {table}")
        connection.execute("CREATE TEMP TABLE one_vector AS SELECT * FROM vectors")
        for start in range(0, rows, PIECE):
            connection.register("arriving", _arriving(matrix, start, min(start + PIECE, rows)))
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
    """The pattern under a path and with a vector of its own."""
    name = _path(number)
    names = {"file_path": name, "file_path_normalized": name, "path_folded": name, "sequence_key": name}
    identity = replace(pattern.identity, **names, header_hash=f"{number:064x}", file_id=f"{number:032x}")
    return replace(pattern, identity=identity, metadata_embedding=vector)


def _recall(store: LocalStore, reference: Record, matrix: Any) -> float:
    """How many of the 20 truly nearest are found."""
    wanted = set(np.argsort(-(matrix @ reference.metadata_embedding))[:20].tolist())
    found = {int(hit.file_id, 16) for hit in store.similar(Query(reference))}
    return len(found & wanted) / 20
