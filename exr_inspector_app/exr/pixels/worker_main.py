"""Entry point of the worker process that decodes pixels: `python -m exr_inspector_app.exr.pixels.worker_main`.

It alone loads OpenImageIO, so that a file that makes a library crash, hang or take all memory affects this process
only. Requests arrive on stdin and replies leave on stdout, as JSON lines; pixels are passed in shared memory. The
process exits when its stdin is closed.
"""

from __future__ import annotations

import os
import re
import socket
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenImageIO as oiio

from exr_inspector_app.exr.chunks.layout import LINES_PER_CHUNK
from exr_inspector_app.exr.chunks.levels import level_sizes, missing_level_message
from exr_inspector_app.exr.layers import has_alpha, is_luminance_chroma, is_subsampled, sole_luminance_prefix
from exr_inspector_app.exr.parser.attribute_types import MAX_CHANNELS
from exr_inspector_app.exr.pixels.decoding.channel_ranges import channel_indices, channel_ranges
from exr_inspector_app.exr.pixels.decoding.jpeg_codec import decode_jpeg, encode_jpeg
from exr_inspector_app.exr.pixels.decoding.level_extractor import ExtractedLevelCache, HeartbeatCallback
from exr_inspector_app.exr.pixels.decoding.library_decoding import library_paths
from exr_inspector_app.exr.pixels.decoding.missing_chunks import MissingChunks
from exr_inspector_app.exr.pixels.decoding.oiio_names import OiioPath, channel_name, take_error
from exr_inspector_app.exr.pixels.decoding.strip_reader import Dtype, ImageReader, Rows
from exr_inspector_app.exr.pixels.decoding.subsampled_image import SubsampledImage
from exr_inspector_app.exr.pixels.message_fields import ProtocolError
from exr_inspector_app.exr.pixels.pixel_types import DTYPES
from exr_inspector_app.exr.pixels.request import PixelRequestError, read_file
from exr_inspector_app.exr.pixels.resource_limits import MAX_THREADS, limit_address_space
from exr_inspector_app.exr.pixels.sandbox.layers import enter_sandbox
from exr_inspector_app.exr.pixels.sandbox.readable_paths import readable_paths
from exr_inspector_app.exr.pixels.sandbox.watchdog import end_with_parent, remove_folder
from exr_inspector_app.exr.pixels.worker import Worker
from exr_inspector_app.exr.pixels.worker_channel import MessageChannel
from exr_inspector_app.exr.pixels.worker_protocol import WorkerReady
from exr_inspector_app.model import Box2i, Part

_SIZE_CLAIM = re.compile(r"claims a (\d+) MB image from a (\d+) byte file")
_SIDE_LIMIT = "limits:resolution"
_REJECTED = "Cannot decode the pixels: OpenEXR rejects the header. Read its issues for what is wrong."
_MAX_SIDE = 1_048_576  # pixels, a limit of OpenImageIO
_TOO_LARGE = f"The picture has more pixels in one direction than the limit of {_MAX_SIDE:,}."
_extracted_levels = ExtractedLevelCache()


class StoredLevel:
    """Level of a part in OpenImageIO, extracted into a separate file if OpenImageIO cannot read it."""

    def __init__(self, path: str, part: Part, level: tuple[int, int], heartbeat: HeartbeatCallback) -> None:
        is_ripmap = part.level_mode == "ripmap_levels" and level != (0, 0)
        if is_ripmap or (part.index > 0 and is_luminance_chroma(part.channels)):
            (path, part), level = _extracted_levels.get(path, part, level, heartbeat), (0, 0)
        try:
            self._image = _open_input(path, part, level)
        except _CannotOpenError:
            if len(read_file(path).parts) == 1:
                raise
            # OpenImageIO refuses the whole file for subsampled channels of one part.
            (path, part), level = _extracted_levels.get(path, part, level, heartbeat), (0, 0)
            self._image = _open_input(path, part, level)
        self._index, self._level = part.index, level[0]
        spec = self._image.spec()
        self.box = Box2i(spec.x, spec.y, spec.x + spec.width - 1, spec.y + spec.height - 1)
        self._is_tiled = bool(spec.tile_width)
        lines = LINES_PER_CHUNK.get(part.compression or "", 1)
        self.chunk_size = (spec.tile_width, spec.tile_height) if self._is_tiled else (spec.width, lines)
        self._missing = MissingChunks(path, part, level, self.box, self.chunk_size)

    def is_absent(self, box: Box2i) -> bool:
        """Return True if no chunk of a box is in the file."""
        return self._missing.covers(box)


