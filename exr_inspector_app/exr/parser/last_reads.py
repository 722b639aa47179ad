"""Cache of the last read of each file: where its header has the same bytes again, nothing is parsed again."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from exr_inspector_app.exr.chunks.layout import Grid
from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.typing_forms import Any

MAX_READS = 1024
MAX_HEADER_BYTES = 1024 * 1024  # of one file
MAX_BYTES = 2 * 1024 * 1024  # of all headers; the Python objects may take twenty times as much


class LastRead(NamedTuple):
    """Header of a file, and what follows from it and from the chunks that were present."""

    header: bytes  # from the magic number to its end
    counts: Sequence[int]  # of the chunks of each part
    grids: Sequence[Grid]
    is_multi_part: bool
    present: Sequence[int | None]  # chunks of each part
    unlisted: tuple[int, ...]  # parts whose chunks are all there, but not all in the offset table
    facts: tuple[Any, ...]  # of `ExrFile`, from `header_hash` on


_lock = Lock()
_reads: dict[str, LastRead] = {}  # by path; entries are replaced, never changed
_size = 0

find = _reads.get


def keep(path: str, read: LastRead) -> None:
    """Keep the read of a file in place of an earlier one; all others are dropped where it does not fit. Thread-safe."""
    global _size
    size = len(read.header)
    if size > MAX_HEADER_BYTES:
        return
    with _lock:
        if path in _reads:
            size -= len(_reads[path].header)
        if _size + size > MAX_BYTES or len(_reads) >= MAX_READS:
            _reads.clear()
            _size, size = 0, len(read.header)
        _size += size
        _reads[path] = read


def clear() -> None:
    """Drop all entries."""
    global _size
    with _lock:
        _reads.clear()
        _size = 0
