"""Events of a scan: files that are found, read, or cannot be read, and its progress.

They are named tuples: to import `dataclasses` would take a tenth of the time of `inspect`.
"""

from __future__ import annotations

import time

from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.typing_forms import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from exr_inspector_app.contracts.records import Record
    from exr_inspector_app.model import ExrFile


class FilesFound(NamedTuple):
    """Files to inspect, found in one step of the search."""

    paths: tuple[str, ...]
    total: int  # grows while folders are walked
    frames: tuple[int | float | None, ...] = ()  # of the paths, by the names in their folders


class FileInspected(NamedTuple):
    """Inspected file, possibly with errors."""

    index: int  # type: ignore[assignment]  # position among all files found; hides `tuple.index`
    file: ExrFile
    record: Record | None  # None if errors prevent the file from being published


class PathUnreadable(NamedTuple):
    """A path that cannot be read or does not exist."""

    path: str
    code: str
    message: str  # one sentence for users


# `compare` counts rows, `layers` layers, every other kind counts files.
JobKind: TypeAlias = Literal[
    "inspect", "publish", "preview", "reembed", "compare", "layers", "frames", "read", "measure"
]


class Progress(NamedTuple):
    """Progress of a job."""

    what: JobKind
    done: int
    total: int
    per_second: float  # files or rows per second
    seconds_left: float | None  # None while unknown


def measure_progress(what: JobKind, done: int, total: int, started: float, before: int = 0) -> Progress:
    """Return the progress of a job with its rate and remaining time.

    Args:
        what: Kind of job.
        done: Number of processed items.
        total: Number of all items.
        started: Start time, as returned by `time.monotonic`.
        before: Number of items processed before the start; they do not count for the rate.
    """
    rate = (done - before) / max(time.monotonic() - started, 1e-6)
    return Progress(what, done, total, rate, max(total - done, 0) / rate if rate else None)