class FlatImage(StoredLevel):
    """Reader of channels of one level of a flat part."""

    def __init__(
        self,
        path: str,
        part: Part,
        level: tuple[int, int],
        names: tuple[str, ...],
        heartbeat: HeartbeatCallback,
        *,
        keeps_type: bool = False,
    ) -> None:
        super().__init__(path, part, level, heartbeat)
        self.channel_count = len(names)
        self._ranges = channel_ranges(self._image.spec(), names, keeps_half=keeps_type)
        formats = {channel_range.format for channel_range in self._ranges}
        self.dtype: Dtype = np.float64 if "uint" in formats else np.float32
        if keeps_type and len(formats) == 1:
            self.dtype = DTYPES[formats.pop()]

    def read(self, box: Box2i) -> Rows | None:
        """Return the pixels of whole chunks, or None if any of them cannot be decoded."""
        rows: Rows = np.empty((box.height, box.width, self.channel_count), self.dtype)
        for first, end, number_format, targets in self._ranges:
            pixels = self._read(box, first, end, number_format)
            if pixels is None:
                take_error(self._image)
                return None
            pixels = pixels.reshape(box.height, box.width, end - first)
            if targets == [(index, index) for index in range(self.channel_count)]:
                return np.asarray(pixels[..., : self.channel_count], self.dtype)
            for source, target in targets:
                rows[..., target] = pixels[..., source]
        return rows

    def _read(self, box: Box2i, first: int, end: int, number_format: str) -> Any:
        if self._is_tiled:
            return self._image.read_tiles(*_tile_span(box), first, end, number_format)
        return self._image.read_scanlines(box.min_y, box.max_y + 1, 0, first, end, number_format)


