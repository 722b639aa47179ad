"""Display transform and mip pyramid: curves, zones, levels, histogram, and non-finite values."""

from __future__ import annotations

import numpy as np
import pytest

from exr_inspector_app.color.exposure_zones import ZONES
from exr_inspector_app.exr.pixels.decoded_picture import Picture
from exr_inspector_app.gui.preview.color.display_transform import (
    DisplayTransform,
    ViewSettings,
    make_processor,
    render_level,
)
from exr_inspector_app.gui.preview.rendering.mip_pyramid import INF, NAN, MipPyramid, PyramidLevel, build_pyramid
from exr_inspector_app.gui.preview.rendering.value_histogram import BINS_PER_STOP, FIRST_STOP
from exr_inspector_app.model import Box2i
from exr_inspector_app.model import Picture as Selection


def make_pyramid(pixels: np.ndarray, names: tuple[str, ...] = ("R", "G", "B")) -> MipPyramid:
    """Build the pyramid of an image with these pixels."""
    height, width = pixels.shape[:2]
    window = Box2i(0, 0, width - 1, height - 1)
    return build_pyramid(Picture(pixels.astype(np.float32), names, window, window, (1, 1), 1, (), ""))


def whole_level(pyramid: MipPyramid, index: int = 0) -> PyramidLevel:
    """Return all pixels of a level."""
    return pyramid.levels[index].region(0, 0, *pyramid.levels[index].size)


DEFAULT_SETTINGS = ViewSettings()


def shade(
    *values: float, settings: ViewSettings = DEFAULT_SETTINGS, names: tuple[str, ...] = ("R", "G", "B")
) -> list[int]:
    """Return the display value of one pixel."""
    level = whole_level(make_pyramid(np.array([[values]]), names))
    return np.atleast_1d(render_level(level, settings, make_processor(settings)).pixels[0, 0]).tolist()


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        (DisplayTransform.SRGB, [0, 118, 255]),
        (DisplayTransform.LINEAR, [0, 46, 255]),
        (DisplayTransform.REC709, [0, 104, 255]),
    ],
)
def test_middle_grey_has_code_value_of_display(display: DisplayTransform, expected: list[int]) -> None:
    assert shade(0.0, 0.18, 1.0, settings=ViewSettings(display=display)) == expected


def test_one_stop_doubles_light_and_gamma_lifts_midtones() -> None:
    linear = ViewSettings(display=DisplayTransform.LINEAR)
    assert shade(0.25, 0.25, 0.25, settings=ViewSettings(exposure=1.0, display=DisplayTransform.LINEAR)) == shade(
        0.5, 0.5, 0.5, settings=linear
    )
    assert shade(0.25, 0.25, 0.25, settings=ViewSettings(gamma=2.0, display=DisplayTransform.LINEAR)) == [128] * 3


def test_nan_is_black_and_infinity_white() -> None:
    assert shade(np.nan, np.inf, -np.inf) == [0, 255, 0]
    assert shade(70_000.0, -1.0, 65_504.0) == [255, 0, 255]  # beyond half's range


def test_single_channel_is_grey_and_disabled_channel_is_black() -> None:
    assert shade(1.0, 0.0, 0.0, settings=ViewSettings(channels="R")) == [255]
    assert shade(1.0, 1.0, 1.0, settings=ViewSettings(channels="RB")) == [255, 0, 255]


def test_alpha_is_shown_alone_and_reveals_checkerboard() -> None:
    names = ("R", "G", "B", "A")
    assert shade(1.0, 1.0, 1.0, 0.0, settings=ViewSettings(channels="A"), names=names) == [0]
    assert shade(0.0, 0.0, 0.0, 1.0, settings=ViewSettings(channels="RGBA"), names=names) == [0, 0, 0]
    assert shade(0.0, 0.0, 0.0, 0.0, settings=ViewSettings(channels="RGBA"), names=names) == [48, 48, 48]


