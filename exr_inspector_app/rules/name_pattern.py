"""Name patterns: globs over names of channels, layers and attributes, whose case counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache


def is_pattern(name: str) -> bool:
    """Return whether a name has wildcards."""
    return any(character in name for character in "*?[")


@lru_cache(maxsize=1 << 14)
def matches_name(pattern: str, name: str) -> bool:
    """Return whether a name is `pattern`, or matches it as a glob."""
    return pattern == name or (is_pattern(pattern) and _compile(pattern).match(name) is not None)


def matches_text(pattern: str, text: str) -> bool:
    """Return whether a text matches a glob in any case."""
    return matches_name(pattern.casefold(), text.casefold())


def similar_case(pattern: str, names: Iterable[str]) -> str | None:
    """Return the first name that differs from `pattern` in its case only."""
    folded = pattern.casefold()
    return next((name for name in names if name.casefold() == folded), None)


@lru_cache(maxsize=1024)
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))
