"""Labels and messages of the Activity pane."""

from __future__ import annotations

VIEW_NAME = "Activity"
COLUMNS = ("Job", "Progress", "Result", "Started", "")
EMPTY, EMPTY_HINT = "No activity yet", "Jobs such as publishing and searching are listed here."
RETRY_FAILED = "Retry failed"
CLEAR_FINISHED = "Clear finished"
ERROR_COPIED = "Error copied to the clipboard."
