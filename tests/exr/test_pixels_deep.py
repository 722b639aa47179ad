"""What a picture shows of deep files: their samples put over one another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenEXR
import OpenImageIO as oiio
import pytest

from exr_inspector_app.exr.pixels.decoder import Decoder, PictureRequest
from tests.exr.pictures import Pixels, cut
from tests.exr_files import write_exr


def write_unsorted(path: Path, names: str) -> tuple[Pixels, Pixels]:
    """A deep file whose samples come in no order: opaque, darker the farther; the depths of the nearest, where any."""
    depths, lights = np.empty((2, 20, 30), dtype=object)
    for y, x in np.ndindex(depths.shape):
        some = np.float32([30 + x, 10 + y, 20][: (x + y) % 4])
        depths[y, x], lights[y, x] = (some, 1 / some) if len(some) else (None, None)
    one = np.vectorize(lambda some: None if some is None else np.ones_like(some), otypes=[object])(depths)
    every = {**dict.fromkeys("RGB", lights), "Z": depths, "A": one}
    facts = {"compression": OpenEXR.ZIPS_COMPRESSION, "type": OpenEXR.deepscanline}
    with OpenEXR.File(facts, {name: every[name] for name in names}) as file:
        file.write(str(path))
    there = np.vectorize(lambda some: some is not None, otypes=[bool])(depths)
    return np.array([some.min() for some in depths[there]]), there


def test_deep_samples_are_put_over_one_another(decoder: Decoder, corpus: Path) -> None:
    shown = decoder.picture(PictureRequest(str(corpus / "v2/LowResLeftView/Balls.exr")))
    assert shown.channels == ("R", "G", "B", "A")
    assert shown.pixels[..., 3].max() == pytest.approx(1, abs=1e-3)
    assert "flattened" in shown.warning


def test_deep_channels_may_have_any_name(decoder: Decoder, tmp_path: Path) -> None:
    names = ["A", "caf\udce9.R", "ä.R"]
    path = write_exr(tmp_path / "deep.exr", kind="deepscanline", channels=names)
    picture = decoder.picture(PictureRequest(str(path), channels=tuple(names)))
    assert picture.pixels.shape == (8, 8, 3)
    assert picture.missing == ()


@pytest.mark.parametrize("kind", ["deepscanline", "deeptile"])
def test_deep_samples_in_strips_are_those_of_the_whole(decoder: Decoder, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "deep.exr"
    noise = np.random.default_rng(3)
    samples = np.empty((40, 50), dtype=object)
    for y, x in np.ndindex(samples.shape):
        samples[y, x] = np.sort(noise.random(x % 4, np.float32)) if x % 4 else None
    tiles = OpenEXR.TileDescription()
    tiles.xSize, tiles.ySize = 16, 8
    facts = {"compression": OpenEXR.ZIPS_COMPRESSION, "type": getattr(OpenEXR, kind), "tiles": tiles}
    with OpenEXR.File(facts, dict.fromkeys("ARZ", samples)) as file:
        file.write(str(path))
    shown = decoder.picture(PictureRequest(str(path), channels=("R", "Z"))).pixels
    flat = oiio.ImageBufAlgo.flatten(oiio.ImageBuf(str(path)))
    assert shown.any()
    places = [flat.spec().channelindex(name) for name in "RZ"]
    assert np.array_equal(shown, flat.get_pixels(oiio.FLOAT)[..., places])
    short = decoder.picture(PictureRequest(str(cut(path, 0.7)), channels=("R", "Z")))
    there = np.ones((40, 50), bool)
    for box in short.missing:
        there[box.min_y : box.max_y + 1, box.min_x : box.max_x + 1] = False
    assert 0.2 < there.mean() < 0.9
    assert np.array_equal(short.pixels[there], shown[there])
    assert not short.pixels[~there].any()


def test_the_nearest_sample_covers_the_others_in_whatever_order_they_are(decoder: Decoder, tmp_path: Path) -> None:
    nearest, there = write_unsorted(tmp_path / "deep.exr", "RGBAZ")
    picture = decoder.picture(PictureRequest(str(tmp_path / "deep.exr"), channels=("R", "Z")))
    assert np.allclose(picture.pixels[there], np.stack([1 / nearest, nearest], axis=1))
    assert "flattened" in picture.warning


@pytest.mark.parametrize("names", ["RGBZ", "Z"])
def test_of_deep_samples_without_alpha_the_nearest_is_shown(decoder: Decoder, tmp_path: Path, names: str) -> None:
    nearest, there = write_unsorted(tmp_path / "deep.exr", names)
    picture = decoder.picture(PictureRequest(str(tmp_path / "deep.exr"), channels=(names[0], "Z")))
    assert np.allclose(picture.pixels[there, 1], nearest)
    assert np.allclose(picture.pixels[there, 0], 1 / nearest if names[0] == "R" else nearest)
    assert picture.warning == "Deep samples without alpha: the nearest sample of each pixel is shown."


def test_deep_whole_numbers_are_those_of_the_nearest_sample(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "deep.exr"
    depths, numbers = np.empty((2, 3, 5), dtype=object)
    for y, x in np.ndindex(depths.shape):
        depths[y, x] = np.float32([9, 2, 5][: x % 4]) if x % 4 else None
        numbers[y, x] = np.uint32([7, 4_000_000_001 + y, 5][: x % 4]) if x % 4 else None
    half = np.vectorize(lambda some: None if some is None else np.full_like(some, 0.5), otypes=[object])(depths)
    facts = {"compression": OpenEXR.ZIPS_COMPRESSION, "type": OpenEXR.deepscanline}
    with OpenEXR.File(facts, {"A": half, "Z": depths, "id": numbers}) as file:
        file.write(str(path))
    kept = decoder.pixel(PictureRequest(str(path), channels=("id", "A")), (2, 1))
    assert kept == (4_000_000_002, 0.75)
    assert decoder.pixel(PictureRequest(str(path), channels=("id",)), (0, 0)) == (0,)
    found = next(one for one in decoder.stats(str(path)) if one.name == "id")
    assert (found.min, found.max) == (0, 4_000_000_003)
