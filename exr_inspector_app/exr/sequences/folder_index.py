"""Cache of folder listings: the sibling names that decide which digits of a name are its frame."""

from __future__ import annotations

import os
import threading
import time

from exr_inspector_app.exr.sequences.frame_number import Frame, Siblings, find_frame_span, plain_frame, split_path
from exr_inspector_app.exr.source.storage_wait import storage_wait
from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.text.lazy_pattern import lazy_pattern

MAX_FOLDERS = 64
MAX_NAMES = 200_000  # of one folder
MAX_FRAMES = 10_000  # of one folder; twice as fast for files that are found and then read
TRUST_S = 1.0  # a listing is not checked again within this time
MTIME_RESOLUTION_NS = 2_000_000_000  # some file servers store dates in steps of two seconds
_DIGIT = lazy_pattern(r"\d")
EXTENSIONS = (".exr", ".sxr", ".mxr")


class _Listing(NamedTuple):
    mtime_ns: int  # 0 if more files may have come with the same date
    checked: float  # time.monotonic()
    siblings: Siblings
    frames: dict[str, Frame | None]  # by name; replaced when a name is added, which may change them


_EMPTY = _Listing(0, 0.0, Siblings(()), {})  # of a folder that cannot be listed
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
    if _DIGIT.search(name) is None:
        return None
    listing = _listing_of(folder or ".", name)
    frames = listing.frames
    try:
        return frames[name]
    except KeyError:
        span = find_frame_span(name, folder, listing.siblings)
    frame = None if span is None else span.frame
    if listing is not _EMPTY:
        if len(frames) >= MAX_FRAMES:
            frames.clear()
        frames[name] = frame
    return frame


def _listing_of(folder: str, name: str) -> _Listing:
    """Return the index of the EXR names in a folder; empty where it cannot be listed.

    Args:
        folder: Path of the folder.
        name: A name with digits. If the file is newer than the listing, it is added to the index.
    """
    now = time.monotonic()
    known = _listings.get(folder)
    if known is not None and now - known.checked < TRUST_S:
        return known if name in known.frames else _add_new(known, folder, name)
    try:
        with storage_wait:
            mtime_ns = os.stat(folder).st_mtime_ns
        if known is None or known.mtime_ns != mtime_ns:
            known = _list(folder, mtime_ns)
    except (OSError, ValueError):
        return _EMPTY
    known = known._replace(checked=now)
    with _lock:
        if len(_listings) >= MAX_FOLDERS and folder not in _listings:
            _listings.pop(next(iter(_listings)))
        _listings[folder] = known
    return known


def _list(folder: str, mtime_ns: int) -> _Listing:
    """List a folder whose date has just been read."""
    is_settled = abs(time.time_ns() - mtime_ns) > MTIME_RESOLUTION_NS
    with storage_wait:
        names = _names(folder)
    return _Listing(mtime_ns if is_settled else 0, time.monotonic(), Siblings(names), {})


def _add_new(listing: _Listing, folder: str, name: str) -> _Listing:
    """Add a name to a listing that is older than its file; return the listing that holds it."""
    if listing.siblings.holds(name):
        return listing
    with storage_wait:
        exists = os.path.lexists(os.path.join(folder, name))
    if not exists or not name.lower().endswith(EXTENSIONS):
        return listing
    with _lock:
        listing.siblings.add(name)
        added = listing._replace(frames={})
        if _listings.get(folder) is listing:
            _listings[folder] = added
    return added


def _names(folder: str) -> list[str]:
    names: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.lower().endswith(EXTENSIONS):
                names.append(entry.name)
                if len(names) >= MAX_NAMES:
                    break
    return names
