"""Labels and messages of the bug report dialog."""

from __future__ import annotations

BUG_TITLE = "Unexpected error"
BUG_HINT = "Your files were not changed. Please report this bug."
COPY_REPORT = "Copy report"
CLOSE = "Close"
