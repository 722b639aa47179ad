"""Budget meter of one request in the worker process, and the disk space that a file takes."""

from __future__ import annotations

import os
import time

from exr_inspector_app.exr.pixels.operation_budget import CLOCK_LIMIT, Budget
from exr_inspector_app.exr.pixels.request import PixelRequestError

_MAX_RATIO = 256  # decoded bytes per byte on disk; ZIP reaches 1,000 for black
_DISK_FACTOR, _DISK_FLOOR = 4, 16 * 2**20  # of a copy, relative to the size of the file on disk

_CPU_LIMIT = "Decoding needs more than {:g} s of processor time, the limit."
_PIXEL_LIMIT = "Decoding needs more than {:,} pixels, the limit."
_RATIO_LIMIT = "The file holds {:,} bytes, and the pixels decoded so far are {:,} times larger; the limit is {:,}."


class BudgetExceededError(PixelRequestError):
    """The request has used its budget."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "limit")


class BudgetMeter:
    """Meter of one request in the worker."""

    def __init__(self, budget: Budget, path: str) -> None:
        self.budget = budget
        self._pixels = self._bytes = 0
        self._path = path
        self._started, self._cpu_started = time.monotonic(), time.process_time()

    def check_time(self) -> None:
        """Raise BudgetExceededError if the clock or the processor time is over its limit."""
        if time.monotonic() - self._started > self.budget.wall_s:
            raise BudgetExceededError(CLOCK_LIMIT.format(self.budget.wall_s))
        if time.process_time() - self._cpu_started > self.budget.cpu_s:
            raise BudgetExceededError(_CPU_LIMIT.format(self.budget.cpu_s))

    def charge(self, pixels: int, size: int) -> None:
        """Count pixels that are about to be decoded into `size` bytes.

        Raises:
            BudgetExceededError: They are too many, or too many for the size of the file.
        """
        self.check_time()
        self._pixels += pixels
        self._bytes += size
        if self._pixels > 2 * self.budget.pixels:  # whole chunks are decoded, and a black picture gives way to others
            raise BudgetExceededError(_PIXEL_LIMIT.format(2 * self.budget.pixels))
        if self._bytes > self.budget.ratio_bytes:
            stored = max(1, allocated_bytes(self._path))
            if self._bytes > _MAX_RATIO * stored:
                raise BudgetExceededError(_RATIO_LIMIT.format(stored, self._bytes // stored, _MAX_RATIO))


def allocated_bytes(path: str) -> int:
    """Return the bytes that a file takes on disk, without its holes; its size where the system does not report them."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return 0
    blocks: int = getattr(status, "st_blocks", 0)
    return min(status.st_size, 512 * blocks) if blocks else status.st_size


def max_copy_bytes(path: str) -> int:
    """Return the number of bytes of a file that may be copied into a temporary file."""
    return _DISK_FACTOR * allocated_bytes(path) + _DISK_FLOOR
