"""Chunk map of a part: its levels, and which chunks are present, never written, or cut off."""

from __future__ import annotations

from pathlib import Path

import OpenImageIO as oiio
import pytest

from exr_inspector_app.exr import chunk_map as maps
from exr_inspector_app.exr.chunk_map import ABSENT, BEYOND, PRESENT, UNKNOWN, chunk_map, chunk_offset, map_chunks
from exr_inspector_app.exr.chunks import offset_table
from exr_inspector_app.exr.parser.header import parse_header
from exr_inspector_app.exr.source.file_source import BytesSource
from tests.exr_files import MAGIC, exr_bytes, write_exr

TEN = ({"height": 10},)
CHUNK = 8 + 8 * 3 * 2  # bytes of one chunk of these files


def states(data: bytes, part: int = 0) -> list[int]:
    """Return the states of a part with one level."""
    (level,) = map_chunks(BytesSource(data, None), part)
    return list(level.states)


def table_of(data: bytes) -> int:
    end = parse_header(data, len(data)).end
    assert end is not None
    return end


def test_finished_file_has_every_chunk(tmp_path: Path) -> None:
    (level,) = chunk_map(str(write_exr(tmp_path / "a.exr", height=40, compression="zip")), 0)
    assert (level.level, level.columns, level.rows, level.states) == ((0, 0), 1, 3, bytes([PRESENT] * 3))


def test_unwritten_chunks_differ_from_chunks_after_the_end() -> None:
    assert states(exr_bytes(TEN, present=4)) == [PRESENT] * 4 + [ABSENT] * 6
    assert states(exr_bytes(TEN)[: -2 * CHUNK]) == [PRESENT] * 8 + [BEYOND] * 2


def test_chunks_without_an_offset_are_found() -> None:
    data = exr_bytes(TEN, present=4)
    table = table_of(data)
    assert states(data[:table] + bytes(80) + data[table + 80 :]) == [PRESENT] * 4 + [ABSENT] * 6


def test_chunks_that_cannot_be_scanned_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offset_table, "MAX_SCAN_READS", 1)
    data = exr_bytes(({"height": 100, "width": 500},), present=40)
    assert states(data) == [PRESENT] * 40 + [UNKNOWN] * 60


def test_chunks_after_a_cut_in_the_table_are_beyond() -> None:
    data = exr_bytes(TEN)
    assert states(data[: table_of(data) + 24]) == [BEYOND] * 10


def test_each_part_has_its_own_map() -> None:
    data = exr_bytes((*TEN, {"height": 6}), present=2)
    assert (states(data, 0), states(data, 1)) == ([PRESENT] * 10, [PRESENT] * 2 + [ABSENT] * 4)
    assert map_chunks(BytesSource(data, None), 2) == []


def test_texture_levels_are_in_table_order(tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    image = oiio.ImageBuf(oiio.ImageSpec(200, 100, 3, "half"))
    assert oiio.ImageBufAlgo.make_texture(oiio.MakeTxTexture, image, str(path)), oiio.geterror()
    levels = chunk_map(str(path), 0)
    grid = [(level.level, level.columns, level.rows) for level in levels[:3]]
    assert grid == [((0, 0), 4, 2), ((1, 1), 2, 1), ((2, 2), 1, 1)]
    assert all(set(level.states) == {PRESENT} for level in levels)
    data = bytearray(path.read_bytes())
    table = table_of(bytes(data))
    data[table + 8 * 9 : table + 8 * 10] = (2**40).to_bytes(8, "little")
    assert [list(level.states) for level in map_chunks(BytesSource(bytes(data), None), 0)][:3] == [
        [PRESENT] * 8,
        [PRESENT, BEYOND],
        [PRESENT],
    ]


@pytest.mark.parametrize("data", [b"", b"v/1\x01", b"hello world", MAGIC + b"\2\0\0\0channels\0", exr_bytes()[:200]])
def test_header_without_chunk_layout_has_no_map(data: bytes) -> None:
    assert map_chunks(BytesSource(data, None), 0) == []


def test_first_bytes_of_an_object_have_no_map() -> None:
    data = exr_bytes(TEN)
    assert map_chunks(BytesSource(data[:600], len(data)), 0) == []


def test_levels_with_too_many_chunks_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "MAX_MAP_CHUNKS", 9)
    assert map_chunks(BytesSource(exr_bytes(TEN), None), 0) == []


def test_pixel_outside_a_replaced_file_has_no_offset(tmp_path: Path) -> None:
    path = str(write_exr(tmp_path / "a.exr", height=10))
    assert chunk_offset(path, 0, 0, 9) == len(Path(path).read_bytes()) - CHUNK
    assert [chunk_offset(path, *position) for position in ((1, 0, 0), (0, 0, 10), (0, 0, -1), (0, 99, 0))] == [None] * 4


def test_zero_offset_is_no_position(tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    data = exr_bytes(TEN)
    table = table_of(data)
    path.write_bytes(data[:table] + bytes(80) + data[table + 80 :])
    assert chunk_offset(str(path), 0, 0, 0) is None