class FlattenedDeepImage(StoredLevel):
    """Reader of channels of a deep part, whose samples are composited.

    Without alpha the nearest sample is opaque; uint channels, which cannot be mixed, take the nearest sample.
    """

    def __init__(
        self,
        path: str,
        part: Part,
        level: tuple[int, int],
        names: tuple[str, ...],
        heartbeat: HeartbeatCallback,
        *,
        keeps_type: bool = False,
    ) -> None:
        super().__init__(path, part, level, heartbeat)
        self.channel_count = len(names)
        self._names = names
        self._uint_indices = _uint_indices(part, names)
        self.dtype: Dtype = np.float64 if self._uint_indices else np.float32
        if keeps_type and len(self._uint_indices) == len(names):
            self.dtype = np.uint32
        self._is_opaque = not has_alpha(part.channels)
        self._folder = tempfile.TemporaryDirectory()
        self._file_count = 0

    def read(self, box: Box2i) -> Rows | None:
        """Return the flattened pixels of whole chunks, or None if any of them cannot be decoded."""
        samples = self._read(box)
        if samples is None:
            take_error(self._image)
            return None
        for pixel in range(samples.pixels):
            samples.sort(pixel)  # from near to far, an order that files need not have
        buffer = self._to_buffer(box, samples)
        if self._is_opaque:
            stored_names = list(buffer.spec().channelnames)
            buffer = oiio.ImageBufAlgo.channels(buffer, (*range(len(stored_names)), 1.0), (*stored_names, "A"))
        flat = oiio.ImageBufAlgo.flatten(buffer)
        if flat.has_error:
            raise PixelRequestError(f"Cannot flatten the deep samples: {take_error(flat)}.")
        sources = channel_indices(flat.spec(), [channel_name(name) for name in self._names])
        rows: Rows = np.zeros((box.height, box.width, self.channel_count), self.dtype)
        if len(self._uint_indices) < self.channel_count:
            rows[...] = np.asarray(flat.get_pixels(oiio.FLOAT), np.float32)[..., sources]
        uint_sources = channel_indices(self._image.spec(), [self._names[index] for index in self._uint_indices])
        for target, source in zip(self._uint_indices, uint_sources, strict=True):
            rows[..., target] = _nearest_uint(samples, source).reshape(box.height, box.width)
        counts = np.fromiter((samples.samples(pixel) for pixel in range(samples.pixels)), np.int64, samples.pixels)
        rows[counts.reshape(box.height, box.width) == 0] = 0  # OpenImageIO stores a depth of 1e30 there
        return rows

    def _read(self, box: Box2i) -> Any:
        level, channels = (self._index, self._level), (0, self._image.spec().nchannels)
        if self._is_tiled:
            return self._image.read_native_deep_tiles(*level, *_tile_span(box), *channels)
        return self._image.read_native_deep_scanlines(*level, box.min_y, box.max_y + 1, 0, *channels)

    def _to_buffer(self, box: Box2i, samples: Any) -> Any:
        """Return the samples as an ImageBuf, by way of a file: OpenImageIO flattens whole files only."""
        stored = self._image.spec()
        spec = oiio.ImageSpec(box.width, box.height, stored.nchannels, stored.format)
        spec.deep, spec.channelformats = True, stored.channelformats
        spec.channelnames = tuple(channel_name(name) for name in stored.channelnames)
        spec.alpha_channel, spec.z_channel = stored.alpha_channel, stored.z_channel
        spec.attribute("compression", "none")
        self._file_count += 1  # OpenImageIO caches files by name
        path = os.path.join(self._folder.name, f"{self._file_count}.exr")
        out: Any = oiio.ImageOutput.create(path)
        if not (out.open(path, spec) and out.write_deep_scanlines(0, box.height, 0, samples) and out.close()):
            raise PixelRequestError(f"Cannot flatten the deep samples: {take_error(out)}.")
        buffer = oiio.ImageBuf(path, 0, 0)
        if not buffer.read(0, 0, True):
            raise PixelRequestError(f"Cannot flatten the deep samples: {take_error(buffer)}.")
        os.unlink(path)
        return buffer


def _uint_indices(part: Part, names: tuple[str, ...]) -> list[int]:
    types = {channel.name: channel.type for channel in part.channels}
    return [index for index, name in enumerate(names) if types.get(name) == "uint"]


def _nearest_uint(samples: Any, channel: int) -> npt.NDArray[np.float64]:
    """Return the uint value of the first sample of every pixel, 0 if it has none; shape (pixels,)."""
    values = (
        samples.deep_value_uint(pixel, channel, 0) if samples.samples(pixel) else 0 for pixel in range(samples.pixels)
    )
    return np.fromiter(values, np.float64, samples.pixels)


class _CannotOpenError(PixelRequestError):
    """OpenImageIO cannot open the file."""


def _open_input(path: str, part: Part, level: tuple[int, int]) -> Any:
    """Return an ImageInput at a level of a part.

    Raises:
        PixelRequestError: OpenImageIO cannot open it.
    """
    # The newer reader refuses subsampled channels; the older one converts luminance/chroma to RGB.
    oiio.attribute("openexr:core", 0 if is_luminance_chroma(part.channels) else 1)
    with OiioPath(path) as name:
        image = oiio.ImageInput.open(name)
    if image is None:
        text = take_error(oiio)
        window = part.data_window  # the reason is that of OpenEXR only for files with its extension
        if _SIDE_LIMIT in text or (window and max(window.width, window.height) > _MAX_SIDE):
            raise PixelRequestError(_TOO_LARGE, "limit")
        raise _CannotOpenError(_open_error(text))
    if level != (0, 0) and level not in [size[:2] for size in level_sizes(part)]:
        raise PixelRequestError(missing_level_message(part, level), "usage")
    if not image.seek_subimage(part.index, level[0]):
        take_error(image)
        raise PixelRequestError(f"Cannot decode part {part.index}: the decoder does not find it.")
    return image


def _tile_span(box: Box2i) -> tuple[int, int, int, int, int, int]:
    """Return the begin and end in x, y and z, as OpenImageIO expects them for tiles; ends are not included."""
    return box.min_x, box.max_x + 1, box.min_y, box.max_y + 1, 0, 1


