"""Default looks of data layers: robust ranges, signs, roles of vectors, IDs and Cryptomatte ranks, and color maps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from exr_inspector_app.exr.cryptomatte import matte_type, rank_channels
from exr_inspector_app.exr.pixels.color_maps import ColorMap, color_table
from exr_inspector_app.exr.pixels.data_colors import apply_look, to_data_colors
from exr_inspector_app.exr.pixels.data_looks import Mapping, measure_look
from exr_inspector_app.exr.pixels.id_colors import DIMMED, color_of_id, render_ids
from exr_inspector_app.model import Channel

Y, X = np.mgrid[0:60, 0:80].astype(np.float32)
Pixels = npt.NDArray[np.float32]


def stack(*channels: Pixels) -> Pixels:
    return np.dstack(channels).astype(np.float32)


@pytest.mark.parametrize("background", [1e10, 1e30, np.inf, np.nan, 0.0, 4e6])
@pytest.mark.parametrize("scale", [0.01, 1000.0])
def test_depth_range_ignores_what_is_no_surface(background: float, scale: float) -> None:
    depth = np.where(Y < 20, np.float32(background), (100 + X) * np.float32(scale))
    depth[59, 79] = 90 * scale
    look = measure_look(stack(depth), "depth")
    assert (look.low, look.high) == pytest.approx((100 * scale, 179 * scale), rel=0.02)
    colors = apply_look(stack(depth), look)
    assert (colors[:20] == 0).all()
    assert colors[30, 0, 0] > colors[30, 40, 0] + 60 > colors[30, 79, 0] + 120 > 150


def test_depth_of_antialiased_edges_does_not_take_the_range() -> None:
    depth = 500 + X
    depth[:3, :40] = np.linspace(1, 499, 120).reshape(3, 40)  # mixed with nothing
    look = measure_look(stack(depth), "depth")
    assert look.low > 400
    assert look.high > 570


def test_depth_below_zero_is_near_at_its_high_end() -> None:
    colors = to_data_colors(stack(-100 - X), "depth")
    assert colors[0, 0, 0] > colors[0, 79, 0] + 100


def test_signed_values_are_centered_on_zero() -> None:
    values = (X - 30) * np.float32(0.01)
    values[0, 0] = 1e6
    look = measure_look(stack(values), "data")
    assert (look.mapping, look.color_map) == (Mapping.SIGNED, ColorMap.DIVERGING)
    assert look.low == -look.high
    colors = apply_look(stack(values), look)
    assert np.ptp(colors[30, 30].astype(int)) <= 2  # zero is gray
    assert colors[30, 0, 2] > colors[30, 0, 0] + 60  # blue below
    assert colors[30, 75, 0] > colors[30, 75, 2] + 60  # red above
    assert look.with_limits((2.0, 5.0)).mapping is Mapping.LINEAR


def test_vectors_show_their_role() -> None:
    motion = stack(np.where(X > 70, X - 75, 0), np.where(X > 70, 8.0, 0))
    assert (apply_look(motion, measure_look(motion, "vector", "motion"))[0, 0] == 128).all()
    assert measure_look(motion, "vector", "velocity").mapping is Mapping.SIGNED
    position = stack(X * 100 - 9000, Y * 0.5, -70_000 - Y)
    position[:5] = 0
    for layer in ("P", "worldPosition", "unknown"):
        look = measure_look(position, "vector", layer)
        assert look.mapping is Mapping.AXES
        colors = apply_look(position, look)
        assert np.ptp(colors[6:].reshape(-1, 3), axis=0).min() > 240  # each axis spans its own range
        assert (colors[:5] == 0).all()
    alone = look.of_component(1)
    assert (alone.low, alone.high) == look.axes[1]
    around = measure_look(stack(X - 40, Y - 30, X - Y), "vector")
    assert (around.mapping, around.low) == (Mapping.SIGNED, -around.high)
    coordinates = measure_look(stack(X / 30, Y / 60), "vector", "uv")
    assert (coordinates.mapping, coordinates.low, coordinates.high) == (Mapping.LINEAR, 0, 3)  # over three tiles


def test_one_component_takes_the_color_map() -> None:
    normals = stack(X / 40 - 1, Y / 30 - 1, X * 0)
    look = measure_look(normals, "normal").with_limits(None, ColorMap.VIRIDIS)
    colors = apply_look(normals, look, component=0)
    table = color_table(ColorMap.VIRIDIS)
    assert (colors[10, 0] == table[0]).all()
    assert (colors[10, 79] == table[252]).all()
    for color_map in set(ColorMap) - {ColorMap.DIVERGING}:
        assert (np.diff(color_table(color_map) @ [0.2126, 0.7152, 0.0722]) >= -0.5).all()  # lighter is higher


@pytest.mark.parametrize("dtype", [np.uint32, np.float32])
def test_ids_have_distinct_stable_colors(dtype: type) -> None:
    ids = np.arange(65_504, 65_504 + 400, dtype=np.uint32)
    colors = to_data_colors(ids.astype(dtype).reshape(1, -1, 1), "id")[0]
    assert len(np.unique(colors, axis=0)) > 390
    assert (np.abs(np.diff(colors.astype(int), axis=0)).max(axis=1) > 40).all()
    assert tuple(colors[5].tolist()) == color_of_id(65_509)
    assert color_of_id(0) == (0, 0, 0)


def test_cryptomatte_blends_ranks_and_dims_others() -> None:
    hashes = np.array([0x3F1C9A27, 0xFF9D4164], np.uint32)  # the second one is NaN as a float
    ids = np.broadcast_to(hashes.view(np.float32)[:, None], (2, 1))
    pixels = stack(ids[:1], np.float32([[0.5]]), ids[1:], np.float32([[0.25]]))
    first, second = (np.array(color_of_id(int(number))) for number in hashes)
    assert render_ids(pixels, is_hash=True)[0, 0] == pytest.approx(0.5 * first + 0.25 * second, abs=1)
    isolated = render_ids(pixels, is_hash=True, isolated={int(hashes[1])})[0, 0]
    assert isolated == pytest.approx(0.5 * DIMMED * first + 0.25 * second, abs=1)
    assert measure_look(pixels, "cryptomatte").channel_count == 4


def test_all_ranks_of_a_matte_are_found() -> None:
    names = [
        f"{layer}.{letter}" for layer in ("crypto_object01", "crypto_object00", "crypto_asset00") for letter in "BARG"
    ]
    channels = [Channel(name, None, *name.split("."), "float", 1, 1, False) for name in names]
    expected = tuple(f"crypto_object{rank}.{letter}" for rank in ("00", "01") for letter in "RGBA")
    assert rank_channels(channels, "crypto_object01.G") == expected
    assert rank_channels(channels, "none") == ()
    assert [matte_type(name) for name in ("uCryptoMaterial", "view.crypto_object", "crypto")] == [
        "material",
        "object",
        "",
    ]
