"""Path map between machines: the same place under the roots of another machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from exr_inspector_app.config import Root

_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|[\\/]{2}[^\\/]")


def local_path(path: str, roots: Sequence[Root]) -> str:
    """Return the local path of a path of any machine.

    A path that exists is returned as it is. Otherwise the first place under another prefix of the same root that
    exists is returned, or the path itself if no place exists.

    Args:
        path: A path, a UNC path, a URL such as `s3://prod/...`, or a normalized path such as `prod:/show/...`.
        roots: The path map of the settings.
    """
    if not roots or os.path.lexists(path):
        return path
    return next((place for place in places(path, roots) if os.path.lexists(place)), path)


def is_under_root(path: str, roots: Sequence[Root]) -> bool:
    """Return True if a path begins with a prefix of a root, or with its name."""
    return bool(_matches(path, roots))


def places(path: str, roots: Sequence[Root]) -> Iterator[str]:
    """Yield the path under every other prefix of the roots that it lies in, longest prefix first."""
    for root, prefix, rest in _matches(path, roots):
        for other in root.prefixes:
            if other != prefix and "://" not in other:
                yield other.rstrip("/\\") + "/" + rest if rest else other


def _matches(path: str, roots: Sequence[Root]) -> list[tuple[Root, str, str]]:
    """Return root, prefix and the rest of the path for each prefix that the path begins with."""
    shown = path.replace("\\", "/")
    matches = []
    for root in roots:
        for prefix in (*root.prefixes, f"{root.name}:"):
            bare = prefix.replace("\\", "/").rstrip("/")
            start = shown[: len(bare)]
            is_folded = root.fold_case or _WINDOWS.match(prefix) is not None
            is_same = start.casefold() == bare.casefold() if is_folded else start == bare
            if is_same and (len(shown) == len(bare) or shown[len(bare)] == "/"):
                matches.append((root, prefix, shown[len(bare) :].lstrip("/")))
    return sorted(matches, key=lambda match: -len(match[1]))
