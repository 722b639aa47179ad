"""Queries and their results: filters, similarity queries, hits, and listings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from exr_inspector_app.contracts.records import Record, Vector

By: TypeAlias = Literal["metadata", "channels", "look"]
Weights: TypeAlias = Mapping[By, float]  # weight of each similarity in a blend; missing ones are 0
Op: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">=", "in", "contains", "starts_with", "matches", "is_null"]


@dataclass(frozen=True, slots=True)
class Condition:
    """Comparison of a column with a value.

    Columns are those of `files` and the derived ones (`persistence/query/derived_columns.py`).
    """

    column: str
    op: Op
    value: Any  # of the column's type; a sequence for `in`, a bool for `is_null`, text with * for `matches`


Filter: TypeAlias = tuple[Condition, ...]  # conditions joined by AND


class Band(StrEnum):
    """Band of scores, best first."""

    IDENTICAL = "identical"  # header and size
    SAME_HEADER = "same header"  # in a file of another size
    SAME_SEQUENCE = "same sequence"
    SAME_SETUP = "same set-up"
    CLOSE = "close"
    RELATED = "related"
    UNRELATED = "unrelated"
    TOO_LITTLE = "too little in the header to tell"  # of the reference, for a band by score


WEAK_BANDS = frozenset([Band.UNRELATED, Band.TOO_LITTLE])  # listed last, and not counted as matches


@dataclass(frozen=True, slots=True)
class Query:
    """Similarity query: the published files nearest to a reference."""

    reference: Record
    by: By = "metadata"
    limit: int = 20  # maximum number of hits, one per sequence
    where: Filter = ()
    look: Vector | None = None  # of the reference, (256,) float32; required by `by="look"`
    weights: Weights = field(default_factory=dict)  # blend of several similarities, instead of `by`
    exact: bool = False  # compare every vector in float32; slower, and always done for looks


@dataclass(frozen=True, slots=True)
class Hit:
    """Similar file that represents its sequence, with an explanation."""

    file_id: str
    file_path: str
    sequence_key: str
    score: float  # cosine, -1 to 1
    band: Band
    same: tuple[str, ...]
    differs: tuple[str, ...]
    sequence_count: int  # matching files of the sequence
    published_at: str  # ISO 8601, UTC

    @property
    def reasons(self) -> list[str]:
        """Shared properties, followed by each difference as `differs: TEXT`."""
        return [*self.same, *(f"differs: {text}" for text in self.differs)]


@dataclass(frozen=True, slots=True)
class Listing:
    """Browse query: one page of the files of a store, filtered, grouped, and sorted."""

    where: Filter = ()
    folded: bool = True  # one row per sequence; otherwise one per file
    sort: str = "inspection_timestamp"  # column of `files`, derived column, or `count`
    descending: bool = True
    limit: int = 100  # maximum number of rows
    offset: int = 0
    facets: tuple[str, ...] = ()  # columns whose values are counted, of `FACET_COLUMNS`


@dataclass(frozen=True, slots=True)
class ListedSequence:
    """Row of a listing: a sequence or one file."""

    file: Mapping[str, Any]  # newest file: columns of `files` without vectors, and derived columns
    count: int  # matching files
    frames: tuple[int | float, ...]  # of the matching files, ascending
    size_bytes: int  # sum of the matching files


@dataclass(frozen=True, slots=True)
class Facet:
    """Values of one column with the number of files of each, most frequent first.

    Counts ignore conditions on the column itself, so that a second value can be added to the first. Conditions on
    `layer` apply to its counts as well, since a file has many layers.
    """

    column: str
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Page of a listing, with totals of all pages; the totals are 0 for a page after the last row.

    A store that is too large to read for a page counts its facets over the newest matching files, `counted_files`. The
    totals are estimates then, which include older headers, and only the newest files can be listed.
    """

    rows: tuple[ListedSequence, ...]
    total_rows: int  # sequences if the listing is folded, otherwise files
    total_files: int
    facets: tuple[Facet, ...] = ()
    counted_files: int | None = None  # None: the totals and facets count all files
