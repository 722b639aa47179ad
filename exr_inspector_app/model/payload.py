"""The inspection payload: a file as JSON, and back. Source: design section 2."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

from exr_inspector_app.model.exr_file import (
    Attribute,
    Box2i,
    Channel,
    ChannelStats,
    ExrFile,
    Finding,
    Part,
    Problem,
    Value,
)

SCHEMA_VERSION = 1

Payload: TypeAlias = dict[str, Any]

_FOR_PEOPLE = ("first_nan", "first_inf", "first_negative", "first_lost", "lost_count")  # of statistics
_FACTS, _RATIO = Part._fields.index("channels"), Part._fields.index("pixel_aspect_ratio")
_NON_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_PLAIN = frozenset([str, int, bool, type(None)])  # types whose values are written as they are
_FLAT = frozenset(["v2f", "v3f", "v4f", "v2d", "v3d", "v4d", "floatvector"])
_FLOAT_TYPES = _FLAT | {"float", "double", "box2f", "box2d", "chromaticities", "m33f", "m33d", "m44f", "m44d"}


def payload(file: ExrFile) -> Payload:
    """The inspection payload (JSON-ready, `schema_version` 1) of a file.

    Non-finite numbers are the strings "NaN", "Infinity" and "-Infinity". Source: design section 2.
    """
    path, size, mtime, frame, digest, is_complete, parts, errors, findings, stats = file
    rows: list[Payload] = []
    channels: list[Payload] = []
    attributes: list[list[Payload]] = []
    for part in parts:
        row = _part_payload(part)
        rows.append(row)
        channels += _channel_rows(part, row["part_index"])
        attributes.append(_attribute_rows(part))
    return {
        "schema_version": SCHEMA_VERSION,
        "file": {
            "path": path,
            "size_bytes": size,
            "mtime": mtime,
            "frame_number": frame,
            "multipart_count": len(rows),
            "is_deep": any([row["is_deep"] for row in rows]),
            "header_hash": digest,
            "is_complete": is_complete,
        },
        "parts": rows,
        "channels": channels,
        "attributes": {"parts": attributes},
        "stats": {"channels": list(map(_stats_row, stats)) if stats else []},
        "validation": _finding_rows(findings) if findings else [],
        "errors": [problem._asdict() for problem in errors] if errors else [],
    }


def from_payload(payload: Payload) -> ExrFile:
    """The file that a payload tells of; `payload(from_payload(p)) == p` for every payload of this version."""
    facts = payload["file"]
    channels: dict[int, list[Channel]] = {}
    for row in payload["channels"]:
        channels.setdefault(row["part_index"], []).append(Channel(**{k: row[k] for k in Channel._fields}))
    attributes = payload["attributes"]["parts"]
    return ExrFile(
        path=facts["path"],
        size_bytes=facts["size_bytes"],
        mtime=facts["mtime"],
        frame_number=facts["frame_number"],
        header_hash=facts["header_hash"],
        is_complete=facts["is_complete"],
        parts=tuple(
            _part_from_payload(row, channels.get(row["part_index"], []), listed)
            for row, listed in zip(payload["parts"], attributes, strict=True)
        ),
        errors=tuple(Problem(**row) for row in payload["errors"]),
        findings=tuple(Finding(**row) for row in payload["validation"]),
        stats=tuple(ChannelStats(**_numbers(row)) for row in payload["stats"]["channels"]),
    )


def _finding_rows(findings: tuple[Finding, ...]) -> list[Payload]:
    """The rows under `validation`, copied where a frame with the same findings was written before."""
    known = _known_findings.get(id(findings))
    if known is None or known[0] is not findings:
        if len(_known_findings) >= _MOST_KNOWN:
            _known_findings.clear()
        known = findings, [finding._asdict() for finding in findings]
        if len(findings) <= _LONGEST_KNOWN:
            _known_findings[id(findings)] = known
    return list(map(dict.copy, known[1]))


def _channel_rows(part: Part, index: int) -> list[Payload]:
    """The rows of one part under `channels`, copied where a frame with the same channels was written before."""
    channels = part.channels
    key = id(channels), index
    known = _known_rows.get(key)
    if known is not None and known[0] is channels:
        return list(map(dict.copy, known[1]))
    rows = [{"part_index": index, **channel._asdict()} for channel in channels]
    if len(channels) <= _LONGEST_KNOWN:
        if len(_known_rows) >= _MOST_KNOWN:
            _known_rows.clear()
        _known_rows[key] = channels, [row.copy() for row in rows]
    return rows


# What rows were made of is kept with them, so that nothing else can have its id.
_known_rows: dict[tuple[int, int], tuple[tuple[Channel, ...], list[Payload]]] = {}
_known_findings: dict[int, tuple[tuple[Finding, ...], list[Payload]]] = {}
_known_parts: dict[int, tuple[tuple[Any, ...], Payload]] = {}
_MOST_KNOWN, _LONGEST_KNOWN = 256, 1000


def _attribute_rows(part: Part) -> list[Payload]:
    """The rows of one part under `attributes`."""
    plain = _PLAIN
    return [
        {"name": name, "type": kind, "value": value if type(value) in plain else _written(kind, value)}
        for name, kind, value in part.attributes
    ]


def _written(kind: str, value: Value) -> Value:
    """The value of an attribute for the payload; those of kinds that most parts have need no search for floats."""
    if type(value) is float and value - value == 0.0:  # finite
        return value
    if kind == "box2i" and len(value) == 2 and "min" in value and "max" in value:
        return {"min": [*value["min"]], "max": [*value["max"]]}
    if kind in _FLAT and math.isfinite(sum(value)):  # where each of them is
        return value.copy()
    if kind == "chlist" and type(value) is list:
        return list(map(dict.copy, value))
    return to_json(value)


def _part_payload(part: Part) -> Payload:
    """The row of one part under `parts`, copied where a frame with the same facts was written before."""
    facts = part[:_FACTS]
    data_window = part.data_window
    known = _known_parts.get(id(data_window))  # frames that share their headers share their windows
    # Numbers that are written differently can be equal, as 1.0 and 1 are: the only one of the row is compared apart.
    if known is None or known[0] != facts or known[0][_RATIO] is not part.pixel_aspect_ratio:
        if len(_known_parts) >= _MOST_KNOWN:
            _known_parts.clear()
        known = _known_parts[id(data_window)] = facts, _fact_row(part)
    row = known[1].copy()
    if part.multi_view is not None:
        row["multi_view"] = list(part.multi_view)
    row["data_window"] = _window_payload(data_window)
    row["display_window"] = _window_payload(part.display_window)
    return row


def _fact_row(part: Part) -> Payload:
    """The row of one part under `parts`, but for its lists and windows."""
    box = part.data_window
    return {
        "part_index": part.index,
        "part_name": part.name,
        "part_type": part.type,
        "view_name": part.view,
        "multi_view": None,
        "width": box.width if box else None,
        "height": box.height if box else None,
        "data_window": None,
        "display_window": None,
        "pixel_aspect_ratio": to_json(part.pixel_aspect_ratio),
        "line_order": part.line_order,
        "compression": part.compression,
        "color_space": part.color_space,
        "render_software": part.render_software,
        "is_tiled": part.is_tiled,
        "tile_width": part.tile_width,
        "tile_height": part.tile_height,
        "tile_depth": 1 if part.is_tiled else None,
        "level_mode": part.level_mode,
        "rounding_mode": part.rounding_mode,
        "is_deep": part.is_deep,
        "chunk_count": part.chunk_count,
        "chunks_present": part.chunks_present,
    }


def _part_from_payload(row: Payload, channels: list[Channel], attributes: list[Payload]) -> Part:
    """The part that one row under `parts` tells of."""
    multi_view = row["multi_view"]
    same = ("line_order", "compression", "color_space", "render_software", "is_tiled", "tile_width")
    more = ("tile_height", "level_mode", "rounding_mode", "is_deep", "chunk_count", "chunks_present")
    return Part(
        index=row["part_index"],
        name=row["part_name"],
        type=row["part_type"],
        view=row["view_name"],
        multi_view=None if multi_view is None else tuple(multi_view),
        data_window=_window(row["data_window"]),
        display_window=_window(row["display_window"]),
        pixel_aspect_ratio=_numbers(row["pixel_aspect_ratio"]),
        channels=tuple(channels),
        attributes=tuple(
            Attribute(a["name"], a["type"], _numbers(a["value"]) if a["type"] in _FLOAT_TYPES else a["value"])
            for a in attributes
        ),
        **{key: row[key] for key in same + more},
    )


def _stats_row(stats: ChannelStats) -> Payload:
    """The row of one channel under `stats`."""
    return {name: to_json(value) for name, value in stats._asdict().items() if name not in _FOR_PEOPLE}


def _window_payload(box: Box2i | None) -> Payload | None:
    if box is None:
        return None
    left, top, right, bottom = box
    return {"min": [left, top], "max": [right, bottom]}


def _window(value: Payload | None) -> Box2i | None:
    return Box2i(*value["min"], *value["max"]) if value else None


def to_json(value: Value) -> Value:
    """The value with every non-finite float spelled out and every container copied."""
    if isinstance(value, float):
        if value - value == 0.0:  # finite
            return value
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, (dict, list)):
        copy = value.copy()
        if isinstance(value, dict) and _PLAIN.issuperset(map(type, value.values())):  # a time code, as in every frame
            return copy
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if type(item) not in _PLAIN and not (type(item) is float and item - item == 0.0):
                copy[key] = to_json(item)
        return copy
    return value


def _numbers(value: Value) -> Value:
    """The value with the spelled-out non-finite numbers as floats again."""
    if isinstance(value, str):
        return _NON_FINITE.get(value, value)
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    if isinstance(value, dict):
        return {key: _numbers(item) for key, item in value.items()}
    return value
