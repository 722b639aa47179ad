"""Pixels of any EXR file, decoded in a child process: pictures, statistics and thumbnails.

A file on which the child dies, hangs or grows is reported in a sentence, and the next one gets a new child.
"""

from __future__ import annotations

import math
import threading
from base64 import b64decode
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.errors import DecodeCancelledError, PixelsError
from exr_inspector_app.exr.pixels.shared_memory import Floats
from exr_inspector_app.exr.pixels.worker_process import WorkerProcess
from exr_inspector_app.exr.pixels.worker_protocol import Message
from exr_inspector_app.exr.pixels.worker_request import WorkerRequest
from exr_inspector_app.model import Box2i, ChannelStats

MEMORY_LIMIT_MB = 4096
THUMBNAIL_SIZE = (320, 320)
_FAILED = "The pixels cannot be decoded: the decoder failed on them ({}). The file is damaged, or this is a bug."
_DEAD = "The pixels cannot be decoded: the decoder {} on them. The file is damaged, or needs more than {:,} MB."


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """Which pixels of a file to decode."""

    path: str
    part_index: int = 0
    channels: tuple[str, ...] = ()  # full names in display order, 1 to 4; () is the first RGB layer of the part
    level: tuple[int, int] = (0, 0)  # mip or rip level
    max_size: tuple[int, int] | None = None  # made smaller to fit (width, height); None is the full size


@dataclass(frozen=True, eq=False)
class Picture:
    """Decoded pixels, linear, rows from top to bottom; zeros where they are missing."""

    pixels: npt.NDArray[np.float32]  # (height, width, channels); lives in shared memory as long as it is used
    channels: tuple[str, ...]
    data_window: Box2i  # of the file, full size
    display_window: Box2i
    scale: tuple[float, float]  # full-size pixels per picture pixel, across and down
    factor: int  # each is made of so many pixels of its level across and down
    missing: tuple[Box2i, ...]  # regions of the data window that are not in the file or cannot be decoded
    warning: str  # one sentence where something is not shown as it is stored, else ""


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """A small picture of a part's first layer."""

    data: bytes  # JPEG in sRGB at a middle exposure, with square pixels; at most 48 KB
    size: tuple[int, int]  # width and height
    picture: Picture  # the linear pixels of which it was made


