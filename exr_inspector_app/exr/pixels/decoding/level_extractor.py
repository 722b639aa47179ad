"""Level extractor: copies one level of a part into a separate EXR file, and caches the last one.

OpenImageIO reads only the full size of ripmaps, and luminance/chroma of the unnamed layer of the first part only. The
chunks are copied as they are stored; the header holds just what decoding them needs.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import takewhile
from struct import Struct, pack
from typing import BinaryIO, TypeAlias

import numpy as np

from exr_inspector_app.exr.chunk_map import MAX_MAP_CHUNKS, ChunkTables, read_tables
from exr_inspector_app.exr.chunks.layout import LINES_PER_CHUNK, Level, chunk_levels
from exr_inspector_app.exr.chunks.levels import level_sizes, missing_level_message
from exr_inspector_app.exr.chunks.offset_table import read_offsets
from exr_inspector_app.exr.pixels.decoding.budget_meter import max_copy_bytes
from exr_inspector_app.exr.pixels.decoding.minimal_header import minimal_header
from exr_inspector_app.exr.pixels.request import PixelRequestError
from exr_inspector_app.exr.source.file_source import FileSource
from exr_inspector_app.model import Box2i, Part

_TILE_HEAD = Struct("<4i")  # column, row, and level across and down
_FLAT_SIZES, _DEEP_SIZES = Struct("<i"), Struct("<QQ8x")  # of the data in a chunk
_READ_BYTES = 4 * 1024 * 1024  # slow storage delivers them in a few seconds

_FAILED = "Cannot extract the level: {}."
_TOO_LARGE = "The level is larger than the limit of temporary files. Choose another level."

HeartbeatCallback: TypeAlias = Callable[[], None]


def ignore_heartbeat() -> None:
    """Do nothing: a heartbeat callback for callers without a timeout."""


class ExtractedLevelCache:
    """Cache of the last extracted level, in a temporary file."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._level: tuple[str, Part] | None = None
        self._folder = ""

    def get(self, path: str, part: Part, level: tuple[int, int], heartbeat: HeartbeatCallback) -> tuple[str, Part]:
        """Return the file of a level and its one part; extract the level if it is not cached or its file has changed.

        Raises:
            PixelRequestError: As for `write_level`.
        """
        try:
            stat = os.stat(path)
        except OSError as error:
            raise PixelRequestError(_FAILED.format(error.strerror)) from None
        key = path, stat.st_size, stat.st_mtime_ns, part.index, part.channels, level
        if self._level is None or key != self._key:
            self._level = None
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = tempfile.mkdtemp()  # in the folder of the process, which is removed with it
            target = os.path.join(self._folder, "level.exr")
            self._level, self._key = (target, write_level(path, part, level, target, heartbeat)), key
        return self._level


def write_level(
    path: str, part: Part, level: tuple[int, int], target: str, heartbeat: HeartbeatCallback = ignore_heartbeat
) -> Part:
    """Write the chunks of one level into a new file.

    Args:
        path: The file of the part.
        part: The part, from the header of the file.
        level: Numbers of the level across and down.
        target: The file to write.
        heartbeat: Called between reads of at most 4 MiB.

    Returns:
        The part of the new file, which has that level only.

    Raises:
        PixelRequestError: The level cannot be located or written.
    """
    try:
        return _write_level(path, part, level, target, heartbeat)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise PixelRequestError(_TOO_LARGE, "limit") from None
        raise PixelRequestError(_FAILED.format(error.strerror)) from None


def _write_level(path: str, part: Part, number: tuple[int, int], target: str, heartbeat: HeartbeatCallback) -> Part:
    with FileSource(path) as source, open(target, "wb") as out:
        tables = read_tables(source)
        if tables is None:
            raise PixelRequestError(f"Cannot locate the levels of part {part.index}: the chunk layout is incomplete.")
        levels = chunk_levels(tables.grids[part.index])
        level = next((level for level in levels if (level.x, level.y) == number), None)
        if level is None:
            raise PixelRequestError(missing_level_message(part, number))
        if level.columns * level.rows > MAX_MAP_CHUNKS:
            raise PixelRequestError(f"Level {level.x}, {level.y} of part {part.index} has too many chunks to show.")
        single = _single_level_part(part, level)
        out.write(minimal_header(single, level.columns * level.rows))
        earlier = takewhile(lambda other: other is not level, levels)
        first = sum(tables.counts[: part.index]) + sum(other.columns * other.rows for other in earlier)
        max_bytes = _max_chunk_bytes(single, min(source.size, max_copy_bytes(path)))
        _write_chunks(out, level, _read_chunks(source, tables, part, level, first, max_bytes, heartbeat))
    return single


