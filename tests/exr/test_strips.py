"""Strips of a picture of which some chunks cannot be decoded."""

from __future__ import annotations

import numpy as np

from exr_inspector_app.exr.strips import Rows, strips
from exr_inspector_app.model import Box2i


class Lines:
    """A hundred thousand lines of one pixel, of which the first few are there and one cannot be decoded."""

    box = Box2i(0, 0, 0, 99_999)
    chunk = (1, 1)
    depth = 1

    def __init__(self, present: int, damaged: int) -> None:
        self.present, self.damaged, self.reads = present, damaged, 0

    def read(self, box: Box2i) -> Rows | None:
        self.reads += 1
        if box.max_y >= self.present or box.min_y <= self.damaged <= box.max_y:
            return None
        return np.ones((box.height, 1, 1), np.float32)

    def absent(self, box: Box2i) -> bool:
        return box.min_y >= self.present


def test_lines_that_are_not_in_the_file_are_not_tried_one_by_one() -> None:
    lines = Lines(present=1000, damaged=300)
    (strip,) = strips(lines)
    assert strip.missing == (Box2i(0, 300, 0, 300), Box2i(0, 1000, 0, 99_999))
    assert strip.rows.sum() == 999
    assert lines.reads < 100
