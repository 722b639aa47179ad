"""Data classes of an OpenEXR file: parts, channels, attributes, findings and statistics, as named tuples.

All are immutable and safe to share between threads.
"""

from __future__ import annotations

from operator import itemgetter

from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.typing_forms import Any, TypeAlias

# Decoded attribute values are JSON-shaped: None, bool, int, float, str, list, dict. Floats may be
# non-finite and text may hold lone surrogates (surrogateescape) until `payload()` writes them out.
Value: TypeAlias = Any


class Box2i(NamedTuple):
    """Integer box in pixels with y downward; both corners belong to it, as in OpenEXR windows."""

    min_x: int
    min_y: int
    max_x: int
    max_y: int

    @property
    def width(self) -> int:
        """Number of columns; 0 or less for an empty box."""
        return self.max_x - self.min_x + 1

    @property
    def height(self) -> int:
        """Number of rows; 0 or less for an empty box."""
        return self.max_y - self.min_y + 1


class Channel(NamedTuple):
    """Channel of a part, as in its `channels` attribute, with the name split at the last dot."""

    name: str
    view_name: str | None
    layer_name: str
    component_name: str
    type: str  # half, float, uint
    x_sampling: int
    y_sampling: int
    p_linear: bool


class Attribute(NamedTuple):
    """Attribute of a part: name and type as in the file, and the decoded value."""

    name: str
    type: str
    value: Value


class Problem(NamedTuple):
    """Damage of a file, with its place if that is known."""

    code: str
    message: str
    part_index: int | None = None
    attribute: str | None = None
    byte_offset: int | None = None


class Finding(NamedTuple):
    """Finding of a check about a file that can be read."""

    severity: str  # error, warning, note
    code: str
    part_index: int | None
    message: str


class ChannelStats(NamedTuple):
    """Statistics of one channel: range, mean and deviation of its finite pixels, and counts of special values.

    Those of deep parts are of all samples; pixels without samples do not count.

    Attributes:
        part_index: Index of the part.
        name: Full name of the channel.
        min: Minimum of the finite pixels; NaN, as the next three, if no pixel is finite (`has_range`).
        max: Maximum of the finite pixels.
        mean: Mean of the finite pixels.
        stddev: Standard deviation of the finite pixels, of the population (divisor n).
        nan_count: Pixels that are NaN.
        inf_count: Pixels that are infinite.
        negative_count: Pixels below zero, -Infinity included.
        first_nan: x and y of the first such pixel, in the file's coordinates; not part of the payload.
        first_inf: As `first_nan`.
        first_negative: As `first_nan`.
        first_lost: As `first_nan`, for pixels that are missing from the file or cannot be decoded.
        lost_count: Number of these pixels, which count nowhere else; not part of the payload.
        minus_inf_count: Pixels that are -Infinity, which are in `inf_count` too; not part of the payload.
    """

    part_index: int
    name: str
    min: float
    max: float
    mean: float
    stddev: float
    nan_count: int
    inf_count: int
    negative_count: int
    first_nan: tuple[int, int] | None = None
    first_inf: tuple[int, int] | None = None
    first_negative: tuple[int, int] | None = None
    first_lost: tuple[int, int] | None = None
    lost_count: int = 0
    minus_inf_count: int = 0

    @property
    def has_range(self) -> bool:
        """True if any pixel is finite, so that minimum, maximum, mean and deviation are numbers."""
        return self.min == self.min  # NaN differs from itself


class Part(NamedTuple):
    """Part of a file (a single-part file has one), with None for what its header does not contain."""

    index: int  # type: ignore[assignment]  # hides the method of tuples
    name: str | None
    type: str  # scanlineimage, tiledimage, deepscanline, deeptile
    view: str | None
    multi_view: tuple[str, ...] | None
    data_window: Box2i | None
    display_window: Box2i | None
    pixel_aspect_ratio: float | None
    line_order: str | None
    compression: str | None
    color_space: str | None
    render_software: str | None
    is_tiled: bool
    tile_width: int | None
    tile_height: int | None
    level_mode: str | None
    rounding_mode: str | None
    is_deep: bool
    chunk_count: int | None
    chunks_present: int | None
    channels: tuple[Channel, ...]
    attributes: tuple[Attribute, ...]


class Picture(NamedTuple):
    """Channels of a file that are shown first, thumbnailed, embedded by appearance and compared."""

    part_index: int
    view: str | None
    layer: str  # without the view; empty for channels without a layer
    channels: tuple[str, ...]  # full names, in the order in which they are shown
    kind: str  # colour, luminance, depth, normal, vector, id, cryptomatte, mask, data


class Program(NamedTuple):
    """Program with its version, where a header names one: `Arnold`, `7.1.3.0`."""

    name: str
    version: str | None

    @property
    def label(self) -> str:
        """Name and version as they are shown."""
        return f"{self.name} {self.version}" if self.version else self.name


_IS_DEEP = itemgetter(Part._fields.index("is_deep"))


class ExrFile(NamedTuple):
    """Inspected file: everything that could be read, and the errors."""

    path: str
    size_bytes: int | None
    mtime: str | None  # ISO 8601, UTC
    frame_number: int | float | None  # a float for sub-frames such as 1001.25
    header_hash: str | None  # None if the end of the header is missing
    is_complete: bool | None  # None if only the first bytes are known
    parts: tuple[Part, ...] = ()
    errors: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()
    stats: tuple[ChannelStats, ...] = ()
    picture: Picture | None = None
    renderer: Program | None = None  # made the picture
    writer: Program | None = None  # saved the file last

    @property
    def is_deep(self) -> bool:
        """True if any part is deep."""
        return any(map(_IS_DEEP, self.parts))

    @property
    def channel_count(self) -> int:
        """Number of channels of all parts together."""
        return sum(len(part.channels) for part in self.parts)
