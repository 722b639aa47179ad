"""Results of publish, plan, check, and diagnosis."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from exr_inspector_app.contracts.records import Record
from exr_inspector_app.model import ExrFile


class PlanStatus(StrEnum):
    """Effect of publishing one file."""

    NEW = "new"
    PRESENT = "already there"
    CHANGED = "changed"  # same path, other header: added; the old rows become history
    REFRESH = "refresh"  # same header, other size, date, or completeness: updated in place


@dataclass(frozen=True, slots=True)
class PlanItem:
    """Effect of publishing one record."""

    record: Record
    status: PlanStatus
    known_since: str | None = None  # ISO 8601, UTC; newest stored row of its path
    is_incomplete: bool = False
    replaces: Record | ExrFile | None = None  # as it was inspected, if the file has changed and was read again


@dataclass(frozen=True, slots=True)
class PlanFailure:
    """File that has changed since it was inspected and cannot be published, with its present state."""

    inspected: Record | ExrFile
    file: ExrFile


@dataclass(frozen=True, slots=True)
class Plan:
    """Effect of publishing records, in their order."""

    target: str
    items: tuple[PlanItem, ...]
    failures: tuple[PlanFailure, ...] = ()

    def count(self, status: PlanStatus) -> int:
        """Return the number of records with a status."""
        return sum(item.status is status for item in self.items)


@dataclass(frozen=True, slots=True)
class PublishResult:
    """Publish result of one file; fields and messages are part of the public interface."""

    status: Literal["success", "skipped", "error"]
    file_id: str | None
    inserted: bool
    message: str
    error: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the result as a dict with the keys `status`, `file_id`, `inserted`, `message`, and `error`."""
        return {name: getattr(self, name) for name in self.__slots__}


SKIPPED = PublishResult("skipped", None, False, "VAST DataBase not configured")


def persisted(file_id: str, inserted: bool) -> PublishResult:
    """Return the result of a published file."""
    message = "File persisted" if inserted else "File already persisted"
    return PublishResult("success", file_id, inserted, f"{message}: {file_id}")


def not_persisted(reason: str, file_id: str | None = None) -> PublishResult:
    """Return the result of a file that was rejected or could not be written."""
    return PublishResult("error", file_id, False, "File not persisted", reason)


def not_embedded(reason: str) -> PublishResult:
    """Return the result of a payload whose embedding cannot be computed."""
    return PublishResult(
        "error", None, False, "Vector embedding error", f"Failed to compute metadata embedding: {reason}"
    )


@dataclass(frozen=True, slots=True)
class PublishSummary:
    """Publish as its rows in the store show it.

    Attributes:
        publish_id: Id that `Store.undo` takes.
        published_at: Time of its last transaction, ISO 8601, UTC.
        published_by: User who published.
        files: Number of its files in the store.
        removable: Number of files that `Store.undo` removes: no other publish has contained them since.
        note: Note of most of its files; None without one.
        path: Path of one of its files: the first one in the order of names.
    """

    publish_id: str
    published_at: str
    published_by: str
    files: int
    removable: int
    note: str | None
    path: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Result of an integrity check; notes and problems are one sentence each."""

    target: str
    files: int
    schema_version: int
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    repaired: int = 0


@dataclass(frozen=True, slots=True)
class RepairedRange:
    """Counts of one repaired range of file_id."""

    first: str  # digits with which the range begins; empty for the first one
    index: int  # from 1
    ranges: int
    files: int
    repaired: int  # deleted rows
    hidden: int  # duplicate rows that remain
    incomplete: int  # files with missing channels
    outdated: int  # files with vectors of an older embedding version
    newer: int


@dataclass(frozen=True, slots=True)
class MigratedRange:
    """Migrated range of file_id."""

    first: str  # digits with which the range begins; empty for the first one
    index: int  # from 1
    ranges: int
    files: int


@dataclass(frozen=True, slots=True)
class RekeyedRange:
    """Counts of one range of file_id whose keys were computed again."""

    first: str  # digits with which the range begins; empty for the first one
    index: int  # from 1
    ranges: int
    files: int
    moved: int  # files whose key differs, moved or not
    joined: int = 0  # files that became, or would become, one with another of the same new key
    held: int = 0  # files that another transaction held, which keep their old key
    example: str = ""  # path of a file whose key differs, and its new normalized path


@dataclass(frozen=True, slots=True)
class Step:
    """Step of the connection diagnosis of a VAST Database, with its result and what to do on failure."""

    name: str
    ok: bool
    sentence: str


Answer = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class ProvenFact:
    """Answer to a question about a server of VAST Databases.

    Attributes:
        id: Stable name, such as `update.indexed`.
        question: The question; the program expects "yes".
        result: `unknown` if it could not be tried, or was not asked.
        sentence: The observation.
        ms: Duration of the probe in milliseconds.
        fallback: Behavior of the program if the result is no; empty if it relies on yes.
    """

    id: str
    question: str
    result: Answer
    sentence: str
    ms: float
    fallback: str = ""
