"""Inspection payload (resources/help/payload.md): serializer and deserializer between `ExrFile` and JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping

from exr_inspector_app.model.exr_file import (
    Attribute,
    Box2i,
    Channel,
    ChannelStats,
    ExrFile,
    Finding,
    Part,
    Picture,
    Problem,
    Program,
    Value,
)
from exr_inspector_app.model.stored_value import StoredValue
from exr_inspector_app.typing_forms import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from exr_inspector_app.model.payload_types import (
        AttributePayload,
        BoxPayload,
        ChannelPayload,
        ChannelStatsPayload,
        ErrorPayload,
        FindingPayload,
        PartPayload,
        Payload,
        PicturePayload,
        ProgramPayload,
    )

SCHEMA_VERSION: Final = 2

_Row = dict[str, Any]  # of a payload, before it has its type

_UNPUBLISHED_STATS = ("first_nan", "first_inf", "first_negative", "first_lost", "lost_count", "minus_inf_count")
_RANGE_STATS = ("min", "max", "mean", "stddev")  # null where no pixel is finite
_FACT_COUNT = Part._fields.index("channels")  # fields of a part before its lists
_RATIO = Part._fields.index("pixel_aspect_ratio")
_NON_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_PLAIN_TYPES = frozenset([str, int, bool, type(None)])  # whose values are written unchanged
_FLAT_TYPES = frozenset(["v2f", "v3f", "v4f", "v2d", "v3d", "v4d", "floatvector"])
_MATRIX_TYPES = frozenset(["m33f", "m33d", "m44f", "m44d"])
_FLOAT_TYPES = _FLAT_TYPES | _MATRIX_TYPES | {"float", "double", "box2f", "box2d", "chromaticities"}


def payload(file: ExrFile) -> Payload:
    """Return the inspection payload of a file.

    Args:
        file: The inspected file.

    Returns:
        A new JSON-ready dictionary of `schema_version` 2, described by `payload_schema` and
        resources/help/payload.md. Non-finite numbers are the strings "NaN", "Infinity" and "-Infinity".
    """
    path, size, mtime, frame, digest, is_complete, parts, errors, findings, stats, picture, renderer, writer = file
    rows = list(map(_part_row, parts))
    if len(parts) == 1:
        part = parts[0]
        channels, attributes = _channel_rows(part, part.index), [_attribute_rows(part)]
        is_deep = part.is_deep
    else:
        channels, attributes = [], []
        for part in parts:
            channels += _channel_rows(part, part.index)
            attributes.append(_attribute_rows(part))
        is_deep = any([part.is_deep for part in parts])
    return {
        "schema_version": SCHEMA_VERSION,
        "file": {
            "path": path,
            "size_bytes": size,
            "mtime": mtime,
            "frame_number": frame,
            "multipart_count": len(rows),
            "is_deep": is_deep,
            "header_hash": digest,
            "is_complete": is_complete,
            "picture": _picture_row(picture) if picture else None,
            "renderer": _program_row(renderer) if renderer else None,
            "writer": _program_row(writer) if writer else None,
        },
        "parts": rows,
        "channels": channels,
        "attributes": {"parts": attributes},
        "stats": {"channels": list(map(_stats_row, stats)) if stats else []},
        "validation": _finding_rows(findings) if findings else [],
        "errors": _error_rows(errors) if errors else [],
    }


def from_payload(payload: Payload) -> ExrFile:
    """Return the file of a payload.

    Args:
        payload: Payload of `schema_version` 2, which is not modified.

    Returns:
        The file; `payload(from_payload(p)) == p` for every payload of this version.

    Raises:
        KeyError, TypeError, ValueError: This is not a payload of this version.
    """
    file = payload["file"]
    channels: dict[int, list[Channel]] = {}
    for row in payload["channels"]:
        fields: Mapping[str, Any] = row
        channels.setdefault(row["part_index"], []).append(Channel(**{name: fields[name] for name in Channel._fields}))
    attributes = payload["attributes"]["parts"]
    return ExrFile(
        path=file["path"],
        size_bytes=file["size_bytes"],
        mtime=file["mtime"],
        frame_number=file["frame_number"],
        header_hash=file["header_hash"],
        is_complete=file["is_complete"],
        parts=tuple(
            _part_from_row(part_row, channels.get(part_row["part_index"], []), attribute_rows)
            for part_row, attribute_rows in zip(payload["parts"], attributes, strict=True)
        ),
        errors=tuple(Problem(**error_row) for error_row in payload["errors"]),
        findings=tuple(Finding(**finding_row) for finding_row in payload["validation"]),
        stats=tuple(map(_stats_from_row, payload["stats"]["channels"])),
        picture=_picture_from_row(file["picture"]) if file["picture"] else None,
        renderer=Program(**file["renderer"]) if file["renderer"] else None,
        writer=Program(**file["writer"]) if file["writer"] else None,
    )


def _picture_row(picture: Picture) -> PicturePayload:
    part, view, layer, channels, kind = picture
    row = {"part_index": part, "view": view, "layer": layer, "channels": [*channels], "kind": kind}
    return cast("PicturePayload", row)


def _picture_from_row(row: PicturePayload) -> Picture:
    return Picture(row["part_index"], row["view"], row["layer"], tuple(row["channels"]), row["kind"])


def _program_row(program: Program) -> ProgramPayload:
    return {"name": program.name, "version": program.version}


def _error_rows(errors: tuple[Problem, ...]) -> list[ErrorPayload]:
    return cast("list[ErrorPayload]", [problem._asdict() for problem in errors])


def _finding_rows(findings: tuple[Finding, ...]) -> list[FindingPayload]:
    """Return the rows under `validation`, copied if a frame with the same findings was serialized before."""
    cached = _cached_findings.get(id(findings))
    if cached is None or cached[0] is not findings:
        if len(_cached_findings) >= _MAX_CACHED:
            _cached_findings.clear()
        cached = findings, [finding._asdict() for finding in findings]
        if len(findings) <= _MAX_CACHED_ROWS:
            _cached_findings[id(findings)] = cached
    return cast("list[FindingPayload]", list(map(dict.copy, cached[1])))


def _channel_rows(part: Part, index: int) -> list[ChannelPayload]:
    """Return the rows of one part under `channels`, copied if a frame with the same channels was serialized before."""
    channels = part.channels
    key = id(channels), index
    cached = _cached_channels.get(key)
    if cached is not None and cached[0] is channels:
        return cast("list[ChannelPayload]", list(map(dict.copy, cached[1])))
    rows = [{"part_index": index, **channel._asdict()} for channel in channels]
    if len(channels) <= _MAX_CACHED_ROWS:
        if len(_cached_channels) >= _MAX_CACHED:
            _cached_channels.clear()
        _cached_channels[key] = channels, [row.copy() for row in rows]
    return cast("list[ChannelPayload]", rows)


# Caches by id, for frames of a sequence, which share most objects. The object is cached with its rows, so that no
# other object can have its id.
_cached_channels: dict[tuple[int, int], tuple[tuple[Channel, ...], list[_Row]]] = {}
_cached_findings: dict[int, tuple[tuple[Finding, ...], list[_Row]]] = {}
_cached_parts: dict[int, tuple[tuple[Any, ...], PartPayload]] = {}
_MAX_CACHED, _MAX_CACHED_ROWS = 256, 1000


def _attribute_rows(part: Part) -> list[AttributePayload]:
    rows: list[AttributePayload] = []
    plain, flat, add = _PLAIN_TYPES, _FLAT_TYPES, rows.append
    for name, kind, value in part.attributes:
        try:
            of = type(value)
            if of in plain or (of is float and value - value == 0.0):  # finite
                add({"name": name, "type": kind, "value": value})
            elif kind == "box2i" and len(value) == 2 and "min" in value and "max" in value:
                add({"name": name, "type": kind, "value": {"min": [*value["min"]], "max": [*value["max"]]}})
            elif kind in flat and math.isfinite(sum(value)):  # then each of them is
                add({"name": name, "type": kind, "value": [*value]})
            elif of is dict and plain.issuperset(map(type, value.values())):  # such as a time code
                add({"name": name, "type": kind, "value": value.copy()})
            elif kind in _MATRIX_TYPES and math.isfinite(sum(map(sum, value))):
                add({"name": name, "type": kind, "value": [[*row] for row in value]})
            elif kind == "chlist" and of is list:
                add({"name": name, "type": kind, "value": list(map(dict.copy, value))})
            else:
                add({"name": name, "type": kind, "value": to_json(value)})
        except TypeError:  # a value of a library: text for a number that is not finite, or a truncated value
            add({"name": name, "type": kind, "value": to_json(value)})
    return rows


def _part_row(part: Part) -> PartPayload:
    """Return the row of one part under `parts`, copied if a frame with the same facts was serialized before."""
    facts = part[:_FACT_COUNT]
    data_window = part.data_window
    cached = _cached_parts.get(id(data_window))  # frames that share their headers share their windows
    # 1.0 and 1 are equal but written differently; the only such number of the row is compared by identity.
    if cached is None or cached[0] != facts or cached[0][_RATIO] is not part.pixel_aspect_ratio:
        if len(_cached_parts) >= _MAX_CACHED:
            _cached_parts.clear()
        cached = _cached_parts[id(data_window)] = facts, _fact_row(part)
    row = cached[1].copy()
    if part.multi_view is not None:
        row["multi_view"] = list(part.multi_view)
    row["data_window"] = _box_row(data_window)
    row["display_window"] = _box_row(part.display_window)
    return row


def _fact_row(part: Part) -> PartPayload:
    """Return the row of one part under `parts`, without its views and windows."""
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


def _part_from_row(row: PartPayload, channels: list[Channel], attributes: list[AttributePayload]) -> Part:
    multi_view = row["multi_view"]
    return Part(
        index=row["part_index"],
        name=row["part_name"],
        type=row["part_type"],
        view=row["view_name"],
        multi_view=None if multi_view is None else tuple(multi_view),
        data_window=_box_from_row(row["data_window"]),
        display_window=_box_from_row(row["display_window"]),
        pixel_aspect_ratio=from_json(row["pixel_aspect_ratio"]),
        line_order=row["line_order"],
        compression=row["compression"],
        color_space=row["color_space"],
        render_software=row["render_software"],
        is_tiled=row["is_tiled"],
        tile_width=row["tile_width"],
        tile_height=row["tile_height"],
        level_mode=row["level_mode"],
        rounding_mode=row["rounding_mode"],
        is_deep=row["is_deep"],
        chunk_count=row["chunk_count"],
        chunks_present=row["chunks_present"],
        channels=tuple(channels),
        attributes=tuple(Attribute(entry["name"], entry["type"], _attribute_from_row(entry)) for entry in attributes),
    )


def _attribute_from_row(row: AttributePayload) -> Value:
    return from_json(row["value"]) if row["type"] in _FLOAT_TYPES else row["value"]


def _stats_row(stats: ChannelStats) -> ChannelStatsPayload:
    row = {name: to_json(value) for name, value in stats._asdict().items() if name not in _UNPUBLISHED_STATS}
    if not stats.has_range:
        row.update(dict.fromkeys(_RANGE_STATS))
    return cast("ChannelStatsPayload", row)


def _stats_from_row(row: ChannelStatsPayload) -> ChannelStats:
    values = {name: math.nan if value is None else value for name, value in row.items()}
    return ChannelStats(**from_json(values))


def _box_row(box: Box2i | None) -> BoxPayload | None:
    if box is None:
        return None
    left, top, right, bottom = box
    return {"min": [left, top], "max": [right, bottom]}


def _box_from_row(row: BoxPayload | None) -> Box2i | None:
    return Box2i(*row["min"], *row["max"]) if row else None


def to_json(value: Value) -> Value:
    """Return a value of an attribute with strings in place of non-finite floats and with all containers copied."""
    if isinstance(value, StoredValue):
        return value
    if isinstance(value, float):
        if value - value == 0.0:  # finite
            return value
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, (dict, list)):
        copy = value.copy()
        if isinstance(value, dict) and _PLAIN_TYPES.issuperset(map(type, value.values())):  # such as a time code
            return copy
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if type(item) not in _PLAIN_TYPES and not (type(item) is float and item - item == 0.0):
                copy[key] = to_json(item)
        return copy
    return value


def from_json(value: Value) -> Value:
    """Return a copy of a value with floats in place of the strings "NaN", "Infinity" and "-Infinity"."""
    if isinstance(value, StoredValue):
        return value
    if isinstance(value, str):
        return _NON_FINITE.get(value, value)
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if isinstance(value, dict):
        return {key: from_json(item) for key, item in value.items()}
    return value
