"""Reduction of levels: means of half and float pixels, NaN and infinities, picked pixels, counts and marks."""

from __future__ import annotations

import numpy as np
import pytest

from exr_inspector_app.exr.pixels.level_reduction import (
    count_special,
    halve_marks,
    level_sizes,
    mark_non_finite,
    pick,
    reduce_means,
)


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_means_are_those_of_whole_blocks(kind: type) -> None:
    random = np.random.default_rng(3)
    pixels = random.normal(0, 100, (67, 130, 3)).astype(kind)
    pixels[:20] = np.abs(pixels[:20]) * kind(1e-7)  # subnormal halves
    for step in (2, 4, 8):
        rows, columns = 67 // step, 130 // step
        blocks = pixels[: rows * step, : columns * step].astype(np.float64)
        means = blocks.reshape(rows, step, columns, step, 3).mean((1, 3))
        reduced = reduce_means(pixels, step, is_finite=True)
        assert reduced.dtype == kind
        assert np.allclose(reduced.astype(np.float64), means, rtol=1e-3, atol=1e-7)
    assert reduce_means(pixels[:1], 4, is_finite=True).shape == (1, 32, 3)
    assert level_sizes(5000, 3, 640) == [(5000, 3), (2500, 1), (1250, 1), (625, 1)]


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_special_values_are_counted_and_do_not_spread(kind: type) -> None:
    pixels = np.full((600, 700, 2), 0.5, kind)
    assert tuple(count_special(pixels)) == (0, 0, 0, 0)
    pixels[0, 0] = np.nan, -np.inf
    pixels[599, 699] = np.inf, -0.0
    pixels[300, 5:8, 0] = -kind(6e-8)
    pixels[300, 9, 1] = 65504
    assert tuple(count_special(pixels)) == (1, 2, 4, 1)
    reduced = reduce_means(pixels, 2, is_finite=False)
    assert reduced[0, 0].tolist() == [0.375, 0.375]
    marks = mark_non_finite(pixels)
    assert (marks[0, 0], marks[599, 699], np.count_nonzero(marks)) == (1, 2, 2)
    assert halve_marks(marks)[299, 349] == 2


def test_whole_numbers_are_picked_and_never_special() -> None:
    ids = np.arange(35, dtype=np.uint32).reshape(5, 7, 1) + 2**31
    assert pick(ids, 2)[..., 0].tolist() == ids[:4:2, :6:2, 0].tolist()
    assert pick(ids[:1], 8).shape == (1, 1, 1)
    assert tuple(count_special(ids)) == (0, 0, 0, 0)
    assert reduce_means(ids, 4, is_finite=True).dtype == np.float32
