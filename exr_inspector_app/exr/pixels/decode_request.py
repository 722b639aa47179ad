"""Request for a picture, and handle of a request in progress."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """Selection of the pixels to decode."""

    path: str
    part_index: int | None = None  # None is the part of the file's picture, or part 0 with `channels`
    channels: tuple[str, ...] = ()  # full names in the order of the result; () is the picture: `exr.picture`
    level: tuple[int, int] = (0, 0)  # mip or rip level across and down
    max_size: tuple[int, int] | None = None  # (width, height) to fit, by a whole factor; None is the full size
    keeps_type: bool = False  # pixels of one type, half or uint, as stored; others, and means, as float32
    step: int = 0  # of a level to reduce while decoding: means of blocks of this size; 1 counts special values only


class DecodeHandle:
    """Handle of one request in progress. Thread-safe; a late `cancel` never affects another request."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Cancel the request, which then raises DecodeCancelledError. Does nothing once it has ended. Idempotent."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        """True after `cancel`."""
        return self._event.is_set()
