"""The inspection payload of a file as a store has it, for files that are out of reach."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from exr_inspector_app.contracts import StoredFile
from exr_inspector_app.model import SCHEMA_VERSION, Payload

_FILE = ("size_bytes", "mtime", "frame_number", "multipart_count", "is_deep", "header_hash", "is_complete")
_WINDOWS = ("data_window", "display_window", "multi_view")
_PART = ("part_index", "part_name", "view_name", "width", "height", "pixel_aspect_ratio", "line_order", "compression",
         "color_space", "render_software", "is_tiled", "tile_width", "tile_height", "tile_depth", "is_deep",
         "chunk_count", "chunks_present")  # fmt: skip
_CHANNEL = ("part_index", "layer_name", "component_name", "x_sampling", "y_sampling")
_TYPES = {(False, False): "scanlineimage", (True, False): "tiledimage",
          (False, True): "deepscanline", (True, True): "deeptile"}  # fmt: skip


def decode_payload(stored: StoredFile) -> Payload:
    """The payload (design section 2) that was published.

    What no table holds is taken from the attributes; values that were cut when they were stored stay cut.
    """
    listed: dict[int, list[Payload]] = {row["part_index"]: [] for row in stored.parts}
    for row in stored.attributes:
        value = json.loads(row["attribute_value"])
        facts = {"name": row["attribute_name"], "type": row["attribute_type"], "value": value}
        listed.setdefault(row["part_index"], []).append(facts)
    values = {part: {one["name"]: one["value"] for one in rows} for part, rows in listed.items()}
    linear = {part: _linear(found.get("channels")) for part, found in values.items()}
    return {
        "schema_version": SCHEMA_VERSION,
        "file": {"path": stored.file["file_path"], **{name: stored.file[name] for name in _FILE}},
        "parts": [_part(row, values[row["part_index"]]) for row in stored.parts],
        "channels": [_channel(row, linear[row["part_index"]]) for row in stored.channels],
        "attributes": {"parts": [listed[row["part_index"]] for row in stored.parts]},
        "stats": {"channels": []},
        "validation": [],
        "errors": [],
    }


def _part(row: Mapping[str, Any], values: Mapping[str, Any]) -> Payload:
    """One part; its type and its tiles' modes stand among its attributes only."""
    facts: Payload = {name: row[name] for name in _PART}
    facts.update({name: None if row[name] is None else json.loads(row[name]) for name in _WINDOWS})
    kind, tiles = values.get("type"), values.get("tiles")
    facts["part_type"] = kind if isinstance(kind, str) else _TYPES[bool(row["is_tiled"]), bool(row["is_deep"])]
    for name in ("level_mode", "rounding_mode"):
        facts[name] = tiles.get(name) if isinstance(tiles, dict) else None
    return facts


def _linear(listed: Any) -> frozenset[str]:
    """The channels of a channel list that are perceptually linear; nothing else tells."""
    return frozenset(one["name"] for one in listed if one.get("p_linear")) if isinstance(listed, list) else frozenset()


def _channel(row: Mapping[str, Any], linear: frozenset[str]) -> Payload:
    """One channel."""
    name = row["channel_name"]
    facts: Payload = {key: row[key] for key in _CHANNEL}
    return {**facts, "name": name, "type": row["channel_type"], "p_linear": name in linear}
