"""Labels and messages of the help and of the bug report dialog."""

from __future__ import annotations

SEARCH_HELP, CONTENTS, NO_HELP = "Search the help", "Contents", "No page has these words."
BUG_TITLE = "Unexpected error"
BUG_HINT = (
    "Please report this bug. Versions are included; keys and passwords are masked. Read the report before you send it."
)
COPY_REPORT = "Copy report"
CLOSE = "Close"
