"""Cache of folder listings: the sibling names that decide which digits of a name are its frame."""

from __future__ import annotations

import os
import threading
import time
from typing import NamedTuple

from exr_inspector_app.exr.sequences.frame_number import Frame, Siblings, find_frame_span, plain_frame, split_path
from exr_inspector_app.exr.storage_wait import storage_wait

MAX_FOLDERS = 64
MAX_NAMES = 200_000  # of one folder
TRUST_S = 1.0  # a listing is not checked again within this time
MTIME_RESOLUTION_NS = 2_000_000_000  # some file servers store dates in steps of two seconds
EXTENSIONS = (".exr", ".sxr", ".mxr")


class _Listing(NamedTuple):
    mtime_ns: int  # 0 if more files may have come with the same date
    checked: float  # time.monotonic()
    siblings: Siblings


_lock = threading.Lock()
_listings: dict[str, _Listing] = {}


def frame_on_disk(path: str) -> Frame | None:
    """Return the frame of a file, judged by its name and by the other names in its folder.

    The folder is listed only where the name alone leaves a doubt, and again if it has changed since. Thread-safe. May
    block as long as the storage does, so it must not run on the GUI thread.
    """
    plain = plain_frame(path)
    if plain is not None:
        return plain
    folder, name = split_path(path)
    if not any(char.isdigit() for char in name):
        return None
    span = find_frame_span(name, folder, siblings_of(folder or ".", name))
    return None if span is None else span.frame


def siblings_of(folder: str, name: str) -> Siblings:
    """Return the index of the EXR names in a folder; empty where it cannot be listed.

    Args:
        folder: Path of the folder.
        name: A name with digits. If the file is newer than the listing, it is added to the index.
    """
    now = time.monotonic()
    with _lock:
        known = _listings.get(folder)
    if known is not None and now - known.checked < TRUST_S:
        _add_new(known.siblings, folder, name)
        return known.siblings
    try:
        with storage_wait:
            mtime_ns = os.stat(folder).st_mtime_ns
        if known is None or known.mtime_ns != mtime_ns:
            known = _list(folder, mtime_ns)
    except (OSError, ValueError):
        return Siblings(())
    with _lock:
        if len(_listings) >= MAX_FOLDERS and folder not in _listings:
            _listings.pop(next(iter(_listings)))
        _listings[folder] = known._replace(checked=now)
    return known.siblings


def _list(folder: str, mtime_ns: int) -> _Listing:
    """List a folder whose date has just been read."""
    is_settled = abs(time.time_ns() - mtime_ns) > MTIME_RESOLUTION_NS
    with storage_wait:
        names = _names(folder)
    return _Listing(mtime_ns if is_settled else 0, time.monotonic(), Siblings(names))


def _add_new(siblings: Siblings, folder: str, name: str) -> None:
    """Add a name to an index that is older than its file."""
    if not siblings.holds(name):
        with storage_wait:
            exists = os.path.lexists(os.path.join(folder, name))
        if exists and name.lower().endswith(EXTENSIONS):
            with _lock:
                siblings.add(name)


def _names(folder: str) -> list[str]:
    names: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.lower().endswith(EXTENSIONS):
                names.append(entry.name)
                if len(names) >= MAX_NAMES:
                    break
    return names
