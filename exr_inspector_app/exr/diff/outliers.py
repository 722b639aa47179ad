"""Outlier detection: the few files of a sequence whose headers differ from the majority."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exr_inspector_app.exr.diff.header_diff import (
    DEFAULT_TOLERANCE,
    Cell,
    DiffKey,
    DiffKind,
    DiffRow,
    flatten,
    make_row,
    order_keys,
    values_equal,
)
from exr_inspector_app.exr.validation.header_checks import SHARED_ATTRIBUTES
from exr_inspector_app.model import ExrFile

_OUTLIER_DIVISOR = 4  # at most a quarter of the frames are outliers, except for set-up values
_SETUP = frozenset([*SHARED_ATTRIBUTES, "compression", "lineOrder", "tiles", "type", "name", "view", "multiView"])
_MAX_SETUP_VALUES = 4  # more distinct values mean that they change from frame to frame


@dataclass(frozen=True, slots=True)
class OutlierFile:
    """File that differs from the majority."""

    path: str
    frame: int | float | None
    rows: tuple[DiffRow, ...]  # of two cells: the usual value, and that of the file


@dataclass(frozen=True, slots=True)
class SequenceOutliers:
    """Outliers of a sequence, and the values that change from frame to frame."""

    paths: tuple[str, ...]
    outliers: tuple[OutlierFile, ...]
    varying: tuple[DiffKey, ...]

    @property
    def typical(self) -> int:
        """Index of the first file that is not an outlier, 0 if all are."""
        outliers = {file.path for file in self.outliers}
        return next((index for index, path in enumerate(self.paths) if path not in outliers), 0)


def find_outliers(files: Sequence[ExrFile], tolerance: float = DEFAULT_TOLERANCE) -> SequenceOutliers:
    """Find the files of a sequence that differ from the majority.

    Where many frames differ in a set-up value, such as compression, the most frequent value counts as usual, the first
    one in a tie.

    Args:
        files: Files of one sequence, in frame order, without those that have no readable part.
        tolerance: Relative tolerance for numbers.
    """
    flats = flatten(files)
    rows: list[list[DiffRow]] = [[] for _ in files]
    varying = []
    for key in order_keys(flats):
        cells = [flat.get(key) for flat in flats]
        usual = _majority(cells, tolerance)
        differing = [index for index, cell in enumerate(cells) if not values_equal(usual, cell, tolerance)]
        if len(differing) > max(1, len(cells) // _OUTLIER_DIVISOR) or 2 * len(differing) >= len(cells):
            counts = _count_values(cells, tolerance) if _is_setup(key) else []
            if not counts:
                varying.append(key)
                continue
            usual = max(counts, key=lambda pair: pair[1])[0]
            differing = [index for index, cell in enumerate(cells) if not values_equal(usual, cell, tolerance)]
        for index in differing:
            rows[index].append(make_row(key, (usual, cells[index]), tolerance))
    outliers = [
        OutlierFile(file.path, file.frame_number, tuple(file_rows))
        for file, file_rows in zip(files, rows, strict=True)
        if file_rows
    ]
    return SequenceOutliers(tuple(file.path for file in files), tuple(outliers), tuple(varying))


def _is_setup(key: DiffKey) -> bool:
    """Return True for a value that a renderer does not change from frame to frame."""
    if key.kind is DiffKind.ATTRIBUTE:
        return key.name in _SETUP
    return key.name != "chunks"  # which grow in frames that are being written


def _count_values(cells: Sequence[Cell | None], tolerance: float) -> list[tuple[Cell | None, int]]:
    """Count the cells with each value, in order; empty for more than _MAX_SETUP_VALUES values."""
    counts: list[tuple[Cell | None, int]] = []
    for cell in cells:
        at = next((at for at, (value, _) in enumerate(counts) if values_equal(value, cell, tolerance)), None)
        if at is None:
            counts.append((cell, 1))
        else:
            counts[at] = (counts[at][0], counts[at][1] + 1)
        if len(counts) > _MAX_SETUP_VALUES:
            return []
    return counts


def _majority(cells: Sequence[Cell | None], tolerance: float) -> Cell | None:
    """Return the value of more than half of the cells, where there is one, and any value otherwise.

    One pass of the majority vote: cells of two values cancel each other (Boyer and Moore, 1991).
    """
    candidate, votes = cells[0], 0
    for cell in cells:
        if votes == 0:
            candidate = cell
        votes += 1 if values_equal(candidate, cell, tolerance) else -1
    return candidate