def _open_error(text: str) -> str:
    """Return a sentence for an error of OpenImageIO, which calls a file malicious that is small for its pixels."""
    claim = _SIZE_CLAIM.search(text)
    if "Unable to open" in text or "format reader" in text:
        return _REJECTED
    if claim is None:
        return f"Cannot decode the pixels: {text}."
    megabytes, size = map(int, claim.groups())
    return f"The file claims {megabytes:,} MB of pixels but holds only {size:,} bytes; it is incomplete or damaged."


def open_image(
    path: str,
    part: Part,
    level: tuple[int, int],
    names: tuple[str, ...],
    heartbeat: HeartbeatCallback,
    *,
    keeps_type: bool = False,
) -> ImageReader:
    """Return a reader for channels of one level of a part.

    Args:
        path: The file.
        part: The part, from its header.
        level: Mip or rip level across and down.
        names: Full names of the channels as decoded.
        heartbeat: Called while chunks are copied.
        keeps_type: Read channels of one type, half or uint, as stored; otherwise in a type that holds every value.

    Raises:
        PixelRequestError: The level or a channel cannot be decoded.
    """
    if part.is_deep:
        return FlattenedDeepImage(path, part, level, names, heartbeat, keeps_type=keeps_type)
    prefix = sole_luminance_prefix(part.channels)
    is_stored = {channel.name for channel in part.channels}.issuperset(names)
    if is_stored or not _is_uncropped(part):  # OpenImageIO converts luminance/chroma without overscan or crop only
        prefix = None
    if prefix is None and any(is_subsampled(channel) for channel in part.channels):
        return SubsampledImage(path, part, names, heartbeat)
    if prefix:  # OpenImageIO converts luminance/chroma of the unnamed layer only
        renamed = [channel._replace(name=channel.name.removeprefix(prefix)) for channel in part.channels]
        unnamed = part._replace(channels=tuple(renamed))
        (path, part), level = _extracted_levels.get(path, unnamed, level, heartbeat), (0, 0)
        names = tuple(name.removeprefix(prefix) for name in names)
    return FlatImage(path, part, level, names, heartbeat, keeps_type=keeps_type)


def _is_uncropped(part: Part) -> bool:
    """Return True if data and display window are the same and begin at 0, 0."""
    data = part.data_window
    return data is not None and data == part.display_window and data[:2] == (0, 0)


def _library_versions() -> str:
    """Return the versions of OpenImageIO and OpenEXR, as `OpenEXR 3.3.2`."""
    listed = str(oiio.get_string_attribute("library_list"))
    openexr = next((entry.partition(":")[2] for entry in listed.split(";") if entry.startswith("openexr:")), "")
    return ", ".join(filter(None, [f"OpenImageIO {oiio.VERSION_STRING}", openexr]))


def main(arguments: Sequence[str]) -> int:
    """Serve the parent process on stdin and stdout.

    Args:
        arguments: The memory limit in MiB, the folder for temporary files, and, where the system has one, the
            descriptor of the connection to the file broker.
    """
    memory_limit, folder, *rest = arguments
    broker = socket.socket(fileno=int(rest[0])) if rest else None
    out = os.dup(1)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)  # the libraries print on both
    os.dup2(null, 2)
    layers = enter_sandbox(folder, [*readable_paths(), *library_paths()], broker)
    if sys.platform == "linux":
        end_with_parent(0, folder)
    oiio.attribute("threads", MAX_THREADS)
    oiio.attribute("limits:channels", MAX_CHANNELS)
    oiio.attribute("limits:imagesize_MB", 0)  # of all channels together, which are never in memory at once
    limit_address_space(int(memory_limit))
    tempfile.tempdir = folder
    try:
        ready = WorkerReady(libraries=_library_versions(), sandbox=layers)
        Worker(MessageChannel(0, out, broker), open_image, (encode_jpeg, decode_jpeg)).serve(ready)
    except (EOFError, OSError):
        return 0
    except ProtocolError:
        return 1
    finally:
        remove_folder(folder)  # the parent may be gone
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
