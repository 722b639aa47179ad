"""Ranges of file_id, in which work over all files takes constant memory and can be resumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exr_inspector_app.persistence.id_ranges import split_bounds
from exr_inspector_app.persistence.vast.transaction import Transaction


@dataclass(frozen=True, slots=True)
class IdRange:
    """Range of file_id; an empty lower bound and no upper bound include every other text."""

    lower: str
    upper: str | None

    def conditions(self, transaction: Transaction, table: str) -> list[Any]:
        """Return the conditions on a table that select the rows of the range."""
        column = transaction.tables.columns(table).file_id
        lower = [column >= self.lower] if self.lower else []
        return lower if self.upper is None else [*lower, column < self.upper]


def split_ids(count: int, max_files: int) -> list[IdRange]:
    """Return ranges with at most about `max_files` of `count` files; ids are hashes, so that ranges are even."""
    return [IdRange(*bounds) for bounds in split_bounds(count, max_files)]
