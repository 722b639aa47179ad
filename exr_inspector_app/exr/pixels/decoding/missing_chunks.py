"""Missing chunks of a level, according to the offset table of its file."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.chunk_map import CUT, PRESENT, chunk_map
from exr_inspector_app.model import Box2i, Part


class MissingChunks:
    """Map of the chunks of one level that are in the file; the offset table is read at the first question."""

    def __init__(self, path: str, part: Part, level: tuple[int, int], box: Box2i, chunk_size: tuple[int, int]) -> None:
        self._source = path, part, level
        self._box = box
        self._chunk_size = chunk_size

    @cached_property
    def _present(self) -> npt.NDArray[np.bool_] | None:
        """Chunks that begin in the file, (rows, columns); None if the table is unknown.

        One that is cut off is decoded, so that its damage is reported.
        """
        path, part, level = self._source
        if part.chunks_present is None:  # then an empty entry of the table proves nothing
            return None
        if part.chunks_present == part.chunk_count:
            return None
        for level_map in chunk_map(path, part.index):
            if level_map.level == level:
                states = np.frombuffer(level_map.states, np.uint8).reshape(level_map.rows, level_map.columns)
                return np.equal(states, PRESENT, dtype=np.bool_) | np.equal(states, CUT, dtype=np.bool_)
        return None

    def covers(self, box: Box2i) -> bool:
        """Return True if none of the chunks that a box touches is in the file."""
        present = self._present
        if present is None:
            return False
        across, down = self._chunk_size
        left, top = (box.min_x - self._box.min_x) // across, (box.min_y - self._box.min_y) // down
        right, bottom = (box.max_x - self._box.min_x) // across, (box.max_y - self._box.min_y) // down
        return not present[top : bottom + 1, left : right + 1].any()
