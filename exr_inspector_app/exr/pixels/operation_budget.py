"""Budget of one operation of the decoder: clock and processor time, pixels, and decoded bytes.

The caller chooses it, the request carries it, and the worker counts against it over all parts, channels and attempts
of the request. Heartbeats do not extend it.
"""

from __future__ import annotations

from typing import NamedTuple

CLOCK_LIMIT = "Decoding takes longer than the limit of {:g} s."
MEMORY_LIMIT = "Decoding needs more memory than the limit of the decoder."


class Budget(NamedTuple):
    """Limits of one request."""

    wall_s: float  # from the start of the task in the worker
    cpu_s: float  # of all threads of the worker
    pixels: int  # decoded, of all channels together at one place
    ratio_bytes: int = 2**31  # decoded, above which they are compared with the size of the file on disk

    def after(self, elapsed_s: float) -> Budget:
        """Return the rest of the budget of an operation that has run for `elapsed_s`."""
        return self._replace(wall_s=max(0.0, self.wall_s - elapsed_s), cpu_s=max(0.0, self.cpu_s - elapsed_s))


PICTURE_BUDGET = Budget(120.0, 480.0, 2**36)
PROBE_BUDGET = Budget(20.0, 60.0, 2**34)  # of all channels at one pixel, and of the statistics of a region
STATISTICS_BUDGET = Budget(120.0, 480.0, 2**40)
THUMBNAIL_BUDGET = Budget(3.0, 2.0, 64_000_000)  # larger pictures are sampled
SLOW_THUMBNAIL_BUDGET = Budget(15.0, 10.0, 64_000_000)  # of those that are retried after the rest
