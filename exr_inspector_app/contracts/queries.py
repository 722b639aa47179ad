"""What a store is asked and what it answers: filters, look-ups by likeness, listings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from exr_inspector_app.contracts.records import Record, Vector

By: TypeAlias = Literal["metadata", "channels", "look"]
Weights: TypeAlias = Mapping[By, float]  # the share of each way in a blend; what is not named has none
Op: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">=", "in", "contains", "starts_with", "is_null"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a column with a value (a sequence for `in`, a bool for `is_null`).

    Columns are those of `files` and the derived ones (`persistence/derived.py`).
    """

    column: str
    op: Op
    value: Any


Filter: TypeAlias = tuple[Condition, ...]  # all of them hold


class Band(StrEnum):
    """The word for a score, strongest first."""

    IDENTICAL = "identical"
    SAME_SEQUENCE = "same sequence"
    SAME_SETUP = "same set-up"
    CLOSE = "close"
    RELATED = "related"
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True)
class Query:
    """Which published files are nearest to a reference."""

    reference: Record
    by: By = "metadata"
    limit: int = 20  # sequences folded
    where: Filter = ()
    look: Vector | None = None  # of the reference, (256,); needed by look
    weights: Weights = field(default_factory=dict)  # a blend of several ways in place of `by`
    exact: bool = False  # every vector is compared in float32, which takes longer; looks always are


@dataclass(frozen=True, slots=True)
class Hit:
    """One file that is similar, standing for its whole sequence, and why."""

    file_id: str
    file_path: str
    sequence_key: str
    score: float  # cosine, -1 to 1
    band: Band
    same: tuple[str, ...]
    differs: tuple[str, ...]
    sequence_count: int  # files folded into this hit
    published_at: str  # ISO 8601, UTC

    @property
    def reasons(self) -> list[str]:
        """What is shared, then each difference as `differs: WHAT`."""
        return [*self.same, *(f"differs: {what}" for what in self.differs)]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of what a store holds: filtered, folded into sequences or not, sorted by one column."""

    where: Filter = ()
    folded: bool = True  # one row a sequence; otherwise one a file
    sort: str = "inspection_timestamp"  # a column of `files`, a derived one, or `count`
    descending: bool = True
    limit: int = 100  # rows of the page
    offset: int = 0
    facets: tuple[str, ...] = ()  # columns whose values are counted


@dataclass(frozen=True, slots=True)
class ListedSequence:
    """A sequence, or one file, that stands in a listing."""

    file: Mapping[str, Any]  # of the newest file: the columns of `files` without vectors, and the derived ones
    count: int  # files in it that match
    frames: tuple[int, ...]  # their frame numbers, ascending
    size_bytes: int  # of all of them together


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one column and how many files have each, the most frequent first.

    Counted as if the filter said nothing of this column, so that a second value can be chosen beside the first;
    `layer`, of which a file has many, keeps its conditions.
    """

    column: str
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing, and how much matches in all (0 on a page behind the last row)."""

    rows: tuple[ListedSequence, ...]
    total_rows: int  # of all pages: sequences where folded
    total_files: int
    facets: tuple[Facet, ...] = ()
