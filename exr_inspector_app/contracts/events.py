"""The pipeline's events. GUI, command line and function all `match` on these, and on nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from exr_inspector_app.contracts.queries import Hit
from exr_inspector_app.contracts.records import Record
from exr_inspector_app.contracts.results import Plan, PublishResult
from exr_inspector_app.model import ExrFile


@dataclass(frozen=True, slots=True)
class FilesFound:
    """Files to inspect have been found; `total` grows while folders are walked."""

    paths: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class FileInspected:
    """One file has been read; `index` is its place among all files found. It may carry errors."""

    index: int
    file: ExrFile
    record: Record | None  # None where the file's errors keep it from being published


@dataclass(frozen=True, slots=True)
class PathUnreadable:
    """A path that led to no file at all, in a sentence."""

    path: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class PlanReady:
    """What publishing would do with some records."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class FilePublished:
    """One file's result; `index` as in Inspected."""

    index: int
    path: str
    result: PublishResult


@dataclass(frozen=True, slots=True)
class PreviewStored:
    """The picture of a published file, or of the sequence it stands for, has been stored; or why not."""

    file_id: str
    path: str
    error: str | None = None


# Rows are compared, files all else.
JobKind: TypeAlias = Literal["inspect", "publish", "preview", "reembed", "compare", "read", "measure"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: `done` of `total`, files a second, and seconds left (None while unknown)."""

    what: JobKind
    done: int
    total: int
    per_second: float
    seconds_left: float | None


def measure_progress(what: JobKind, done: int, total: int, started: float, before: int = 0) -> Progress:
    """How far a job is that started at that time (of `time.monotonic`), when `before` were done already."""
    rate = (done - before) / max(time.monotonic() - started, 1e-6)
    return Progress(what, done, total, rate, max(total - done, 0) / rate if rate else None)


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The job is over: how many went well, how many failed, and whether it was stopped."""

    done: int
    failed: int
    stopped: bool
    publish_id: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartialHits:
    """The best among the `done` files of a library that have been read; better ones may come with the rest."""

    hits: tuple[Hit, ...]
    done: int
    total: int


ProgressCallback: TypeAlias = Callable[[Progress | PartialHits], None]  # told now and then how far a look-up is


def ignore_progress(event: Progress | PartialHits) -> None:
    """Nobody asks how far the work is."""


Event: TypeAlias = (
    FilesFound | FileInspected | PathUnreadable | PlanReady | FilePublished | PreviewStored | Progress | RunFinished
)
