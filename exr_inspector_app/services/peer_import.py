"""Import of the tables of ssotoa70/exr_inspector: payloads rebuilt from its rows, embedded again and published.

Its columns: https://github.com/ssotoa70/exr_inspector/blob/main/docs/DATABASE_SCHEMA.md
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from exr_inspector_app.config import Config
from exr_inspector_app.contracts import Batch, Record, StoredFile
from exr_inspector_app.exr.sequences.frame_number import frame_number
from exr_inspector_app.ingest.payload_defaults import complete_payload
from exr_inspector_app.ingest.records import record_from_payload
from exr_inspector_app.model import Payload, from_payload, payload
from exr_inspector_app.persistence.factory import open_store, read_peer_files
from exr_inspector_app.services.lookup import complete_header
from exr_inspector_app.text.stored_json import parse_json

log = logging.getLogger(__name__)

_ROOTED = re.compile(r"/|[A-Za-z]:[\\/]|\\\\|[A-Za-z][A-Za-z0-9+.-]+://")
_TYPES = {"uint": "int", "int32": "int", "uint32": "int", "float32": "float", "matrix": "m44f", "matrix44": "m44f",
          "matrix33": "m33f", "vector": "v3f", "point": "v3f", "color": "v3f", "float2": "v2f", "int2": "v2i",
          "rational2i": "rational"}  # fmt: skip
_CHANNEL_TYPES = {"half": "half", "float": "float", "uint": "uint", "uint32": "uint", "float16": "half"}
_LINE_ORDERS = {"increasingy": "increasingY", "decreasingy": "decreasingY", "randomy": "randomY"}
_PART_TYPES = {(False, False): "scanlineimage", (True, False): "tiledimage",
               (False, True): "deepscanline", (True, True): "deeptile"}  # fmt: skip

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ImportedRange:
    """Counts of one range of imported files."""

    inserted: int
    known: int
    failed: int


def import_peer(settings: Config, schema: str, prefix: str = "") -> Iterator[ImportedRange]:
    """Publish the files of ssotoa70/exr_inspector to the VAST Database. Idempotent; its tables are only read.

    Args:
        settings: Configuration with the database that holds both schemas.
        schema: Schema of its tables.
        prefix: What precedes its paths, which are keys of a bucket: `s3://renders`.

    Yields:
        Counts of each range, once it is committed.

    Raises:
        ConfigError: No database is configured.
        StoreError: There are no such tables in the schema, or the database failed; the ranges before are imported.
    """
    # One id for every import from a schema, so that files are not counted again.
    publish_id = f"import-{hashlib.sha256(schema.encode()).hexdigest()[:16]}"
    with closing(open_store(settings, "vast")) as store:
        for files in read_peer_files(settings, schema):
            records = [record for stored in files if (record := _make_record(stored, settings, prefix))]
            results = store.publish(Batch(tuple(records), publish_id, settings.publisher)) if records else []
            inserted = sum(result.inserted for result in results)
            published = sum(result.status == "success" for result in results)
            yield ImportedRange(inserted, published - inserted, len(files) - published)


def _make_record(stored: StoredFile, settings: Config, prefix: str) -> Record | None:
    """Return the record of a file, or None if its rows make no payload."""
    try:
        record = record_from_payload(rebuild_payload(stored, prefix), settings.roots)
    except Exception:  # rows of another program: any value may be of any form
        log.warning("Skipped %r: its rows are incomplete", stored.file.get("file_path"), exc_info=True)
        return None
    return replace(record, inspected_at=stored.file.get("inspection_timestamp") or record.inspected_at)


def rebuild_payload(stored: StoredFile, prefix: str = "") -> Payload:
    """Return the payload of a file of that project.

    Args:
        stored: Its rows, with the columns of that project.
        prefix: What precedes its path.

    Raises:
        ValueError: A row has a value of the wrong type.
    """
    file = stored.file
    parts = sorted(stored.parts, key=lambda row: row["part_index"])
    attributes: dict[int, list[dict[str, Any]]] = {row["part_index"]: [] for row in parts}
    for row in stored.attributes:
        attributes.setdefault(row["part_index"], []).append(_attribute(row))
    path = _place(str(file["file_path"]), prefix)
    facts = {name: file.get(name) for name in ("size_bytes", "mtime", "header_hash")}
    made = complete_payload(
        {
            "file": {"path": path, "frame_number": frame_number(path), **facts},
            "parts": [_part(row) for row in parts],
            "channels": [_channel(row) for row in stored.channels],
            "attributes": {"parts": [attributes[row["part_index"]] for row in parts]},
        }
    )
    return payload(complete_header(from_payload(made)))


def _place(path: str, prefix: str) -> str:
    """Return the whole path: keys of a bucket do not begin with a slash."""
    if prefix:
        return f"{prefix.rstrip('/')}/{path.lstrip('/')}"
    return path if _ROOTED.match(path) else f"/{path}"


def _part(row: Row) -> dict[str, Any]:
    width, height = row["width"] or 0, row["height"] or 0
    left, top = row["data_x_offset"] or 0, row["data_y_offset"] or 0
    right, bottom = (row.get("display_width") or width) - 1, (row.get("display_height") or height) - 1
    is_tiled, is_deep = bool(row.get("is_tiled")), bool(row.get("is_deep"))
    compression = str(row.get("compression") or "").lower().partition(":")[0] or None
    line_order = str(row.get("line_order") or "").lower().replace("_", "")
    return {
        "part_index": row["part_index"],
        "part_type": _PART_TYPES[is_tiled, is_deep],
        **{name: row.get(name) for name in ("part_name", "view_name", "color_space", "render_software")},
        "multi_view": None,  # that project stores only whether there are several
        "width": width,
        "height": height,
        "data_window": _window(row.get("data_window"), [left, top], [left + width - 1, top + height - 1]),
        "display_window": _window(row.get("display_window"), [0, 0], [right, bottom]),
        "pixel_aspect_ratio": row.get("pixel_aspect_ratio"),
        "line_order": _LINE_ORDERS.get(line_order),
        "compression": compression,
        "is_tiled": is_tiled,
        **{name: row.get(name) or None for name in ("tile_width", "tile_height", "tile_depth")},
        "level_mode": None,
        "rounding_mode": None,
        "is_deep": is_deep,
        "chunk_count": None,
        "chunks_present": None,
    }


def _window(text: str | None, low: Sequence[int], high: Sequence[int]) -> dict[str, list[int]]:
    """Return a window that is stored as JSON in one of the forms of OpenImageIO's boxes, or else these corners."""
    value = parse_json(text)
    if isinstance(value, dict) and {"min", "max"} <= value.keys():
        corners = [value[name] for name in ("min", "max")]
        corners = [[corner.get("x"), corner.get("y")] if isinstance(corner, dict) else corner for corner in corners]
    elif isinstance(value, list) and len(value) == 4:
        corners = [value[:2], value[2:]]
    elif isinstance(value, list) and len(value) == 2:
        corners = value
    else:
        corners = [low, high]
    try:
        (left, top), (right, bottom) = corners
        return {"min": [int(left), int(top)], "max": [int(right), int(bottom)]}
    except (TypeError, ValueError, OverflowError):  # JSON of another form
        return {"min": list(low), "max": list(high)}


def _channel(row: Row) -> dict[str, Any]:
    kind = _CHANNEL_TYPES.get(str(row.get("channel_type") or "").lower(), "half")
    sampling = {name: row.get(name) or 1 for name in ("x_sampling", "y_sampling")}
    return {"part_index": row["part_index"], "name": row["channel_name"], "type": kind, **sampling}


def _attribute(row: Row) -> dict[str, Any]:
    kind = str(row["attr_type"] or "").lower()
    return {"name": row["attr_name"], "type": _TYPES.get(kind, kind), "value": parse_json(row["value_json"])}
