"""What an OpenEXR file holds, as frozen values: the words that every room above the parser uses."""

from __future__ import annotations

from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

# Decoded attribute values are JSON-shaped: None, bool, int, float, str, list, dict. Floats may be
# non-finite and text may hold lone surrogates (surrogateescape) until `payload()` writes them out.
Value: TypeAlias = Any


class Box2i(NamedTuple):
    """An integer box whose corners both belong to it, as OpenEXR windows do."""

    min_x: int
    min_y: int
    max_x: int
    max_y: int

    @property
    def width(self) -> int:
        return self.max_x - self.min_x + 1

    @property
    def height(self) -> int:
        return self.max_y - self.min_y + 1


class Channel(NamedTuple):
    """One channel as the `channels` attribute lists it, with its name split at the last dot."""

    name: str
    layer_name: str
    component_name: str
    type: str  # half, float, uint
    x_sampling: int
    y_sampling: int
    p_linear: bool


class Attribute(NamedTuple):
    """One attribute of a part, in the file's own name and type, decoded."""

    name: str
    type: str
    value: Value


class Problem(NamedTuple):
    """Something wrong with the bytes of a file: what, and where."""

    code: str
    message: str
    part_index: int | None = None
    attribute: str | None = None
    byte_offset: int | None = None


class Finding(NamedTuple):
    """Something a person should know about a file that can be read."""

    severity: str  # error, warning, note
    code: str
    part_index: int | None
    message: str


class ChannelStats(NamedTuple):
    """Pixel statistics of one channel: of its finite pixels range, mean and deviation, and the odd ones counted.

    The four numbers are NaN where no pixel is finite. Deep parts are flattened first; pixels that are missing from
    the file or cannot be decoded do not count, they are lost. How many these are, and where the first of each kind
    stands (x, y in the file's coordinates), is for people and not part of the payload.
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


class Part(NamedTuple):
    """One part (a flat file has one), with everything its header says; None where it says nothing."""

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


_IS_DEEP = itemgetter(Part._fields.index("is_deep"))


class ExrFile(NamedTuple):
    """One inspected file: what could be read of it together with what is wrong."""

    path: str
    size_bytes: int | None
    mtime: str | None  # ISO 8601, UTC
    frame_number: int | None
    header_hash: str | None  # None where the header has no end
    is_complete: bool | None  # None where only the first bytes were seen
    parts: tuple[Part, ...] = ()
    errors: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()
    stats: tuple[ChannelStats, ...] = ()

    @property
    def is_deep(self) -> bool:
        """True where any part is deep."""
        return any(map(_IS_DEEP, self.parts))

    @property
    def channel_count(self) -> int:
        """The channels of all parts together."""
        return sum(len(part.channels) for part in self.parts)
