"""The best of a stream of rows in memory that does not grow with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import Vector

GROUP_COLUMNS = ("sequence_key", "vector_id", "inspection_timestamp", "file_path")
_DIGITS = 6  # of a score: what hits are ranked by, and the same however the rows are cut into batches


@dataclass(frozen=True, slots=True)
class ScoredGroup:
    """The rows of one sequence that share one vector, by the newest of them."""

    sequence_key: str
    vector_id: str
    score: float
    newest: str
    path: str

    @property
    def key(self) -> tuple[str, str]:
        """What no other group has: the sequence and the vector."""
        return self.sequence_key, self.vector_id


class TopK:
    """Collects groups of rows, the nearest `room` of them."""

    def __init__(self, vector: Vector, column: str, room: int) -> None:
        self._vector = vector
        self._column = column
        self._room = room
        self._groups: dict[tuple[str, str], ScoredGroup] = {}
        self._cut = -np.inf  # the least score that is of interest
        self.is_full = False  # groups have been left out

    def add(self, batch: pa.RecordBatch) -> None:
        """The rows of a batch that has COLUMNS and the vector's column."""
        flat = batch.column(batch.schema.get_field_index(self._column)).flatten().to_numpy(zero_copy_only=False)
        matrix = flat.astype(np.float32, copy=False).reshape(-1, len(self._vector))
        scores = np.round((matrix @ self._vector).astype(np.float64), _DIGITS)
        places = np.flatnonzero(scores >= self._cut)
        rows = batch.select(list(GROUP_COLUMNS)).take(pa.array(places)).to_pylist()
        for score, row in zip(scores[places].tolist(), rows, strict=True):
            fresh = ScoredGroup(
                row["sequence_key"], row["vector_id"], score, row["inspection_timestamp"], row["file_path"]
            )
            known = self._groups.get(fresh.key)
            if known is None or _is_before(fresh, known):
                self._groups[fresh.key] = fresh
        if len(self._groups) > 2 * self._room:
            self._drop()

    def best(self) -> list[ScoredGroup]:
        """The groups, nearest first; of equal ones the newest first, then by path."""
        self._drop()
        return list(self._groups.values())

    def _drop(self) -> None:
        ordered = sorted(self._groups.values(), key=lambda one: one.path)
        ordered.sort(key=lambda one: (one.score, one.newest), reverse=True)
        if len(ordered) > self._room:
            self.is_full = True
            self._cut = ordered[self._room - 1].score
        self._groups = {one.key: one for one in ordered[: self._room]}


def _is_before(one: ScoredGroup, other: ScoredGroup) -> bool:
    """True where the first is newer, or as new and first by path."""
    return (one.newest, other.path) > (other.newest, one.path)
