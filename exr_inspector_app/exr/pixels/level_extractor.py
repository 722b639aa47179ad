"""One level of a part as a file of its own.

OpenImageIO reads of a ripmap the full size alone, and luminance and chroma of the first part alone. The chunks are
copied as they are stored; the header before them says what decoding them takes and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile
from struct import Struct, pack
from typing import BinaryIO, TypeAlias

import numpy as np

from exr_inspector_app.exr.chunk_map import MOST_MAPPED, Tables, tables_of
from exr_inspector_app.exr.chunks.layout import LINES_PER_CHUNK, Level, levels
from exr_inspector_app.exr.chunks.levels import level_sizes, no_level
from exr_inspector_app.exr.chunks.offset_table import offset_table
from exr_inspector_app.exr.parser.attribute_types import COMPRESSIONS, PIXEL_TYPES
from exr_inspector_app.exr.parser.color_space import primaries
from exr_inspector_app.exr.parser.header import MAGIC
from exr_inspector_app.exr.parser.part_summary import DEEP, LONG_NAMES, TILED
from exr_inspector_app.exr.pixels.request import PixelRequestError
from exr_inspector_app.exr.source.file_source import FileSource
from exr_inspector_app.model import Attribute, Box2i, Part

_PLACE = Struct("<4i")  # of a tile: its column and row, and its level across and down
_FLAT, _DEEP = Struct("<i"), Struct("<QQ8x")  # the sizes of what follows
_SHORT = 31  # bytes of a name that needs no flag
_PIECE = 4 * 1024 * 1024  # bytes that slow storage brings in a few seconds

Beat: TypeAlias = Callable[[], None]


def _nobody() -> None:
    """Nobody waits."""


def write_level(path: str, part: Part, number: tuple[int, int], target: str, beat: Beat = _nobody) -> Part:
    """Writes the chunks of one level into a new file, and returns its part, which has that level alone.

    `beat` is called between pieces, that whoever waits hears that work goes on.
    Raises Refused where they cannot be found or written.
    """
    try:
        return _write_level(path, part, number, target, beat)
    except OSError as error:
        raise PixelRequestError(f"The pixels of a level cannot be set apart: {error.strerror}.") from None


def _write_level(path: str, part: Part, number: tuple[int, int], target: str, beat: Beat) -> Part:
    with FileSource(path) as source, open(target, "wb") as out:
        tables = tables_of(source)
        if tables is None:
            raise PixelRequestError(
                f"The levels of part {part.index} cannot be found: the header does not tell all chunks."
            )
        every = levels(tables.grids[part.index])
        level = next((one for one in every if (one.x, one.y) == number), None)
        if level is None:
            raise PixelRequestError(no_level(part, number))
        if level.columns * level.rows > MOST_MAPPED:
            raise PixelRequestError(f"Level {level.x}, {level.y} of part {part.index} has too many chunks to be shown.")
        alone = _alone(part, level)
        out.write(_header(alone, level))
        earlier = takewhile(lambda one: one is not level, every)
        first = sum(tables.counts[: part.index]) + sum(one.columns * one.rows for one in earlier)
        most = _most(alone, source.size)
        _write_chunks(out, level, _chunks(source, tables, part, level, first, most, beat))
    return alone


def _alone(part: Part, level: Level) -> Part:
    """The part as if the level were all it has."""
    assert part.data_window is not None
    size = next(one for one in level_sizes(part) if one[:2] == level[:2])
    left, top, _, _ = part.data_window
    box = Box2i(left, top, left + size.width - 1, top + size.height - 1)
    return part._replace(
        index=0, data_window=box, display_window=box, level_mode="one_level" if part.is_tiled else None
    )


def _header(part: Part, level: Level) -> bytes:
    """A header with the attributes that decoding takes."""
    assert part.data_window is not None
    if part.compression not in COMPRESSIONS:
        raise PixelRequestError(f"The pixels cannot be decoded: nobody knows the compression of part {part.index}.")
    window = pack("<4i", *part.data_window)
    listed = [
        ("channels", "chlist", _channels(part)),
        ("compression", "compression", bytes([COMPRESSIONS.index(part.compression)])),
        ("dataWindow", "box2i", window),
        ("displayWindow", "box2i", window),
        ("lineOrder", "lineOrder", b"\0"),
        ("pixelAspectRatio", "float", pack("<f", 1)),
        ("screenWindowCenter", "v2f", pack("<2f", 0, 0)),
        ("screenWindowWidth", "float", pack("<f", 1)),
        *((one.name, one.type, pack("<8f", *primaries(one.value))) for one in part.attributes if _has_primaries(one)),
    ]
    if part.is_tiled:
        listed.append(("tiles", "tiledesc", pack("<IIB", part.tile_width or 0, part.tile_height or 0, 0)))
    if part.is_deep:
        count = pack("<i", level.columns * level.rows)
        listed += [("chunkCount", "int", count), ("type", "string", b"deeptile"), ("version", "int", pack("<i", 1))]
    flags = DEEP if part.is_deep else TILED if part.is_tiled else 0
    if any(len(_raw(one.name)) > _SHORT for one in part.channels):
        flags |= LONG_NAMES
    told = (b"%s\0%s\0%s%s" % (_raw(name), _raw(kind), pack("<i", len(data)), data) for name, kind, data in listed)
    return MAGIC + pack("<I", 2 | flags) + b"".join(told) + b"\0"


def _has_primaries(one: Attribute) -> bool:
    """True for the attribute by which luminance becomes colours."""
    return (one.name, one.type) == ("chromaticities", "chromaticities")


def _channels(part: Part) -> bytes:
    """The list of channels as a header has it."""
    found = b""
    for one in part.channels:
        if one.type not in PIXEL_TYPES:
            raise PixelRequestError(
                f"The pixels cannot be decoded: a channel of part {part.index} is of type {one.type}."
            )
        found += _raw(one.name) + b"\0"
        found += pack("<iB3xii", PIXEL_TYPES.index(one.type), one.p_linear, one.x_sampling, one.y_sampling)
    return found + b"\0"


def _raw(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _most(part: Part, size: int) -> int:
    """How many bytes the tiles of a part can have in a file of this size: what compression makes larger is not used."""
    box = part.data_window
    assert box is not None
    pixel = sum(2 if one.type == "half" else 4 for one in part.channels)
    return size if part.is_deep else min(size, box.width * box.height * pixel)


def _chunks(
    source: FileSource, tables: Tables, part: Part, level: Level, first: int, most: int, beat: Beat
) -> Iterator[bytes]:
    """The chunks of a level, whose entries begin with the `first` of the table; empty where one is not in the file."""
    offsets = offset_table(source, tables.start + 8 * first, level.columns * level.rows).tolist()
    number = pack("<i", part.index) if tables.multi else b""
    sizes = _DEEP if part.is_deep else _FLAT
    left = most  # bytes; chunks that are more together lie in one another, or hold more than pixels
    for entry, offset in enumerate(offsets):
        beat()
        place, alone = _places(part, level, *divmod(entry, level.columns))
        length = len(number) + len(place) + sizes.size
        head = source.read(offset, length) if offset < source.size else b""
        chunk = b""
        if len(head) == length and head.startswith(number + place):
            told = head[length - sizes.size :]
            size = sum(sizes.unpack(told))
            data = _read(source, offset + length, size, beat) if 0 <= size <= left else b""
            if data and len(data) == size:
                chunk = alone + told + data
                left -= size
        yield chunk


def _places(part: Part, level: Level, row: int, column: int) -> tuple[bytes, bytes]:
    """How a chunk says where it is, in its file and in that of the level alone."""
    if part.is_tiled:
        return _PLACE.pack(column, row, level.x, level.y), _PLACE.pack(column, row, 0, 0)
    assert part.data_window is not None
    line = pack("<i", part.data_window.min_y + row * LINES_PER_CHUNK.get(part.compression or "", 1))
    return line, line


def _read(source: FileSource, start: int, size: int, beat: Beat) -> bytes:
    """Some bytes, piece by piece; fewer at the end of the file."""
    found = []
    for at in range(start, start + size, _PIECE):
        found.append(source.read(at, min(_PIECE, start + size - at)))
        beat()
    return b"".join(found)


def _write_chunks(out: BinaryIO, level: Level, chunks: Iterator[bytes]) -> None:
    """The table of a level and its chunks."""
    start = out.tell()
    table = np.zeros(level.columns * level.rows, "<u8")
    out.seek(table.nbytes, 1)
    for entry, chunk in enumerate(chunks):
        if chunk:
            table[entry] = out.tell()
            out.write(chunk)
    out.seek(start)
    out.write(table.tobytes())
