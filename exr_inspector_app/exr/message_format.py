"""Message formatter: names from a file, made safe and short for a sentence."""

from __future__ import annotations

from collections.abc import Sequence

MAX_MESSAGE_CHARS = 64  # of a name in a sentence
MAX_LISTED = 3  # names in a sentence


def quote(name: str) -> str:
    """Return a name for a sentence: without unprintable characters and cut to MAX_MESSAGE_CHARS."""
    safe = escape_unprintable(name)
    return safe if len(safe) <= MAX_MESSAGE_CHARS else f"{safe[:MAX_MESSAGE_CHARS]}…"


def escape_unprintable(text: str) -> str:
    """Return the text, escaped as a Python literal if any character in it is not printable."""
    return text if text.isprintable() else ascii(text)[1:-1]


def join_names(names: Sequence[str]) -> str:
    """Join the first MAX_LISTED names, quoted: `R, G, B and 5 more`."""
    return join_limited([quote(name) for name in names[:MAX_LISTED]], len(names))


def join_limited(texts: Sequence[str], count: int = 0) -> str:
    """Join the first MAX_LISTED texts, and add how many more there are.

    Args:
        texts: All texts, or the first of them.
        count: Number of texts in all, if it is more than those given.
    """
    more = max(count, len(texts)) - MAX_LISTED
    return ", ".join(texts[:MAX_LISTED]) + (f" and {more:,} more" if more > 0 else "")
