"""Numbers of a picture: levels, curves, zones, histogram, and values that are no number."""

from __future__ import annotations

import numpy as np
import pytest

from exr_inspector_app.exr.pixels.decoder import Picture
from exr_inspector_app.gui.preview.display_transform import ZONES, DisplayTransform, ViewSettings, develop
from exr_inspector_app.gui.preview.mip_pyramid import BINS_A_STOP, FIRST_STOP, INF, NAN, MipPyramid, prepare
from exr_inspector_app.model import Box2i


def prepared(pixels: np.ndarray, names: tuple[str, ...] = ("R", "G", "B")) -> MipPyramid:
    """A picture of these pixels, ready to be shown."""
    height, width = pixels.shape[:2]
    window = Box2i(0, 0, width - 1, height - 1)
    return prepare(Picture(pixels.astype(np.float32), names, window, window, (1, 1), 1, (), ""))


def shade(*values: float, look: ViewSettings = ViewSettings(), names: tuple[str, ...] = ("R", "G", "B")) -> list[int]:  # noqa: B008
    """What one pixel looks like."""
    level = prepared(np.array([[values]]), names).levels[0]
    return np.atleast_1d(develop(level, look).pixels[0, 0]).tolist()


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        (DisplayTransform.SRGB, [0, 118, 255]),
        (DisplayTransform.LINEAR, [0, 46, 255]),
        (DisplayTransform.REC709, [0, 104, 255]),
    ],
)
def test_middle_grey_has_the_code_value_of_each_display(display: DisplayTransform, expected: list[int]) -> None:
    assert shade(0.0, 0.18, 1.0, look=ViewSettings(display=display)) == expected


def test_a_stop_more_is_twice_the_light_and_gamma_lifts_the_middle() -> None:
    linear = ViewSettings(display=DisplayTransform.LINEAR)
    assert shade(0.25, 0.25, 0.25, look=ViewSettings(exposure=1.0, display=DisplayTransform.LINEAR)) == shade(
        0.5, 0.5, 0.5, look=linear
    )
    assert shade(0.25, 0.25, 0.25, look=ViewSettings(gamma=2.0, display=DisplayTransform.LINEAR)) == [128] * 3


def test_what_is_no_number_is_black_and_infinity_white() -> None:
    assert shade(np.nan, np.inf, -np.inf) == [0, 255, 0]
    assert shade(70_000.0, -1.0, 65_504.0) == [255, 0, 255]  # beyond half's range


def test_one_channel_alone_is_grey_and_two_leave_the_third_dark() -> None:
    assert shade(1.0, 0.0, 0.0, look=ViewSettings(shown="R")) == [255]
    assert shade(1.0, 1.0, 1.0, look=ViewSettings(shown="RB")) == [255, 0, 255]


def test_alpha_is_shown_alone_and_lets_the_chequer_through() -> None:
    names = ("R", "G", "B", "A")
    assert shade(1.0, 1.0, 1.0, 0.0, look=ViewSettings(shown="A"), names=names) == [0]
    assert shade(0.0, 0.0, 0.0, 1.0, look=ViewSettings(shown="RGBA"), names=names) == [0, 0, 0]
    assert shade(0.0, 0.0, 0.0, 0.0, look=ViewSettings(shown="RGBA"), names=names) == [48, 48, 48]


def test_false_colour_names_the_zone_of_each_luminance() -> None:
    level = prepared(np.array([[[v] * 3 for v in (0.0, 0.18, 0.9, 1.5, 40.0)]])).levels[0]
    zones = develop(level, ViewSettings(display=DisplayTransform.FALSE)).pixels[0]
    assert [ZONES[zone][2] for zone in zones] == ["black", "middle grey", "bright", "above 1.0", "far above 1.0"]


def test_each_level_is_half_as_large_and_has_the_means() -> None:
    pixels = np.random.default_rng(1).random((900, 1400, 3)).astype(np.float32)
    made = prepared(pixels)
    assert [level.size for level in made.levels] == [(1400, 900), (700, 450), (350, 225)]
    half = made.levels[1].colours.view(np.float16)
    assert np.allclose(half, pixels.reshape(450, 2, 700, 2, 3).mean((1, 3)), atol=1e-3)
    assert made.level_for(1.0) == 0
    assert made.level_for(0.4) == 1
    assert made.level_for(1.0, most_pixels=100_000) == 2


def test_one_odd_pixel_is_counted_and_seen_at_every_size() -> None:
    pixels = np.ones((700, 1300, 3))
    pixels[333, 777, 1] = np.nan
    pixels[10, 20] = np.inf
    made = prepared(pixels)
    assert (made.nan_count, made.inf_count) == (1, 3)
    for level in made.levels:
        assert level.odd is not None
        assert sorted(np.unique(level.odd).tolist()) == [0, NAN, INF]
    assert np.isfinite(made.levels[1].colours.view(np.float16)).all()


def test_the_histogram_has_a_value_in_the_bin_of_its_stop() -> None:
    found = prepared(np.full((8, 8, 3), (0.5, 1.0, 0.0))).histogram
    assert [row.argmax() for row in found[:2]] == [(-1 - FIRST_STOP) * BINS_A_STOP, -FIRST_STOP * BINS_A_STOP]
    assert found.sum(axis=1).tolist() == [1, 1, 0]  # black lies below every stop


def test_a_picture_of_two_channels_is_red_and_green() -> None:
    assert shade(1.0, 0.0, names=("u", "v")) == [255, 0, 0]
    assert shade(1.0, names=("Z",)) == [255]
