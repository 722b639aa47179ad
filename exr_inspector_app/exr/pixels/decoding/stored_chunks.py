"""Reader of stored chunks: the packed bytes of chunks of level 0 of a part, by the offset table."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

import numpy as np

from exr_inspector_app.exr.chunk_map import read_tables
from exr_inspector_app.exr.chunks.layout import LINES_PER_CHUNK
from exr_inspector_app.exr.chunks.offset_table import read_offsets
from exr_inspector_app.exr.pixels.request import PixelRequestError
from exr_inspector_app.exr.source.file_source import FileSource
from exr_inspector_app.model import Box2i, Part

_PART_NUMBER = Struct("<i")
_LINE_HEAD, _TILE_HEAD = Struct("<i"), Struct("<4i")
_FLAT_SIZES, _DEEP_SIZES = Struct("<i"), Struct("<3Q")
_READ_BYTES = 4 * 1024 * 1024
_TABLE_CHUNKS = 64 * 1024  # entries of the offset table that are read at once


class StoredChunk(NamedTuple):
    """Chunk as stored: its pixels, the sizes in its head, and its bytes."""

    box: Box2i
    sizes: tuple[int, ...]  # of deep chunks: packed counts, packed samples, unpacked samples; () if it is missing
    data: bytes


class AbsentChunks(NamedTuple):
    """Consecutive chunks without a place in the file, by the offset table."""

    pixels: int  # of all of them
    corner: tuple[int, int]  # x and y of the first pixel


class StoredChunks:
    """Reader of the chunks of one part at full size. It opens the file for each call."""

    def __init__(self, path: str, part: Part) -> None:
        """Read the position of the offset table.

        Raises:
            PixelRequestError: The header does not determine the chunks.
            OSError: The file cannot be read.
        """
        assert part.data_window is not None
        self._path, self._part, self._box = path, part, part.data_window
        with FileSource(path) as source:
            tables = read_tables(source)
        if tables is None or part.index >= len(tables.counts):
            raise PixelRequestError(f"Cannot locate the chunks of part {part.index}: the chunk layout is incomplete.")
        self._table = tables.start + 8 * sum(tables.counts[: part.index])
        self._number = _PART_NUMBER.pack(part.index) if tables.is_multi_part else b""
        lines = LINES_PER_CHUNK.get(part.compression or "", 1)
        self.chunk_size = (
            (part.tile_width or 1, part.tile_height or 1) if part.is_tiled else (self._box.width, lines)
        )  # width and height
        self._columns = -(-self._box.width // self.chunk_size[0])
        self.count = self._columns * -(-self._box.height // self.chunk_size[1])

    def read(self, first: int, count: int) -> Iterator[StoredChunk | AbsentChunks]:
        """Yield `count` chunks from index `first` on, row by row, and those without a place in the file as one.

        A header of some bytes may declare millions of chunks, so absent ones must cost nothing.

        Raises:
            OSError: The file cannot be read.
        """
        with FileSource(self._path) as source:
            done, end = first, first + count
            for start in range(first, end, _TABLE_CHUNKS):
                offsets = read_offsets(source, self._table + 8 * start, min(_TABLE_CHUNKS, end - start))
                for place in np.flatnonzero((offsets > 0) & (offsets < source.size)).tolist():
                    if start + place > done:
                        yield self._absent(done, start + place)
                    done = start + place + 1
                    yield self._read_chunk(source, *divmod(done - 1, self._columns), int(offsets[place]))
            if done < end:
                yield self._absent(done, end)

    def has_none(self, first: int, count: int) -> bool:
        """Return True if none of `count` chunks from index `first` on has a place in the file.

        Raises:
            OSError: The file cannot be read.
        """
        with FileSource(self._path) as source:
            for start in range(first, first + count, _TABLE_CHUNKS):
                size = min(_TABLE_CHUNKS, first + count - start)
                offsets = read_offsets(source, self._table + 8 * start, size)
                if ((offsets > 0) & (offsets < source.size)).any():
                    return False
        return True

    def _absent(self, first: int, end: int) -> AbsentChunks:
        row, column = divmod(first, self._columns)
        corner = self._box.min_x + column * self.chunk_size[0], self._box.min_y + row * self.chunk_size[1]
        return AbsentChunks(self._pixels_before(end) - self._pixels_before(first), corner)

    def _pixels_before(self, index: int) -> int:
        """Return the number of pixels of all chunks before one."""
        row, column = divmod(index, self._columns)
        top = min(row * self.chunk_size[1], self._box.height)
        height = min(self.chunk_size[1], self._box.height - top)
        return top * self._box.width + min(column * self.chunk_size[0], self._box.width) * height

    def _read_chunk(self, source: FileSource, row: int, column: int, offset: int) -> StoredChunk:
        left = self._box.min_x + column * self.chunk_size[0]
        top = self._box.min_y + row * self.chunk_size[1]
        right, bottom = left + self.chunk_size[0] - 1, top + self.chunk_size[1] - 1
        box = Box2i(left, top, min(right, self._box.max_x), min(bottom, self._box.max_y))
        head = self._number + (_TILE_HEAD.pack(column, row, 0, 0) if self._part.is_tiled else _LINE_HEAD.pack(top))
        size_format = _DEEP_SIZES if self._part.is_deep else _FLAT_SIZES
        length = len(head) + size_format.size
        stored = source.read(offset, length)
        if len(stored) != length or not stored.startswith(head):
            return StoredChunk(box, (), b"")
        sizes = size_format.unpack(stored[len(head) :])
        total = sum(sizes[:2]) if self._part.is_deep else sizes[0]
        if not 0 <= total <= source.size - offset - length:
            return StoredChunk(box, (), b"")
        start, end = offset + length, offset + length + total
        pieces = [source.read(at, min(_READ_BYTES, end - at)) for at in range(start, end, _READ_BYTES)]
        data = b"".join(pieces)
        return StoredChunk(box, sizes, data) if len(data) == total else StoredChunk(box, (), b"")
