"""Formatter of attribute values: cell text, note, description, and clipboard text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from exr_inspector_app.exr.parser.attribute_types import KEY_CODE_FIELDS
from exr_inspector_app.exr.parser.color_space import color_space
from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.style.formatting import format_bytes
from exr_inspector_app.model import Attribute, StoredValue
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

MAX_SHOWN_CHARS = 4000  # of a value, for display, search, and layout
_LINE_BREAK = re.compile(r"\r?\n")
_FLOAT32_TYPES = frozenset(("float", "floatvector", "box2f", "chromaticities"))
_SIZE_OFFSETS = {"box2i": 1, "box2f": 0}  # added to max - min: integer boxes include their last pixel


@dataclass(frozen=True, slots=True)
class FormattedValue:
    """Attribute value prepared for the table."""

    text: str
    note: str = ""  # after the text, in tertiary color
    under: str = ""  # below the text: meaning of the raw value
    grid: tuple[tuple[str, ...], ...] = ()  # a matrix, row by row
    primaries: tuple[tuple[float, float], ...] = ()  # red, green, blue, white
    is_prose: bool = False  # interface font instead of the fixed-width font


def format_attribute(attribute: Attribute, others: Mapping[str, Any]) -> FormattedValue:
    """Return an attribute's value for display.

    Args:
        attribute: Attribute to format; a value of unexpected shape is shown as JSON.
        others: Values of all attributes of the part, by name; a time code needs the frame rate.
    """
    kind, value = attribute.type, attribute.value
    formatter = _FORMATTERS.get(kind)
    try:
        if formatter:
            return formatter(value)
        if kind == "timecode":
            return _format_time_code(value, others)
        if kind == "chromaticities":
            return _format_chromaticities(value)
        return _format_general(attribute)
    except (KeyError, TypeError, ValueError, IndexError):  # payload of another writer or version
        return FormattedValue(_truncate(json.dumps(value, default=str)))


MAX_FLOAT32 = float(np.finfo(np.float32).max)  # a file cannot hold more in 32 bits, but a payload can


def format_number(value: Any, *, is_float32: bool) -> str:
    """Return a number with the digits that its type can hold."""
    if isinstance(value, float) and is_float32 and not MAX_FLOAT32 < abs(value) < math.inf:
        return str(np.float32(value))
    return str(value)


def format_for_clipboard(attribute: Attribute) -> str:
    """Return the value as text for the clipboard, unescaped and in full length."""
    value = attribute.value
    is_float32 = _is_float32(attribute.type)
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict | list):
        try:
            return _format_container(attribute.type, value, is_float32=is_float32)
        except (KeyError, TypeError):  # value of another shape than its type
            return json.dumps(value)
    return format_number(value, is_float32=is_float32)


def _format_container(kind: str, value: Any, *, is_float32: bool) -> str:
    """Return matrices as tab-separated rows, other numbers comma-separated, and structures as JSON."""
    if kind == "timecode":
        return _format_clock(value)
    if kind in _SIZE_OFFSETS:
        return _join_numbers([*value["min"], *value["max"]], is_float32=is_float32)
    if isinstance(value, dict) or any(isinstance(item, dict) for item in value):
        return json.dumps(_without_bytes(value), ensure_ascii=False)
    if kind == "stringvector":
        return "\n".join(map(str, value)).encode("utf-8", "replace").decode("utf-8")
    if value and isinstance(value[0], list):
        return "\n".join("\t".join(format_number(cell, is_float32=is_float32) for cell in row) for row in value)
    return _join_numbers(value, is_float32=is_float32)


def _is_float32(kind: str) -> bool:
    return kind in _FLOAT32_TYPES or kind.endswith("f")


def _truncate(text: str) -> str:
    """Return the text as one escaped line of bounded length."""
    return escape_control(text) if len(text) <= MAX_SHOWN_CHARS else escape_control(text[:MAX_SHOWN_CHARS]) + "…"


def _join_lines(text: str) -> str:
    """Return the first lines of a text as one line, with a sign for each line break."""
    return _LINE_BREAK.sub(" ↵ ", text[: MAX_SHOWN_CHARS + 1]).replace("\t", " ")


def _join_numbers(values: list[Any], *, is_float32: bool) -> str:
    return ", ".join(format_number(value, is_float32=is_float32) for value in values)


def _format_general(attribute: Attribute) -> FormattedValue:
    """Format numbers, texts, vectors, matrices, boxes, and the bytes of unknown types."""
    kind, value = attribute.type, attribute.value
    is_float32 = _is_float32(kind)
    if isinstance(value, str):
        is_prose = kind == "string"
        return FormattedValue(_truncate(_join_lines(value) if is_prose else value), is_prose=is_prose)
    if isinstance(value, dict):
        return _format_box(value, kind, is_float32=is_float32) if kind in _SIZE_OFFSETS else _format_bytes(value)
    if not isinstance(value, list):
        return _format_scalar(attribute.name, value, is_float32=is_float32)
    if value and isinstance(value[0], list):
        rows = tuple(tuple(_format_cell(cell, is_float32=is_float32) for cell in row) for row in value)
        return FormattedValue(_truncate("; ".join(", ".join(row) for row in rows)), grid=rows)
    if kind == "stringvector":
        return FormattedValue(_truncate(", ".join(map(str, value[:MAX_SHOWN_CHARS]))), is_prose=True)
    note = pluralize(len(value), "value") if len(value) > 8 else ""
    return FormattedValue(_truncate(_join_numbers(value[:MAX_SHOWN_CHARS], is_float32=is_float32)), note=note)


def _format_cell(value: Any, *, is_float32: bool) -> str:
    """Return a matrix element, integral values without decimals."""
    return str(int(value)) if value % 1 == 0 else format_number(value, is_float32=is_float32)


def _format_scalar(name: str, value: Any, *, is_float32: bool) -> FormattedValue:
    if name == "expTime" and isinstance(value, float) and 0 < value < 1:
        return FormattedValue(format_number(value, is_float32=is_float32), note=f"1/{1 / value:.0f} s")
    return FormattedValue(format_number(value, is_float32=is_float32))


def _format_box(value: Any, kind: str, *, is_float32: bool) -> FormattedValue:
    (left, top), (right, bottom) = value["min"], value["max"]
    offset = _SIZE_OFFSETS[kind]
    sizes = (right - left + offset, bottom - top + offset)
    width, height = (format_number(size, is_float32=is_float32) for size in sizes)
    return FormattedValue(_join_numbers([left, top, right, bottom], is_float32=is_float32), note=f"{width} × {height}")


def _without_bytes(value: Any) -> Any:
    """Return the fields of a value whose bytes are in the file, with their number; other values as they are."""
    return {**value.fields, "bytes": value.length} if isinstance(value, StoredValue) else value


def _count_base64_bytes(value: Any) -> int:
    """Return the number of bytes that the base64 text encodes."""
    if isinstance(value, StoredValue):
        return value.length
    data: str = value["data"]
    return len(data) * 3 // 4 - data[-2:].count("=")


def _format_bytes(value: Any) -> FormattedValue:
    if "data" not in value:
        return FormattedValue(_truncate(json.dumps(value, default=str)))
    hint = value.get("type_hint")
    return FormattedValue(
        format_bytes(_count_base64_bytes(value)), note=_truncate(hint) if hint else strings.UNKNOWN_TYPE
    )


def _format_preview(value: Any) -> FormattedValue:
    return FormattedValue(f"{value['width']} × {value['height']}", note=format_bytes(_count_base64_bytes(value)))


def _format_channels(value: Any) -> FormattedValue:
    names = ", ".join(row["name"] for row in value[:MAX_SHOWN_CHARS])
    return FormattedValue(pluralize(len(value), "channel"), note=_truncate(names))


def _format_tiles(value: Any) -> FormattedValue:
    modes = f"{value['level_mode']}, {value['rounding_mode']}".replace("_", " ")
    return FormattedValue(f"{value['x_size']} × {value['y_size']}", note=_truncate(modes))


def _format_rational(value: Any) -> FormattedValue:
    numerator, denominator = value["numerator"], value["denominator"]
    note = f"{numerator / denominator:.6g}" if denominator else ""
    return FormattedValue(f"{numerator}/{denominator}", note=note)


def _format_key_code(value: Any) -> FormattedValue:
    raw = " ".join(str(value[name]) for name in KEY_CODE_FIELDS)
    return FormattedValue(
        raw, under=", ".join(f"{name.replace('_', ' ')} {value[name]}" for name in KEY_CODE_FIELDS[:4])
    )


def _format_id_manifest(value: Any) -> FormattedValue:
    size = format_bytes(value["uncompressed_size"])
    return FormattedValue(pluralize(len(value["groups"]), "group"), note=strings.uncompressed_size(size))


def _format_clock(value: Any) -> str:
    template = "{hours:02}:{minutes:02}:{seconds:02}{separator}{frame:02}"
    return template.format(**value, separator=";" if value["drop_frame"] else ":")


def _format_time_code(value: Any, others: Mapping[str, Any]) -> FormattedValue:
    """Format a time code, with frame rate, flags, and user data as its description."""
    facts = [] if (rate := _frame_rate(others)) is None else [strings.frame_rate(rate)]
    facts.append(strings.DROP_FRAME if value["drop_frame"] else strings.NON_DROP_FRAME)
    facts += [name.replace("_", " ") for name in ("color_frame", "field_phase", "bgf0", "bgf1", "bgf2") if value[name]]
    facts.append(strings.user_data(value["user_data"]))
    return FormattedValue(_format_clock(value), under=", ".join(facts))


def _frame_rate(others: Mapping[str, Any]) -> float | None:
    """Return the frame rate of the part in frames per second, or None."""
    rate = others.get("framesPerSecond")
    if isinstance(rate, dict) and rate.get("denominator"):
        return float(rate["numerator"] / rate["denominator"])
    return None


def _format_chromaticities(value: Any) -> FormattedValue:
    name = color_space({"chromaticities": value})
    pairs = tuple((float(value[key][0]), float(value[key][1])) for key in ("red", "green", "blue", "white"))
    return FormattedValue(strings.primaries_title(name or ""), primaries=pairs, is_prose=True)


_FORMATTERS: dict[str, Callable[[Any], FormattedValue]] = {
    "chlist": _format_channels,
    "tiledesc": _format_tiles,
    "rational": _format_rational,
    "keycode": _format_key_code,
    "preview": _format_preview,
    "idmanifest": _format_id_manifest,
    "bytes": _format_bytes,
}  # other types: `_format_general`
