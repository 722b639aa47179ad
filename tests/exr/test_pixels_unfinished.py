"""What a picture shows of files that are unfinished or damaged: what is good of them."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.pixels.decoder import Decoder, PictureRequest
from exr_inspector_app.model import Box2i
from tests.exr.pictures import cut, scene, write_picture, write_tiled
from tests.exr_files import MAGIC, exr_bytes, part_header


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


def test_a_large_file_that_has_just_begun_is_not_called_malicious(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(MAGIC + struct.pack("<i", 2) + part_header(width=30_000, height=30_000) + bytes(8 * 30_000))
    with pytest.raises(PixelsError) as caught:
        decoder.picture(PictureRequest(str(path), max_size=(64, 64)))
    size = path.stat().st_size
    assert str(caught.value) == (
        f"The file claims 5,149 MB of pixels but holds only {size:,} bytes; it is incomplete or damaged."
    )
