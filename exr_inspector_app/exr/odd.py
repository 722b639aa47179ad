"""The odd ones of a sequence: what nearly all frames say alike, and the few that say something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exr_inspector_app.exr.diff import TOLERANCE, Cell, Key, Row, flatten, ordered, row, same
from exr_inspector_app.model import ExrFile

_FEW = 4  # at most this part of the frames is odd, or one; more of them are no accident


@dataclass(frozen=True, slots=True)
class OddFile:
    """A file and in what it differs: rows of two cells, what is usual and what it has."""

    path: str
    frame: int | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Oddities:
    """What is odd in a sequence, and what changes from frame to frame."""

    paths: tuple[str, ...]
    odd: tuple[OddFile, ...]
    varying: tuple[Key, ...]

    @property
    def typical(self) -> int:
        """The place of the first file that is not odd (of all odd ones, the first)."""
        odd = {file.path for file in self.odd}
        return next((place for place, path in enumerate(self.paths) if path not in odd), 0)


def oddities(files: Sequence[ExrFile], tolerance: float = TOLERANCE) -> Oddities:
    """The files that differ from the others; files of which nothing could be read are to be left out before."""
    flats = flatten(files)
    rows: list[list[Row]] = [[] for _ in files]
    varying = []
    for key in ordered(flats):
        cells = [flat.get(key) for flat in flats]
        usual = _majority(cells, tolerance)
        odd = [place for place, cell in enumerate(cells) if not same(usual, cell, tolerance)]
        if len(odd) > max(1, len(cells) // _FEW) or 2 * len(odd) >= len(cells):
            varying.append(key)
            continue
        for place in odd:
            rows[place].append(row(key, (usual, cells[place]), tolerance))
    found = [
        OddFile(file.path, file.frame_number, tuple(listed)) for file, listed in zip(files, rows, strict=True) if listed
    ]
    return Oddities(tuple(file.path for file in files), tuple(found), tuple(varying))


def _majority(cells: Sequence[Cell | None], tolerance: float) -> Cell | None:
    """The value of more than half of the cells, where there is one; any other otherwise.

    In one pass: cells of two values cancel each other, and what most have is left (Boyer and Moore, 1991).
    """
    found, votes = cells[0], 0
    for cell in cells:
        if votes == 0:
            found = cell
        votes += 1 if same(found, cell, tolerance) else -1
    return found