def _single_level_part(part: Part, level: Level) -> Part:
    """Return the part as if it had this level only."""
    assert part.data_window is not None
    size = next(size for size in level_sizes(part) if size[:2] == level[:2])
    left, top, _, _ = part.data_window
    box = Box2i(left, top, left + size.width - 1, top + size.height - 1)
    return part._replace(
        index=0, data_window=box, display_window=box, level_mode="one_level" if part.is_tiled else None
    )


def _max_chunk_bytes(part: Part, file_size: int) -> int:
    """Return an upper limit for all tiles of a part: OpenEXR stores chunks raw that compression would enlarge."""
    box = part.data_window
    assert box is not None
    pixel_bytes = sum(2 if channel.type == "half" else 4 for channel in part.channels)
    return file_size if part.is_deep else min(file_size, box.width * box.height * pixel_bytes)


def _read_chunks(
    source: FileSource,
    tables: ChunkTables,
    part: Part,
    level: Level,
    first: int,
    max_bytes: int,
    heartbeat: HeartbeatCallback,
) -> Iterator[bytes]:
    """Yield the chunks of a level, whose entries begin at index `first` of the table; b"" for a missing one.

    Chunks with more than `max_bytes` together overlap or hold more than pixels, so the rest of them is skipped.
    """
    offsets = read_offsets(source, tables.start + 8 * first, level.columns * level.rows).tolist()
    number = pack("<i", part.index) if tables.is_multi_part else b""
    sizes = _DEEP_SIZES if part.is_deep else _FLAT_SIZES
    bytes_left = max_bytes
    for index, offset in enumerate(offsets):
        heartbeat()
        head, new_head = _chunk_heads(part, level, *divmod(index, level.columns))
        length = len(number) + len(head) + sizes.size
        stored = source.read(offset, length) if offset < source.size else b""
        chunk = b""
        if len(stored) == length and stored.startswith(number + head):
            stored_sizes = stored[length - sizes.size :]
            size = sum(sizes.unpack(stored_sizes))
            data = _read(source, offset + length, size, heartbeat) if 0 <= size <= bytes_left else b""
            if data and len(data) == size:
                chunk = new_head + stored_sizes + data
                bytes_left -= size
        yield chunk


def _chunk_heads(part: Part, level: Level, row: int, column: int) -> tuple[bytes, bytes]:
    """Return the position of a chunk as stored in its file, and as stored in the file of the level."""
    if part.is_tiled:
        return _TILE_HEAD.pack(column, row, level.x, level.y), _TILE_HEAD.pack(column, row, 0, 0)
    assert part.data_window is not None
    line = pack("<i", part.data_window.min_y + row * LINES_PER_CHUNK.get(part.compression or "", 1))
    return line, line


def _read(source: FileSource, start: int, size: int, heartbeat: HeartbeatCallback) -> bytes:
    """Return `size` bytes, or fewer at the end of the file."""
    pieces = []
    for offset in range(start, start + size, _READ_BYTES):
        pieces.append(source.read(offset, min(_READ_BYTES, start + size - offset)))
        heartbeat()
    return b"".join(pieces)


def _write_chunks(out: BinaryIO, level: Level, chunks: Iterator[bytes]) -> None:
    """Write the offset table of a level and its chunks."""
    start = out.tell()
    table = np.zeros(level.columns * level.rows, "<u8")
    out.seek(table.nbytes, 1)
    for index, chunk in enumerate(chunks):
        if chunk:
            table[index] = out.tell()
            out.write(chunk)
    out.seek(start)
    out.write(table.tobytes())
