"""The typed words that rooms exchange: records, filters, queries, hits, plans, results and events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.model import ExrFile, Payload

METADATA_DIM = 384
CHANNEL_DIM = 128
LOOK_DIM = 256
EMBEDDING_VERSION = 2

Vector: TypeAlias = npt.NDArray[np.float32]  # one unit vector, shape (n,)
Matrix: TypeAlias = npt.NDArray[np.float32]  # one unit vector a row, shape (rows, n)

By: TypeAlias = Literal["metadata", "channels", "look"]
Weights: TypeAlias = Mapping[By, float]  # the share of each way in a blend; what is not named has none
Stop: TypeAlias = Callable[[], bool]  # asked now and then; True once the work is not wanted any more
Op: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">=", "in", "contains", "starts_with", "is_null"]


def never() -> bool:
    """The answer of nobody who wants to stop."""
    return False


@dataclass(frozen=True, slots=True)
class Identity:
    """The names under which one header at one path is known; equal on every machine of a studio."""

    file_path: str  # as shown; bytes that are not UTF-8 stand as %XX
    file_path_normalized: str
    path_folded: str
    sequence_key: str  # the normalised path with its frame number as ####; the path itself without one
    header_hash: str
    file_id: str


@dataclass(frozen=True, slots=True)
class Record:
    """One inspected file, ready to publish: its payload, its identity and its vectors."""

    payload: Payload
    identity: Identity
    metadata_embedding: Vector  # (384,)
    channel_fingerprint: Vector  # (128,)
    channel_vectors: Matrix  # (channels, 128), in payload order
    inspected_at: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True)
class Vectors:
    """The vectors of one published file, computed anew."""

    file_id: str
    metadata_embedding: Vector  # (384,)
    channel_fingerprint: Vector  # (128,)
    channel_vectors: Matrix  # (channels, 128), in file order


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that one person publishes in one go; its publish_id is what undo takes back."""

    records: tuple[Record, ...]
    publish_id: str
    published_by: str


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
class Preview:
    """The picture of one published file, for lists and for look-up by look."""

    file_id: str
    look_embedding: Vector  # (256,)
    thumbnail: bytes  # JPEG, at most 48 KB


@dataclass(frozen=True, slots=True)
class Query:
    """Which published files are nearest to a reference."""

    reference: Record
    by: By = "metadata"
    limit: int = 20  # sequences folded
    where: Filter = ()
    look: Vector | None = None  # of the reference, (256,); needed by look
    weights: Weights = field(default_factory=dict)  # a blend of several ways in place of `by`


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


class PlanStatus(StrEnum):
    """What publishing would do with one file."""

    NEW = "new"
    PRESENT = "already there"
    CHANGED = "changed"  # same path, another header: added beside the old rows
    REFRESH = "refresh"  # same header, another size, date or completeness: refreshed in place


@dataclass(frozen=True, slots=True)
class PlanItem:
    """What publishing would do with one record, and since when its path is known."""

    record: Record
    status: PlanStatus
    known_since: str | None = None  # ISO 8601 of the rows that are there
    is_incomplete: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What publishing would do, record by record, in the order given."""

    target: str
    items: tuple[PlanItem, ...]

    def count(self, status: PlanStatus) -> int:
        """The records of one status."""
        return sum(item.status is status for item in self.items)


@dataclass(frozen=True, slots=True)
class PublishResult:
    """The result of one file, in exactly the words of the published contract."""

    status: Literal["success", "skipped", "error"]
    file_id: str | None
    inserted: bool
    message: str
    error: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """`{"status", "file_id", "inserted", "message", "error"}`."""
        return {name: getattr(self, name) for name in self.__slots__}


SKIPPED = PublishResult("skipped", None, False, "VAST DataBase not configured")


def not_persisted(reason: str, file_id: str | None = None) -> PublishResult:
    """The result of a file that was refused or could not be written."""
    return PublishResult("error", file_id, False, "File not persisted", reason)


@dataclass(frozen=True, slots=True)
class Stored:
    """One file as a store has it: the columns of `files` without the vectors, and its children."""

    file: Mapping[str, Any]
    parts: Sequence[Mapping[str, Any]] = ()
    channels: Sequence[Mapping[str, Any]] = ()
    attributes: Sequence[Mapping[str, Any]] = ()


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
class Listed:
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

    rows: tuple[Listed, ...]
    rows_in_all: int  # of all pages: sequences where folded
    files_in_all: int
    facets: tuple[Facet, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `check` looked at and what it found; each problem is a sentence."""

    target: str
    files: int
    schema_version: int
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    repaired: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at between this machine and a database, and what to do where it is not well."""

    name: str
    ok: bool
    sentence: str


# The pipeline's events. GUI, command line and function all `match` on these, and on nothing else.


@dataclass(frozen=True, slots=True)
class Found:
    """Files to inspect have been found; `total` grows while folders are walked."""

    paths: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Inspected:
    """One file has been read; `index` is its place among all files found. It may carry errors."""

    index: int
    file: ExrFile
    record: Record | None  # None where the file's errors keep it from being published


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A path that led to no file at all, in a sentence."""

    path: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What publishing would do with some records."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Published:
    """One file's result; `index` as in Inspected."""

    index: int
    path: str
    result: PublishResult


@dataclass(frozen=True, slots=True)
class Previewed:
    """The picture of a published file, or of the sequence it stands for, has been stored; or why not."""

    file_id: str
    path: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: `done` of `total`, files a second, and seconds left (None while unknown)."""

    what: Literal["inspect", "publish", "preview"]
    done: int
    total: int
    per_second: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Finished:
    """The job is over: how many went well, how many failed, and whether it was stopped."""

    done: int
    failed: int
    stopped: bool
    publish_id: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


Event: TypeAlias = Found | Inspected | Unreadable | Planned | Published | Previewed | Progress | Finished
