"""Path globs: `**` matches any number of folders, `*` and `?` stay within one.

A pattern that does not begin at a root matches at any depth: `lighting/**` is `**/lighting/**`.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ROOTED = re.compile(r"/|\*\*(?:/|$)|[A-Za-z][\w+.-]*:")
_TOKEN = re.compile(r"/\*\*$|\*\*/|\*+|\?|\[[!^]?\]?[^\]/]*\]|\{[^{}/]*\}|.", re.DOTALL)
_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")


def matches_path(pattern: str, path: str) -> bool:
    """Return whether a path matches a glob; Windows paths match in any case.

    Args:
        pattern: Glob with `**`, `*`, `?`, `[abc]`, `[!abc]` and `{a,b}`; one that ends in `/` means the files below.
        path: Absolute path with either kind of slash.
    """
    regex = _compile(pattern, _WINDOWS.match(path) is not None)
    return regex.fullmatch(path.replace("\\", "/")) is not None


@lru_cache(maxsize=256)
def _compile(pattern: str, is_folded: bool) -> re.Pattern[str]:
    text = pattern.strip().replace("\\", "/")
    text += "**" if text.endswith("/") else ""
    text = text if _ROOTED.match(text) else f"**/{text.removeprefix('./')}"
    body = "".join(_piece(token) for token in _TOKEN.findall(text))
    return re.compile(body, re.DOTALL | (re.IGNORECASE if is_folded else 0))


def _piece(token: str) -> str:
    """Return the regular expression of one token of a glob."""
    if token in ("**/", "/**"):
        return "(?:.*/)?" if token == "**/" else "/.*"
    if token.startswith("*"):
        return ".*" if len(token) > 1 else "[^/]*"
    if token == "?":
        return "[^/]"
    if token.startswith("[") and len(token) > 2:
        return _character_class(token)
    if token.startswith("{") and len(token) > 2:
        return f"(?:{'|'.join(''.join(map(_piece, _TOKEN.findall(option))) for option in token[1:-1].split(','))})"
    return re.escape(token)


def _character_class(token: str) -> str:
    """Return a character class; one that is not valid, such as [z-a], is literal text."""
    inner = token[1:-1]
    sign = "^" if inner[0] in "!^" else ""
    inner = inner[1:] if sign else inner
    text = f"[{sign}{inner.replace('[', chr(92) + '[').replace('&&', '&').replace('||', '|').replace('~~', '~')}]"
    try:
        re.compile(text)
    except re.error:
        return re.escape(token)
    return text
