"""Labels and messages of the help and of the bug report dialog."""

from __future__ import annotations

SEARCH_HELP, CONTENTS, NO_HELP = "Search the help", "Contents", "No page has these words."
BUG_TITLE = "Unexpected error"
BUG_HINT = "Your files were not changed. Please report this bug."
COPY_REPORT = "Copy report"
CLOSE = "Close"
