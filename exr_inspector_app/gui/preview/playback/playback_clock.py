"""Playback clock: which frame of a range is due, and how many were dropped because the window was late."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

FRAME_RATES = (8.0, 12.0, 15.0, 23.976, 24.0, 25.0, 29.97, 30.0, 48.0, 50.0, 60.0)
DEFAULT_RATE = 24.0


@dataclass(frozen=True, slots=True)
class FrameRange:
    """Indices of the first and the last frame that are played."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """Number of frames."""
        return self.last - self.first + 1

    def __contains__(self, index: int) -> bool:
        """Return True if a frame is played."""
        return self.first <= index <= self.last


class PlaybackClock:
    """Clock of one playback, which begins with the frame after the shown one and repeats its range."""

    def __init__(self, frames: FrameRange, index: int, rate: float, now: Callable[[], float] = time.monotonic) -> None:
        """Start the clock.

        Args:
            frames: The range.
            index: Index of the frame that is shown; outside of the range, its first frame is due next.
            rate: Frames per second.
            now: Returns seconds.
        """
        self._frames, self._rate, self._now = frames, rate, now
        self._first_offset = index - frames.first if index in frames else -1
        self._started = now()
        self._step = 0  # since the start, of the frame that was due last
        self.dropped = 0

    @property
    def seconds_to_next(self) -> float:
        """Seconds until the next frame is due; 0 if it is late."""
        return max(0.0, self._started + (self._step + 1) / self._rate - self._now())

    def advance(self) -> int:
        """Return the index of the frame that is due now, at least the next one; those between are dropped."""
        due = int((self._now() - self._started) * self._rate + 1e-6)
        step = max(self._step + 1, due)
        self.dropped += step - self._step - 1
        self._step = step
        return self._frames.first + (self._first_offset + step) % self._frames.length