def test_false_color_assigns_zone_of_luminance() -> None:
    level = whole_level(make_pyramid(np.array([[[v] * 3 for v in (0.0, 0.18, 0.9, 1.5, 40.0)]])))
    settings = ViewSettings(display=DisplayTransform.FALSE)
    zones = render_level(level, settings, make_processor(settings)).pixels[0]
    assert [ZONES[zone][2] for zone in zones] == ["black", "middle grey", "bright", "above 1.0", "far above 1.0"]


def test_each_level_halves_size_and_holds_means() -> None:
    pixels = np.random.default_rng(1).random((900, 1400, 3)).astype(np.float32)
    pyramid = make_pyramid(pixels)
    assert [level.size for level in pyramid.levels] == [(1400, 900), (700, 450), (350, 225)]
    half = whole_level(pyramid, 1).colors.view(np.float16)
    assert np.allclose(half, pixels.reshape(450, 2, 700, 2, 3).mean((1, 3)), atol=1e-3)
    assert pyramid.level_for(1.0) == 0
    assert pyramid.level_for(0.4) == 1
    assert pyramid.level_for(1.0, max_pixels=100_000) == 2


def test_non_finite_pixel_is_counted_and_marked_at_every_level() -> None:
    pixels = np.ones((700, 1300, 3))
    pixels[333, 777, 1] = np.nan
    pixels[10, 20] = np.inf
    pyramid = make_pyramid(pixels)
    assert (pyramid.nan_count, pyramid.inf_count) == (1, 3)
    for level in pyramid.levels:
        assert level.non_finite is not None
        assert sorted(np.unique(level.non_finite).tolist()) == [0, NAN, INF]
    assert np.isfinite(whole_level(pyramid, 1).colors.view(np.float16)).all()


@pytest.mark.parametrize("value", [123_456.79, 0.1, 65_504.0, -3.7, 1e-30, 0.0, np.nan, np.inf, 1e10, 3e38])
@pytest.mark.parametrize("kind", ["depth", "vector", "normal", "mask", "data", "id", "cryptomatte"])
def test_data_of_one_value_can_be_shown(value: float, kind: str) -> None:
    pixels, window = np.full((6, 8, 3), value, np.float32), Box2i(0, 0, 7, 5)
    names = ("P.X", "P.Y", "P.Z")
    picture = Picture(pixels, names, window, window, (1, 1), 1, (), "", Selection(0, None, "P", names, kind))
    pyramid = build_pyramid(picture)
    assert np.isfinite(pyramid.histogram).all()
    settings = ViewSettings()
    assert render_level(whole_level(pyramid), settings, make_processor(settings)).pixels.shape == (6, 8, 3)


def test_histogram_counts_value_in_bin_of_its_stop() -> None:
    pyramid = make_pyramid(np.full((8, 8, 3), (0.5, 1.0, 0.0)))
    histogram = pyramid.histogram
    assert pyramid.outside == pytest.approx((1 / 3, 0))
    assert make_pyramid(np.full((8, 8, 3), (-1.0, np.inf, np.nan))).outside == pytest.approx((1 / 3, 1 / 3))
    assert [row.argmax() for row in histogram[:2]] == [(-1 - FIRST_STOP) * BINS_PER_STOP, -FIRST_STOP * BINS_PER_STOP]
    assert histogram.sum(axis=1).tolist() == [1, 1, 0]  # black is below every stop


def test_two_channels_are_shown_as_red_and_green() -> None:
    assert shade(1.0, 0.0, names=("u", "v")) == [255, 0, 0]
    assert shade(1.0, names=("Z",)) == [255]


def test_luminance_has_the_weights_of_the_primaries() -> None:
    window = Box2i(0, 0, 0, 0)
    picture = Picture(np.ones((1, 1, 3), np.float32) * [1, 0, 0], ("R", "G", "B"), window, window, (1, 1), 1, (), "")
    assert whole_level(build_pyramid(picture, (0.5, 0.25, 0.25))).luminance.view(np.float16)[0, 0] == 0.5
