"""Bounded top-k collector of scored rows: its memory does not grow with the number of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import Vector

GROUP_COLUMNS = ("sequence_key", "vector_id", "inspection_timestamp", "file_path")
_SCORE_DECIMALS = 6  # used for ranking, so that batch boundaries do not change the order


@dataclass(frozen=True, slots=True)
class ScoredGroup:
    """Rows of one sequence that share a vector, represented by the newest of them."""

    sequence_key: str
    vector_id: str
    score: float
    newest: str
    path: str

    @property
    def key(self) -> tuple[str, str]:
        """Sequence and vector, unique per group."""
        return self.sequence_key, self.vector_id


class TopK:
    """Collector of the `capacity` groups with the highest scores."""

    def __init__(self, vector: Vector, column: str, capacity: int) -> None:
        self._vector = vector
        self._column = column
        self._capacity = capacity
        self._groups: dict[tuple[str, str], ScoredGroup] = {}
        self._min_score = -np.inf  # rows below it cannot be among the best
        self.is_full = False  # True once groups were dropped

    def add(self, batch: pa.RecordBatch) -> None:
        """Score the rows of a batch that has GROUP_COLUMNS and the column of the vector."""
        flat = batch.column(batch.schema.get_field_index(self._column)).flatten().to_numpy(zero_copy_only=False)
        matrix = flat.astype(np.float32, copy=False).reshape(-1, len(self._vector))
        scores = np.round((matrix @ self._vector).astype(np.float64), _SCORE_DECIMALS)
        positions = np.flatnonzero(scores >= self._min_score)
        rows = batch.select(list(GROUP_COLUMNS)).take(pa.array(positions)).to_pylist()
        for score, row in zip(scores[positions].tolist(), rows, strict=True):
            group = ScoredGroup(
                row["sequence_key"], row["vector_id"], score, row["inspection_timestamp"], row["file_path"]
            )
            known = self._groups.get(group.key)
            if known is None or _is_before(group, known):
                self._groups[group.key] = group
        if len(self._groups) > 2 * self._capacity:
            self._trim()

    def best(self) -> list[ScoredGroup]:
        """Return the groups by descending score; equal scores by newest file, then by path."""
        self._trim()
        return list(self._groups.values())

    def _trim(self) -> None:
        ordered = sorted(self._groups.values(), key=lambda group: group.path)
        ordered.sort(key=lambda group: (group.score, group.newest), reverse=True)
        if len(ordered) > self._capacity:
            self.is_full = True
            self._min_score = ordered[self._capacity - 1].score
        self._groups = {group.key: group for group in ordered[: self._capacity]}


def _is_before(group: ScoredGroup, other: ScoredGroup) -> bool:
    """Return True if the first group is newer, or equally new and first by path."""
    return (group.newest, other.path) > (other.newest, group.path)
