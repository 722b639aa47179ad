"""The child process that decodes pixels: `python -m exr_inspector_app.exr.decoder`.

It alone loads OpenImageIO, so that a file that makes a library crash, hang or take all memory costs this
process and nothing else. It is asked over stdin and answers over stdout, one JSON object a line; pixels go
through shared memory. It ends when its stdin does.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import numpy as np
import OpenImageIO as oiio

from exr_inspector_app.exr.chunks import LINES
from exr_inspector_app.exr.inspect import inspect_file
from exr_inspector_app.exr.layers import COLOURS, is_luminance_chroma, picture_channels
from exr_inspector_app.exr.lines import Lines, Word
from exr_inspector_app.exr.memory import join
from exr_inspector_app.exr.statistics import Tally
from exr_inspector_app.exr.strips import Raster, Reduced, Rows, factor, joined, strips
from exr_inspector_app.model import Box2i, ExrFile, Part

BEAT = 0.2  # seconds between two signs of life
MOST_THREADS = 16  # each takes address space, which is limited
LIBRARIES = 256 * 2**20  # bytes of address space for threads and libraries, beside the pixels
_NEAR = 4  # channels that are read in vain rather than decoding a strip once more


class Refused(Exception):
    """The pixels cannot be had; the text is the sentence for the person."""


class Stopped(Exception):
    """Whoever asked does not want the answer any more."""


class Flat:
    """One level of a flat part, decoded by OpenImageIO when it is asked for."""

    def __init__(self, path: str, part: Part, level: tuple[int, int], names: tuple[str, ...]) -> None:
        self._image = opened(path, part, level)
        spec = self._image.spec()
        self.box = Box2i(spec.x, spec.y, spec.x + spec.width - 1, spec.y + spec.height - 1)
        self._tiled = bool(spec.tile_width)
        lines = LINES.get(part.compression or "", 1)
        self.chunk = (spec.tile_width, spec.tile_height) if self._tiled else (spec.width, lines)
        self.depth = len(names)
        self._runs = runs(spec, names)

    def read(self, box: Box2i) -> Rows | None:
        found = np.empty((box.height, box.width, self.depth), np.float32)
        for first, last, form, places in self._runs:
            pixels = self._read(box, first, last, form)
            if pixels is None:
                problem(self._image)
                return None
            pixels = pixels.reshape(box.height, box.width, last - first)
            if places == [(n, n) for n in range(self.depth)]:
                return np.asarray(pixels[..., : self.depth], np.float32)
            for here, there in places:
                found[..., there] = pixels[..., here]
        return found

    def _read(self, box: Box2i, first: int, last: int, form: str) -> Any:
        if self._tiled:
            span = (box.min_x, box.max_x + 1, box.min_y, box.max_y + 1, 0, 1)
            return self._image.read_tiles(*span, first, last, form)
        return self._image.read_scanlines(box.min_y, box.max_y + 1, 0, first, last, form)


class Flattened:
    """A deep part whose samples have been put over one another."""

    def __init__(self, path: str, part: Part, names: tuple[str, ...]) -> None:
        buffer = oiio.ImageBuf(path, part.index, 0)
        if not buffer.read(part.index, 0, True):
            raise Refused(f"The deep samples of part {part.index} cannot be decoded: {problem(buffer)}.")
        flat = oiio.ImageBufAlgo.flatten(buffer)
        if flat.has_error:
            raise Refused(f"The deep samples of part {part.index} cannot be flattened: {problem(flat)}.")
        spec = flat.spec()
        listed = [places(spec, name) for name in names]
        self._pixels = np.asarray(flat.get_pixels(oiio.FLOAT), np.float32)[..., listed]
        self.box = Box2i(spec.x, spec.y, spec.x + spec.width - 1, spec.y + spec.height - 1)
        self.chunk = (spec.width, 1)
        self.depth = len(names)

    def read(self, box: Box2i) -> Rows | None:
        top = box.min_y - self.box.min_y
        return self._pixels[top : top + box.height]


def opened(path: str, part: Part, level: tuple[int, int]) -> Any:
    """The part in OpenImageIO, at a level; raises Refused where it cannot be."""
    # The newer reader refuses subsampled channels; the older one turns luminance/chroma into colours.
    oiio.attribute("openexr:core", 0 if is_luminance_chroma(part) else 1)
    image = oiio.ImageInput.open(path)
    if image is None:
        raise Refused(f"The pixels cannot be decoded: {problem(oiio)}.")
    if level[0] != level[1] or not image.seek_subimage(part.index, level[0]):
        raise Refused(f"Part {part.index} has no level {level[0]}, {level[1]}.")
    return image


def problem(of: Any) -> str:
    """What OpenImageIO says went wrong, in one line."""
    try:
        lines = of.geterror().splitlines()
    except UnicodeDecodeError:
        lines = []
    return lines[0].rstrip(". ") if lines else "its decoder does not say why"


def places(spec: Any, name: str) -> int:
    """Where a channel stands; raises Refused where it does not."""
    try:
        return list(spec.channelnames).index(name)
    except ValueError:
        raise Refused(f"There is no channel {name}.") from None


def runs(spec: Any, names: tuple[str, ...]) -> list[tuple[int, int, str, list[tuple[int, int]]]]:
    """Ranges of channels to read at one time, as (first, last, format, [(place read, place wanted)]).

    Whole numbers are read as such, since OpenImageIO would make fractions of them.
    """
    kinds = spec.channelformats or (spec.format,) * spec.nchannels
    wanted = sorted((places(spec, name), place) for place, name in enumerate(names))
    found: list[tuple[int, int, str, list[tuple[int, int]]]] = []
    for here, there in wanted:
        form = "uint" if str(kinds[here]) == "uint" else "float"
        if found and found[-1][2] == form and here - found[-1][1] < _NEAR:
            first, _, _, listed = found[-1]
            found[-1] = (first, here + 1, form, [*listed, (here - first, there)])
        else:
            found.append((here, here + 1, form, [(0, there)]))
    return found


class Worker:
    """Does what one other process asks, one thing at a time."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._number, self._seconds = 0, 0.0
        self._told = 0.0

    def serve(self) -> None:
        """Works until the other side is gone."""
        while True:
            word = self._lines.receive(3600.0)
            if word is not None and "ask" in word:
                self._lines.send(self._answer(word))

    def _answer(self, word: Word) -> Word:
        self._number, self._seconds = word["number"], word["seconds"]
        limit_seconds(self._seconds)
        try:
            done = getattr(self, f"do_{word['ask']}")(word)
            return {"number": self._number, "done": done}
        except Refused as error:
            return {"number": self._number, "refused": str(error)}
        except MemoryError:
            return {"number": self._number, "refused": "The pixels need more memory than may be used for them."}
        except Stopped:
            return {"number": self._number, "stopped": True}

    def beat(self) -> None:
        """Says that work goes on, and hears whether it should."""
        now = time.monotonic()
        if now - self._told >= BEAT:
            self._told = now
            limit_seconds(self._seconds)
            self._lines.send({"number": self._number, "beat": True})
        word = self._lines.receive(0.0)
        if word is not None and "stop" in word and word["number"] == self._number:
            raise Stopped

    def memory(self, size: int) -> Any:
        """Shared memory of a size, made by the other side."""
        self._lines.send({"number": self._number, "need": size})
        while True:
            word = self._lines.receive(3600.0)
            if word is None or word.get("number") != self._number:
                continue
            if "memory" not in word:
                raise Stopped
            joined_memory = join(word["memory"], size)
            self._lines.send({"number": self._number, "joined": True})
            return joined_memory

    def do_picture(self, word: Word) -> Word:
        """The channels of a part in shared memory; see `pixels.Picture`."""
        part = chosen(word["path"], word["part"])
        names = tuple(word["channels"]) or picture_channels(part)
        raster, warning = raster_of(word["path"], part, tuple(word["level"]), names)
        box = raster.box
        by = factor((box.width, box.height), word["most"])
        shape = (-(-box.height // by), -(-box.width // by), raster.depth)
        memory = self.memory(4 * int(np.prod(shape)))
        into = np.frombuffer(memory, np.float32).reshape(shape)
        kinds = {one.name: one.type for one in part.channels}
        reduced = Reduced((box.width, box.height), by, into, means=all(kinds.get(name) != "uint" for name in names))
        missing: list[Box2i] = []
        for strip in strips(raster):
            reduced.add(strip.y - box.min_y, strip.rows)
            missing += strip.missing
            self.beat()
        reduced.finish()
        if joined(missing) == [box]:
            raise Refused(f"None of the pixels of part {part.index} are in the file, or none can be decoded.")
        return {
            "shape": shape,
            "channels": names,
            "data_window": part.data_window,
            "display_window": part.display_window,
            "level_window": box,
            "factor": by,
            "missing": joined(missing),
            "warning": warning,
        }

    def do_stats(self, word: Word) -> list[Any]:
        """One row of numbers a channel; see `pixels.Decoder.stats`."""
        found = []
        for part in parts_of(word["path"], word["part"]):
            names = COLOURS if is_luminance_chroma(part) else tuple(dict.fromkeys(one.name for one in part.channels))
            raster, _ = raster_of(word["path"], part, (0, 0), names)
            tallies = [Tally() for _ in names]
            for strip in strips(raster):
                for place, tally in enumerate(tallies):
                    tally.add(strip, raster.box.min_x, place)
                self.beat()
            found += [[part.index, name, *tally.row()] for name, tally in zip(names, tallies, strict=True)]
        return found


def read_file(path: str) -> ExrFile:
    """The header; raises Refused where it has no part."""
    file = inspect_file(path)
    if not file.parts:
        raise Refused(file.errors[0].message if file.errors else "The file has no parts.")
    return file


def parts_of(path: str, index: int | None) -> tuple[Part, ...]:
    return read_file(path).parts if index is None else (chosen(path, index),)


def chosen(path: str, index: int) -> Part:
    """One part of a file; raises Refused where it is not there or has no pixels."""
    parts = read_file(path).parts
    if not 0 <= index < len(parts):
        raise Refused(f"There is no part {index}; the file has {len(parts)}.")
    part = parts[index]
    if not part.channels or part.data_window is None or part.data_window.width < 1 or part.data_window.height < 1:
        raise Refused(f"Part {index} has no pixels: its header lacks channels or a data window.")
    return part


def raster_of(path: str, part: Part, level: tuple[int, int], names: tuple[str, ...]) -> tuple[Raster, str]:
    """The pixels of a part, and a sentence where they are not shown as they are stored."""
    if part.is_deep:
        return Flattened(path, part, names), "The deep samples are shown flattened."
    if is_luminance_chroma(part):
        return Flat(path, part, level, COLOURS), "Luminance and chroma are shown as the colours they stand for."
    return Flat(path, part, level, names), ""


def limit_memory(megabytes: int) -> None:
    """The pixels may take so much address space, where the system can hold the process to that."""
    try:
        import resource

        with open("/proc/self/statm") as file:
            now = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + LIBRARIES + megabytes * 2**20,) * 2)
    except (ImportError, OSError, ValueError):  # Windows has no limits, macOS does not tell the size
        return


def limit_seconds(seconds: float) -> None:
    """From now on so many seconds of each processor may be used, where the system can hold it to that."""
    try:
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        allowed = int(used.ru_utime + used.ru_stime + seconds * (os.cpu_count() or 1)) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    except (ImportError, OSError, ValueError):
        return


def main() -> int:
    """Serves the process that holds the other ends of stdin and stdout."""
    out = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # the libraries print on both
    os.dup2(nowhere, 2)
    oiio.attribute("threads", min(MOST_THREADS, os.cpu_count() or 1))
    limit_memory(int(sys.argv[1]))
    try:
        Worker(Lines(0, out)).serve()
    except (EOFError, OSError):
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
