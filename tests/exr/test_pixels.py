"""What a picture shows, of whole files and of what is left of others."""

from __future__ import annotations

import os
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import OpenEXR
import OpenImageIO as oiio
import pytest

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.pixels import Decoder, PictureRequest
from exr_inspector_app.model import Box2i
from tests.exr.pictures import Pixels, cut, scene, write_picture, write_tiled
from tests.exr_files import MAGIC, channel_list, exr_bytes, part_header, write_exr
from tests.exr_files.zoo import zoo


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    one = Decoder()
    yield one
    one.close()


def test_a_picture_is_the_file_s_own_numbers(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(50, 70, 4)
    picture = decoder.picture(PictureRequest(str(write_picture(tmp_path / "a.exr", pixels))))
    assert picture.channels == ("R", "G", "B", "A")
    assert np.array_equal(picture.pixels, pixels)
    assert (picture.data_window, picture.scale, picture.missing, picture.warning) == (
        Box2i(0, 0, 69, 49),
        (1, 1),
        (),
        "",
    )


def test_channels_come_in_the_order_asked_for(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(20, 30, 6)
    path = write_picture(tmp_path / "a.exr", pixels, ("R", "G", "B", "spec.R", "spec.G", "spec.B"))
    picture = decoder.picture(PictureRequest(str(path), channels=("spec.B", "R")))
    assert np.array_equal(picture.pixels, pixels[..., [5, 0]])


def test_whole_numbers_stay_whole(decoder: Decoder, tmp_path: Path) -> None:
    ids = np.arange(600, dtype=np.uint32).reshape(20, 30) * 7
    path = write_picture(tmp_path / "ids.exr", {"id": ids, "Z": ids.astype(np.float32) / 4})
    picture = decoder.picture(PictureRequest(str(path), channels=("Z", "id")))
    assert np.array_equal(picture.pixels[..., 1], ids)
    assert np.array_equal(picture.pixels[..., 0], ids / 4)
    small = decoder.picture(PictureRequest(str(path), channels=("id",), max_size=(10, 10)))
    assert np.array_equal(small.pixels[..., 0], ids[::3, ::3])


def test_a_smaller_picture_has_the_means_of_blocks(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(45, 64)
    path = write_picture(tmp_path / "a.exr", pixels, compression="zips")
    picture = decoder.picture(PictureRequest(str(path), max_size=(16, 100)))
    assert (picture.pixels.shape, picture.scale, picture.factor) == ((12, 16, 3), (4, 4), 4)
    assert np.allclose(picture.pixels[:11], pixels[:44].reshape(11, 4, 16, 4, 3).mean((1, 3)), atol=1e-5)
    assert np.allclose(picture.pixels[11], pixels[44].reshape(16, 4, 3).mean(1), atol=1e-5)


@pytest.mark.parametrize("compression", ["none", "zips", "zip", "piz", "dwaa"])
def test_an_unfinished_file_shows_its_good_rows(decoder: Decoder, tmp_path: Path, compression: str) -> None:
    whole = write_picture(tmp_path / "a.exr", scene(200, 90), compression=compression)
    full = decoder.picture(PictureRequest(str(whole))).pixels
    picture = decoder.picture(PictureRequest(str(cut(whole, 0.5))))
    (missing,) = picture.missing
    assert (missing.min_x, missing.max_x, missing.max_y) == (0, 89, 199)
    assert 60 <= missing.min_y <= 140
    assert np.array_equal(picture.pixels[: missing.min_y], full[: missing.min_y])
    assert not picture.pixels[missing.min_y :].any()


def test_an_unfinished_tiled_file_shows_its_good_tiles(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(64, 80)
    picture = decoder.picture(PictureRequest(str(cut(write_tiled(tmp_path / "t.exr", pixels), 0.6))))
    there = np.ones((64, 80), bool)
    for box in picture.missing:
        there[box.min_y : box.max_y + 1, box.min_x : box.max_x + 1] = False
    assert 0.3 < there.mean() < 0.8
    assert np.array_equal(picture.pixels[there], pixels[there])
    assert not picture.pixels[~there].any()


def test_of_more_chunks_than_are_counted_without_a_table_each_that_is_there_is_shown(
    decoder: Decoder, tmp_path: Path
) -> None:
    facts = {"width": 2050, "height": 5200, "channels": ["Y"]}  # of lines that need a read each, and too many of them
    data = exr_bytes((facts,), present=5100)
    table = len(MAGIC) + 4 + len(part_header(**facts))
    path = tmp_path / "a.exr"
    path.write_bytes(data[:table] + bytes(8 * 5200) + data[table + 8 * 5200 :])
    assert inspect_file(str(path)).parts[0].chunks_present is None
    assert decoder.picture(PictureRequest(str(path))).missing == (Box2i(0, 5100, 2049, 5199),)


def test_one_damaged_chunk_costs_its_rows_only(decoder: Decoder, tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.exr", scene(64, 90), compression="zip")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    path.write_bytes(data)
    picture = decoder.picture(PictureRequest(str(path)))
    assert [box.height for box in picture.missing] == [16]


def test_a_file_without_pixels_is_a_sentence_not_a_picture(decoder: Decoder, tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", present=0)
    with pytest.raises(PixelsError, match="None of the pixels of part 0"):
        decoder.picture(PictureRequest(str(path)))


def test_windows_apart_from_the_origin_are_told(decoder: Decoder, tmp_path: Path) -> None:
    windows = {"dataWindow": ((-5, 7), (24, 26)), "displayWindow": ((0, 0), (99, 49))}
    pixels = scene(20, 30)
    picture = decoder.picture(PictureRequest(str(write_picture(tmp_path / "a.exr", pixels, **windows))))
    assert picture.data_window == Box2i(-5, 7, 24, 26)
    assert picture.display_window == Box2i(0, 0, 99, 49)
    assert np.array_equal(picture.pixels, pixels)


def test_levels_can_be_chosen(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(64, 128)
    path = str(write_tiled(tmp_path / "mip.exr", pixels, levels=True))
    picture = decoder.picture(PictureRequest(path, level=(2, 2)))
    assert np.array_equal(picture.pixels, pixels[::4, ::4])
    assert (picture.scale, picture.factor, picture.data_window) == ((4, 4), 1, Box2i(0, 0, 127, 63))
    with pytest.raises(PixelsError, match="no level 9, 9: it has levels 0, 0 to 7, 7"):
        decoder.picture(PictureRequest(path, level=(9, 9)))


def test_what_is_not_there_is_a_sentence(decoder: Decoder, tmp_path: Path) -> None:
    path = str(write_picture(tmp_path / "a.exr", scene(8, 8)))
    for request, told in {
        PictureRequest(path, part_index=3): "no part 3; the file has 1",
        PictureRequest(path, channels=("crypto00.R",)): "no channel crypto00.R",
        PictureRequest(str(tmp_path / "none.exr")): "no such file",
    }.items():
        with pytest.raises(PixelsError, match=told):
            decoder.picture(request)


def test_colours_are_made_of_luminance_and_chroma(decoder: Decoder, tmp_path: Path) -> None:
    light = (np.sin(np.arange(64) / 9) + 1.5).astype(np.float16)
    head = MAGIC + struct.pack("<I", 2)
    listed = ("chlist", channel_list(["BY", "RY", "Y"], {"BY": 2, "RY": 2}))
    head += part_header(width=64, height=48, attributes={"channels": listed})
    chroma = np.repeat(np.float16([-0.25, 0.5]), 32).tobytes()  # of every other line: BY, then RY
    stored = [(chroma if y % 2 == 0 else b"") + light.tobytes() for y in range(48)]
    lines = b"".join(struct.pack("<ii", y, len(line)) + line for y, line in enumerate(stored))
    even, odd = 8 + 128 + 128, 8 + 128
    starts = [len(head) + 48 * 8 + y // 2 * (even + odd) + y % 2 * even for y in range(48)]
    path = tmp_path / "yc.exr"
    path.write_bytes(head + struct.pack("<48Q", *starts) + lines)
    shown = decoder.picture(PictureRequest(str(path))).pixels[24, 8:56]
    y = light[8:56].astype(np.float32)
    red, blue = 1.5 * y, 0.75 * y  # RY is (R - Y) / Y, BY is (B - Y) / Y
    green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152
    assert np.abs(shown - np.stack([red, green, blue], axis=1)).max() < 0.01


def test_luminance_and_chroma_are_shown_in_their_colours(decoder: Decoder, corpus: Path) -> None:
    for name in ("Rec709", "XYZ"):
        colours = decoder.picture(PictureRequest(str(corpus / f"Chromaticities/{name}.exr"))).pixels
        shown = decoder.picture(PictureRequest(str(corpus / f"Chromaticities/{name}_YC.exr")))
        assert np.abs(shown.pixels.mean((0, 1)) - colours.mean((0, 1))).max() < 0.002
        assert np.median(np.abs(shown.pixels - colours)) < 0.01
        assert "luminance" in shown.warning.lower()


@pytest.mark.skipif(os.name != "posix", reason="names of other systems are Unicode")
@pytest.mark.parametrize(
    "name", [b"caf\xe9.exr", b"no extension", b"beauty.jpg", b"beauty.%04d.exr", b"beauty.exr.tmp"]
)
def test_any_name_will_do(decoder: Decoder, tmp_path: Path, name: bytes) -> None:
    pixels = scene(8, 9)
    path = os.fsencode(tmp_path) + b"/" + name
    shutil.copy(write_picture(tmp_path / "a.exr", pixels), path)
    assert np.array_equal(decoder.picture(PictureRequest(os.fsdecode(path))).pixels, pixels)


def test_deep_samples_are_put_over_one_another(decoder: Decoder, corpus: Path) -> None:
    shown = decoder.picture(PictureRequest(str(corpus / "v2/LowResLeftView/Balls.exr")))
    assert shown.channels == ("R", "G", "B", "A")
    assert shown.pixels[..., 3].max() == pytest.approx(1, abs=1e-3)
    assert "flattened" in shown.warning


@pytest.mark.parametrize("name", ["v2/LowResLeftView/Balls.exr", "v2/LowResLeftView/Leaves.exr"])
def test_an_unfinished_deep_file_shows_its_good_rows(decoder: Decoder, corpus: Path, tmp_path: Path, name: str) -> None:
    whole = tmp_path / "deep.exr"
    shutil.copy(corpus / name, whole)
    full = decoder.picture(PictureRequest(str(whole)))
    picture = decoder.picture(PictureRequest(str(cut(whole, 0.6))))
    (missing,) = picture.missing
    good = missing.min_y - full.data_window.min_y
    assert 50 < good < full.data_window.height - 50
    assert np.array_equal(picture.pixels[:good], full.pixels[:good])
    assert not picture.pixels[good:].any()
    buffer = oiio.ImageBuf(str(whole))
    flat = oiio.ImageBufAlgo.flatten(buffer).get_pixels(oiio.FLOAT)
    assert np.array_equal(full.pixels, flat[..., :4])
    tallied = {row.name: row for row in decoder.stats(str(cut(whole, 0.6)))}
    assert tallied["A"].mean == pytest.approx(flat[:good, :, 3].mean(dtype=np.float64))


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
    assert picture.warning == "No alpha, so no composite: the nearest deep sample of each pixel is shown."


def test_one_pixel_is_told_as_the_file_has_it(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(50, 70, 4)
    pixels[20, 30] = [np.nan, np.inf, -np.inf, 2.5]
    windows = {"dataWindow": ((-10, 5), (59, 54))}
    lines = write_picture(tmp_path / "lines.exr", pixels, **windows)
    for x, y in ((-10, 5), (59, 54), (20, 25)):
        found = decoder.pixel(PictureRequest(str(lines), channels=("A", "R", "B")), (x, y))
        assert np.array_equal(np.float32(found), pixels[y - 5, x + 10, [3, 0, 2]], equal_nan=True)
    tiles = str(write_tiled(tmp_path / "tiles.exr", scene(50, 70), levels=True))
    for x, y in ((0, 0), (69, 49), (17, 33)):
        assert decoder.pixel(PictureRequest(tiles), (x, y)) == tuple(scene(50, 70)[y, x])
    level = decoder.picture(PictureRequest(tiles, level=(1, 1))).pixels
    assert decoder.pixel(PictureRequest(tiles, level=(1, 1)), (69, 1)) == tuple(level[0, 34])
    assert decoder.pixel(PictureRequest(str(cut(lines, 0.6))), (0, 54)) is None
    with pytest.raises(PixelsError, match=r"data window of part 0 has no pixel 60, 5\.$"):
        decoder.pixel(PictureRequest(str(lines)), (60, 5))


def test_every_kind_of_file_is_a_picture_or_a_sentence(decoder: Decoder, tmp_path: Path) -> None:
    told: dict[str, str] = {}
    path = tmp_path / "one.exr"
    for name, data in zoo().items():
        path.write_bytes(data)
        try:
            decoder.picture(PictureRequest(str(path), max_size=(64, 64)))
        except PixelsError as error:
            told[name] = error.sentence
    assert not [name for name, sentence in told.items() if "bug" in sentence or "was ended" in sentence]
    assert len(told) < len(zoo()) * 0.3
