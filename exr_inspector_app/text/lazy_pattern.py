"""Regular expressions that are compiled when they are first used.

A module-level `re.compile` runs at every start: those of headers and names took a fifth of the time of `inspect`.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False  # as `typing` has it, which takes long to import
if TYPE_CHECKING:
    from typing import Any

_METHODS = frozenset(["findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn"])


class _LazyPattern:
    """Lazy `re.Pattern`: its first method call compiles it and binds the methods of the pattern."""

    def __init__(self, text: str, flags: int) -> None:
        self.pattern, self.flags = text, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self.flags)
        self.__dict__.update((method, getattr(compiled, method)) for method in _METHODS)
        return self.__dict__[name]


def lazy_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that is compiled by its first `match`, `search`, `sub` or other method.

    Args:
        text: Regular expression; a mistake in it is raised by the first use.
        flags: As of `re.compile`.
    """
    pattern: Any = _LazyPattern(text, flags)
    return pattern  # type: ignore[no-any-return]
