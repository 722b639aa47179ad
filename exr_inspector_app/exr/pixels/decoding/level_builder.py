"""Builder of a reduced level of a picture: reduces and counts rows while they are in the processor's cache."""

from __future__ import annotations

import numpy as np

from exr_inspector_app.exr.pixels.level_reduction import Pixels, SpecialCounts, count_special, reduce_means


class LevelBuilder:
    """Builder that takes the rows of the picture in any order."""

    def __init__(self, pixels: Pixels, reduced: Pixels | None, step: int) -> None:
        """Create a builder.

        Args:
            pixels: The picture, which is being filled in.
            reduced: Array for the means of its blocks; None to count only.
            step: Width and height of a block.
        """
        self._pixels, self._reduced, self._step = pixels, reduced, step
        self._is_reduced = np.zeros(0 if reduced is None else len(reduced), bool)
        self.special = SpecialCounts()

    def add(self, y: int, count: int) -> None:
        """Count values of complete rows, and reduce the whole blocks among them."""
        added = count_special(self._pixels[y : y + count])
        self.special = SpecialCounts(*(before + new for before, new in zip(self.special, added, strict=True)))
        first, end = -(-y // self._step), (y + count) // self._step
        if self._reduced is not None and first < end:
            self._reduce(first, end, is_finite=not (added.nan or added.inf))

    def finish(self) -> None:
        """Reduce the blocks whose rows came in several pieces."""
        edges = np.flatnonzero(np.diff(self._is_reduced, prepend=True, append=True))
        for first, end in edges.reshape(-1, 2).tolist():
            self._reduce(first, end, is_finite=not (self.special.nan or self.special.inf))

    def _reduce(self, first: int, end: int, *, is_finite: bool) -> None:
        assert self._reduced is not None
        rows = self._pixels[first * self._step : end * self._step]
        self._reduced[first:end] = reduce_means(rows, self._step, is_finite=is_finite)
        self._is_reduced[first:end] = True
