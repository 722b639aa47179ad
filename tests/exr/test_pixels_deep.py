"""Decoded pictures of deep files: flattened samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenEXR
import OpenImageIO as oiio
import pytest

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.pixel_checks import add_stats
from exr_inspector_app.model import from_payload, payload
from exr_inspector_app.text.format import format_statistics
from tests.exr.pictures import Pixels, cut
from tests.exr_files import write_exr


def write_unsorted(path: Path, names: str) -> tuple[Pixels, Pixels]:
    """Write a deep file of opaque, unsorted samples that are darker the farther they are.

    Returns the depths of the nearest samples, and where there are samples, (height, width).
    """
    depths, lights = np.empty((2, 20, 30), dtype=object)
    for y, x in np.ndindex(depths.shape):
        samples = np.float32([30 + x, 10 + y, 20][: (x + y) % 4])
        depths[y, x], lights[y, x] = (samples, 1 / samples) if len(samples) else (None, None)
    alpha = np.vectorize(lambda item: None if item is None else np.ones_like(item), otypes=[object])(depths)
    channels = {**dict.fromkeys("RGB", lights), "Z": depths, "A": alpha}
    facts = {"compression": OpenEXR.ZIPS_COMPRESSION, "type": OpenEXR.deepscanline}
    with OpenEXR.File(facts, {name: channels[name] for name in names}) as file:
        file.write(str(path))
    has_samples = np.vectorize(lambda item: item is not None, otypes=[bool])(depths)
    return np.array([item.min() for item in depths[has_samples]]), has_samples


def test_deep_samples_are_flattened(decoder: Decoder, corpus: Path) -> None:
    picture = decoder.picture(PictureRequest(str(corpus / "v2/LowResLeftView/Balls.exr")))
    assert picture.channels == ("R", "G", "B", "A")
    assert picture.pixels[..., 3].max() == pytest.approx(1, abs=1e-3)
    assert "flattened" in picture.warning


def test_deep_channels_may_have_any_name(decoder: Decoder, tmp_path: Path) -> None:
    names = ["A", "caf\udce9.R", "ä.R"]
    path = write_exr(tmp_path / "deep.exr", kind="deepscanline", channels=names)
    picture = decoder.picture(PictureRequest(str(path), channels=tuple(names)))
    assert picture.pixels.shape == (8, 8, 3)
    assert picture.missing == ()


@pytest.mark.parametrize("kind", ["deepscanline", "deeptile"])
def test_flattened_strips_equal_the_flattened_image(decoder: Decoder, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "deep.exr"
    random = np.random.default_rng(3)
    samples = np.empty((40, 50), dtype=object)
    for y, x in np.ndindex(samples.shape):
        samples[y, x] = np.sort(random.random(x % 4, np.float32)) if x % 4 else None
    tiles = OpenEXR.TileDescription()
    tiles.xSize, tiles.ySize = 16, 8
    facts = {"compression": OpenEXR.ZIPS_COMPRESSION, "type": getattr(OpenEXR, kind), "tiles": tiles}
    with OpenEXR.File(facts, dict.fromkeys("ARZ", samples)) as file:
        file.write(str(path))
    pixels = decoder.picture(PictureRequest(str(path), channels=("R", "Z"))).pixels
    flat = oiio.ImageBufAlgo.flatten(oiio.ImageBuf(str(path)))
    assert pixels.any()
    indices = [flat.spec().channelindex(name) for name in "RZ"]
    has_samples = np.vectorize(lambda item: item is not None, otypes=[bool])(samples)
    assert np.array_equal(pixels[has_samples], flat.get_pixels(oiio.FLOAT)[..., indices][has_samples])
    assert not pixels[~has_samples].any()  # OpenImageIO gives pixels without samples a depth of 1e30
    short = decoder.picture(PictureRequest(str(cut(path, 0.7)), channels=("R", "Z")))
    present = np.ones((40, 50), bool)
    for box in short.missing:
        present[box.min_y : box.max_y + 1, box.min_x : box.max_x + 1] = False
    assert 0.2 < present.mean() < 0.9
    assert np.array_equal(short.pixels[present], pixels[present])
    assert not short.pixels[~present].any()


def test_nearest_sample_covers_others_in_any_order(decoder: Decoder, tmp_path: Path) -> None:
    nearest, has_samples = write_unsorted(tmp_path / "deep.exr", "RGBAZ")
    picture = decoder.picture(PictureRequest(str(tmp_path / "deep.exr"), channels=("R", "Z")))
    assert np.allclose(picture.pixels[has_samples], np.stack([1 / nearest, nearest], axis=1))
    assert "flattened" in picture.warning


@pytest.mark.parametrize("names", ["RGBZ", "Z"])
def test_nearest_sample_is_shown_without_alpha(decoder: Decoder, tmp_path: Path, names: str) -> None:
    nearest, has_samples = write_unsorted(tmp_path / "deep.exr", names)
    picture = decoder.picture(PictureRequest(str(tmp_path / "deep.exr"), channels=(names[0], "Z")))
    assert np.allclose(picture.pixels[has_samples, 1], nearest)
    assert np.allclose(picture.pixels[has_samples, 0], 1 / nearest if names[0] == "R" else nearest)
    assert picture.warning == "Deep samples without alpha: the nearest sample of each pixel is shown."


def test_deep_uint_channel_has_the_value_of_the_nearest_sample(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "deep.exr"
    depths, numbers = np.empty((2, 3, 5), dtype=object)
    for y, x in np.ndindex(depths.shape):
        depths[y, x] = np.float32([9, 2, 5][: x % 4]) if x % 4 else None
        numbers[y, x] = np.uint32([7, 4_000_000_001 + y, 5][: x % 4]) if x % 4 else None
    half = np.vectorize(lambda item: None if item is None else np.full_like(item, 0.5), otypes=[object])(depths)
    facts = {"compression": OpenEXR.ZIPS_COMPRESSION, "type": OpenEXR.deepscanline}
    with OpenEXR.File(facts, {"A": half, "Z": depths, "id": numbers}) as file:
        file.write(str(path))
    values = decoder.pixel(PictureRequest(str(path), channels=("id", "A")), (2, 1))
    assert values == (4_000_000_002, 0.75)
    assert decoder.pixel(PictureRequest(str(path), channels=("id",)), (0, 0)) == (0,)
    picture = decoder.picture(PictureRequest(str(path), channels=("id",), keeps_type=True))
    assert (picture.pixels.dtype, picture.pixels[1, 2, 0]) == (np.uint32, 4_000_000_002)
    stats = next(row for row in decoder.stats(str(path)) if row.name == "id")
    assert (stats.min, stats.max) == (5, 4_000_000_003)  # of all samples, not of the nearest ones


@pytest.mark.parametrize("compression", ["NO", "RLE", "ZIPS"])
@pytest.mark.parametrize("kind", ["deepscanline", "deeptile"])
def test_deep_statistics_are_those_of_the_samples(
    decoder: Decoder, tmp_path: Path, kind: str, compression: str
) -> None:
    path, random = tmp_path / "deep.exr", np.random.default_rng(4)
    samples = np.empty((21, 34), dtype=object)
    for y, x in np.ndindex(samples.shape):
        count = (x * y) % 4
        samples[y, x] = random.normal(3, 2, count).astype(np.float32) if count else None
    samples[1, 3][1:] = np.nan, -np.inf
    tiles = OpenEXR.TileDescription()
    tiles.xSize, tiles.ySize = 16, 8
    facts = {"compression": getattr(OpenEXR, f"{compression}_COMPRESSION"), "type": getattr(OpenEXR, kind)}
    with OpenEXR.File({**facts, "tiles": tiles}, dict.fromkeys("AZ", samples)) as file:
        file.write(str(path))
    values = np.concatenate([item for item in samples.ravel() if item is not None])
    finite = values[np.isfinite(values)].astype(np.float64)
    for row in decoder.stats(str(path)):
        assert (row.min, row.max) == (finite.min(), finite.max())
        assert (row.mean, row.stddev) == (pytest.approx(finite.mean()), pytest.approx(finite.std()))
        assert (row.nan_count, row.inf_count, row.minus_inf_count) == (1, 1, 1)
        assert row.negative_count == np.count_nonzero(values < 0)
        assert row.first_nan == row.first_inf == (3, 1)
        assert row.lost_count == 0


def test_deep_statistics_count_runs_of_absent_tiles(decoder: Decoder, tmp_path: Path) -> None:
    path, samples = tmp_path / "deep.exr", np.empty((21, 34), dtype=object)
    for y, x in np.ndindex(samples.shape):
        samples[y, x] = np.float32([1])
    tiles = OpenEXR.TileDescription()
    tiles.xSize, tiles.ySize = 16, 8
    facts = {"compression": OpenEXR.NO_COMPRESSION, "type": OpenEXR.deeptile, "tiles": tiles}
    with OpenEXR.File(facts, {"Z": samples}) as file:
        file.write(str(path))
    data = path.read_bytes()
    table = next(at for at in range(len(data)) if int.from_bytes(data[at : at + 8], "little") == at + 8 * 9)
    absent = {1: 16 * 8, 2: 2 * 8, 3: 16 * 8, 8: 2 * 5}  # pixels of each tile: two runs, over a row and at the end
    for tile in absent:
        data = data[: table + 8 * tile] + bytes(8) + data[table + 8 * tile + 8 :]
    path.write_bytes(data)
    (row,) = decoder.stats(str(path))
    assert (row.lost_count, row.first_lost, row.mean) == (sum(absent.values()), (16, 0), 1)


def test_deep_file_without_samples_has_no_range(decoder: Decoder, tmp_path: Path) -> None:
    path, samples = tmp_path / "deep.exr", np.empty((6, 7), dtype=object)
    facts = {"compression": OpenEXR.ZIPS_COMPRESSION, "type": OpenEXR.deepscanline}
    for y, x in np.ndindex(samples.shape):
        samples[y, x] = np.zeros(0, np.float32)
    with OpenEXR.File(facts, dict.fromkeys("AZ", samples)) as file:
        file.write(str(path))
    rows = decoder.stats(str(path))
    assert [format_statistics(row) for row in rows] == ["no samples"] * 2
    file = add_stats(inspect_file(str(path)), rows)
    assert file.findings == inspect_file(str(path)).findings
    assert [payload(file)["stats"]["channels"][1][name] for name in ("min", "max", "mean", "stddev")] == [None] * 4
    assert not from_payload(payload(file)).stats[1].has_range
    assert not decoder.picture(PictureRequest(str(path), channels=("Z",))).pixels.any()
