"""Row decoder: restores the inspection payload of a stored file that is not accessible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from exr_inspector_app.contracts import MAX_THUMBNAIL_BYTES, Preview, StoredFile
from exr_inspector_app.model import (
    SCHEMA_VERSION,
    AttributePayload,
    ChannelPayload,
    FilePayload,
    PartPayload,
    Payload,
)
from exr_inspector_app.text.channel_names import split_channel_name
from exr_inspector_app.text.stored_json import parse_json, parse_texts, parse_window

if TYPE_CHECKING:  # a window imports this module, and pyarrow takes 40 ms
    import pyarrow as pa

_FILE = ("size_bytes", "mtime", "multipart_count", "is_deep", "header_hash", "is_complete")
_WINDOWS = ("data_window", "display_window")
_PART = ("part_index", "part_name", "view_name", "width", "height", "pixel_aspect_ratio", "line_order", "compression",
         "color_space", "render_software", "is_tiled", "tile_width", "tile_height", "tile_depth", "is_deep",
         "chunk_count", "chunks_present")  # fmt: skip
_CHANNEL = ("part_index", "x_sampling", "y_sampling")
_PART_TYPES = {(False, False): "scanlineimage", (True, False): "tiledimage",
               (False, True): "deepscanline", (True, True): "deeptile"}  # fmt: skip


def decode_payload(stored: StoredFile) -> Payload:
    """Decode the payload (resources/help/payload.md) that was published.

    Fields that have no column are taken from the attributes. Values that were truncated when they were
    stored stay truncated; statistics, validation, and errors are empty, since they are not stored.
    """
    attributes: dict[int, list[AttributePayload]] = {row["part_index"]: [] for row in stored.parts}
    for row in stored.attributes:
        value = parse_json(row["attribute_value"])
        attribute: AttributePayload = {"name": row["attribute_name"], "type": row["attribute_type"], "value": value}
        attributes.setdefault(row["part_index"], []).append(attribute)
    values = {part: {row["name"]: row["value"] for row in rows} for part, rows in attributes.items()}
    views = {row["part_index"]: (_views(row), row["view_name"]) for row in stored.parts}
    linear = {part: _linear_channels(by_name.get("channels")) for part, by_name in values.items()}
    file = {
        "path": stored.file["file_path"],
        "frame_number": None if (frame := stored.file["frame_number"]) is None else decode_frame(frame),
        **{name: stored.file[name] for name in _FILE},
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "file": cast(FilePayload, {**file, "picture": None, "renderer": None, "writer": None}),
        "parts": [_decode_part(row, values[row["part_index"]]) for row in stored.parts],
        "channels": [
            _decode_channel(row, linear[row["part_index"]], views[row["part_index"]]) for row in stored.channels
        ],
        "attributes": {"parts": [attributes[row["part_index"]] for row in stored.parts]},
        "stats": {"channels": []},
        "validation": [],
        "errors": [],
    }


def decode_previews(rows: pa.Table) -> list[Preview]:
    """Return the previews of rows of `previews`, without those whose thumbnail is missing or too large."""
    if not len(rows):
        return []
    names = ("file_id", "look_embedding", "thumbnail", "picture_layer")
    import pyarrow.compute as pc  # where there are previews only: it takes 30 ms

    sizes = pc.binary_length(rows["thumbnail"]).to_pylist()  # compared here: a scalar of pyarrow would load pandas
    is_read = [size is not None and size <= MAX_THUMBNAIL_BYTES for size in sizes]
    if not all(is_read):
        rows = rows.filter(is_read)
    return [
        Preview(file_id, None if look is None else np.array(look, np.float32), thumbnail, picture_layer)
        for file_id, look, thumbnail, picture_layer in zip(*(rows[name].to_pylist() for name in names), strict=True)
    ]


def decode_frame(frame: float) -> int | float:
    """Return a stored frame number as the payload has it: an integer where it is whole."""
    return int(frame) if frame.is_integer() else frame


def _decode_part(row: Mapping[str, Any], values: Mapping[str, Any]) -> PartPayload:
    """Decode one part; its type and the level modes of its tiles exist only as attributes."""
    part: dict[str, Any] = {name: row[name] for name in _PART}
    part.update({name: parse_window(row[name]) for name in _WINDOWS}, multi_view=parse_texts(row["multi_view"]))
    kind, tiles = values.get("type"), values.get("tiles")
    part["part_type"] = kind if isinstance(kind, str) else _PART_TYPES[bool(row["is_tiled"]), bool(row["is_deep"])]
    for name in ("level_mode", "rounding_mode"):
        part[name] = tiles.get(name) if isinstance(tiles, dict) else None
    return cast(PartPayload, part)


def _linear_channels(channel_list: Any) -> frozenset[str]:
    """Return the names of the perceptually linear channels of a `channels` attribute."""
    if not isinstance(channel_list, list):
        return frozenset()
    return frozenset(channel["name"] for channel in channel_list if channel.get("p_linear"))


def _views(row: Mapping[str, Any]) -> list[str] | None:
    """Return the views of a stored part."""
    return parse_texts(row["multi_view"])


def _decode_channel(
    row: Mapping[str, Any], linear: frozenset[str], views: tuple[list[str] | None, str | None]
) -> ChannelPayload:
    name = row["channel_name"]
    view, layer, component = split_channel_name(name, *views)
    split = {"view_name": view, "layer_name": layer, "component_name": component}
    rest = {key: row[key] for key in _CHANNEL}
    return cast(
        ChannelPayload, {**rest, **split, "name": name, "type": row["channel_type"], "p_linear": name in linear}
    )
