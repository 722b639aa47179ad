"""Names from a file as they stand in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

MAX_MESSAGE_CHARS = 64  # characters of a name in a sentence
MAX_LISTED = 3  # names in a sentence


def quote(name: str) -> str:
    """A name as it stands in a sentence: short, and without characters that cannot be printed."""
    safe = escape_unprintable(name)
    return safe if len(safe) <= MAX_MESSAGE_CHARS else f"{safe[:MAX_MESSAGE_CHARS]}…"


def escape_unprintable(text: str) -> str:
    """The text without characters that cannot be printed."""
    return text if text.isprintable() else ascii(text)[1:-1]


def join_names(names: Sequence[str]) -> str:
    """The first few of some names: `R, G, B and 5 more`."""
    return join_limited([quote(name) for name in names[:MAX_LISTED]], len(names))


def join_limited(words: Sequence[str], count: int = 0) -> str:
    """The first few of some words and how many more there are, of `count` in all."""
    more = max(count, len(words)) - MAX_LISTED
    return ", ".join(words[:MAX_LISTED]) + (f" and {more:,} more" if more > 0 else "")
