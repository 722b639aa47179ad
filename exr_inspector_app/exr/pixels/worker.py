"""Request handlers of the worker process, independent of the library that decodes."""

from __future__ import annotations

import errno
import mmap
import time
import traceback
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.layers import is_ids, is_luminance_chroma
from exr_inspector_app.exr.pixels.display_transform import stretch_to_square_pixels, to_id_colors, to_srgb
from exr_inspector_app.exr.pixels.request import (
    PixelRequestError,
    channels_to_decode,
    conversion_warning,
    mip_level_for,
    parts_with_pixels,
    require_part,
)
from exr_inspector_app.exr.pixels.resource_limits import limit_cpu_seconds
from exr_inspector_app.exr.pixels.shared_memory import Floats, attach
from exr_inspector_app.exr.pixels.statistics import ChannelAccumulator
from exr_inspector_app.exr.pixels.strip_reader import (
    ImageReader,
    ReducedImage,
    merge_boxes,
    read_pixel,
    read_strips,
    reduction_factor,
)
from exr_inspector_app.exr.pixels.worker_channel import MessageChannel
from exr_inspector_app.exr.pixels.worker_protocol import (
    CancelledReply,
    CancelNotice,
    FailureReply,
    Heartbeat,
    MemoryAttached,
    MemoryGrant,
    MemoryRequest,
    PictureReply,
    PictureTask,
    PixelReply,
    PixelTask,
    ProtocolError,
    RefusalReply,
    Reply,
    StatisticsReply,
    StatisticsTask,
    Task,
    ThumbnailReply,
    ThumbnailTask,
)
from exr_inspector_app.model import Box2i, ChannelStats, Part

HEARTBEAT_S = 0.2
_IDLE_TIMEOUT_S = 3600.0  # of one wait for a message; then the worker waits again
_OUT_OF_MEMORY = "Decoding needs more memory than the decoder may use."
Opener: TypeAlias = Callable[[str, Part, tuple[int, int], tuple[str, ...], Callable[[], None]], ImageReader]
Encoder: TypeAlias = Callable[[npt.NDArray[np.uint8]], bytes]


class RequestCancelledError(Exception):
    """The parent process no longer needs the result of the current request."""


