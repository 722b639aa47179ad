"""Paths as a person gave them, from the root: another run may begin in another folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|[A-Za-z]:[\\/]|\\\\")  # of a store, of another system


def rooted(paths: Iterable[str]) -> list[str]:
    """The paths, those that are relative below the folder that the program works in."""
    return [path if os.path.isabs(path) or _ELSEWHERE.match(path) else os.path.abspath(path) for path in paths]
