"""Request handlers of the worker process, independent of the library that decodes."""

from __future__ import annotations

import errno
import os
import time
import traceback
from collections.abc import Callable
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.parser.part_color import part_space
from exr_inspector_app.exr.picture import COLOR_KINDS
from exr_inspector_app.exr.pixels.data_colors import to_data_colors
from exr_inspector_app.exr.pixels.decoding.budget_meter import BudgetMeter
from exr_inspector_app.exr.pixels.decoding.framed_image import FramedImage, read_framed
from exr_inspector_app.exr.pixels.decoding.id_areas import measure_ids
from exr_inspector_app.exr.pixels.decoding.measure_channels import measure_parts
from exr_inspector_app.exr.pixels.decoding.metered_image import MeteredImage
from exr_inspector_app.exr.pixels.decoding.picture_decoding import decode_layers, decode_picture
from exr_inspector_app.exr.pixels.decoding.picture_rules import (
    has_means,
    is_black,
    part_bytes_per_pixel,
    require_pixels,
)
from exr_inspector_app.exr.pixels.decoding.probe_reading import read_values
from exr_inspector_app.exr.pixels.decoding.region_statistics import level_pixel, level_region, measure_region
from exr_inspector_app.exr.pixels.decoding.strip_reader import ImageReader, read_pixel
from exr_inspector_app.exr.pixels.display_transform import stretch_to_square_pixels, to_light, to_srgb
from exr_inspector_app.exr.pixels.granted_memory import IDLE_TIMEOUT_S, GrantedMemory, RequestCancelledError
from exr_inspector_app.exr.pixels.message_fields import ProtocolError
from exr_inspector_app.exr.pixels.operation_budget import MEMORY_LIMIT, PICTURE_BUDGET
from exr_inspector_app.exr.pixels.request import (
    PixelRequestError,
    conversion_warning,
    list_pictures,
    mip_level_for,
    require_part,
    select_picture,
)
from exr_inspector_app.exr.pixels.resource_limits import limit_cpu_seconds
from exr_inspector_app.exr.pixels.worker_channel import MessageChannel
from exr_inspector_app.exr.pixels.worker_protocol import (
    CancelledReply,
    CancelNotice,
    FailureReply,
    FileStamp,
    Heartbeat,
    IdAreasReply,
    IdAreasTask,
    JpegTask,
    LayersReply,
    LayersTask,
    PictureReply,
    PictureTask,
    PixelReply,
    PixelTask,
    ProbeReply,
    ProbeTask,
    RefusalReply,
    RegionTask,
    Reply,
    RgbReply,
    StatisticsReply,
    StatisticsTask,
    Task,
    ThumbnailReply,
    ThumbnailTask,
    WorkerReady,
)
from exr_inspector_app.model import Part
from exr_inspector_app.model import Picture as Selection

HEARTBEAT_S = 0.2
HARD_LIMIT_CPU_S = 2.0  # beyond the budget; the system then ends a worker that does not check it
MAX_SAMPLED_BYTES = 2**30  # of all channels, which are unpacked together, for one thumbnail
MAX_TRACEBACK_CHARS = 20_000
MAX_PICTURES = 6  # that are decoded for one thumbnail until one is not black
_REPLY_TOO_LONG = "The file has more channels, or more gaps in its pixels, than can be reported."
Image: TypeAlias = npt.NDArray[np.uint8]  # (height, width, 3), sRGB
JpegCodec: TypeAlias = tuple[Callable[[Image], bytes], Callable[[bytes, tuple[int, int]], Image]]


class Opener(Protocol):
    """Function that opens channels of one level of a part."""

    def __call__(
        self,
        path: str,
        part: Part,
        level: tuple[int, int],
        names: tuple[str, ...],
        heartbeat: Callable[[], None],
        *,
        keeps_type: bool = False,
    ) -> ImageReader:
        """Return a reader, which passes half or uint channels on as stored if it keeps the type."""
        ...