class Worker:
    """Server for the requests of the parent process, one at a time."""

    def __init__(self, channel: MessageChannel, opener: Opener, encoder: Encoder) -> None:
        """Create a server.

        Args:
            channel: To the parent process.
            opener: Opens channels of one level of a part.
            encoder: Encodes sRGB bytes, (height, width, 3), as a JPEG.
        """
        self._channel = channel
        self._open = opener
        self._encode = encoder
        self._number, self._timeout_s = 0, 0.0  # of the current request
        self._last_heartbeat = 0.0
        self._attached: dict[int, mmap.mmap] = {}  # by buffer id

    def serve(self) -> None:
        """Handle requests until the parent process is gone.

        Raises:
            EOFError, OSError: The parent process is gone.
            ProtocolError: It sent an invalid message.
        """
        while True:
            message = self._channel.receive(_IDLE_TIMEOUT_S)
            if isinstance(message, Task):
                self._channel.send(self._reply(message))

    def _reply(self, task: Task) -> Reply:
        """Return the result of a task, or an error."""
        self._number, self._timeout_s = task.number, task.timeout_s
        limit_cpu_seconds(self._timeout_s)
        try:
            return self._handle(task)
        except PixelRequestError as error:
            return RefusalReply(number=task.number, sentence=str(error))
        except MemoryError:
            return RefusalReply(number=task.number, sentence=_OUT_OF_MEMORY, is_resource_error=True)
        except RequestCancelledError:
            return CancelledReply(number=task.number)
        except (EOFError, ProtocolError):
            raise
        except OSError as error:  # of the decoding; if the parent is gone, the reply fails too
            text = f"Cannot decode the pixels: {error.strerror or error}."
            sentence = _OUT_OF_MEMORY if error.errno == errno.ENOMEM else text
            return RefusalReply(number=task.number, sentence=sentence, is_resource_error=True)
        except Exception as error:  # a bug, or an unforeseen file
            return FailureReply(number=task.number, error=repr(error), traceback=traceback.format_exc())

    def _handle(self, task: Task) -> Reply:
        match task:
            case PictureTask():
                part = require_part(task.path, task.part_index)
                return self._decode(task, part, task.channels, task.level, task.max_size)[0]
            case PixelTask():
                return self._decode_pixel(task)
            case ThumbnailTask():
                return self._make_thumbnail(task)
            case StatisticsTask():
                return self._measure(task)
        raise ProtocolError(f"unexpected {type(task).__name__}")

    def send_heartbeat(self) -> None:
        """Report progress to the parent, at most every HEARTBEAT_S.

        Raises:
            RequestCancelledError: The parent has cancelled the request.
        """
        now = time.monotonic()
        if now - self._last_heartbeat >= HEARTBEAT_S:
            self._last_heartbeat = now
            limit_cpu_seconds(self._timeout_s)
            self._channel.send(Heartbeat(number=self._number))
        message = self._channel.receive(0.0)
        if isinstance(message, CancelNotice) and message.number == self._number:
            raise RequestCancelledError

    def _request_memory(self, size: int) -> Floats:
        """Return `size` bytes of shared memory as float32, with any content.

        Raises:
            RequestCancelledError: The parent has cancelled the request.
        """
        self._channel.send(MemoryRequest(number=self._number, size=size))
        while True:
            message = self._channel.receive(_IDLE_TIMEOUT_S)
            if message is None or message.number != self._number:
                continue
            if not isinstance(message, MemoryGrant):
                raise RequestCancelledError
            granted = self._attached.get(message.buffer_id) or attach(message.name, message.size)
            known = {**self._attached, message.buffer_id: granted}
            self._attached = {key: memory for key, memory in known.items() if key in message.cached_ids}
            self._channel.send(MemoryAttached(number=self._number))
            return np.frombuffer(granted, np.float32, size // 4)

    def _decode_pixel(self, task: PixelTask) -> PixelReply:
        part, (x, y) = require_part(task.path, task.part_index), task.position
        names = channels_to_decode(part, task.channels)
        image = self._open(task.path, part, task.level, names, self.send_heartbeat)
        data, level = part.data_window or image.box, image.box
        column = int((x + 0.5 - data.min_x) * level.width / data.width)
        row = int((y + 0.5 - data.min_y) * level.height / data.height)
        if not (0 <= column < level.width and 0 <= row < level.height):
            raise PixelRequestError(f"The data window of part {part.index} has no pixel {x}, {y}.")
        values = read_pixel(image, level.min_x + column, level.min_y + row)
        return PixelReply(number=task.number, values=None if values is None else tuple(map(float, values)))

    def _make_thumbnail(self, task: ThumbnailTask) -> ThumbnailReply:
        part = require_part(task.path, task.part_index)
        picture, pixels = self._decode(task, part, (), mip_level_for(part, task.max_size), task.max_size)
        chromaticities = next((row.value for row in part.attributes if row.name == "chromaticities"), None)
        colors = to_id_colors(pixels) if is_ids(part, picture.channels) else to_srgb(pixels, chromaticities)
        image = stretch_to_square_pixels(colors, part.pixel_aspect_ratio)
        facts = {name: getattr(picture, name) for name in PictureReply.__dataclass_fields__}
        height, width, _ = image.shape
        return ThumbnailReply(**facts, jpeg=self._encode(image), size=(width, height))

    def _decode(
        self,
        task: Task,
        part: Part,
        requested: tuple[str, ...],
        level: tuple[int, int],
        max_size: tuple[int, int] | None,
    ) -> tuple[PictureReply, Floats]:
        """Return the description of a picture and its pixels, (height, width, channels), in shared memory."""
        names = channels_to_decode(part, requested)
        image = self._open(task.path, part, level, names, self.send_heartbeat)
        box = image.box
        factor = reduction_factor((box.width, box.height), max_size)
        shape = (-(-box.height // factor), -(-box.width // factor), image.channel_count)
        pixels = self._request_memory(4 * int(np.prod(shape))).reshape(shape)
        types = {channel.name: channel.type for channel in part.channels}
        has_means = not is_ids(part, names) and all(types.get(name) != "uint" for name in names)
        reduced = ReducedImage((box.width, box.height), factor, pixels, means=has_means)
        missing: list[Box2i] = []
        for strip in read_strips(image):
            reduced.add(strip.y - box.min_y, strip.rows)
            missing += strip.missing
            self.send_heartbeat()
        reduced.finish()
        missing = merge_boxes(missing)
        if missing == [box]:
            raise PixelRequestError(f"Part {part.index}: none of the pixels are in the file, or none can be decoded.")
        data_window = part.data_window or box
        reply = PictureReply(
            number=task.number,
            shape=shape,
            channels=names,
            data_window=data_window,
            display_window=part.display_window or data_window,
            level_window=box,
            factor=factor,
            missing=tuple(missing),
            warning=conversion_warning(part),
        )
        return reply, pixels

    def _measure(self, task: StatisticsTask) -> StatisticsReply:
        rows: list[ChannelStats] = []
        for part in parts_with_pixels(task.path, task.part_index):
            stored = tuple(dict.fromkeys(channel.name for channel in part.channels))
            names = channels_to_decode(part, () if is_luminance_chroma(part.channels) else stored)
            image = self._open(task.path, part, (0, 0), names, self.send_heartbeat)
            accumulators = [ChannelAccumulator() for _ in names]
            for strip in read_strips(image):
                for index, accumulator in enumerate(accumulators):
                    accumulator.add(strip, image.box.min_x, index)
                self.send_heartbeat()
            rows += [total.stats(part.index, name) for name, total in zip(names, accumulators, strict=True)]
        return StatisticsReply(number=task.number, channels=tuple(rows))
