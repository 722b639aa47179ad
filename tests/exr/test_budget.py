"""Budgets of operations: bombs, sparse files and very large pictures."""

from __future__ import annotations

import struct
import zlib
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app.errors import DecodeLimitError, PixelsError
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.decoding.budget_meter import allocated_bytes, max_copy_bytes
from exr_inspector_app.exr.pixels.decoding.level_extractor import write_level
from exr_inspector_app.exr.pixels.decoding.sampled_image import TOO_LARGE, FrameSampler
from exr_inspector_app.exr.pixels.decoding.strip_reader import Dtype, Rows
from exr_inspector_app.exr.pixels.operation_budget import STATISTICS_BUDGET, THUMBNAIL_BUDGET, Budget
from exr_inspector_app.exr.pixels.thumbnail_cache import ThumbnailCache
from exr_inspector_app.model import Box2i
from tests.exr.pictures import scene, write_picture

LINES, DWAB = 16, 9  # lines of a ZIP chunk, and the number of a compression with chunks of 256 lines


def attribute(name: bytes, kind: bytes, value: bytes) -> bytes:
    return name + b"\0" + kind + b"\0" + struct.pack("<i", len(value)) + value


def header(width: int, height: int, compression: int, names: tuple[bytes, ...] = (b"Y",)) -> bytes:
    channels = b"".join(name + b"\0" + struct.pack("<iB3xii", 1, 0, 1, 1) for name in names) + b"\0"
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    return b"v/1\x01\x02\0\0\0" + b"".join(
        [
            attribute(b"channels", b"chlist", channels),
            attribute(b"compression", b"compression", bytes([compression])),
            attribute(b"dataWindow", b"box2i", window),
            attribute(b"displayWindow", b"box2i", window),
            attribute(b"lineOrder", b"lineOrder", b"\0"),
            attribute(b"pixelAspectRatio", b"float", struct.pack("<f", 1)),
            attribute(b"screenWindowCenter", b"v2f", bytes(8)),
            attribute(b"screenWindowWidth", b"float", struct.pack("<f", 1)),
            b"\0",
        ]
    )


def write_black(path: Path, width: int, height: int) -> Path:
    """Write a black ZIP picture, whose chunks are valid and a thousand times smaller than their pixels."""
    head, count = header(width, height, 3), height // LINES
    packed = zlib.compress(b"\0" + b"\x80" * (width * 2 * LINES - 1), 9)  # the predictor makes this of zeros
    chunks = b"".join(struct.pack("<ii", row * LINES, len(packed)) + packed for row in range(count))
    start = len(head) + 8 * count
    table = np.arange(start, start + len(chunks), 8 + len(packed), dtype="<u8")
    path.write_bytes(head + table.tobytes() + chunks)
    return path


def write_hole(path: Path, width: int, height: int, size: int, compression: int = 0) -> Path:
    """Write a header and an empty offset table in front of a hole."""
    with path.open("wb") as file:
        file.write(header(width, height, compression, (b"B", b"G", b"R")))
        file.truncate(size)
    return path


@pytest.fixture(scope="module")
def bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_black(tmp_path_factory.mktemp("bomb") / "bomb.exr", 20_000, 20_000)


def test_statistics_of_a_bomb_end_at_the_ratio(decoder: Decoder, bomb: Path) -> None:
    with pytest.raises(DecodeLimitError, match="times larger"):
        decoder.stats(str(bomb), budget=STATISTICS_BUDGET._replace(ratio_bytes=2**28))


@pytest.mark.parametrize("budget", [Budget(0.0, 99.0, 2**40), Budget(99.0, 0.0, 2**40), Budget(99.0, 99.0, 1000)])
def test_each_limit_ends_a_request(decoder: Decoder, bomb: Path, budget: Budget) -> None:
    with pytest.raises(DecodeLimitError, match="limit"):
        decoder.stats(str(bomb), budget=budget)


def test_large_picture_is_sampled_for_its_thumbnail(decoder: Decoder, bomb: Path) -> None:
    small = decoder.thumbnail(str(bomb), budget=THUMBNAIL_BUDGET._replace(wall_s=60.0, cpu_s=60.0))
    assert small.size == (318, 318)
    with pytest.raises(PixelsError, match=TOO_LARGE):
        decoder.thumbnail(str(bomb), budget=Budget(60.0, 60.0, LINES * 20_000 - 1))


