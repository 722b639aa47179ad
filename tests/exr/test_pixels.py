"""Decoded pictures: values, levels, windows, colors and errors."""

from __future__ import annotations

import os
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.gui.preview.layers import list_layers
from exr_inspector_app.model import Box2i
from tests.exr.pictures import cut, scene, write_picture, write_tiled, write_twice
from tests.exr_files import MAGIC, channel_list, part_header, write_exr
from tests.exr_files.zoo import zoo


def test_picture_has_the_values_of_the_file(decoder: Decoder, tmp_path: Path) -> None:
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


def test_channels_have_the_requested_order(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(20, 30, 6)
    path = write_picture(tmp_path / "a.exr", pixels, ("R", "G", "B", "spec.R", "spec.G", "spec.B"))
    picture = decoder.picture(PictureRequest(str(path), channels=("spec.B", "R")))
    assert np.array_equal(picture.pixels, pixels[..., [5, 0]])


def test_uint_values_are_exact(decoder: Decoder, tmp_path: Path) -> None:
    ids = np.arange(600, dtype=np.uint32).reshape(20, 30) * 7
    path = write_picture(tmp_path / "ids.exr", {"id": ids, "Z": ids.astype(np.float32) / 4})
    picture = decoder.picture(PictureRequest(str(path), channels=("Z", "id")))
    assert np.array_equal(picture.pixels[..., 1], ids)
    assert np.array_equal(picture.pixels[..., 0], ids / 4)
    small = decoder.picture(PictureRequest(str(path), channels=("id",), max_size=(10, 10)))
    assert np.array_equal(small.pixels[..., 0], ids[::3, ::3])


def test_reduced_picture_has_the_means_of_blocks(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(45, 64)
    path = write_picture(tmp_path / "a.exr", pixels, compression="zips")
    picture = decoder.picture(PictureRequest(str(path), max_size=(16, 100)))
    assert (picture.pixels.shape, picture.scale, picture.factor) == ((12, 16, 3), (4, 4), 4)
    assert np.allclose(picture.pixels[:11], pixels[:44].reshape(11, 4, 16, 4, 3).mean((1, 3)), atol=1e-5)
    assert np.allclose(picture.pixels[11], pixels[44].reshape(16, 4, 3).mean(1), atol=1e-5)


def test_file_without_pixels_is_an_error(decoder: Decoder, tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", present=0)
    with pytest.raises(PixelsError, match="Part 0: none of the pixels"):
        decoder.picture(PictureRequest(str(path)))


def test_windows_off_the_origin_are_returned(decoder: Decoder, tmp_path: Path) -> None:
    windows = {"dataWindow": ((-5, 7), (24, 26)), "displayWindow": ((0, 0), (99, 49))}
    pixels = scene(20, 30)
    picture = decoder.picture(PictureRequest(str(write_picture(tmp_path / "a.exr", pixels, **windows))))
    assert picture.data_window == Box2i(-5, 7, 24, 26)
    assert picture.display_window == Box2i(0, 0, 99, 49)
    assert np.array_equal(picture.pixels, pixels)


def test_level_is_decoded(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(64, 128)
    path = str(write_tiled(tmp_path / "mip.exr", pixels, levels=True))
    picture = decoder.picture(PictureRequest(path, level=(2, 2)))
    assert np.array_equal(picture.pixels, pixels[::4, ::4])
    assert (picture.scale, picture.factor, picture.data_window) == ((4, 4), 1, Box2i(0, 0, 127, 63))
    with pytest.raises(PixelsError, match="no level 9, 9: it has levels 0, 0 to 7, 7"):
        decoder.picture(PictureRequest(path, level=(9, 9)))


def test_missing_part_channel_or_file_is_an_error(decoder: Decoder, tmp_path: Path) -> None:
    path = str(write_picture(tmp_path / "a.exr", scene(8, 8)))
    for request, message in {
        PictureRequest(path, part_index=3): "no part 3; the file has 1",
        PictureRequest(path, channels=("crypto00.R",)): "no channel crypto00.R",
        PictureRequest(str(tmp_path / "none.exr")): "no such file",
    }.items():
        with pytest.raises(PixelsError, match=message):
            decoder.picture(request)


def test_luminance_and_chroma_are_converted_to_rgb(decoder: Decoder, tmp_path: Path) -> None:
    light = (np.sin(np.arange(64) / 9) + 1.5).astype(np.float16)
    head = MAGIC + struct.pack("<I", 2)
    channels = ("chlist", channel_list(["BY", "RY", "Y"], {"BY": 2, "RY": 2}))
    head += part_header(width=64, height=48, attributes={"channels": channels})
    chroma = np.repeat(np.float16([-0.25, 0.5]), 32).tobytes()  # of every other line: BY, then RY
    stored = [(chroma if y % 2 == 0 else b"") + light.tobytes() for y in range(48)]
    lines = b"".join(struct.pack("<ii", y, len(line)) + line for y, line in enumerate(stored))
    even, odd = 8 + 128 + 128, 8 + 128
    starts = [len(head) + 48 * 8 + y // 2 * (even + odd) + y % 2 * even for y in range(48)]
    path = tmp_path / "yc.exr"
    path.write_bytes(head + struct.pack("<48Q", *starts) + lines)
    pixels = decoder.picture(PictureRequest(str(path))).pixels[24, 8:56]
    y = light[8:56].astype(np.float32)
    red, blue = 1.5 * y, 0.75 * y  # RY is (R - Y) / Y, BY is (B - Y) / Y
    green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152
    assert np.abs(pixels - np.stack([red, green, blue], axis=1)).max() < 0.01


def test_luminance_and_chroma_are_decoded_in_any_part(decoder: Decoder, corpus: Path, tmp_path: Path) -> None:
    single = corpus / "LuminanceChroma/CrissyField.exr"
    expected = decoder.picture(PictureRequest(str(single)))
    path, ends = write_twice(tmp_path / "a.exr", single)
    for part in (0, 1):
        picture = decoder.picture(PictureRequest(str(path), part))
        assert picture.channels == expected.channels
        assert np.array_equal(picture.pixels, expected.pixels)
    os.truncate(path, ends[-2])  # without the last chunk
    picture = decoder.picture(PictureRequest(str(path), 1))
    first = picture.missing[0].min_y - picture.data_window.min_y
    assert picture.missing[0].max_y == picture.data_window.max_y
    assert 0 < first < len(expected.pixels)
    assert np.array_equal(picture.pixels[: first - 16], expected.pixels[: first - 16])


def test_luminance_and_chroma_are_decoded_as_rgb_and_alpha_only(decoder: Decoder, tmp_path: Path) -> None:
    sampling = {"BY": 2, "RY": 2}
    path = str(write_exr(tmp_path / "a.exr", channels=["A", "BY", "RY", "Y"], sampling=sampling))
    assert decoder.picture(PictureRequest(path)).channels == ("R", "G", "B", "A")
    assert decoder.picture(PictureRequest(path, channels=("A",))).channels == ("A",)
    assert [row.name for row in decoder.stats(path)] == ["R", "G", "B", "A"]
    with pytest.raises(PixelsError, match=r"^RY: luminance and chroma can only be read as RGB"):
        decoder.picture(PictureRequest(path, channels=("RY",)))
    (layer,) = list_layers(inspect_file(path))
    assert (layer.channels, layer.note) == (("R", "G", "B", "A"), "RGBA from luminance and chroma")
    assert decoder.picture(PictureRequest(path, 0, layer.channels)).channels == ("R", "G", "B", "A")


def test_luminance_and_chroma_match_the_rgb_file(decoder: Decoder, corpus: Path) -> None:
    for name in ("Rec709", "XYZ"):
        expected = decoder.picture(PictureRequest(str(corpus / f"Chromaticities/{name}.exr"))).pixels
        picture = decoder.picture(PictureRequest(str(corpus / f"Chromaticities/{name}_YC.exr")))
        assert np.abs(picture.pixels.mean((0, 1)) - expected.mean((0, 1))).max() < 0.002
        assert np.median(np.abs(picture.pixels - expected)) < 0.01
        assert "luminance" in picture.warning.lower()


@pytest.mark.skipif(os.name != "posix", reason="names of other systems are Unicode")
@pytest.mark.parametrize(
    "name", [b"caf\xe9.exr", b"no extension", b"beauty.jpg", b"beauty.%04d.exr", b"beauty.exr.tmp"]
)
def test_file_name_may_be_anything(decoder: Decoder, tmp_path: Path, name: bytes) -> None:
    pixels = scene(8, 9)
    path = os.fsencode(tmp_path) + b"/" + name
    shutil.copy(write_picture(tmp_path / "a.exr", pixels), path)
    assert np.array_equal(decoder.picture(PictureRequest(os.fsdecode(path))).pixels, pixels)


def test_pixel_has_the_value_of_the_file(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(50, 70, 4)
    pixels[20, 30] = [np.nan, np.inf, -np.inf, 2.5]
    windows = {"dataWindow": ((-10, 5), (59, 54))}
    lines = write_picture(tmp_path / "lines.exr", pixels, **windows)
    for x, y in ((-10, 5), (59, 54), (20, 25)):
        values = decoder.pixel(PictureRequest(str(lines), channels=("A", "R", "B")), (x, y))
        assert np.array_equal(np.float32(values), pixels[y - 5, x + 10, [3, 0, 2]], equal_nan=True)
    tiles = str(write_tiled(tmp_path / "tiles.exr", scene(50, 70), levels=True))
    for x, y in ((0, 0), (69, 49), (17, 33)):
        assert decoder.pixel(PictureRequest(tiles), (x, y)) == tuple(scene(50, 70)[y, x])
    level = decoder.picture(PictureRequest(tiles, level=(1, 1))).pixels
    assert decoder.pixel(PictureRequest(tiles, level=(1, 1)), (69, 1)) == tuple(level[0, 34])
    assert decoder.pixel(PictureRequest(str(cut(lines, 0.6))), (0, 54)) is None
    with pytest.raises(PixelsError, match=r"data window of part 0 has no pixel 60, 5\.$"):
        decoder.pixel(PictureRequest(str(lines)), (60, 5))


def test_every_kind_of_file_is_decoded_or_an_error(decoder: Decoder, tmp_path: Path) -> None:
    errors: dict[str, str] = {}
    path = tmp_path / "a.exr"
    for name, data in zoo().items():
        path.write_bytes(data)
        try:
            decoder.picture(PictureRequest(str(path), max_size=(64, 64)))
        except PixelsError as error:
            errors[name] = error.sentence
    assert not [name for name, text in errors.items() if any(word in text for word in ("bug", "crashed", "was killed"))]
    assert len(errors) < len(zoo()) * 0.3


@pytest.mark.parametrize("name", ["a.exr", "a"])  # OpenImageIO gives the reason only for files with the extension
def test_reasons_of_openimageio_become_sentences(decoder: Decoder, tmp_path: Path, name: str) -> None:
    odd = {"width": 5, "height": 5, "channels": ["BY", "RY", "Y"], "sampling": {"BY": 2, "RY": 2}}
    for facts, sentence in (
        ({"width": 2_000_000, "height": 1}, "more pixels in one direction than the limit"),
        (odd, "OpenEXR rejects the header"),
    ):
        (tmp_path / name).write_bytes(MAGIC + struct.pack("<i", 2) + part_header(**facts))
        with pytest.raises(PixelsError, match=sentence):
            decoder.picture(PictureRequest(str(tmp_path / name)))


def test_part_may_have_thousands_of_channels(decoder: Decoder, tmp_path: Path) -> None:
    channels = {f"light{n:04}.R": np.full((2, 3), n, np.float16) for n in range(2000)}
    path = write_picture(tmp_path / "a.exr", channels)
    picture = decoder.picture(PictureRequest(str(path), channels=("light1999.R", "light0007.R")))
    assert picture.pixels[1, 2].tolist() == [1999, 7]
    assert len(decoder.stats(str(path))) == 2000


def test_channels_together_may_exceed_memory(decoder: Decoder, tmp_path: Path) -> None:
    side, path = 20_000, tmp_path / "a.exr"
    facts = {"width": side, "height": side, "channels": [(f"light{n:03}.R", "float") for n in range(100)]}
    path.write_bytes(MAGIC + struct.pack("<i", 2) + part_header(**facts))
    os.truncate(path, path.stat().st_size + 8 * side + 2**30)  # a sparse file whose last chunks were written first
    with pytest.raises(PixelsError, match="Part 0: none of the pixels are in the file"):
        decoder.picture(PictureRequest(str(path), channels=("light007.R",), max_size=(64, 64)))
