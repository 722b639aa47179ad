"""What the decoder is asked to do, request by request, whichever library decodes for it."""

from __future__ import annotations

import errno
import mmap
import time
import traceback
from base64 import b64encode
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.layers import is_ids, is_luminance_chroma
from exr_inspector_app.exr.pixels.display_transform import id_colours, srgb, widened
from exr_inspector_app.exr.pixels.request import (
    PixelRequestError,
    channels_to_decode,
    level_for,
    parts_with_pixels,
    require_part,
    warning,
)
from exr_inspector_app.exr.pixels.resource_limits import limit_seconds
from exr_inspector_app.exr.pixels.shared_memory import Floats, attach
from exr_inspector_app.exr.pixels.statistics import ChannelAccumulator
from exr_inspector_app.exr.pixels.strip_reader import ImageReader, ReducedImage, factor, joined, pixel_of, strips
from exr_inspector_app.exr.pixels.worker_protocol import JsonLineChannel, Message
from exr_inspector_app.model import Box2i, Part

_NO_MEMORY = "The pixels need more memory than may be used for them."
HEARTBEAT_S = 0.2  # seconds between two signs of life
Opener: TypeAlias = Callable[[str, Part, tuple[int, int], tuple[str, ...], Callable[[], None]], ImageReader]
Encoder: TypeAlias = Callable[[npt.NDArray[np.uint8]], bytes]


class RequestCancelledError(Exception):
    """Whoever asked does not want the answer any more."""


