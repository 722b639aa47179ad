"""Validator of paths that leave the program: to a viewer, a file manager, a drag, or the clipboard.

Paths of a shared database are data of others (resources/help/trust.md). Another program could read one as an option, a
script, or the share of another computer, so only absolute paths of existing EXR files are passed on.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.exr.parser.header import MAGIC
from exr_inspector_app.exr.paths import is_under_root, local_path
from exr_inspector_app.exr.sequences.folder_index import EXTENSIONS
from exr_inspector_app.exr.source.file_source import FileSource
from exr_inspector_app.text.escape import escape_control

_MAX_SHOWN_CHARS = 120  # of a path in a sentence
_LINE_BREAKS = frozenset({"Cc", "Zl", "Zp"})  # a terminal that a path is pasted into would run what follows


class CheckedPaths(NamedTuple):
    """Paths that other programs may get, in the order given, and one sentence per refused path."""

    paths: list[str]
    refused: list[str]


def check_paths(paths: Sequence[str], roots: Sequence[Root], stop: StopCheck = never_stop) -> CheckedPaths:
    """Check which paths other programs may get. It reads the first bytes of each file.

    Args:
        paths: Paths of any machine; of a sequence, its pattern with #### for the frame.
        roots: The path map of the settings; a path on another computer must lie under one of its prefixes.
        stop: Polled between files; the rest is left out.
    """
    checked = CheckedPaths([], [])
    for path in paths:
        if stop():
            break
        place, reason = _check(path, roots)
        if reason:
            checked.refused.append(f"{reason}: {_shorten(path)}.")
        else:
            checked.paths.append(place)
    return checked


def is_on_unknown_host(path: str, roots: Sequence[Root]) -> bool:
    """Return True for a path on another computer that no root lists; to open it could send the user's credentials."""
    return _has_host(path) and (not is_under_root(path, roots) or ".." in re.split(r"[/\\]", path))


def _check(path: str, roots: Sequence[Root]) -> tuple[str, str]:
    """Return the path on this machine, and the reason why it is refused or an empty text."""
    if any(unicodedata.category(char) in _LINE_BREAKS for char in path):
        return path, "Control characters in the path"
    if is_on_unknown_host(path, roots):
        return path, "On a host outside the roots in the settings"
    try:
        place = _local_place(path, roots)
        if not _is_absolute(place):
            return path, "Not an absolute path of this machine"
        if not place.lower().endswith(EXTENSIONS):
            return path, "Not an OpenEXR file"
        return place, _read_reason(_first_frame(place) or place)
    except (OSError, ValueError):
        return path, "Not found on this machine"


def _local_place(path: str, roots: Sequence[Root]) -> str:
    """Return the path under the root of this machine; a pattern exists nowhere, so its folder is looked up."""
    place = local_path(path, roots)
    if not os.path.lexists(place) and roots:
        folder, separator, name = path.replace("\\", "/").rpartition("/")
        place = f"{local_path(folder, roots)}{separator}{name}"
    return place


def _has_host(path: str) -> bool:
    """Return True for a UNC path, with slashes of any kind."""
    return len(path) > 1 and path[0] in "/\\" and path[1] in "/\\"


def _is_absolute(path: str) -> bool:
    """Return True for an absolute path that no program of this system reads as an option."""
    if os.name == "nt":
        return bool(os.path.splitdrive(path)[0]) and os.path.isabs(path)
    return os.path.isabs(path) and not _has_host(path)


def _first_frame(pattern: str) -> str:
    """Return an existing frame of a pattern with #### for the frame, or an empty text."""
    folder, name = os.path.split(pattern)
    around = re.split("#+", name)
    if len(around) != 2 or os.path.lexists(pattern):
        return ""
    frame = re.compile(re.escape(around[0]) + r"-?\d+(?:\.\d+)?" + re.escape(around[1]))
    with os.scandir(folder) as entries:
        return next((entry.path for entry in entries if frame.fullmatch(entry.name)), "")


def _read_reason(path: str) -> str:
    """Return the reason to refuse a file, or an empty text for a regular file that begins like an EXR file."""
    if not stat.S_ISREG(os.stat(path).st_mode):  # opening a device or a pipe has side effects
        return "Not a regular file"
    with FileSource(path) as source:
        is_exr = stat.S_ISREG(source.mode) and source.read(0, len(MAGIC)) == MAGIC
    return "" if is_exr else "Not an OpenEXR file"


def _shorten(path: str) -> str:
    """Return a path for a sentence: escaped, and without its middle if it is long."""
    half = _MAX_SHOWN_CHARS // 2
    return escape_control(path if len(path) <= _MAX_SHOWN_CHARS else f"{path[:half]}…{path[-half:]}")
