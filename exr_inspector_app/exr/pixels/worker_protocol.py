"""Wire protocol between `Decoder` and its worker process: typed messages, which `message_codec` sends as lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from exr_inspector_app.exr.pixels.id_areas import IdAreas
from exr_inspector_app.exr.pixels.level_reduction import SpecialCounts
from exr_inspector_app.exr.pixels.message_fields import ProtocolError
from exr_inspector_app.exr.pixels.operation_budget import PICTURE_BUDGET, Budget
from exr_inspector_app.exr.pixels.pixel_types import DTYPES
from exr_inspector_app.exr.pixels.probe_values import PartValues
from exr_inspector_app.exr.pixels.sandbox.layers import Layer
from exr_inspector_app.model import Box2i, ChannelStats
from exr_inspector_app.model import Picture as Selection

_MAX_STEP = 2**12
_MAX_COORDINATE = 2**32  # sizes and bounds of boxes are 32 bits in a file


def _require_type(pixel_type: str) -> None:
    if pixel_type not in DTYPES:
        raise ProtocolError(f"pixels of type {pixel_type[:40]!r}")


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
    keeps_type: bool = False  # pass half and uint pixels on as stored
    has_draft: bool = False  # send `PictureDraft` once a part of the rows is decoded
    step: int = 0  # factor of the reduced level that follows the pixels; 1 to count special values only, 0 for neither


@dataclass(frozen=True, slots=True, kw_only=True)
class LayersTask(Task):
    """Request for several layers of one part, which share chunks: the channels of each."""

    part_index: int
    layers: tuple[tuple[str, ...], ...]


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
class IdAreasTask(Task):
    """Request for the areas of the IDs of one layer: an ID channel, or pairs of ID and coverage.

    With `partners`, ID and coverage of another Cryptomatte, for the ID that covers most of each one instead.
    """

    part_index: int
    channels: tuple[str, ...]
    partner_part: int = 0
    partners: tuple[str, ...] = ()


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
class PictureDescription(Message):
    """Description of the pixels that the worker has written to shared memory, as (height, width, channels)."""

    shape: tuple[int, int, int]
    channels: tuple[str, ...]
    data_window: Box2i
    display_window: Box2i
    level_window: Box2i  # of the decoded level, in its own pixels
    factor: int
    missing: tuple[Box2i, ...]  # in pixels of the level
    warning: str
    selection: Selection | None = None  # None only in a message of no file
    pixel_type: str = "float"  # key of DTYPES
    step: int = 1  # factor of the level that follows the pixels, of the same type; 1 without one
    special: SpecialCounts | None = None  # None if they are not counted

    def __post_init__(self) -> None:
        """Check the type, and the sizes by which others divide."""
        _require_type(self.pixel_type)
        if not 0 < self.step <= _MAX_STEP or min(self.special or (0,)) < 0:
            raise ProtocolError(f"a level of step {self.step} with {self.special}")
        windows = (self.data_window, self.level_window)
        sizes = (*self.shape, self.factor, *(size for box in windows for size in (box.width, box.height)))
        if min(sizes) < 1 or self.shape[2] != len(self.channels):
            raise ProtocolError(f"a picture of shape {self.shape} and factor {self.factor}")
        coordinates = (value for box in (*windows, self.display_window, *self.missing) for value in box)
        if max(map(abs, (*coordinates, *sizes)), default=0) > _MAX_COORDINATE:
            raise ProtocolError("a picture with coordinates that no file has")


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureReply(PictureDescription, Reply):
    """Description of a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureDraft(PictureDescription):
    """Description of a picture whose `rows` are decoded so far: from first to last, ends not included."""

    rows: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        """Check that the rows are in the picture, in ascending order."""
        # `super()` does not know the class that `slots` makes.
        PictureDescription.__post_init__(self)
        edges = [edge for span in self.rows for edge in span]
        if not edges or edges != sorted(set(edges)) or edges[0] < 0 or edges[-1] > self.shape[0]:
            raise ProtocolError("a draft of rows that the picture does not have")


class LayerPixels(NamedTuple):
    """Place and form of the pixels of one layer in the memory of a request."""

    offset: int  # bytes, a multiple of 4
    shape: tuple[int, int, int]
    pixel_type: str  # key of DTYPES
    warning: str
    selection: Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class LayersReply(Reply):
    """Description of the pixels of several layers of one part, at full size."""

    data_window: Box2i
    display_window: Box2i
    missing: tuple[Box2i, ...]
    layers: tuple[LayerPixels, ...]

    def __post_init__(self) -> None:
        """Check that the pixels of every layer have a place."""
        for layer in self.layers:
            _require_type(layer.pixel_type)
            if min(layer.shape) < 1 or layer.offset < 0 or layer.offset % 4:
                raise ProtocolError(f"a layer of shape {layer.shape} at {layer.offset}")
        if min(self.data_window.width, self.data_window.height) < 1:
            raise ProtocolError("layers without pixels")


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
class IdAreasReply(Reply):
    """Areas of IDs, or pairs of an ID and that of its partner."""

    objects: IdAreas
    pairs: tuple[tuple[int, int], ...] = ()


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
