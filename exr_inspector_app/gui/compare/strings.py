"""User-visible strings of the Compare pane."""

from __future__ import annotations

from exr_inspector_app.text.format import pluralize

COMPARE = "Compare"
NAME = "Name"
REFERENCE = "Reference"
ABSENT = "not there"
SAME = "the same"

DIFFERENCES = "Differences"
EVERYTHING = "Everything"
NAME_OR_VALUE = "Name or value"
COPY = "Copy"
COMPARED_FILES = "Compared files"
CLEAR = "Clear"
REMOVE_FROM_COMPARISON = "Remove from the comparison"
COPIED = "Comparison copied to the clipboard"

CANNOT_COMPARE = "Cannot compare these files"
TRY_AGAIN = "Try again"
NOTHING_TO_COMPARE = "Nothing to compare yet"
SELECT_FILES = "Select two or more files and press Ctrl+D."
SELECT_ANOTHER_FILE = "Select another file and press Ctrl+D."
CLEAR_FILTER = "Clear filter"
IDENTICAL = "The headers are identical"
SHOW_EVERYTHING = "Show everything"


def differing_values(differing: int, total: int) -> str:
    """Return how many of the compared values differ."""
    return f"{differing:,} of {pluralize(total, 'value')} differ"


def single_file(name: str) -> str:
    """Return the title shown while only one file is in the comparison."""
    return f"{name} is ready to compare"


def nothing_matches(needle: str) -> str:
    """Return the title of a comparison that the filter leaves empty."""
    return f"Nothing matches “{needle}”"


def hidden_values(count: int) -> str:
    """Return how many values the filter hides."""
    return f"{pluralize(count, 'value')} {'is' if count == 1 else 'are'} hidden"


def same_values(count: int) -> str:
    """Return that all values are the same."""
    return f"All {count:,} values are the same."


def remove_file(name: str) -> str:
    """Return the menu action that removes a file from the comparison."""
    return f"Remove {name}"


def published_title(name: str) -> str:
    """Return the title of a file whose published header is shown because the file cannot be read."""
    return f"{name}, as published"
