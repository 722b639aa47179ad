"""The child process that decodes pixels: `python -m exr_inspector_app.exr.pixels.worker_main`.

It alone loads OpenImageIO, so that a file that makes a library crash, hang or take all memory costs this
process and nothing else. It is asked over stdin and answers over stdout, one JSON object a line; pixels go
through shared memory. It ends when its stdin does.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenImageIO as oiio

from exr_inspector_app.exr.chunks.layout import LINES_PER_CHUNK
from exr_inspector_app.exr.chunks.levels import level_sizes, no_level
from exr_inspector_app.exr.layers import has_alpha, is_luminance_chroma
from exr_inspector_app.exr.parser.attribute_types import MOST_CHANNELS
from exr_inspector_app.exr.pixels.channel_ranges import places_of, runs
from exr_inspector_app.exr.pixels.extracted_level_cache import ExtractedLevelCache
from exr_inspector_app.exr.pixels.level_extractor import Beat
from exr_inspector_app.exr.pixels.missing_chunks import MissingChunks
from exr_inspector_app.exr.pixels.oiio_names import OiioPath, channel_name
from exr_inspector_app.exr.pixels.request import PixelRequestError
from exr_inspector_app.exr.pixels.resource_limits import THREADS, limit_memory
from exr_inspector_app.exr.pixels.strip_reader import Dtype, ImageReader, Rows
from exr_inspector_app.exr.pixels.worker import Worker
from exr_inspector_app.exr.pixels.worker_protocol import JsonLineChannel
from exr_inspector_app.model import Box2i, Part

THUMBNAIL_BYTES = 48 * 1024
_CLAIM = re.compile(r"claims a (\d+) MB image from a (\d+) byte file")
_set_apart = ExtractedLevelCache()


class StoredLevel:
    """One level of a part as it stands in a file: where its pixels are, and which of them."""

    def __init__(self, path: str, part: Part, level: tuple[int, int], beat: Beat) -> None:
        is_ripmap = part.level_mode == "ripmap_levels" and level != (0, 0)
        if is_ripmap or (part.index > 0 and is_luminance_chroma(part.channels)):
            (path, part), level = _set_apart.level(path, part, level, beat), (0, 0)
        self._file = OiioPath(path)
        self._image = opened(self._file.name, part, level)
        self._index, self._level = part.index, level[0]
        spec = self._image.spec()
        self.box = Box2i(spec.x, spec.y, spec.x + spec.width - 1, spec.y + spec.height - 1)
        self._tiled = bool(spec.tile_width)
        lines = LINES_PER_CHUNK.get(part.compression or "", 1)
        self.chunk = (spec.tile_width, spec.tile_height) if self._tiled else (spec.width, lines)
        self._presence = MissingChunks(path, part, level, self.box, self.chunk)

    def absent(self, box: Box2i) -> bool:
        return self._presence.lacks(box)


class FlatImage(StoredLevel):
    """One level of a flat part, decoded by OpenImageIO when it is asked for."""

    def __init__(self, path: str, part: Part, level: tuple[int, int], names: tuple[str, ...], beat: Beat) -> None:
        super().__init__(path, part, level, beat)
        self.depth = len(names)
        self._runs = runs(self._image.spec(), names)
        self.dtype: Dtype = np.float64 if any(run.form == "uint" for run in self._runs) else np.float32

    def read(self, box: Box2i) -> Rows | None:
        found: Rows = np.empty((box.height, box.width, self.depth), self.dtype)
        for first, last, form, places in self._runs:
            pixels = self._read(box, first, last, form)
            if pixels is None:
                problem(self._image)
                return None
            pixels = pixels.reshape(box.height, box.width, last - first)
            if places == [(n, n) for n in range(self.depth)]:
                return np.asarray(pixels[..., : self.depth], self.dtype)
            for here, there in places:
                found[..., there] = pixels[..., here]
        return found

    def _read(self, box: Box2i, first: int, last: int, form: str) -> Any:
        if self._tiled:
            return self._image.read_tiles(*span(box), first, last, form)
        return self._image.read_scanlines(box.min_y, box.max_y + 1, 0, first, last, form)


class FlattenedDeepImage(StoredLevel):
    """A deep part whose samples are put over one another when they are asked for; without alpha the nearest is
    opaque, and whole numbers, which cannot be mixed, are those of the nearest."""

    def __init__(self, path: str, part: Part, level: tuple[int, int], names: tuple[str, ...], beat: Beat) -> None:
        super().__init__(path, part, level, beat)
        self.depth = len(names)
        self._names = names
        self._numbers = _whole_numbers(part, names)
        self.dtype: Dtype = np.float64 if self._numbers else np.float32
        self._is_opaque = not has_alpha(part.channels)
        self._strips = tempfile.TemporaryDirectory()
        self._count = 0

    def read(self, box: Box2i) -> Rows | None:
        samples = self._read(box)
        if samples is None:
            problem(self._image)
            return None
        for pixel in range(samples.pixels):
            samples.sort(pixel)  # from near to far, which files need not have them
        buffer = self._buffer(box, samples)
        if self._is_opaque:
            listed = list(buffer.spec().channelnames)
            buffer = oiio.ImageBufAlgo.channels(buffer, (*range(len(listed)), 1.0), (*listed, "A"))
        flat = oiio.ImageBufAlgo.flatten(buffer)
        if flat.has_error:
            raise PixelRequestError(f"The deep samples cannot be flattened: {problem(flat)}.")
        wanted = places_of(flat.spec(), [channel_name(name) for name in self._names])
        found: Rows = np.empty((box.height, box.width, self.depth), self.dtype)
        found[...] = np.asarray(flat.get_pixels(oiio.FLOAT), np.float32)[..., wanted]
        numbers = places_of(self._image.spec(), [self._names[place] for place in self._numbers])
        for there, here in zip(self._numbers, numbers, strict=True):
            found[..., there] = nearest(samples, here).reshape(box.height, box.width)
        return found

    def _read(self, box: Box2i) -> Any:
        where, channels = (self._index, self._level), (0, self._image.spec().nchannels)
        if self._tiled:
            return self._image.read_native_deep_tiles(*where, *span(box), *channels)
        return self._image.read_native_deep_scanlines(*where, box.min_y, box.max_y + 1, 0, *channels)

    def _buffer(self, box: Box2i, samples: Any) -> Any:
        """Some samples as OpenImageIO can flatten them, which takes whole files alone: through a file of them."""
        of = self._image.spec()
        spec = oiio.ImageSpec(box.width, box.height, of.nchannels, of.format)
        spec.deep, spec.channelformats = True, of.channelformats
        spec.channelnames = tuple(channel_name(name) for name in of.channelnames)
        spec.alpha_channel, spec.z_channel = of.alpha_channel, of.z_channel
        spec.attribute("compression", "none")
        self._count += 1  # OpenImageIO remembers files by their names
        name = os.path.join(self._strips.name, f"{self._count}.exr")
        out: Any = oiio.ImageOutput.create(name)
        if not (out.open(name, spec) and out.write_deep_scanlines(0, box.height, 0, samples) and out.close()):
            raise PixelRequestError(f"The deep samples cannot be flattened: {problem(out)}.")
        buffer = oiio.ImageBuf(name, 0, 0)
        if not buffer.read(0, 0, True):
            raise PixelRequestError(f"The deep samples cannot be flattened: {problem(buffer)}.")
        os.unlink(name)
        return buffer


def _whole_numbers(part: Part, names: tuple[str, ...]) -> list[int]:
    """The places of the channels that hold whole numbers."""
    kinds = {one.name: one.type for one in part.channels}
    return [place for place, name in enumerate(names) if kinds.get(name) == "uint"]


def nearest(samples: Any, channel: int) -> npt.NDArray[np.float64]:
    """The whole numbers of the first sample of every pixel, zero where there is none."""
    first = (
        samples.deep_value_uint(pixel, channel, 0) if samples.samples(pixel) else 0 for pixel in range(samples.pixels)
    )
    return np.fromiter(first, np.float64, samples.pixels)


def opened(path: str, part: Part, level: tuple[int, int]) -> Any:
    """The part in OpenImageIO, at a level; raises Refused where it cannot be."""
    # The newer reader refuses subsampled channels; the older one turns luminance/chroma into colours.
    oiio.attribute("openexr:core", 0 if is_luminance_chroma(part.channels) else 1)
    image = oiio.ImageInput.open(path)
    if image is None:
        raise PixelRequestError(f"The pixels cannot be decoded: {believed(problem(oiio))}.")
    if level != (0, 0) and level not in [one[:2] for one in level_sizes(part)]:
        raise PixelRequestError(no_level(part, level))
    if not image.seek_subimage(part.index, level[0]):
        problem(image)
        raise PixelRequestError(
            f"The pixels of part {part.index} cannot be decoded: its decoder does not find that part."
        )
    return image


def span(box: Box2i) -> tuple[int, int, int, int, int, int]:
    """Tiles as OpenImageIO is asked for them: from and to in x, y and z, the ends not included."""
    return box.min_x, box.max_x + 1, box.min_y, box.max_y + 1, 0, 1


def problem(of: Any) -> str:
    """What OpenImageIO says went wrong, in one line."""
    try:
        lines = of.geterror().splitlines()
    except UnicodeDecodeError:
        lines = []
    return lines[0].rstrip(". ") if lines else "its decoder does not say why"


def believed(told: str) -> str:
    """What is told of a file that is far smaller than its pixels, without a guess at why: it may be black, or begun."""
    found = _CLAIM.search(told)
    if found is None:
        return told
    pixels, size = map(int, found.groups())
    return f"they are {pixels:,} MB in a file of {size:,} bytes, which its decoder takes for damage"


def raster_of(path: str, part: Part, level: tuple[int, int], names: tuple[str, ...], beat: Beat) -> ImageReader:
    """The pixels of some channels of a part."""
    return (FlattenedDeepImage if part.is_deep else FlatImage)(path, part, level, names, beat)


def jpeg(seen: npt.NDArray[np.uint8]) -> bytes:
    """sRGB bytes, (height, width, 3), as the best JPEG that THUMBNAIL_BYTES can hold."""
    data = b""
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "seen.jpg")
        for quality in (90, 80, 65, 45, 20):
            buffer = oiio.ImageBuf(np.ascontiguousarray(seen))
            buffer.specmod().attribute("Compression", f"jpeg:{quality}")
            if not buffer.write(name):
                raise PixelRequestError(f"The thumbnail cannot be written: {problem(buffer)}.")
            with open(name, "rb") as file:
                data = file.read()
            if len(data) <= THUMBNAIL_BYTES:
                break
    return data


def main() -> int:
    """Serves the process that holds the other ends of stdin and stdout."""
    out = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # the libraries print on both
    os.dup2(nowhere, 2)
    oiio.attribute("threads", THREADS)
    oiio.attribute("limits:channels", MOST_CHANNELS)
    oiio.attribute("limits:imagesize_MB", 0)  # of all channels together, which are never in memory at one time
    limit_memory(int(sys.argv[1]))
    tempfile.tempdir = sys.argv[2]
    try:
        Worker(JsonLineChannel(0, out), raster_of, jpeg).serve()
    except (EOFError, OSError):
        return 0
    finally:
        shutil.rmtree(sys.argv[2], ignore_errors=True)  # whoever made it may be gone
    return 0


if __name__ == "__main__":
    sys.exit(main())
