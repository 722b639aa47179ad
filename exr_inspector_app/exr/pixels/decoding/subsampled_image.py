"""Image reader for parts with subsampled channels, which OpenImageIO refuses.

Each sample is repeated over the pixels that it covers; luminance and chroma are converted to RGB.

Source: Technical Introduction to OpenEXR, Subsampled Images and Luminance/Chroma Images,
https://openexr.com/en/latest/TechnicalIntroduction.html
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.color.colorimetry import luminance_weights
from exr_inspector_app.color.primaries import Primaries, to_primaries
from exr_inspector_app.exr.layers import color_names, luminance_names, luminance_prefixes
from exr_inspector_app.exr.message_format import quote
from exr_inspector_app.exr.parser.attribute_types import COMPRESSIONS
from exr_inspector_app.exr.pixels.decoding.chunk_unpacking import DTYPES, UNPACKABLE, unpack
from exr_inspector_app.exr.pixels.decoding.level_extractor import HeartbeatCallback, ignore_heartbeat
from exr_inspector_app.exr.pixels.decoding.library_decoding import decode_lines
from exr_inspector_app.exr.pixels.decoding.missing_chunks import MissingChunks
from exr_inspector_app.exr.pixels.decoding.stored_chunks import AbsentChunks, StoredChunk, StoredChunks
from exr_inspector_app.exr.pixels.decoding.strip_reader import Dtype, Rows
from exr_inspector_app.exr.pixels.request import PixelRequestError
from exr_inspector_app.model import Box2i, Channel, Part

_TILED = "Cannot decode part {}: OpenEXR does not define subsampled channels in tiles."
_UNKNOWN = "Cannot decode part {}: unknown compression."
Line: TypeAlias = npt.NDArray[np.generic]  # samples of one channel
Lines: TypeAlias = dict[str, dict[int, Line]]  # by channel and y
Samples: TypeAlias = npt.NDArray[np.float64]  # (height, width) of one channel, at full size


class SubsampledImage:
    """Reader of channels of a part of scan lines, some of whose channels are subsampled."""

    def __init__(
        self, path: str, part: Part, names: tuple[str, ...], heartbeat: HeartbeatCallback = ignore_heartbeat
    ) -> None:
        """Open a part.

        Args:
            path: The file of the part.
            part: The part.
            names: Full names of stored channels, or of R, G and B of a layer of luminance and chroma.
            heartbeat: Called after each chunk.

        Raises:
            PixelRequestError: The compression is unknown, or there is no such channel.
        """
        if part.is_tiled:
            raise PixelRequestError(_TILED.format(part.index))
        if part.compression not in COMPRESSIONS:
            raise PixelRequestError(_UNKNOWN.format(part.index))
        if unknown := [channel.type for channel in part.channels if channel.type not in DTYPES]:
            raise PixelRequestError(f"Cannot decode part {part.index}: unknown pixel type {unknown[0]}.")
        assert part.data_window is not None
        self.box, self._part, self._names, self._heartbeat = part.data_window, part, names, heartbeat
        self._stored = sorted(part.channels, key=lambda channel: channel.name.encode("utf-8", "surrogateescape"))
        self._colors = {
            name: (prefix, index)
            for prefix in luminance_prefixes(part.channels)
            for index, name in enumerate(color_names(prefix))
        }
        self._sources = self._stored_sources()
        self._weights = luminance_weights(_primaries(part))
        self._chunks = StoredChunks(path, part)
        self.channel_count = len(names)
        self.dtype: Dtype = np.float64 if any(channel.type == "uint" for channel in self._sources) else np.float32
        self._lines = self._chunks.chunk_size[1]
        self._is_unpacked = part.compression in UNPACKABLE
        together = self._sources if self._is_unpacked else self._stored
        common = math.lcm(self._lines, *(max(1, channel.y_sampling) for channel in together))
        # Chunks are read in groups that hold the samples of all their lines.
        self.chunk_size = (self.box.width, common if common < self.box.height else self._lines * self._chunks.count)
        self._missing = MissingChunks(path, part, (0, 0), self.box, self._chunks.chunk_size)

    def _stored_sources(self) -> list[Channel]:
        """Return the stored channels that the requested ones are computed from."""
        by_name: dict[str, Channel] = {}
        for channel in self._stored:
            by_name.setdefault(channel.name, channel)
        names: dict[str, None] = {}
        for name in self._names:
            derived = name not in by_name and name in self._colors
            names.update(dict.fromkeys(luminance_names(self._colors[name][0]) if derived else (name,)))
        if missing := [name for name in names if name not in by_name]:
            raise PixelRequestError(f"There is no channel {quote(missing[0])}.", "usage")
        return [by_name[name] for name in names]

    def is_absent(self, box: Box2i) -> bool:
        """Return True if no chunk of a box is in the file."""
        return self._missing.covers(box) or self._chunks.has_none(*self._chunk_range(box))

    def read(self, box: Box2i) -> Rows | None:
        """Return the pixels of whole chunks, or None if any of them cannot be decoded."""
        chunks = self._read_chunks(*self._chunk_range(box))
        if chunks is None:
            return None
        lines = self._unpack(chunks) if self._is_unpacked else self._decode(box, chunks)
        if lines is None:
            return None
        samples = {channel.name: self._enlarge(lines[channel.name], channel, box) for channel in self._sources}
        rows: Rows = np.empty((box.height, box.width, self.channel_count), self.dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            for index, name in enumerate(self._names):
                rows[..., index] = samples[name] if name in samples else self._color(samples, name)
        return rows

    def _chunk_range(self, box: Box2i) -> tuple[int, int]:
        """Return the first chunk that a box touches, and the number of them."""
        first = (box.min_y - self.box.min_y) // self._lines
        return first, -(-(box.max_y + 1 - self.box.min_y) // self._lines) - first

    def _read_chunks(self, first: int, count: int) -> list[StoredChunk] | None:
        """Return the chunks, or None at the first that is missing: a sampling may join millions of them."""
        chunks: list[StoredChunk] = []
        for chunk in self._chunks.read(first, count):
            if isinstance(chunk, AbsentChunks) or not chunk.sizes:
                return None
            chunks.append(chunk)
            self._heartbeat()
        return chunks

    def _unpack(self, chunks: Sequence[StoredChunk]) -> Lines | None:
        lines: Lines = {channel.name: {} for channel in self._sources}
        for chunk in chunks:
            runs = list(self._runs(chunk))
            plain = unpack(chunk.data, self._part.compression or "", [run for *_, run in runs])
            if plain is None:
                return None
            self._heartbeat()
            at = 0
            for y, name, (kind, length) in runs:
                if name in lines:
                    lines[name][y] = np.frombuffer(plain, DTYPES[kind], length, at)
                at += DTYPES[kind].itemsize * length
        return lines

    def _decode(self, box: Box2i, chunks: Sequence[StoredChunk]) -> Lines | None:
        decoded = decode_lines(self._part, box, chunks)
        if decoded is None or not all(channel.name in decoded for channel in self._sources):
            return None
        return {
            channel.name: dict(zip(_sampled_lines(box, channel.y_sampling), decoded[channel.name], strict=False))
            for channel in self._sources
        }

    def _runs(self, chunk: StoredChunk) -> Iterator[tuple[int, str, tuple[str, int]]]:
        """Yield line, channel, pixel type and number of values of each run in a chunk, in stored order."""
        spans = [(channel, _sample_count(self.box, channel.x_sampling)) for channel in self._stored]
        for y in range(chunk.box.min_y, chunk.box.max_y + 1):
            for channel, count in spans:
                if y % max(1, channel.y_sampling) == 0:
                    yield y, channel.name, (channel.type, count)

    def _enlarge(self, lines: dict[int, Line], channel: Channel, box: Box2i) -> Samples:
        """Return one value per pixel: of the last sample up to it, or of the first sample."""
        across, down = max(1, channel.x_sampling), max(1, channel.y_sampling)
        if not lines or not next(iter(lines.values())).size:
            return np.zeros((box.height, box.width))
        stored = np.stack([lines[y] for y in sorted(lines)]).astype(np.float64)
        first_x, first_y = -(-box.min_x // across), min(lines) // down
        columns = np.arange(box.min_x, box.max_x + 1) // across - first_x
        rows = np.arange(box.min_y, box.max_y + 1) // down - first_y
        return stored[np.clip(rows, 0, len(stored) - 1)][:, np.clip(columns, 0, stored.shape[1] - 1)]

    def _color(self, samples: dict[str, Samples], name: str) -> Samples:
        """Return R, G or B: RY is (R - Y) / Y, BY is (B - Y) / Y, and Y the weighted sum of the colors."""
        prefix, index = self._colors[name]
        luminance, red_chroma, blue_chroma = (samples[stored] for stored in luminance_names(prefix))
        if index == 0:
            return (red_chroma + 1) * luminance
        if index == 2:
            return (blue_chroma + 1) * luminance
        red, green, blue = self._weights
        rest = luminance - red * (red_chroma + 1) * luminance - blue * (blue_chroma + 1) * luminance
        return np.asarray(rest / green)


def _sampled_lines(box: Box2i, sampling: int) -> range:
    """Return the lines of a box where a channel has samples."""
    step = max(1, sampling)
    return range(-(-box.min_y // step) * step, box.max_y + 1, step)


def _sample_count(box: Box2i, sampling: int) -> int:
    """Return the number of columns of a box that are multiples of a sampling."""
    step = max(1, sampling)
    return box.max_x // step - (box.min_x - 1) // step


def _primaries(part: Part) -> Primaries | None:
    values = (attribute.value for attribute in part.attributes if attribute.name == "chromaticities")
    return to_primaries(next(values, None))