class Worker:
    """Server for the requests of the parent process, one at a time."""

    def __init__(self, channel: MessageChannel, opener: Opener, codec: JpegCodec) -> None:
        """Create a server.

        Args:
            channel: To the parent process.
            opener: Opens channels of one level of a part.
            codec: Encoder of JPEGs, and decoder, which reduces them to fit a size.
        """
        self._channel = channel
        self._opener = opener
        self._encode, self._decode_jpeg = codec
        self._number = 0  # of the current request
        self._meter = BudgetMeter(PICTURE_BUDGET, "")
        self._last_heartbeat = 0.0
        self._memory = GrantedMemory(channel)

    def serve(self, ready: WorkerReady) -> None:
        """Send `ready`, and handle requests until the parent process is gone.

        Raises:
            EOFError, OSError: The parent process is gone.
            ProtocolError: It sent an invalid message.
        """
        self._channel.send(ready)
        while True:
            message = self._channel.receive(IDLE_TIMEOUT_S)
            if isinstance(message, Task):
                self._send_reply(message, self._reply(message))

    def _send_reply(self, task: Task, reply: Reply) -> None:
        try:
            self._channel.send(reply)
        except ProtocolError:  # too long: nothing of it was sent
            self._channel.send(_resource_refusal(task, _REPLY_TOO_LONG, "limit"))

    def _reply(self, task: Task) -> Reply:
        """Return the result of a task, or an error."""
        self._number, self._meter = task.number, BudgetMeter(task.budget, task.path)
        self._memory.begin(task.number)
        limit_cpu_seconds(task.budget.cpu_s + HARD_LIMIT_CPU_S)
        try:
            self._send_stamp(task)
            return self._handle(task)
        except PixelRequestError as error:
            return RefusalReply(number=task.number, sentence=str(error), code=error.code)
        except MemoryError:
            return _resource_refusal(task, MEMORY_LIMIT, "limit")
        except RequestCancelledError:
            return CancelledReply(number=task.number)
        except (EOFError, ProtocolError):
            raise
        except OSError as error:  # of the decoding; if the parent is gone, the reply fails too
            if error.errno == errno.ENOMEM:
                return _resource_refusal(task, MEMORY_LIMIT, "limit")
            return _resource_refusal(task, f"Cannot decode the pixels: {error.strerror or error}.", "unreadable")
        except Exception as error:  # a bug, or an unforeseen file
            text = traceback.format_exc()[-MAX_TRACEBACK_CHARS:]
            return FailureReply(number=task.number, error=repr(error)[:MAX_TRACEBACK_CHARS], traceback=text)

    def _send_stamp(self, task: Task) -> None:
        """Report the identity of the file, so that the parent can recognize a change; the task reports errors."""
        try:
            now = os.stat(task.path)
        except (OSError, ValueError):
            return
        stamp = FileStamp(number=task.number, size=now.st_size, mtime_ns=now.st_mtime_ns, inode=now.st_ino)
        self._channel.send(stamp)

    def _handle(self, task: Task) -> Reply:
        match task:
            case PictureTask():
                return self._decode(task)
            case LayersTask():
                return self._decode_layers(task)
            case PixelTask():
                return self._decode_pixel(task)
            case ProbeTask():
                return self._probe(task)
            case RegionTask():
                return self._measure_region(task)
            case ThumbnailTask():
                return self._make_thumbnail(task)
            case StatisticsTask():
                return self._measure(task)
            case IdAreasTask():
                return self._measure_ids(task)
            case JpegTask():
                return self._read_jpeg(task)
        raise ProtocolError(f"unexpected {type(task).__name__}")

    def send_heartbeat(self) -> None:
        """Report progress to the parent, at most every HEARTBEAT_S.

        Raises:
            RequestCancelledError: The parent has cancelled the request.
            BudgetExceededError: The request has used its time.
        """
        self._meter.check_time()
        now = time.monotonic()
        if now - self._last_heartbeat >= HEARTBEAT_S:
            self._last_heartbeat = now
            self._channel.send(Heartbeat(number=self._number))
        message = self._channel.receive(0.0)
        if isinstance(message, CancelNotice) and message.number == self._number:
            raise RequestCancelledError

    def _open(
        self, path: str, part: Part, level: tuple[int, int], names: tuple[str, ...], *, keeps_type: bool = False
    ) -> ImageReader:
        """Return a reader that counts against the budget of the request."""
        image = self._opener(path, part, level, names, self.send_heartbeat, keeps_type=keeps_type)
        return MeteredImage(image, self._meter, self.send_heartbeat)

    def _decode_pixel(self, task: PixelTask) -> PixelReply:
        part, selection = select_picture(task.path, task.part_index, task.channels)
        x, y = task.position
        image = self._open(task.path, part, task.level, selection.channels)
        position = level_pixel((x, y), part.data_window or image.box, image.box)
        if position is None:
            raise PixelRequestError(f"The data window of part {part.index} has no pixel {x}, {y}.", "usage")
        values = read_pixel(image, *position)
        return PixelReply(number=task.number, values=None if values is None else tuple(map(float, values)))

    def _probe(self, task: ProbeTask) -> ProbeReply:
        parts = tuple(read_values(task.path, task.position, self._open, self.send_heartbeat))
        return ProbeReply(number=task.number, parts=parts)

    def _measure_region(self, task: RegionTask) -> StatisticsReply:
        part, selection = select_picture(task.path, task.part_index, task.channels)
        image = self._open(task.path, part, task.level, selection.channels)
        region = level_region(task.region, part.data_window or image.box, image.box)
        rows = measure_region(image, region, part.index, selection.channels, self.send_heartbeat)
        return StatisticsReply(number=task.number, channels=tuple(rows))

    def _make_thumbnail(self, task: ThumbnailTask) -> ThumbnailReply:
        (part, selection), framed = self._first_visible(task, list_pictures(task.path, task.part_index))
        pixels = self._memory.allocate(4 * framed.pixels.size).reshape(framed.pixels.shape)
        is_color = selection.kind in COLOR_KINDS
        pixels[...] = to_light(framed.pixels, part_space(part)) if is_color else framed.pixels
        data = framed.pixels  # float32 rounds IDs beyond 2**24
        colors = to_srgb(pixels) if is_color else to_data_colors(data, selection.kind, layer=selection.layer)
        image = stretch_to_square_pixels(colors, part.pixel_aspect_ratio)
        return ThumbnailReply(
            number=task.number,
            shape=framed.pixels.shape,
            channels=selection.channels,
            data_window=framed.window,
            display_window=framed.window,
            level_window=framed.frame,
            factor=framed.factor,
            missing=framed.missing,
            warning=conversion_warning(part, selection.channels),
            selection=selection,
            jpeg=self._encode(image),
            size=(image.shape[1], image.shape[0]),
        )

    def _first_visible(
        self, task: ThumbnailTask, pictures: list[tuple[Part, Selection]]
    ) -> tuple[tuple[Part, Selection], FramedImage]:
        """Return the first of a few pictures that is not black, or the first one if all of them are."""
        first = self._decode_framed(task, *pictures[0])
        if not is_black(first.pixels):
            return pictures[0], first
        for part, selection in pictures[1:MAX_PICTURES]:
            try:
                framed = self._decode_framed(task, part, selection)
            except PixelRequestError:
                continue
            if not is_black(framed.pixels):
                return (part, selection), framed
        return pictures[0], first

    def _decode_framed(self, task: ThumbnailTask, part: Part, selection: Selection) -> FramedImage:
        level = mip_level_for(part, task.max_size)
        image = self._open(task.path, part, level, selection.channels)
        means = has_means(part, selection)
        stored = part_bytes_per_pixel(part)
        max_pixels = min(task.budget.pixels, MAX_SAMPLED_BYTES // max(1, stored))
        framed = read_framed(image, part, task.max_size, self.send_heartbeat, means=means, max_pixels=max_pixels)
        require_pixels(part, image.box, framed.missing)
        return framed

    def _decode(self, task: PictureTask) -> PictureReply:
        """Return the description of a picture, whose pixels are then in shared memory."""
        part, selection = select_picture(task.path, task.part_index, task.channels)
        image = self._open(task.path, part, task.level, selection.channels, keeps_type=task.keeps_type)
        send_draft = self._channel.send if task.has_draft else None
        means = has_means(part, selection)
        return decode_picture(task, part, selection, image, self._memory, self.send_heartbeat, send_draft, means=means)

    def _decode_layers(self, task: LayersTask) -> LayersReply:
        """Return the description of several layers, whose pixels are then in shared memory."""
        part = require_part(task.path, task.part_index)
        return decode_layers(task, part, self._open, self._memory.allocate, self.send_heartbeat)

    def _read_jpeg(self, task: JpegTask) -> RgbReply:
        image = self._decode_jpeg(task.jpeg, task.max_size)
        return RgbReply(number=task.number, size=(image.shape[1], image.shape[0]), pixels=image.tobytes())

    def _measure(self, task: StatisticsTask) -> StatisticsReply:
        rows = measure_parts(task.path, task.part_index, self._open, self.send_heartbeat)
        return StatisticsReply(number=task.number, channels=tuple(rows))

    def _measure_ids(self, task: IdAreasTask) -> IdAreasReply:
        return measure_ids(task, self._open, self.send_heartbeat)


def _resource_refusal(task: Task, sentence: str, code: str) -> RefusalReply:
    return RefusalReply(number=task.number, sentence=sentence, code=code, is_resource_error=True)
