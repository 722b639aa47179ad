"""Versions of a file by its path: the same file of an earlier version, and the same frame of another sequence."""

from __future__ import annotations

import os
import re

from exr_inspector_app.exr.sequences.frame_number import Frame, span_of_frame

MAX_VERSIONS_BACK = 200  # that are looked for; versions may be missing
_VERSION = re.compile(r"(?<![A-Za-z0-9])([vV]|ver)([0-9]{1,6})(?![0-9])")


def version_of(path: str) -> str:
    """Return the version in a path as it is written, such as `v017`; the last one counts, empty without one."""
    versions = _VERSION.findall(path)
    return "".join(versions[-1]) if versions else ""


def previous_version(path: str) -> str | None:
    """Return the path of the nearest earlier version that exists, None without one; reads the disk.

    All numbers of the version that comes last in the path are replaced, in folders and in the name.
    """
    versions = _VERSION.findall(path)
    if not versions:
        return None
    current = int(versions[-1][1])
    for number in range(current - 1, max(-1, current - 1 - MAX_VERSIONS_BACK), -1):

        def replace(match: re.Match[str], number: int = number) -> str:
            is_same = int(match[2]) == current
            return f"{match[1]}{number:0{len(match[2])}d}" if is_same else match[0]

        candidate = _VERSION.sub(replace, path)
        if os.path.isfile(candidate):
            return candidate
    return None


def with_frame(path: str, own: Frame | None, frame: Frame | None) -> str:
    """Return the path of another frame of the same sequence, or the path itself without frames."""
    folder, name = os.path.split(path)
    span = span_of_frame(name, own)
    if span is None or not isinstance(frame, int) or not isinstance(own, int):
        return path
    digits = f"{abs(frame):0{span.digits}d}"
    return os.path.join(folder, f"{name[: span.start]}{'-' if frame < 0 else ''}{digits}{name[span.end :]}")
