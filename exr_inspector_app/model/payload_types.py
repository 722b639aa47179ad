"""Types of the inspection payload: one TypedDict per JSON object.

Descriptions and limits in `Annotated` become those of the JSON Schema (`payload_schema`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias, TypedDict

Number: TypeAlias = float | Literal["NaN", "Infinity", "-Infinity"]  # JSON has no other form for non-finite numbers
Corner: TypeAlias = Annotated[list[int], {"description": "x and y in pixels", "minItems": 2, "maxItems": 2}]


class BoxPayload(TypedDict):
    """Integer box in pixels, y downward; both corners belong to it."""

    min: Corner
    max: Corner


class PicturePayload(TypedDict):
    """Channels that are shown first, thumbnailed, embedded by appearance and compared."""

    part_index: int
    view: str | None
    layer: Annotated[str, "without the view"]
    channels: Annotated[list[str], "full names, in the order in which they are shown"]
    kind: Literal["colour", "luminance", "depth", "normal", "vector", "id", "cryptomatte", "mask", "data"]


class ProgramPayload(TypedDict):
    """Program with its version, without build strings."""

    name: str
    version: str | None


class FilePayload(TypedDict):
    """The file as a whole."""

    path: Annotated[str, "as the file was opened; bytes that are not UTF-8 are lone surrogates"]
    size_bytes: int | None
    mtime: Annotated[str | None, "ISO 8601, UTC"]
    frame_number: Annotated[int | float | None, "from the file name; a decimal for sub-frames"]
    multipart_count: Annotated[int, "number of parts"]
    is_deep: Annotated[bool, "true if any part is deep"]
    header_hash: Annotated[str | None, "null if the end of the header is missing"]
    is_complete: Annotated[bool | None, "true if all chunks are in the file; null if that is unknown"]
    picture: Annotated[PicturePayload | None, "image that is shown first; null for a file without channels"]
    renderer: Annotated[ProgramPayload | None, "program that made the picture"]
    writer: Annotated[ProgramPayload | None, "program that saved the file last"]


class PartPayload(TypedDict):
    """Part of the file; null for everything that its header does not contain."""

    part_index: int
    part_name: str | None
    part_type: Annotated[str, "scanlineimage, tiledimage, deepscanline or deeptile"]
    view_name: str | None
    multi_view: list[str] | None
    width: Annotated[int | None, "of the data window, in pixels"]
    height: Annotated[int | None, "of the data window, in pixels"]
    data_window: BoxPayload | None
    display_window: BoxPayload | None
    pixel_aspect_ratio: Number | None
    line_order: str | None
    compression: str | None
    color_space: str | None
    render_software: str | None
    is_tiled: bool
    tile_width: int | None
    tile_height: int | None
    tile_depth: int | None
    level_mode: str | None
    rounding_mode: str | None
    is_deep: bool
    chunk_count: int | None
    chunks_present: Annotated[int | None, "chunks that are in the file; null if the offset table is unusable"]


class ChannelPayload(TypedDict):
    """Channel of a part."""

    part_index: int
    name: str
    view_name: Annotated[str | None, "of a stereo part; null without views"]
    layer_name: Annotated[str, "the name up to its last dot, without the view"]
    component_name: Annotated[str, "the name after its last dot"]
    type: Annotated[str, "half, float or uint; of an unknown code `unknown (17)`"]
    x_sampling: int
    y_sampling: int
    p_linear: bool


class AttributePayload(TypedDict):
    """Attribute of a part, in the order of the header."""

    name: str
    type: Annotated[str, "as the file names it"]
    value: Annotated[Any, "decoded; the form depends on the type"]


class AttributesPayload(TypedDict):
    """Attributes by part."""

    parts: list[list[AttributePayload]]


class ChannelStatsPayload(TypedDict):
    """Statistics of one channel; the numbers are those of its finite pixels or deep samples, null without any."""

    part_index: int
    name: str
    min: Number | None
    max: Number | None
    mean: Number | None
    stddev: Annotated[Number | None, "of the population"]
    nan_count: int
    inf_count: int
    negative_count: int


class StatsPayload(TypedDict):
    """Pixel statistics; empty unless the pixels were measured."""

    channels: list[ChannelStatsPayload]


class FindingPayload(TypedDict):
    """Finding about a file that can be read."""

    severity: Literal["error", "warning", "note"]
    code: str
    part_index: int | None
    message: str


class ErrorPayload(TypedDict):
    """Damage of the file."""

    code: str
    message: str
    part_index: int | None
    attribute: Annotated[str | None, "name of the damaged attribute"]
    byte_offset: int | None


class Payload(TypedDict):
    """Inspection payload of one file."""

    schema_version: Literal[2]
    file: FilePayload
    parts: list[PartPayload]
    channels: Annotated[list[ChannelPayload], "of all parts"]
    attributes: AttributesPayload
    stats: StatsPayload
    validation: list[FindingPayload]
    errors: list[ErrorPayload]
