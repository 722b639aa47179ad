"""Statistics of channels against numpy over the same pixels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app.exr.pixels import Decoder
from exr_inspector_app.model import ChannelStats
from tests.exr.pictures import cut, scene, write_picture


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    one = Decoder()
    yield one
    one.close()


def of(stats: tuple[ChannelStats, ...], name: str) -> ChannelStats:
    return next(one for one in stats if one.name == name)


def test_statistics_are_those_of_all_pixels(decoder: Decoder, tmp_path: Path) -> None:
    pixels = np.float32(np.float16(scene(300, 200) - 1))
    stats = decoder.stats(str(write_picture(tmp_path / "a.exr", pixels)))
    assert [one.name for one in stats] == ["B", "G", "R"]
    for place, name in enumerate("RGB"):
        one, values = of(stats, name), pixels[..., place].astype(np.float64)
        assert (one.min, one.max) == (values.min(), values.max())
        assert one.mean == pytest.approx(values.mean())
        assert one.stddev == pytest.approx(values.std())
        assert one.negative_count == np.count_nonzero(values < 0)
        assert (one.nan_count, one.inf_count, one.first_nan, one.first_inf) == (0, 0, None, None)


def test_odd_numbers_are_counted_and_found(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(300, 200)
    pixels[250, 7, 0] = pixels[250, 3, 0] = np.nan
    pixels[260, 0, 0] = np.inf
    pixels[2, 199, 0] = -np.inf
    windows = {"dataWindow": ((10, -20), (209, 279)), "displayWindow": ((0, 0), (99, 99))}
    red = of(decoder.stats(str(write_picture(tmp_path / "a.exr", pixels, **windows))), "R")
    finite = pixels[..., 0][np.isfinite(pixels[..., 0])]
    assert (red.nan_count, red.inf_count, red.negative_count) == (2, 2, 1)
    assert (red.first_nan, red.first_inf) == ((13, 230), (209, -18))
    assert (red.min, red.max) == (finite.min(), finite.max())


def test_pixels_that_are_missing_do_not_count(decoder: Decoder, tmp_path: Path) -> None:
    path = cut(write_picture(tmp_path / "a.exr", scene(200, 90) + 5), 0.5)
    assert all(one.min > 4 for one in decoder.stats(str(path)))


def test_a_channel_without_a_finite_pixel_has_no_range(decoder: Decoder, tmp_path: Path) -> None:
    (one,) = decoder.stats(str(write_picture(tmp_path / "a.exr", np.full((4, 5, 1), np.nan), "Y")))
    assert np.isnan([one.min, one.max, one.mean, one.stddev]).all()
    assert (one.nan_count, one.first_nan) == (20, (0, 0))
