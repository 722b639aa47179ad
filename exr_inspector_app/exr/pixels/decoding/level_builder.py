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

    def add(self, y: int, rows: Pixels) -> None:
        """Count values of complete rows, and reduce the whole blocks among them.

        Args:
            y: Line of the first row; line 0 is the top.
            rows: As decoded: reading shared memory back costs as much as the reduction.
        """
        if rows.dtype != self._pixels.dtype:
            rows = self._pixels[y : y + len(rows)]
        added = count_special(rows)
        self.special = SpecialCounts(*(before + new for before, new in zip(self.special, added, strict=True)))
        first, end = -(-y // self._step), (y + len(rows)) // self._step
        if self._reduced is not None and first < end:
            blocks = rows[first * self._step - y : end * self._step - y]
            self._reduce(first, end, blocks, is_finite=not (added.nan or added.inf))

    def finish(self) -> None:
        """Reduce the blocks whose rows came in several pieces."""
        edges = np.flatnonzero(np.diff(self._is_reduced, prepend=True, append=True))
        for first, end in edges.reshape(-1, 2).tolist():
            rows = self._pixels[first * self._step : end * self._step]
            self._reduce(first, end, rows, is_finite=not (self.special.nan or self.special.inf))

    def _reduce(self, first: int, end: int, rows: Pixels, *, is_finite: bool) -> None:
        assert self._reduced is not None
        self._reduced[first:end] = reduce_means(rows, self._step, is_finite=is_finite)
        self._is_reduced[first:end] = True
