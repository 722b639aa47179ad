"""Decoded pictures of unfinished and damaged files: the readable pixels."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.model import Box2i
from tests.exr.pictures import cut, scene, write_picture, write_tiled
from tests.exr_files import MAGIC, exr_bytes, part_header


@pytest.mark.parametrize("compression", ["none", "zips", "zip", "piz", "dwaa"])
def test_unfinished_file_shows_its_written_rows(decoder: Decoder, tmp_path: Path, compression: str) -> None:
    complete = write_picture(tmp_path / "a.exr", scene(200, 90), compression=compression)
    full = decoder.picture(PictureRequest(str(complete))).pixels
    picture = decoder.picture(PictureRequest(str(cut(complete, 0.5))))
    (missing,) = picture.missing
    assert (missing.min_x, missing.max_x, missing.max_y) == (0, 89, 199)
    assert 60 <= missing.min_y <= 140
    assert np.array_equal(picture.pixels[: missing.min_y], full[: missing.min_y])
    assert not picture.pixels[missing.min_y :].any()


def test_unfinished_tiled_file_shows_its_written_tiles(decoder: Decoder, tmp_path: Path) -> None:
    pixels = scene(64, 80)
    picture = decoder.picture(PictureRequest(str(cut(write_tiled(tmp_path / "t.exr", pixels), 0.6))))
    present = np.ones((64, 80), bool)
    for box in picture.missing:
        present[box.min_y : box.max_y + 1, box.min_x : box.max_x + 1] = False
    assert 0.3 < present.mean() < 0.8
    assert np.array_equal(picture.pixels[present], pixels[present])
    assert not picture.pixels[~present].any()


def test_chunks_beyond_the_counting_limit_are_shown_without_an_offset_table(decoder: Decoder, tmp_path: Path) -> None:
    facts = {"width": 2050, "height": 5200, "channels": ["Y"]}  # each line needs a read, and there are too many
    data = exr_bytes((facts,), present=5100)
    table = len(MAGIC) + 4 + len(part_header(**facts))
    path = tmp_path / "a.exr"
    path.write_bytes(data[:table] + bytes(8 * 5200) + data[table + 8 * 5200 :])
    assert inspect_file(str(path)).parts[0].chunks_present is None
    assert decoder.picture(PictureRequest(str(path))).missing == (Box2i(0, 5100, 2049, 5199),)


def test_damaged_chunk_affects_its_rows_only(decoder: Decoder, tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.exr", scene(64, 90), compression="zip")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    path.write_bytes(data)
    picture = decoder.picture(PictureRequest(str(path)))
    assert [box.height for box in picture.missing] == [16]


def samples_of(buffer: oiio.ImageBuf, name: str, rows: range) -> list[float]:
    """Return the samples of a channel in some rows of a deep image, counted from the top."""
    deep, channel, width = buffer.deepdata(), buffer.spec().channelindex(name), buffer.spec().width
    pixels = range(rows.start * width, rows.stop * width)
    return [deep.deep_value(pixel, channel, index) for pixel in pixels for index in range(deep.samples(pixel))]


@pytest.mark.parametrize("name", ["v2/LowResLeftView/Balls.exr", "v2/LowResLeftView/Leaves.exr"])
def test_unfinished_deep_file_shows_its_written_rows(decoder: Decoder, corpus: Path, tmp_path: Path, name: str) -> None:
    complete = tmp_path / "deep.exr"
    shutil.copy(corpus / name, complete)
    full = decoder.picture(PictureRequest(str(complete)))
    picture = decoder.picture(PictureRequest(str(cut(complete, 0.6))))
    (missing,) = picture.missing
    written = missing.min_y - full.data_window.min_y
    assert 50 < written < full.data_window.height - 50
    assert np.array_equal(picture.pixels[:written], full.pixels[:written])
    assert not picture.pixels[written:].any()
    buffer = oiio.ImageBuf(str(complete))
    flat = oiio.ImageBufAlgo.flatten(buffer).get_pixels(oiio.FLOAT)
    assert np.array_equal(full.pixels, flat[..., :4])
    stats = {row.name: row for row in decoder.stats(str(cut(complete, 0.6)))}
    values = samples_of(buffer, "A", range(written))
    assert (stats["A"].min, stats["A"].max) == (min(values), max(values))
    assert stats["A"].mean == pytest.approx(np.mean(values))
    assert stats["A"].lost_count == missing.width * missing.height


def test_large_file_that_has_just_begun_is_not_called_malicious(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(MAGIC + struct.pack("<i", 2) + part_header(width=30_000, height=30_000) + bytes(8 * 30_000))
    with pytest.raises(PixelsError) as caught:
        decoder.picture(PictureRequest(str(path), max_size=(64, 64)))
    size = path.stat().st_size
    assert str(caught.value) == (
        f"The file claims 5,149 MB of pixels but holds only {size:,} bytes; it is incomplete or damaged."
    )
