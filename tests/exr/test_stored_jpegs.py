"""Decoding of stored thumbnails: JPEG alone, of bounded size, in the worker process."""

from __future__ import annotations

import ast
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import exr_inspector_app.gui
from exr_inspector_app.contracts import MAX_THUMBNAIL_BYTES
from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.decoding.jpeg_header import JpegError, jpeg_size
from exr_inspector_app.exr.pixels.thumbnail_cache import ThumbnailCache
from tests.exr.pictures import scene, write_picture

_FORMAT_GUESSING = {"fromData", "loadFromData", "QImageReader", "QMovie"}


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(25 * 8))) + chunk(b"IEND", b"")


@pytest.fixture
def jpeg(decoder: Decoder, tmp_path: Path) -> bytes:
    return decoder.thumbnail(str(write_picture(tmp_path / "a.exr", scene(90, 160)))).data


def with_size(jpeg: bytes, width: int, height: int) -> bytes:
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


def with_scans(jpeg: bytes, count: int) -> bytes:
    start = jpeg.index(b"\xff\xda")
    return jpeg[:start] + (jpeg[start : start + 14] + b"\0") * count + jpeg[start:]


def hostile_blobs(jpeg: bytes) -> dict[str, bytes]:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>'
    return {
        "svg": svg,
        "png": png(),
        "png behind a JPEG mark": b"\xff\xd8\xff" + png(),
        "nothing": b"",
        "mark alone": b"\xff\xd8\xff",
        "cut": jpeg[: len(jpeg) // 8],
        "wide": with_size(jpeg, 8000, 8),
        "tall": with_size(jpeg, 8, 65_535),
        "no pixels": with_size(jpeg, 0, 90),
        "many scans": with_scans(jpeg, 40),
        "lossless": jpeg.replace(b"\xff\xc0", b"\xff\xc3"),
        "two frames": jpeg[:2] + jpeg[jpeg.index(b"\xff\xc0") : jpeg.index(b"\xff\xc0") + 19] + jpeg[2:],
        "large": jpeg + bytes(MAX_THUMBNAIL_BYTES),
    }


def test_stored_jpeg_becomes_rgb_bytes(decoder: Decoder, jpeg: bytes) -> None:
    image = decoder.decode_jpeg(jpeg)
    assert (image.width, image.height, len(image.data)) == (160, 90, 3 * 160 * 90)
    small = decoder.decode_jpeg(jpeg, max_size=(40, 40))
    assert (small.width, small.height) == (40, 23)
    full = np.frombuffer(image.data, np.uint8).reshape(90, 160, 3)
    reduced = np.frombuffer(small.data, np.uint8).reshape(23, 40, 3)
    assert np.abs(full.mean((0, 1)) - reduced.mean((0, 1))).max() < 3


def test_other_formats_and_sizes_are_refused(decoder: Decoder, jpeg: bytes) -> None:
    for name, blob in hostile_blobs(jpeg).items():
        error = None
        try:
            decoder.decode_jpeg(blob)
        except PixelsError as raised:
            error = raised
        if name != "cut":  # a decoder may show the lines before a cut
            assert error is not None, name
            assert (error.code, "thumbnail" in str(error)) == ("pixels", True), name
    assert decoder.decode_jpeg(jpeg).width == 160


def test_size_is_read_before_decoding(jpeg: bytes) -> None:
    assert jpeg_size(jpeg) == (160, 90)
    for blob in (with_size(jpeg, 1025, 90), with_scans(jpeg, 32), jpeg[:30]):
        with pytest.raises(JpegError):
            jpeg_size(blob)


def test_cached_thumbnail_that_is_no_jpeg_is_replaced(decoder: Decoder, tmp_path: Path) -> None:
    path = str(write_picture(tmp_path / "a.exr", scene(90, 160)))
    cache = ThumbnailCache(tmp_path / "cache")
    ((_, expected),) = cache.get_many([path], decoder)
    (stored,) = (tmp_path / "cache").glob("??/*.jpg")
    stored.write_bytes(png())
    ((_, image),) = cache.get_many([path], decoder)
    assert image == expected
    assert stored.read_bytes().startswith(b"\xff\xd8\xff")


def gui_names() -> Iterator[tuple[str, str]]:
    (folder,) = exr_inspector_app.gui.__path__
    for path in Path(folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                yield path.name, node.attr
            elif isinstance(node, ast.Name):
                yield path.name, node.id


def test_window_decodes_no_image_of_others() -> None:
    assert [(name, attribute) for name, attribute in gui_names() if attribute in _FORMAT_GUESSING] == []
