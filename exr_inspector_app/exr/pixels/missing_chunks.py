"""Which pixels of a level are in its file, as far as the chunk table tells."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.chunk_map import PRESENT, chunk_map
from exr_inspector_app.model import Box2i, Part


class MissingChunks:
    """The chunks of one level, each of a size, in a box; the table is read when somebody asks."""

    def __init__(self, path: str, part: Part, level: tuple[int, int], box: Box2i, chunk: tuple[int, int]) -> None:
        self._of = path, part, level
        self._box, self._chunk = box, chunk

    @cached_property
    def _present(self) -> npt.NDArray[np.bool_] | None:
        """Which chunks are in the file, shape (rows, columns); None where it does not tell."""
        path, part, level = self._of
        if part.chunks_present is None:  # an empty place in the table proves nothing then
            return None
        for one in chunk_map(path, part.index):
            if one.level == level:
                states = np.frombuffer(one.states, np.uint8).reshape(one.rows, one.columns)
                return np.equal(states, PRESENT, dtype=np.bool_)
        return None

    def lacks(self, box: Box2i) -> bool:
        """True where no chunk that the box touches is in the file."""
        present = self._present
        if present is None:
            return False
        across, down = self._chunk
        left, top = (box.min_x - self._box.min_x) // across, (box.min_y - self._box.min_y) // down
        right, bottom = (box.max_x - self._box.min_x) // across, (box.max_y - self._box.min_y) // down
        return not present[top : bottom + 1, left : right + 1].any()
