"""Labels and messages of the Activity pane."""

from __future__ import annotations

from exr_inspector_app.text.format import pluralize

VIEW_NAME = "Activity"
COLUMNS = ("Job", "Progress", "Result", "Started", "")
EMPTY, EMPTY_HINT = "No activity yet", "Jobs such as publishing and searching are listed here."
RETRY_FAILED = "Retry failed"
CLEAR_FINISHED = "Clear finished"
COPY_ERRORS, CLOSE = "Copy errors", "Close"
ERROR_COLUMNS = ("File", "Reason, and what to do")
ERROR_COPIED = "Error copied to the clipboard."


def log_title(job: str) -> str:
    """Return the title of the dialog with the log of a job."""
    return f"Log of {job}"


def errors_title(job: str) -> str:
    """Return the title of the dialog with the errors of a job."""
    return f"Errors of {job}"


def failed_files(count: int) -> str:
    """Return the heading of that dialog."""
    return f"{pluralize(count, 'file')} failed"
