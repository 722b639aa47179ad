"""Which chunks of a part are in its file, level by level: the map that a window draws."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exr_inspector_app.exr.chunks.layout import MAX_CHUNKS, Grid, Level, chunk_count, chunk_index, chunk_levels
from exr_inspector_app.exr.chunks.offset_table import read_offsets, scan_chunks
from exr_inspector_app.exr.inspect import read_header
from exr_inspector_app.exr.parser.header import MAGIC
from exr_inspector_app.exr.parser.part_summary import MULTI_PART
from exr_inspector_app.exr.source.file_source import FIRST_READ_BYTES, FileSource, Source

ABSENT, PRESENT, BEYOND, UNKNOWN = 0, 1, 2, 3  # never written; in the file; behind its end; nobody can tell
MAX_MAP_CHUNKS = 1024 * 1024  # chunks of one map; levels that would be more are left out


class ChunkLevel(NamedTuple):
    """The chunks of one level: scan lines have one column, tiles as many as stand side by side."""

    level: tuple[int, int]  # across and down, (0, 0) is the full picture
    columns: int
    rows: int
    states: bytes  # row by row from the top, ABSENT, PRESENT, BEYOND or UNKNOWN


class ChunkTables(NamedTuple):
    """Where the chunk tables of a file begin, and what each part's is made of."""

    start: int
    counts: list[int]
    grids: list[Grid]
    multi: bool


def chunk_map(path: str, part_index: int) -> list[ChunkLevel]:
    """The levels of a part, the full picture first; none where its header does not tell.

    Raises OSError where the file cannot be read.
    """
    with FileSource(path) as source:
        return map_chunks(source, part_index)


def map_chunks(source: Source, part_index: int) -> list[ChunkLevel]:
    """The levels of a part of the file that a source holds, as `chunk_map`."""
    tables = read_tables(source) if source.has_all_bytes else None
    if tables is None or not 0 <= part_index < len(tables.grids):
        return []
    shown = _shown(tables.grids[part_index])
    if not shown:
        return []
    states = _states(source, tables, part_index, sum(level.columns * level.rows for level in shown))
    found, at = [], 0
    for level in shown:
        size = level.columns * level.rows
        found.append(ChunkLevel((level.x, level.y), level.columns, level.rows, states[at : at + size]))
        at += size
    return found


def read_tables(source: Source) -> ChunkTables | None:
    """The chunk tables by the header; None where it has no end or does not tell their sizes."""
    data = source.read(0, min(FIRST_READ_BYTES, source.size))
    if len(data) < 8 or not data.startswith(MAGIC):
        return None
    _, header = read_header(source, data, source.size)
    grids = [of.grid for of in header.parts]
    counts = [chunk_count(grid) or 0 for grid in grids]
    if header.end is None or not all(counts) or sum(counts) > MAX_CHUNKS:
        return None
    return ChunkTables(header.end, counts, grids, bool(header.version & MULTI_PART))


def chunk_offset(path: str, part_index: int, x: int, y: int) -> int | None:
    """The byte at which the chunk begins that holds a pixel in full size, by the table; None where that does not tell.

    Raises OSError where the file cannot be read.
    """
    with FileSource(path) as source:
        tables = read_tables(source)
        if tables is None or part_index >= len(tables.grids):  # it may be another file by now
            return None
        entry = chunk_index(tables.grids[part_index], x, y)
        if entry is None:
            return None
        offsets = read_offsets(source, tables.start + 8 * (sum(tables.counts[:part_index]) + entry), 1)
        return int(offsets[0]) or None if len(offsets) else None


def _shown(grid: Grid) -> list[Level]:
    """The levels from the first on that have no more than MOST_MAPPED chunks together."""
    shown, left = [], MAX_MAP_CHUNKS
    for level in chunk_levels(grid):
        left -= level.columns * level.rows
        if left < 0:
            break
        shown.append(level)
    return shown


def _states(source: Source, tables: ChunkTables, part: int, count: int) -> bytes:
    """The states of the first `count` chunks of a part."""
    start = tables.start + 8 * sum(tables.counts[:part])
    first, size = tables.start + 8 * sum(tables.counts), source.size
    offsets = read_offsets(source, start, count)
    states = np.full(count, BEYOND, np.uint8)  # a table that is cut tells of nothing behind the cut
    states[: len(offsets)] = np.where(offsets < first, ABSENT, np.where(offsets < size, PRESENT, BEYOND))
    if (states == ABSENT).any():
        walked = scan_chunks(source, first, size, tables.grids, tables.multi)
        if walked is None:  # an empty place proves nothing
            states[states == ABSENT] = UNKNOWN
        else:
            states[np.frombuffer(walked[part], np.uint8)[:count] == 1] = PRESENT
    return states.tobytes()
