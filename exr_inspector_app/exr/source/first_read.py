"""First read of a file: its size follows the header before, since frames with equal headers are read in a row."""

from __future__ import annotations

MIN_BYTES = 24 * 1024  # a header of 6 KB and a table of 2,160 chunks; most files need no second read
MAX_BYTES = 64 * 1024
_PAGE_BYTES = 4096

size = MIN_BYTES  # of the next file; any value of another thread is right as well


def adapt(needed: int) -> None:
    """Adapt the size to a file whose header and offset table have `needed` bytes."""
    global size
    size = max(MIN_BYTES, min(-(-needed // _PAGE_BYTES) * _PAGE_BYTES, MAX_BYTES))
