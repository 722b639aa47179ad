"""Events of the ingest pipeline; the window, the command line, and the function `match` on their classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from exr_inspector_app.contracts.scan_events import FileInspected, FilesFound, PathUnreadable, Progress
from exr_inspector_app.model import ExrFile

if TYPE_CHECKING:
    from exr_inspector_app.contracts.queries import Hit
    from exr_inspector_app.contracts.records import Record
    from exr_inspector_app.contracts.results import Plan, PublishResult


@dataclass(frozen=True, slots=True)
class FileReread:
    """File that has changed since it was inspected, and was read again before it was published."""

    index: int  # as in `FileInspected`
    file: ExrFile  # as it is now; with the code `gone` if it is no longer on disk
    record: Record | None  # None if the file cannot be published any more


@dataclass(frozen=True, slots=True)
class PlanReady:
    """Plan of publishing some of the records."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class FilePublished:
    """Publish result of one file."""

    index: int  # as in `FileInspected`
    path: str
    result: PublishResult


@dataclass(frozen=True, slots=True)
class StoreWaiting:
    """Files that wait for a store that has failed; they are published once it responds again."""

    sentence: str  # of the failure
    files: int
    seconds_left: float  # until they fail


@dataclass(frozen=True, slots=True)
class PreviewStored:
    """Preview of a published file or its sequence was stored, or has failed with `error`."""

    file_id: str
    path: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class RunFinished:
    """End of a run, with the numbers of files that succeeded and failed."""

    done: int
    failed: int
    stopped: bool
    publish_id: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    fault: str = ""  # sentence of the fault of the store that ended a publish: no fault of its files


@dataclass(frozen=True, slots=True)
class PartialHits:
    """Best hits among the `done` files read so far; better ones may follow."""

    hits: tuple[Hit, ...]
    done: int
    total: int


ProgressCallback: TypeAlias = Callable[[Progress | PartialHits], None]  # called in the calling thread


def ignore_progress(event: Progress | PartialHits) -> None:
    """Do nothing: a progress callback that ignores every event."""


Event: TypeAlias = (
    FilesFound
    | FileInspected
    | FileReread
    | PathUnreadable
    | PlanReady
    | FilePublished
    | StoreWaiting
    | PreviewStored
    | Progress
    | RunFinished
)
