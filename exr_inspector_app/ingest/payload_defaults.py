"""Defaults of payloads from other programs: optional keys with their defaults, and the required keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from exr_inspector_app.model import SCHEMA_VERSION, Payload
from exr_inspector_app.text.channel_names import split_channel_name

_CHANNEL = {"part_index": 0, "type": "half", "x_sampling": 1, "y_sampling": 1, "p_linear": False}
_FILE = ("size_bytes", "mtime", "frame_number", "header_hash", "is_complete", "picture", "renderer", "writer")
_TYPES = {"size_bytes": int, "mtime": str, "frame_number": int | float, "header_hash": str, "is_complete": bool}
_MAX_SIZE_BYTES = 2**63 - 1


def complete_payload(payload: Mapping[str, Any]) -> Payload:
    """Return a payload with a default for every missing key; the given one is not modified.

    Args:
        payload: Inspection payload (resources/help/payload.md) of any version, or the part of one that a script has.

    Raises:
        ValueError: The payload is no mapping, has no path, or a section has another type.
    """
    try:
        return _complete(payload)
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError) as error:
        raise ValueError("A value of the payload has the wrong type. See `exr-inspector schema payload`.") from error


def _complete(payload: Mapping[str, Any]) -> Payload:
    if not isinstance(payload, Mapping) or not isinstance(payload.get("file"), Mapping):
        raise ValueError("The payload has no `file` section. Pass a payload of `exr-inspector inspect --json`.")
    file = payload["file"]
    if not isinstance(file.get("path"), str) or not file["path"]:
        raise ValueError("The payload has no path. Set `file.path`.")
    for name, kind in _TYPES.items():
        if file.get(name) is not None and not isinstance(file[name], kind):
            raise ValueError(f"`file.{name}` of the payload has the wrong type.")
    if not 0 <= (file.get("size_bytes") or 0) <= _MAX_SIZE_BYTES:
        raise ValueError("`file.size_bytes` of the payload is out of range.")
    parts = _rows(payload.get("parts"), "part")
    attributes = [_rows(part, "attribute") for part in (payload.get("attributes") or {}).get("parts") or []]
    facts = {"multipart_count": len(parts), "is_deep": any(part.get("is_deep") for part in parts)}
    return cast(
        Payload,
        {
            "schema_version": SCHEMA_VERSION,
            "stats": {"channels": []},
            **payload,
            "file": {**dict.fromkeys(_FILE), **facts, **file},
            "parts": [{"part_index": index, **part} for index, part in enumerate(parts)],
            "channels": [_complete_channel(row, parts) for row in _rows(payload.get("channels"), "channel")],
            "attributes": {
                "parts": [
                    *([_complete_attribute(row) for row in rows] for rows in attributes),
                    *([] for _ in parts[len(attributes) :]),
                ]
            },
            "validation": payload.get("validation") or [],
            "errors": payload.get("errors") or [],
        },
    )


def _rows(rows: Any, kind: str) -> list[Mapping[str, Any]]:
    """Return the rows of a section; a missing one is empty."""
    rows = [] if rows is None else rows
    if not isinstance(rows, list | tuple) or not all(isinstance(row, Mapping) for row in rows):
        raise ValueError(f"The payload needs a list of objects, one per {kind}.")
    return list(rows)


def _complete_attribute(row: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(row.get("name"), str):
        raise ValueError("An attribute of the payload has no name.")
    return {"type": "", "value": None, **row}


def _complete_channel(row: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    name = row.get("name")
    if not isinstance(name, str):
        raise ValueError("A channel of the payload has no name.")
    index = row.get("part_index", 0)
    part = parts[index] if isinstance(index, int) and 0 <= index < len(parts) else {}
    view, layer, component = split_channel_name(name, part.get("multi_view"), part.get("view_name"))
    return {**_CHANNEL, "view_name": view, "layer_name": layer, "component_name": component, **row}
