"""The odd ones of a sequence: what nearly all frames say alike, and the few that say something else."""

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

_FEW = 4  # at most this part of the frames is odd, or one; more of them are no accident, unless it is of the set-up
_SETUP = frozenset([*SHARED_ATTRIBUTES, "compression", "lineOrder", "tiles", "type", "name", "view", "multiView"])
_MOST_KINDS = 4  # values of a set-up that was changed on the way; more of them change from frame to frame


@dataclass(frozen=True, slots=True)
class OutlierFile:
    """A file and in what it differs: rows of two cells, what is usual and what it has."""

    path: str
    frame: int | None
    rows: tuple[DiffRow, ...]


@dataclass(frozen=True, slots=True)
class SequenceOutliers:
    """What is odd in a sequence, and what changes from frame to frame."""

    paths: tuple[str, ...]
    odd: tuple[OutlierFile, ...]
    varying: tuple[DiffKey, ...]

    @property
    def typical(self) -> int:
        """The place of the first file that is not odd (of all odd ones, the first)."""
        odd = {file.path for file in self.odd}
        return next((place for place, path in enumerate(self.paths) if path not in odd), 0)


def find_outliers(files: Sequence[ExrFile], tolerance: float = DEFAULT_TOLERANCE) -> SequenceOutliers:
    """The files that differ from the others; files of which nothing could be read are to be left out before.

    Of a set-up that many frames have otherwise, those are odd that have not what most, or the first, have.
    """
    flats = flatten(files)
    rows: list[list[DiffRow]] = [[] for _ in files]
    varying = []
    for key in order_keys(flats):
        cells = [flat.get(key) for flat in flats]
        usual = _majority(cells, tolerance)
        odd = [place for place, cell in enumerate(cells) if not values_equal(usual, cell, tolerance)]
        if len(odd) > max(1, len(cells) // _FEW) or 2 * len(odd) >= len(cells):
            kinds = _kinds(cells, tolerance) if _is_setup(key) else []
            if not kinds:
                varying.append(key)
                continue
            usual = max(kinds, key=lambda kind: kind[1])[0]
            odd = [place for place, cell in enumerate(cells) if not values_equal(usual, cell, tolerance)]
        for place in odd:
            rows[place].append(make_row(key, (usual, cells[place]), tolerance))
    found = [
        OutlierFile(file.path, file.frame_number, tuple(listed))
        for file, listed in zip(files, rows, strict=True)
        if listed
    ]
    return SequenceOutliers(tuple(file.path for file in files), tuple(found), tuple(varying))


def _is_setup(key: DiffKey) -> bool:
    """True for what a render does not change from frame to frame by itself."""
    if key.kind is DiffKind.ATTRIBUTE:
        return key.name in _SETUP
    return key.name != "chunks"  # of which frames that are being written have more and more


def _kinds(cells: Sequence[Cell | None], tolerance: float) -> list[tuple[Cell | None, int]]:
    """The values with how many cells have each, in order; none where there are too many."""
    found: list[tuple[Cell | None, int]] = []
    for cell in cells:
        at = next((at for at, (one, _) in enumerate(found) if values_equal(one, cell, tolerance)), None)
        if at is None:
            found.append((cell, 1))
        else:
            found[at] = (found[at][0], found[at][1] + 1)
        if len(found) > _MOST_KINDS:
            return []
    return found


def _majority(cells: Sequence[Cell | None], tolerance: float) -> Cell | None:
    """The value of more than half of the cells, where there is one; any other otherwise.

    In one pass: cells of two values cancel each other, and what most have is left (Boyer and Moore, 1991).
    """
    found, votes = cells[0], 0
    for cell in cells:
        if votes == 0:
            found = cell
        votes += 1 if values_equal(found, cell, tolerance) else -1
    return found
