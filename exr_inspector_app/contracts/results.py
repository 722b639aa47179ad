"""What publishing would do, has done and has left behind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from exr_inspector_app.contracts.records import Record


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