class Gradient:
    """Image whose rows have the values of their y."""

    box = Box2i(0, 0, 99, 999)
    chunk_size = (100, 10)
    channel_count = 1
    dtype: Dtype = np.float32

    def __init__(self) -> None:
        self.reads = 0

    def read(self, box: Box2i) -> Rows:
        self.reads += 1
        lines = np.arange(box.min_y, box.max_y + 1, dtype=np.float32)
        return np.broadcast_to(lines[:, None, None], (box.height, box.width, 1))

    def is_absent(self, box: Box2i) -> bool:
        return box.min_y == 0


@pytest.mark.parametrize("means", [True, False])
def test_samples_are_spread_over_the_frame(means: bool) -> None:
    image = Gradient()
    sampler = FrameSampler(image, Box2i(0, 0, 99, 999), Box2i(-50, 0, 149, 999), 5, means=means)
    pixels = sampler.read(20 * 100 * 10, lambda: None)[..., 0]
    assert pixels.shape == (200, 40)
    assert image.reads == 19  # of 100 rows of chunks; the first one is not in the file
    assert sampler.missing == (Box2i(0, 0, 99, 9),)
    assert (pixels[:, :10] == 0).all()
    assert (pixels[:, 30:] == 0).all()
    expected = np.arange(200) * 5 + (2 if means else 0)
    assert np.abs(pixels[10:, 15] - expected[10:]).max() <= 50
    assert pixels[30, 15] == (152 if means else 150)  # within a sample


def test_absent_chunks_cost_nothing(decoder: Decoder, tmp_path: Path) -> None:
    path = write_hole(tmp_path / "hole.exr", 1_000_000, 3_000, 10**10)
    assert allocated_bytes(str(path)) < 100_000
    budget = STATISTICS_BUDGET._replace(pixels=0)
    stats = decoder.stats(str(path), budget=budget)
    assert [row.lost_count for row in stats] == [3 * 10**9] * 3
    with pytest.raises(PixelsError, match="none of the pixels"):
        decoder.thumbnail(str(path), budget=THUMBNAIL_BUDGET._replace(wall_s=60.0, cpu_s=60.0))
    with pytest.raises(PixelsError, match="none of the pixels"):
        decoder.picture(PictureRequest(str(path), max_size=(100, 100)))


def test_slow_pictures_come_last_and_failures_are_remembered(bomb: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.exr"
    damaged.write_bytes(b"v/1\x01\x02\0\0\0nothing")
    wide = write_hole(tmp_path / "wide.exr", 300_000, 512, 10**9, DWAB)  # chunks of more than 64 million pixels
    good = write_picture(tmp_path / "good.exr", scene(90, 160))
    cache, paths = ThumbnailCache(tmp_path / "cache"), [str(path) for path in (wide, damaged, good)]
    with closing(Decoder()) as decoder:
        results = dict(cache.get_many(paths, decoder))
        assert list(results) == [str(damaged), str(good), str(wide)]
        assert results[str(wide)] == TOO_LARGE
        again = dict(cache.get_many([str(damaged), str(wide)], decoder))
    assert again == {path: results[path] for path in (str(damaged), str(wide))}
    assert len(list((tmp_path / "cache").glob("??/*.failed"))) == 2
    write_picture(damaged, scene(90, 160))
    with closing(Decoder()) as decoder:
        ((_, image),) = cache.get_many([str(damaged)], decoder)
    assert not isinstance(image, str)


def test_copies_are_bounded_by_what_is_stored(tmp_path: Path) -> None:
    width, height = 4_000_000, 20
    path, head = tmp_path / "claims.exr", header(4_000_000, 20, 0)
    start = len(head) + 8 * height
    with path.open("wb") as file:
        file.write(head + struct.pack(f"<{height}Q", *(start + y * (8 + 2 * width) for y in range(height))))
        for y in range(height):
            file.seek(start + y * (8 + 2 * width))
            file.write(struct.pack("<ii", y, 2 * width))
        file.truncate(start + height * (8 + 2 * width))
    (part,) = inspect_file(str(path)).parts
    write_level(str(path), part, (0, 0), str(tmp_path / "level.exr"))
    assert (tmp_path / "level.exr").stat().st_size <= max_copy_bytes(str(path)) + 1000 < 20_000_000
