"""Statistics of deep parts: of their samples, not of the flattened pixels.

Source: OpenEXR File Layout, Deep Data, https://openexr.com/en/latest/OpenEXRFileLayout.html
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.decoding.chunk_unpacking import DTYPES, unpack_bytes
from exr_inspector_app.exr.pixels.decoding.statistics import ChannelAccumulator
from exr_inspector_app.exr.pixels.decoding.stored_chunks import AbsentChunks, StoredChunk, StoredChunks
from exr_inspector_app.model import Channel, ChannelStats, Part

UNPACKABLE_DEEP = ("none", "rle", "zips", "zip")
_MAX_RATIO = 1100  # of zlib; a chunk that claims more samples than that is damaged


def can_measure_samples(part: Part) -> bool:
    """Return True if the samples of a part can be unpacked here."""
    return part.is_deep and part.compression in UNPACKABLE_DEEP and all(row.type in DTYPES for row in part.channels)


def measure_samples(path: str, part: Part, heartbeat: Callable[[], None]) -> list[ChannelStats]:
    """Return the statistics of all samples of each channel, in the order of the header.

    Raises:
        PixelRequestError: The header does not determine the chunks.
        OSError: The file cannot be read.
    """
    channels = sorted(part.channels, key=lambda channel: channel.name.encode("utf-8", "surrogateescape"))
    totals = {channel.name: ChannelAccumulator() for channel in channels}
    chunks = StoredChunks(path, part)
    for chunk in chunks.read(0, chunks.count):
        if isinstance(chunk, AbsentChunks):
            for total in totals.values():
                total.add_absent(chunk.pixels, chunk.corner)
        else:
            _add_chunk(totals, chunk, part.compression or "", channels)
        heartbeat()
    names = dict.fromkeys(channel.name for channel in part.channels)
    return [totals[name].stats(part.index, name) for name in names]


def _add_chunk(
    totals: dict[str, ChannelAccumulator], chunk: StoredChunk, compression: str, channels: list[Channel]
) -> None:
    """Add the samples of a chunk, or its pixels where it is damaged."""
    counts = _sample_counts(chunk, compression)
    samples = None if counts is None else _samples(chunk, compression, channels, counts)
    for channel in channels:
        if samples is None or counts is None:
            totals[channel.name].add_lost(chunk.box)
        else:
            totals[channel.name].add_samples(samples[channel.name], counts, (chunk.box.min_x, chunk.box.min_y))


def read_pixel_samples(path: str, part: Part, position: tuple[int, int]) -> dict[str, npt.NDArray[np.generic]] | None:
    """Return the samples of one pixel by channel, in stored order; None if its chunk is missing or damaged.

    Args:
        path: The file.
        part: A part for which `can_measure_samples` returns True.
        position: x and y inside the data window.

    Raises:
        PixelRequestError: The header does not determine the chunks.
        OSError: The file cannot be read.
    """
    assert part.data_window is not None
    chunks = StoredChunks(path, part)
    x, y = position[0] - part.data_window.min_x, position[1] - part.data_window.min_y
    across, down = chunks.chunk_size
    (chunk,) = chunks.read(y // down * -(-part.data_window.width // across) + x // across, 1)
    if isinstance(chunk, AbsentChunks):
        return None
    counts = _sample_counts(chunk, part.compression or "")
    channels = sorted(part.channels, key=lambda channel: channel.name.encode("utf-8", "surrogateescape"))
    samples = None if counts is None else _samples(chunk, part.compression or "", channels, counts)
    if counts is None or samples is None:
        return None
    index = y % down * counts.shape[1] + x % across
    ends = np.cumsum(counts.ravel())
    span = slice(int(ends[index - 1]) if index else 0, int(ends[index]))
    return {name: array[span] for name, array in samples.items()}


def _sample_counts(chunk: StoredChunk, compression: str) -> npt.NDArray[np.int64] | None:
    """Return the number of samples per pixel, (height, width), or None for a missing or damaged chunk."""
    if not chunk.sizes:
        return None
    box = chunk.box
    size = 4 * box.width * box.height
    packed = chunk.data[: chunk.sizes[0]]
    # OpenEXR stores a table that does not shrink as it is, at the edge with the bytes of a full tile.
    table = packed[:size] if len(packed) >= size else unpack_bytes(packed, compression, size)
    if table is None:
        return None
    sums = np.frombuffer(table, "<i4").reshape(box.height, box.width).astype(np.int64)  # running along each line
    counts = np.diff(sums, axis=1, prepend=0)
    return None if (counts < 0).any() else counts


def _samples(
    chunk: StoredChunk, compression: str, channels: list[Channel], counts: npt.NDArray[np.int64]
) -> dict[str, npt.NDArray[np.generic]] | None:
    """Return all samples by channel, in the order of the pixels, or None for a damaged chunk."""
    lines = counts.sum(axis=1).tolist()
    size = sum(lines) * sum(DTYPES[channel.type].itemsize for channel in channels)
    packed = chunk.data[chunk.sizes[0] :]
    if size > _MAX_RATIO * (len(packed) + 1):
        return None
    plain = unpack_bytes(packed, compression, size)
    if plain is None:
        return None
    pieces: dict[str, list[npt.NDArray[np.generic]]] = {channel.name: [] for channel in channels}
    at = 0
    for count in lines:
        for channel in channels:
            dtype = DTYPES[channel.type]
            pieces[channel.name].append(np.frombuffer(plain, dtype, count, at))
            at += count * dtype.itemsize
    return {name: np.concatenate(arrays) for name, arrays in pieces.items()}