class Decoder:
    """One child process that decodes; for one thread at a time, but for `cancel`."""

    def __init__(self, memory_limit_mb: int = MEMORY_LIMIT_MB, timeout: float = 30.0) -> None:
        """The child's memory, of which a picture may take half, and how many seconds it may be silent.

        It says several times a second that it works, so a large file may take longer than `timeout`.
        """
        self._limit = memory_limit_mb
        self._timeout = timeout
        self._child: WorkerProcess | None = None
        self._turn = threading.Lock()
        self._number = 0
        self._cancelled = 0  # the last request that nobody wants any more

    def picture(self, request: PictureRequest, stop: StopCheck = never_stop) -> Picture:
        """The pixels of some channels.

        Raises PixelsError with one sentence, and PixelsStopped after `cancel` or once `stop` says so.
        """
        return _picture(*self._ask({"ask": "picture", **_word(request), "most": request.max_size}, stop))

    def pixel(
        self, request: PictureRequest, at: tuple[int, int], stop: StopCheck = never_stop
    ) -> tuple[float, ...] | None:
        """What a file has at one place of its data window, in full size; None where it cannot be decoded.

        Raises as `picture` does.
        """
        values, _ = self._ask({"ask": "pixel", **_word(request), "at": at}, stop)
        return None if values is None else tuple(values)

    def thumbnail(
        self, path: str, part_index: int = 0, max_size: tuple[int, int] = THUMBNAIL_SIZE, stop: StopCheck = never_stop
    ) -> Thumbnail:
        """A small picture that fits max_size but for the shape of its pixels; raises PixelsError as `picture` does."""
        ask = {"ask": "thumbnail", "path": path, "part": part_index, "most": max_size}
        done, numbers = self._ask(ask, stop)
        return Thumbnail(b64decode(done["jpeg"]), tuple(done["size"]), _picture(done, numbers))

    def stats(self, path: str, part_index: int | None = None, stop: StopCheck = never_stop) -> tuple[ChannelStats, ...]:
        """The statistics of every channel of a part, or of all parts; read in strips, so in little memory.

        Luminance/chroma has those of the R, G and B it stands for. Raises as `picture` does.
        """
        rows, _ = self._ask({"ask": "stats", "path": path, "part": part_index}, stop)
        return tuple(ChannelStats._make(tuple(one) if isinstance(one, list) else one for one in row) for row in rows)

    def cancel(self) -> None:
        """The work under way ends with PixelsStopped; from any thread."""
        self._cancelled = self._number

    def close(self) -> None:
        """The child is gone; another request would start a new one."""
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def _ask(self, word: Message, stop: StopCheck) -> tuple[Any, Floats | None]:
        """What the child answers to a request, and the numbers that it filled in."""
        with self._turn:
            self._number += 1
            is_old = self._child is not None and self._child.lives and self._child.has_spoken
            answer, numbers = self._answer(word, self._number, stop)
            if "spent" in answer:  # what a new child may have: memory in one piece, a folder that nobody removed
                self.close()
                if is_old:
                    answer, numbers = self._answer(word, self._number, stop)
        if "refused" in answer:
            raise PixelsError(answer["refused"])
        if "failed" in answer:
            raise PixelsError(_FAILED.format(answer["failed"])) from RuntimeError(answer["trace"])
        if "stopped" in answer:
            raise DecodeCancelledError("Reading the pixels was cancelled.")
        return answer["done"], numbers

    def _answer(self, word: Message, number: int, stop: StopCheck) -> tuple[Message, Floats | None]:
        """The last word of a child to a request, and the numbers that it filled in."""
        if self._child is None or not self._child.lives:
            self.close()
            self._child = WorkerProcess(self._limit)
        talk = WorkerRequest(self._child, number, self._limit * 2**20 // 2, self._timeout)
        try:
            return talk.run(word, lambda: stop() or self._cancelled >= number), talk.numbers
        except (EOFError, OSError) as error:
            fate = self._child.fate()
            self.close()
            raise PixelsError(_DEAD.format(fate, self._limit)) from error
        except BaseException:
            self.close()
            raise
        finally:
            talk.seal()


def _word(request: PictureRequest) -> Message:
    """Which pixels are meant, for the child."""
    return {
        "path": request.path,
        "part": request.part_index,
        "channels": request.channels,
        "level": request.level,
    }


def _picture(done: Message, numbers: Floats | None) -> Picture:
    """The picture that the child tells of."""
    assert numbers is not None  # every picture asks for some
    data, display, level = (Box2i(*done[name]) for name in ("data_window", "display_window", "level_window"))
    return Picture(
        pixels=numbers.reshape(done["shape"]),
        channels=tuple(done["channels"]),
        data_window=data,
        display_window=display,
        scale=(done["factor"] * data.width / level.width, done["factor"] * data.height / level.height),
        factor=done["factor"],
        missing=tuple(_full_size(Box2i(*box), level, data) for box in done["missing"]),
        warning=done["warning"],
    )


def _full_size(box: Box2i, level: Box2i, data: Box2i) -> Box2i:
    """A box of a level in the coordinates of the data window."""
    across, down = data.width / level.width, data.height / level.height
    return Box2i(
        data.min_x + int((box.min_x - level.min_x) * across),
        data.min_y + int((box.min_y - level.min_y) * down),
        min(data.max_x, data.min_x + math.ceil((box.max_x + 1 - level.min_x) * across) - 1),
        min(data.max_y, data.min_y + math.ceil((box.max_y + 1 - level.min_y) * down) - 1),
    )