class Worker:
    """Does what one other process asks, one thing at a time."""

    def __init__(self, lines: JsonLineChannel, opener: Opener, encoder: Encoder) -> None:
        self._lines = lines
        self._open = opener
        self._encode = encoder  # sRGB bytes as a JPEG
        self._number, self._seconds = 0, 0.0
        self._told = 0.0
        self._joined: dict[int, mmap.mmap] = {}  # memory by its number

    def serve(self) -> None:
        """Works until the other side is gone."""
        while True:
            word = self._lines.receive(3600.0)
            if word is not None and "ask" in word:
                self._lines.send(self._answer(word))

    def _answer(self, word: Message) -> Message:
        self._number, self._seconds = word["number"], word["seconds"]
        limit_seconds(self._seconds)
        try:
            done = getattr(self, f"do_{word['ask']}")(word)
            return {"number": self._number, "done": done}
        except PixelRequestError as error:
            return {"number": self._number, "refused": str(error)}
        except MemoryError:
            return {"number": self._number, "refused": _NO_MEMORY, "spent": True}
        except RequestCancelledError:
            return {"number": self._number, "stopped": True}
        except EOFError:  # the other side is gone
            raise
        except OSError as error:  # of the work; where the other side is gone, the answer will fail too
            why = f"The pixels cannot be decoded: {error.strerror or error}."
            refused = _NO_MEMORY if error.errno == errno.ENOMEM else why
            return {"number": self._number, "refused": refused, "spent": True}
        except Exception as error:  # a bug, or a file that nobody has thought of: told, with its traceback
            return {"number": self._number, "failed": repr(error), "trace": traceback.format_exc()}

    def beat(self) -> None:
        """Says that work goes on, and hears whether it should."""
        now = time.monotonic()
        if now - self._told >= HEARTBEAT_S:
            self._told = now
            limit_seconds(self._seconds)
            self._lines.send({"number": self._number, "beat": True})
        word = self._lines.receive(0.0)
        if word is not None and "stop" in word and word["number"] == self._number:
            raise RequestCancelledError

    def memory(self, size: int) -> Floats:
        """Numbers of so many bytes in memory that is shared with the other side, which made it; any may be there."""
        self._lines.send({"number": self._number, "need": size})
        while True:
            word = self._lines.receive(3600.0)
            if word is None or word.get("number") != self._number:
                continue
            if "memory" not in word:
                raise RequestCancelledError
            which, known = word["memory"], self._joined
            found = known.get(which) or attach(word["name"], word["size"])
            self._joined = {number: one for number, one in {**known, which: found}.items() if number in word["keep"]}
            self._lines.send({"number": self._number, "joined": True})
            return np.frombuffer(found, np.float32, size // 4)

    def do_picture(self, word: Message) -> Message:
        """The channels of a part in shared memory; see `pixels.Picture`."""
        part = require_part(word["path"], word["part"])
        return self._picture(word, part, tuple(word["channels"]), tuple(word["level"]))[0]

    def do_pixel(self, word: Message) -> list[float] | None:
        """The values at one pixel; see `pixels.Decoder.pixel`."""
        part, (x, y) = require_part(word["path"], word["part"]), word["at"]
        names = channels_to_decode(part, tuple(word["channels"]))
        raster = self._open(word["path"], part, tuple(word["level"]), names, self.beat)
        data, level = part.data_window or raster.box, raster.box
        column = int((x + 0.5 - data.min_x) * level.width / data.width)
        row = int((y + 0.5 - data.min_y) * level.height / data.height)
        if not (0 <= column < level.width and 0 <= row < level.height):
            raise PixelRequestError(f"The data window of part {part.index} has no pixel {x}, {y}.")
        values = pixel_of(raster, level.min_x + column, level.min_y + row)
        return None if values is None else [float(value) for value in values]

    def do_thumbnail(self, word: Message) -> Message:
        """A small picture of the first layer, in shared memory and as a JPEG; see `pixels.Thumbnail`."""
        part = require_part(word["path"], word["part"])
        told, pixels = self._picture(word, part, (), level_for(part, word["most"]))
        chromaticities = next((one.value for one in part.attributes if one.name == "chromaticities"), None)
        flat = id_colours(pixels) if is_ids(part, told["channels"]) else srgb(pixels, chromaticities)
        seen = widened(flat, part.pixel_aspect_ratio)
        return {**told, "jpeg": b64encode(self._encode(seen)).decode(), "size": seen.shape[1::-1]}

    def _picture(
        self, word: Message, part: Part, names: tuple[str, ...], level: tuple[int, int]
    ) -> tuple[Message, Floats]:
        """What there is to say of a picture, and its pixels."""
        names = channels_to_decode(part, names)
        raster = self._open(word["path"], part, level, names, self.beat)
        box = raster.box
        by = factor((box.width, box.height), word["most"])
        shape = (-(-box.height // by), -(-box.width // by), raster.depth)
        into = self.memory(4 * int(np.prod(shape))).reshape(shape)
        kinds = {one.name: one.type for one in part.channels}
        has_means = not is_ids(part, names) and all(kinds.get(name) != "uint" for name in names)
        reduced = ReducedImage((box.width, box.height), by, into, means=has_means)
        missing: list[Box2i] = []
        for strip in strips(raster):
            reduced.add(strip.y - box.min_y, strip.rows)
            missing += strip.missing
            self.beat()
        reduced.finish()
        missing = joined(missing)
        if missing == [box]:
            raise PixelRequestError(f"None of the pixels of part {part.index} are in the file, or none can be decoded.")
        told = {
            "shape": shape,
            "channels": names,
            "data_window": part.data_window,
            "display_window": part.display_window or part.data_window,
            "level_window": box,
            "factor": by,
            "missing": missing,
            "warning": warning(part),
        }
        return told, into

    def do_stats(self, word: Message) -> list[Any]:
        """The statistics of each channel; see `pixels.Decoder.stats`."""
        found = []
        for part in parts_with_pixels(word["path"], word["part"]):
            every = tuple(dict.fromkeys(one.name for one in part.channels))
            names = channels_to_decode(part, () if is_luminance_chroma(part.channels) else every)
            raster = self._open(word["path"], part, (0, 0), names, self.beat)
            tallies = [ChannelAccumulator() for _ in names]
            for strip in strips(raster):
                for place, tally in enumerate(tallies):
                    tally.add(strip, raster.box.min_x, place)
                self.beat()
            found += [tally.stats(part.index, name) for name, tally in zip(names, tallies, strict=True)]
        return found
