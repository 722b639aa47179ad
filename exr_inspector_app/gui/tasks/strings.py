"""User strings of background tasks and jobs: states, actions, rates, and the sentence for an internal error."""

from __future__ import annotations

from exr_inspector_app.contracts import Progress
from exr_inspector_app.gui.style.formatting import format_duration

STOP, RETRY, UNDO, COPY = "Stop", "Retry", "Undo", "Copy"
ERRORS, SHOW, REPORT = "Errors", "Show", "Report"
RUN_AGAIN, LOG = "Run again", "Log"
STOPPED = "Stopped"


def internal_error(kind: str, error: str) -> str:
    """Return the sentence for a task that raised an unexpected exception of the class `error`."""
    return f"{kind} stopped: internal error ({error})."


def count_of_total(done: int, total: int, unit: str = "") -> str:
    """Return `687 of 1,048`, or `12,000 of 100,000 rows` with a unit."""
    return f"{done:,} of {total:,} {unit}".rstrip()


def stopped(result: str) -> str:
    """Return the result of a job that was cancelled before its end."""
    return f"{STOPPED}. {result}"


def progress_unit(progress: Progress) -> str:
    """Return the unit that a progress event counts."""
    return {"compare": "rows", "layers": "layers", "frames": "frames"}.get(progress.what, "files")


def format_rate(progress: Progress) -> str:
    """Return rate and time left, such as `118 files/s, 3 s left`, if known."""
    facts = [f"{progress.per_second:,.0f} {progress_unit(progress)}/s"] if progress.per_second >= 1 else []
    if progress.seconds_left is not None and progress.done < progress.total:
        facts.append(f"{format_duration(progress.seconds_left)} left")
    return ", ".join(facts)
