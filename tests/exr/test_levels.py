"""Levels of mip- and ripmaps: each has its own pixels, and damage in one affects only that one."""

from __future__ import annotations

import os
import struct
import tempfile
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.chunks.levels import level_sizes
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.decoding import level_extractor
from exr_inspector_app.exr.pixels.decoding.level_extractor import ExtractedLevelCache, write_level
from exr_inspector_app.exr.pixels.request import PixelRequestError
from exr_inspector_app.exr.pixels.worker_main import open_image
from exr_inspector_app.model import Box2i
from tests.exr.pictures import Levels, scene, write_ripmap
from tests.exr_files import exr_bytes
from tests.exr_files.writing import Tiles
from tests.exr_files.zoo import zoo


def levels_of(width: int, height: int, *, up: bool) -> Levels:
    """Return different pixels for every level of a ripmap."""

    def sizes(size: int) -> list[int]:
        sizes_down = [size]
        while sizes_down[-1] > 1:
            sizes_down.append(-(-size // 2 ** len(sizes_down)) if up else size // 2 ** len(sizes_down))
        return sizes_down

    return {
        (x, y): scene(high, wide, seed=100 * x + y)
        for y, high in enumerate(sizes(height))
        for x, wide in enumerate(sizes(width))
    }


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("up", [False, True])
def test_every_level_of_a_ripmap_has_its_own_pixels(decoder: Decoder, tmp_path: Path, up: bool, zipped: bool) -> None:
    levels = levels_of(45, 27, up=up)
    path = write_ripmap(tmp_path / "rip.exr", levels, 8, up, zipped=zipped)
    assert [size[:2] for size in level_sizes(inspect_file(str(path)).parts[0])] == list(levels)
    for level, pixels in levels.items():
        picture = decoder.picture(PictureRequest(str(path), level=level))
        assert np.array_equal(picture.pixels, pixels), level
        assert picture.scale == (45 / pixels.shape[1], 27 / pixels.shape[0])
        assert (picture.data_window, picture.missing) == (Box2i(0, 0, 44, 26), ())
    with pytest.raises(PixelsError, match=r"no level 1, 9: it has levels 0, 0 to \d, \d"):
        decoder.picture(PictureRequest(str(path), level=(1, 9)))


def test_level_begins_at_its_data_window(decoder: Decoder, tmp_path: Path) -> None:
    path = write_ripmap(tmp_path / "rip.exr", levels_of(16, 8, up=False), data_window=(-7, 30, 8, 37))
    picture = decoder.picture(PictureRequest(str(path), level=(2, 0)))
    assert (picture.data_window, picture.scale) == (Box2i(-7, 30, 8, 37), (4, 1))


def test_copied_tile_is_limited_to_its_pixels(tmp_path: Path) -> None:
    path = write_ripmap(tmp_path / "rip.exr", levels_of(64, 32, up=False))
    data = bytearray(path.read_bytes())
    at = data.index(struct.pack("<4i", 1, 0, 1, 0)) + 16
    data[at : at + 4] = struct.pack("<i", 50_000_000)
    path.write_bytes(data)
    os.truncate(path, 60_000_000)
    target = tmp_path / "level.exr"
    write_level(str(path), inspect_file(str(path)).parts[0], (1, 0), str(target))
    assert target.stat().st_size < 10_000


def test_missing_tile_is_missing_at_its_position(decoder: Decoder, tmp_path: Path) -> None:
    levels = levels_of(64, 32, up=False)
    path = write_ripmap(tmp_path / "rip.exr", levels)
    data = bytearray(path.read_bytes())
    head = struct.pack("<4i", 1, 0, 1, 0)  # the second tile of level 1, 0
    at = data.index(head)
    data[at : at + 4] = struct.pack("<i", 77)
    path.write_bytes(data)
    picture = decoder.picture(PictureRequest(str(path), level=(1, 0)))
    assert picture.missing == (Box2i(32, 0, 63, 15),)
    assert not picture.pixels[:16, 16:].any()
    assert np.array_equal(picture.pixels[:, :16], levels[1, 0][:, :16])
    assert decoder.picture(PictureRequest(str(path), level=(1, 1))).missing == ()


def test_tiles_larger_than_the_file_are_missing(decoder: Decoder, tmp_path: Path) -> None:
    path = write_ripmap(tmp_path / "rip.exr", levels_of(64, 32, up=False))
    data = path.read_bytes()
    at = data.index(struct.pack("<5i", 0, 0, 1, 1, 16 * 16 * 6))
    for size in (-1, 2**31 - 1, len(data), 0):
        path.write_bytes(data[: at + 16] + struct.pack("<i", size) + data[at + 20 :])
        picture = decoder.picture(PictureRequest(str(path), level=(1, 1)))
        assert picture.missing == (Box2i(0, 0, 31, 31),), size
    path.write_bytes(data[: at + 100])
    with pytest.raises(PixelsError, match=r"^Part 0: none of the pixels are in the file"):
        decoder.picture(PictureRequest(str(path), level=(1, 2)))


def test_undecodable_level_has_one_sentence(decoder: Decoder, tmp_path: Path) -> None:
    path = write_ripmap(tmp_path / "rip.exr", levels_of(16, 16, up=False))
    data = path.read_bytes()
    compression = b"compression\0compression\0" + struct.pack("<i", 1)
    for old, new, pattern in (
        (compression + b"\0", compression + b"\x63", "Cannot decode part 0: unknown compression"),
        (compression, compression.replace(b"n\0", b"m\0", 1), "Cannot decode part 0: unknown compression"),
        (b"\0G\0\1", b"\0G\0\7", "Cannot decode part 0: unknown pixel type unknown"),
    ):
        assert data.count(old) == 1
        path.write_bytes(data.replace(old, new))
        with pytest.raises(PixelsError, match=pattern):
            decoder.picture(PictureRequest(str(path), level=(1, 0)))


@pytest.mark.parametrize("name", [name for name in zoo() if "ripmap" in name])
def test_every_kind_of_ripmap_is_decoded(decoder: Decoder, tmp_path: Path, name: str) -> None:
    path = tmp_path / "rip.exr"
    path.write_bytes(zoo()[name])
    for part in inspect_file(str(path)).parts:
        sizes = level_sizes(part)
        assert len(sizes) in (12, 20)
        for x, y, width, height in sizes:
            picture = decoder.picture(PictureRequest(str(path), part.index, level=(x, y)))
            assert picture.pixels.shape[:2] == (height, width)
            assert picture.missing == ()


def test_channels_of_any_name_are_in_every_level(decoder: Decoder, tmp_path: Path) -> None:
    names = ["n" * 200 + ".R", ("id", "uint"), "ä.ö"]
    facts = {"kind": "tiledimage", "tiles": Tiles(4, 4, "ripmap_levels"), "channels": names}
    path = tmp_path / "rip.exr"
    path.write_bytes(exr_bytes((facts,), flags=0x400))
    request = PictureRequest(str(path), channels=("n" * 200 + ".R", "id", "ä.ö"), level=(1, 2))
    assert decoder.picture(request).pixels.shape == (2, 4, 3)


@pytest.mark.parametrize("name", ["ColorCodedLevels", "StageEnvLatLong", "Bonita"])
def test_mipmap_levels_equal_those_of_openimageio(decoder: Decoder, corpus: Path, name: str) -> None:
    path = str(corpus / f"MultiResolution/{name}.exr")
    sizes = level_sizes(inspect_file(path).parts[0])
    image = oiio.ImageInput.open(path)
    for n, (x, y, width, height) in enumerate(sizes):
        assert image.seek_subimage(0, n)
        assert (x, y, width, height) == (n, n, image.spec().width, image.spec().height)
        shown = decoder.picture(PictureRequest(path, level=(n, n)))
        expected = image.read_image(0, n, 0, 4, oiio.FLOAT)[..., [0, 1, 2]]
        assert np.array_equal(shown.pixels[..., :3], expected)
    assert not image.seek_subimage(0, len(sizes))


def test_level_is_copied_once_per_file_version_with_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = write_ripmap(tmp_path / "rip.exr", levels_of(64, 32, up=False))
    part, beats = inspect_file(str(path)).parts[0], list[int]()
    cache = ExtractedLevelCache()

    def level(number: tuple[int, int]) -> tuple[str, int]:
        beats.clear()
        name, alone = cache.get(str(path), part, number, lambda: beats.append(1))
        assert inspect_file(name).is_complete
        assert alone.data_window is not None
        return name, alone.data_window.width

    first, width = level((1, 0))
    assert (width, len(beats)) == (32, 2 * 2 * 2)  # 32 by 32 pixels in tiles of 16, before and after each is read
    assert level((1, 0)) == (first, 32)
    assert beats == []
    assert level((2, 0))[1] == 16
    assert beats
    os.utime(path, ns=(1, 1))
    assert level((2, 0))[1] == 16
    assert beats
    path.unlink()
    with pytest.raises(PixelRequestError, match="No such file"):
        level((2, 0))


def test_large_tile_is_read_in_pieces_with_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_ripmap(tmp_path / "rip.exr", levels_of(64, 64, up=False), 64)
    monkeypatch.setattr(level_extractor, "_READ_BYTES", 1000)
    beats: list[int] = []
    target = str(tmp_path / "level.exr")
    write_level(str(path), inspect_file(str(path)).parts[0], (1, 1), target, lambda: beats.append(1))
    assert len(beats) == 1 + -(-32 * 32 * 6 // 1000)
    assert inspect_file(target).is_complete


def test_opening_a_ripmap_level_reports_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = write_ripmap(tmp_path / "rip.exr", levels_of(64, 32, up=False))
    beats: list[int] = []
    raster = open_image(str(path), inspect_file(str(path)).parts[0], (1, 0), ("R", "G", "B"), lambda: beats.append(1))
    assert (raster.box, len(beats)) == (Box2i(0, 0, 31, 31), 8)
