"""Wire protocol between `Decoder` and its worker process: typed messages as JSON lines over two pipes.

Each line is one JSON object in ASCII. Its key `kind` names a message class of this module, the other keys are the
fields of that class; bytes are base64 text, tuples are arrays. Every field is checked against its annotation when
a line is decoded, so that a process with corrupt memory is detected at its first wrong message.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, fields
from typing import Any

from exr_inspector_app.exr.pixels.message_fields import ProtocolError, converter
from exr_inspector_app.exr.pixels.operation_budget import PICTURE_BUDGET, Budget
from exr_inspector_app.exr.pixels.probe_values import PartValues
from exr_inspector_app.exr.pixels.sandbox.layers import Layer
from exr_inspector_app.model import Box2i, ChannelStats
from exr_inspector_app.model import Picture as Selection

_MAX_CONTAINERS = 500_000  # arrays and objects of a message; each takes much more memory than in the line
_MAX_VALUES = 4_000_000
_MAX_COORDINATE = 2**32  # sizes and bounds of boxes are 32 bits in a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Base of all messages; `number` is that of the request they belong to."""

    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Message):
    """Base of the messages that begin a request."""

    budget: Budget = PICTURE_BUDGET
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureTask(Task):
    """Request for channels of one part, as in `PictureRequest`."""

    part_index: int | None
    channels: tuple[str, ...]
    level: tuple[int, int]
    max_size: tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelTask(Task):
    """Request for the values at `position`: x and y in the data window of the full size."""

    part_index: int | None
    channels: tuple[str, ...]
    level: tuple[int, int]
    position: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThumbnailTask(Task):
    """Request for a thumbnail of the picture of one part, by default of the file, that fits `max_size`."""

    part_index: int | None
    max_size: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsTask(Task):
    """Request for the statistics of the channels of one part, by default of all parts."""

    part_index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionTask(Task):
    """Request for the statistics of channels of one part inside `region`, in the data window of the full size."""

    part_index: int | None
    channels: tuple[str, ...]
    level: tuple[int, int]
    region: Box2i


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeTask(Task):
    """Request for the values of all channels of all parts at `position`: x and y in the data windows."""

    position: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class JpegTask(Task):
    """Request for the pixels of a JPEG, reduced to fit `max_size`; its path is ""."""

    jpeg: bytes
    max_size: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelNotice(Message):
    """Notice that the result of the request is no longer needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryGrant(Message):
    """Shared memory for the pixels, in reply to `MemoryRequest`."""

    buffer_id: int
    name: str  # for `attach`; "" if the worker has attached it before
    size: int  # bytes
    cached_ids: tuple[int, ...]  # of the buffers that may be granted again; the worker unmaps all others


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryRequest(Message):
    """Request of the worker for `size` bytes of shared memory, a positive multiple of 4."""

    size: int

    def __post_init__(self) -> None:
        """Check the size."""
        if self.size <= 0 or self.size % 4:
            raise ProtocolError(f"a request for {self.size} bytes of memory")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryAttached(Message):
    """Notice that the worker has mapped the granted memory, so that its name can go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReady(Message):
    """First message of a worker: its libraries are loaded."""

    libraries: str = ""  # that decode, with their versions
    sandbox: tuple[Layer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStamp(Message):
    """Identity of the file of a request when the worker begins to read it; it changes with the file."""

    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat(Message):
    """Notice that the worker makes progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Message):
    """Base of the messages that end a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureReply(Reply):
    """Description of the pixels that the worker has written to shared memory, as (height, width, channels) float32."""

    shape: tuple[int, int, int]
    channels: tuple[str, ...]
    data_window: Box2i
    display_window: Box2i
    level_window: Box2i  # of the decoded level, in its own pixels
    factor: int
    missing: tuple[Box2i, ...]  # in pixels of the level
    warning: str
    selection: Selection | None = None  # None only in a message of no file

    def __post_init__(self) -> None:
        """Check the sizes by which others divide."""
        windows = (self.data_window, self.level_window)
        sizes = (*self.shape, self.factor, *(size for box in windows for size in (box.width, box.height)))
        if min(sizes) < 1 or self.shape[2] != len(self.channels):
            raise ProtocolError(f"a picture of shape {self.shape} and factor {self.factor}")
        coordinates = (value for box in (*windows, self.display_window, *self.missing) for value in box)
        if max(map(abs, (*coordinates, *sizes)), default=0) > _MAX_COORDINATE:
            raise ProtocolError("a picture with coordinates that no file has")


@dataclass(frozen=True, slots=True, kw_only=True)
class ThumbnailReply(PictureReply):
    """Thumbnail as a JPEG, and its linear pixels in shared memory."""

    jpeg: bytes
    size: tuple[int, int]  # width and height


@dataclass(frozen=True, slots=True, kw_only=True)
class RgbReply(Reply):
    """Pixels of a JPEG, 3 sRGB bytes each."""

    size: tuple[int, int]  # width and height
    pixels: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelReply(Reply):
    """Values at one pixel in the order of the requested channels; None if its chunk cannot be decoded."""

    values: tuple[float, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeReply(Reply):
    """Values of all parts at one pixel."""

    parts: tuple[PartValues, ...]

    def __post_init__(self) -> None:
        """Check that every value has its channel."""
        for part in self.parts:
            rows = part.deep.samples if part.deep else ()
            if part.values and len(part.values) != len(part.channels):
                raise ProtocolError(f"{len(part.values)} values of {len(part.channels)} channels")
            if part.deep and any(len(row) != len(part.deep.channels) for row in rows):
                raise ProtocolError("a deep sample without all of its channels")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsReply(Reply):
    """Statistics of the channels."""

    channels: tuple[ChannelStats, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalReply(Reply):
    """Reason why there is no result, as a sentence for the user."""

    sentence: str
    code: str = "pixels"  # of the problem; names its cause
    is_resource_error: bool = False  # memory or disk; a new process may have more


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureReply(Reply):
    """Unexpected exception of the worker."""

    error: str
    traceback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledReply(Reply):
    """Reply to a request that was cancelled."""


_CLASSES: dict[str, Any] = {  # classes of messages by name
    message_class.__name__: message_class
    for message_class in (
        PictureTask, PixelTask, ProbeTask, RegionTask, ThumbnailTask, StatisticsTask, JpegTask, CancelNotice,
        MemoryGrant, MemoryRequest, MemoryAttached, WorkerReady, FileStamp, Heartbeat, PictureReply, ThumbnailReply,
        RgbReply, PixelReply, ProbeReply, StatisticsReply, RefusalReply, FailureReply, CancelledReply,
    )
}  # fmt: skip


def encode_message(message: Message) -> bytes:
    """Return the line of a message, with its newline."""
    values = {field.name: getattr(message, field.name) for field in fields(message)}
    return json.dumps({"kind": type(message).__name__, **values}, default=_encode_bytes).encode("ascii") + b"\n"


def _encode_bytes(value: object) -> str:
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} has no form in a message")
    return b64encode(value).decode("ascii")


def decode_message(line: bytes) -> Message:
    """Return the message of a line.

    Raises:
        ProtocolError: The line is not a JSON object, or of no known kind, or a field is missing, unknown or of
            another type than its annotation, or the message has too many values.
    """
    if line.count(b"[") + line.count(b"{") > _MAX_CONTAINERS or line.count(b",") > _MAX_VALUES:
        raise ProtocolError("a message of too many values")
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"no JSON: {line[:40]!r}") from error
    message_class = _CLASSES.get(str(values.pop("kind", None))) if isinstance(values, dict) else None
    if message_class is None:
        raise ProtocolError(f"no known message: {line[:40]!r}")
    message: Message = converter(message_class)(values)
    return message
