"""Chunk map: the state of every chunk of a part, level by level."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exr_inspector_app.exr.chunks.layout import MAX_CHUNKS, Grid, Level, chunk_count, chunk_index, chunk_levels
from exr_inspector_app.exr.chunks.offset_table import is_cut, read_offsets, scan_chunks
from exr_inspector_app.exr.parser.header import MAGIC
from exr_inspector_app.exr.parser.header_reader import read_header
from exr_inspector_app.exr.parser.part_summary import MULTI_PART
from exr_inspector_app.exr.source import first_read
from exr_inspector_app.exr.source.file_source import FileSource, Source

ABSENT, PRESENT, BEYOND, UNKNOWN = 0, 1, 2, 3  # not written; in the file; after its end; undetermined
CUT = 4  # begins in the file and ends after it, or its size is damaged
MAX_MAP_CHUNKS = 1024 * 1024  # of one map; further levels are skipped


class ChunkLevel(NamedTuple):
    """States of the chunks of one level; scan lines have one column."""

    level: tuple[int, int]  # number in x and y; (0, 0) is the full image
    columns: int
    rows: int
    states: bytes  # row by row from the top: ABSENT, PRESENT, BEYOND, UNKNOWN or CUT


class ChunkTables(NamedTuple):
    """Position of the offset tables of a file, and the layout of each part."""

    start: int  # byte
    counts: list[int]
    grids: list[Grid]
    is_multi_part: bool


def chunk_map(path: str, part_index: int) -> list[ChunkLevel]:
    """Return the chunk map of a part of a file on disk.

    Args:
        path: Path of the file.
        part_index: Index of the part.

    Returns:
        The levels, the full image first. Empty where there is no such part or its header does not determine the chunks.

    Raises:
        OSError: The file cannot be read.
    """
    with FileSource(path) as source:
        return map_chunks(source, part_index)


def map_chunks(source: Source, part_index: int) -> list[ChunkLevel]:
    """Return the chunk map of a part of the file that a source holds; see `chunk_map`."""
    tables = read_tables(source) if source.has_all_bytes else None
    if tables is None or not 0 <= part_index < len(tables.grids):
        return []
    levels = _mapped_levels(tables.grids[part_index])
    if not levels:
        return []
    states = _read_states(source, tables, part_index, sum(level.columns * level.rows for level in levels))
    mapped, at = [], 0
    for level in levels:
        size = level.columns * level.rows
        mapped.append(ChunkLevel((level.x, level.y), level.columns, level.rows, states[at : at + size]))
        at += size
    return mapped


def read_tables(source: Source) -> ChunkTables | None:
    """Return the position of the offset tables; None where the header has no end or does not determine their sizes.

    Raises:
        OSError: The source cannot be read.
    """
    data = source.read(0, min(first_read.MIN_BYTES, source.size))
    if len(data) < 8 or not data.startswith(MAGIC):
        return None
    _, header = read_header(source, data)
    grids = [summary.grid for summary in header.parts]
    counts = [chunk_count(grid) or 0 for grid in grids]
    if header.end is None or not all(counts) or sum(counts) > MAX_CHUNKS:
        return None
    return ChunkTables(header.end, counts, grids, bool(header.version & MULTI_PART))


def chunk_offset(path: str, part_index: int, x: int, y: int) -> int | None:
    """Return the position of a chunk in the file, by the offset table.

    Args:
        path: Path of the file.
        part_index: Index of the part.
        x: Column of a pixel of level 0 in the chunk, in the file's coordinates.
        y: Row of the pixel.

    Returns:
        The byte at which the chunk begins, None where the table does not have it.

    Raises:
        OSError: The file cannot be read.
    """
    with FileSource(path) as source:
        tables = read_tables(source)
        if tables is None or part_index >= len(tables.grids):  # the file may have been replaced
            return None
        index = chunk_index(tables.grids[part_index], x, y)
        if index is None:
            return None
        offsets = read_offsets(source, tables.start + 8 * (sum(tables.counts[:part_index]) + index), 1)
        return int(offsets[0]) or None if len(offsets) else None


def _mapped_levels(grid: Grid) -> list[Level]:
    """Return the first levels, with at most MAX_MAP_CHUNKS chunks together."""
    levels, left = [], MAX_MAP_CHUNKS
    for level in chunk_levels(grid):
        left -= level.columns * level.rows
        if left < 0:
            break
        levels.append(level)
    return levels


def _read_states(source: Source, tables: ChunkTables, part: int, count: int) -> bytes:
    """Return the states of the first `count` chunks of a part."""
    start = tables.start + 8 * sum(tables.counts[:part])
    first, size = tables.start + 8 * sum(tables.counts), source.size
    offsets = read_offsets(source, start, count)
    states = np.full(count, BEYOND, np.uint8)  # the rest of a table that is cut off
    states[: len(offsets)] = np.where(offsets < first, ABSENT, np.where(offsets < size, PRESENT, BEYOND))
    if (states == PRESENT).any():
        last = int(np.where(states[: len(offsets)] == PRESENT, offsets, 0).argmax())
        if is_cut(source, b"", int(offsets[last]), size, tables.grids, tables.is_multi_part):
            states[last] = CUT
    if (states == ABSENT).any():
        scanned = scan_chunks(source, first, size, tables.grids, tables.is_multi_part)
        if scanned is None:  # a zero offset proves nothing
            states[states == ABSENT] = UNKNOWN
        else:
            states[np.frombuffer(scanned[part], np.uint8)[:count] == 1] = PRESENT
    return states.tobytes()
