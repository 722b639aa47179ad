"""Strip reader: missing and damaged chunks, strip sizes, and reduction."""

from __future__ import annotations

import numpy as np
import pytest

from exr_inspector_app.exr.pixels.decoding.strip_reader import Dtype, ReducedImage, Rows, read_strips
from exr_inspector_app.model import Box2i
from tests.exr.pictures import scene


class Lines:
    """100,000 lines of one pixel; only the first ones are in the file, and one of them is damaged."""

    box = Box2i(0, 0, 0, 99_999)
    chunk_size = (1, 1)
    channel_count = 1
    dtype: Dtype = np.float32

    def __init__(self, present: int, damaged: int) -> None:
        self.present, self.damaged, self.reads = present, damaged, 0

    def read(self, box: Box2i) -> Rows | None:
        self.reads += 1
        if box.max_y >= self.present or box.min_y <= self.damaged <= box.max_y:
            return None
        return np.ones((box.height, 1, 1), np.float32)

    def is_absent(self, box: Box2i) -> bool:
        return box.min_y >= self.present


def test_missing_lines_are_not_read_one_by_one() -> None:
    lines = Lines(present=1000, damaged=300)
    (strip,) = read_strips(lines)
    assert strip.missing == (Box2i(0, 300, 0, 300), Box2i(0, 1000, 0, 99_999))
    assert strip.rows.sum() == 999
    assert lines.reads < 100


def test_failed_reads_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exr_inspector_app.exr.pixels.decoding.strip_reader.MAX_FAILED_READS", 500)
    lines = Lines(present=0, damaged=0)
    monkeypatch.setattr(lines, "is_absent", lambda box: False)  # as if the offset table were unusable
    (strip,) = read_strips(lines)
    assert strip.missing == (lines.box,)
    assert lines.reads < 1100


class Blank:
    """Image of 4096 x 2160 pixels in chunks of 32 lines."""

    box = Box2i(0, 0, 4095, 2159)
    chunk_size = (4096, 32)

    def __init__(self, channel_count: int) -> None:
        self.channel_count = channel_count

    def read(self, box: Box2i) -> Rows | None:
        return np.zeros((box.height, box.width, self.channel_count), np.float32)

    def is_absent(self, box: Box2i) -> bool:
        return False


def test_strip_has_a_chunk_for_every_thread_if_that_costs_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exr_inspector_app.exr.pixels.decoding.strip_reader.MAX_THREADS", 4)
    assert next(read_strips(Blank(3))).rows.shape[0] == 4 * 32  # one fits into 2 MiB
    assert next(read_strips(Blank(12))).rows.shape[0] == 4 * 32  # none fits into 2 MiB
    assert next(read_strips(Blank(16))).rows.shape[0] == 32  # four would be 32 MiB
    assert sum(strip.rows.shape[0] for strip in read_strips(Blank(3))) == 2160


@pytest.mark.parametrize("factor", [2, 5, 7, 64])
def test_reduction_does_not_depend_on_the_strips(factor: int) -> None:
    pixels = scene(50, 33)
    high, wide = -(-50 // factor), -(-33 // factor)
    target = np.full((high, wide, 3), 7, np.float32)
    reduced = ReducedImage((33, 50), factor, target, means=True)
    for start, end in ((0, 1), (1, 12), (12, 13), (13, 40), (40, 50)):
        reduced.add(start, pixels[start:end])
    reduced.finish()
    for y, x in np.ndindex(high, wide):
        block = pixels[y * factor : (y + 1) * factor, x * factor : (x + 1) * factor]
        assert target[y, x] == pytest.approx(block.mean((0, 1), np.float64), rel=1e-5)
