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
EXTENSIONS = (".exr", ".sxr", ".mxr")


class _Listing(NamedTuple):
    mtime_ns: int
    checked: float  # time.monotonic()
    siblings: Siblings


_lock = threading.Lock()
_listings: dict[str, _Listing] = {}


def frame_on_disk(path: str) -> Frame | None:
    """Return the frame of a file, judged by its name and by the other names in its folder.

    The folder is listed only where the name alone leaves a doubt, and at most once per second. Thread-safe. May block
    as long as the storage does, so it must not run on the GUI thread.
    """
    folder, name = split_path(path)
    plain = plain_frame(name, folder)
    if plain is not None:
        return plain
    if not any(char.isdigit() for char in name):
        return None
    span = find_frame_span(name, folder, siblings_of(folder or "."))
    return None if span is None else span.frame


def siblings_of(folder: str) -> Siblings:
    """Return the index of the EXR names in a folder; empty where it cannot be listed."""
    now = time.monotonic()
    with _lock:
        known = _listings.get(folder)
    if known is not None and now - known.checked < TRUST_S:
        return known.siblings
    try:
        with storage_wait:
            mtime_ns = os.stat(folder).st_mtime_ns
        if known is None or known.mtime_ns != mtime_ns:
            with storage_wait:
                names = _names(folder)
            known = _Listing(mtime_ns, now, Siblings(names))
    except (OSError, ValueError):
        return Siblings(())
    with _lock:
        if len(_listings) >= MAX_FOLDERS and folder not in _listings:
            _listings.pop(next(iter(_listings)))
        _listings[folder] = known._replace(checked=now)
    return known.siblings


def _names(folder: str) -> list[str]:
    names: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.lower().endswith(EXTENSIONS):
                names.append(entry.name)
                if len(names) >= MAX_NAMES:
                    break
    return names
