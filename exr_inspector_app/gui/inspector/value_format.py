"""Attribute values in words: what a cell shows, what stands under it, and what is copied."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from exr_inspector_app.exr.parser.attribute_types import KEY_CODE_FIELDS
from exr_inspector_app.exr.parser.color_space import color_space
from exr_inspector_app.gui.style.formatting import format_bytes
from exr_inspector_app.model import Attribute
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

MAX_SHOWN_CHARS = 4000  # characters of a value that are shown, searched and laid out
_FLOAT32_TYPES = frozenset(("float", "floatvector", "box2f", "chromaticities"))
_SIZE_OFFSETS = {"box2i": 1, "box2f": 0}  # what a width needs beside the difference of the corners


@dataclass(frozen=True, slots=True)
class FormattedValue:
    """One value as the table shows it."""

    text: str
    note: str = ""  # after the text, in third rank
    under: str = ""  # below the text: what the raw text means
    grid: tuple[tuple[str, ...], ...] = ()  # a matrix, row by row
    primaries: tuple[tuple[float, float], ...] = ()  # red, green, blue, white
    is_prose: bool = False  # words for people, not in the fixed-width face


def format_attribute(attribute: Attribute, others: Mapping[str, Any]) -> FormattedValue:
    """How an attribute is shown; `others` are the values of its part, by name."""
    kind, value = attribute.type, attribute.value
    describe = _FORMATTERS.get(kind)
    try:
        if describe:
            return describe(value)
        if kind == "timecode":
            return _format_time_code(value, others)
        if kind == "chromaticities":
            return _format_chromaticities(value)
        return _format_general(attribute)
    except (KeyError, TypeError, ValueError, IndexError):  # a payload from elsewhere, of another shape
        return FormattedValue(_truncate(json.dumps(value, default=str)))


MAX_FLOAT32 = float(np.finfo(np.float32).max)  # no file holds more in 32 bits, a payload may


def format_number(value: Any, is_float32: bool) -> str:
    """A number with the digits that its type holds."""
    if isinstance(value, float) and is_float32 and not MAX_FLOAT32 < abs(value) < math.inf:
        return str(np.float32(value))
    return str(value)


def format_for_clipboard(attribute: Attribute) -> str:
    """The value as text, as the file has it: nothing escaped, nothing cut."""
    value = attribute.value
    is_float = _is_float32(attribute.type)
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict | list):
        try:
            return _format_container(attribute.type, value, is_float)
        except (KeyError, TypeError):  # bytes that are not of their type's form
            return json.dumps(value)
    return format_number(value, is_float)


def _format_container(kind: str, value: Any, is_float32: bool) -> str:
    """Matrices as rows with tabs, other numbers with commas; what has names as JSON."""
    if kind == "timecode":
        return _format_clock(value)
    if kind in _SIZE_OFFSETS:
        return _join_numbers([*value["min"], *value["max"]], is_float32)
    if isinstance(value, dict) or any(isinstance(item, dict) for item in value):
        return json.dumps(value, ensure_ascii=False)
    if kind == "stringvector":
        return "\n".join(map(str, value)).encode("utf-8", "replace").decode("utf-8")
    if value and isinstance(value[0], list):
        return "\n".join("\t".join(format_number(cell, is_float32) for cell in row) for row in value)
    return _join_numbers(value, is_float32)


def _is_float32(kind: str) -> bool:
    return kind in _FLOAT32_TYPES or kind.endswith("f")


def _truncate(text: str) -> str:
    """The text in one safe line of bounded length."""
    return escape_control(text) if len(text) <= MAX_SHOWN_CHARS else escape_control(text[:MAX_SHOWN_CHARS]) + "…"


def _join_numbers(values: list[Any], is_float32: bool) -> str:
    return ", ".join(format_number(value, is_float32) for value in values)


def _format_general(attribute: Attribute) -> FormattedValue:
    """Numbers, texts, vectors, matrices, boxes, and bytes of a type nobody knows."""
    kind, value = attribute.type, attribute.value
    is_float = _is_float32(kind)
    if isinstance(value, str):
        return FormattedValue(_truncate(value), is_prose=kind == "string")
    if isinstance(value, dict):
        return _format_box(value, kind, is_float) if kind in _SIZE_OFFSETS else _format_bytes(value)
    if not isinstance(value, list):
        return _format_scalar(attribute.name, value, is_float)
    if value and isinstance(value[0], list):
        rows = tuple(tuple(_format_cell(cell, is_float) for cell in row) for row in value)
        return FormattedValue(_truncate("; ".join(", ".join(row) for row in rows)), grid=rows)
    if kind == "stringvector":
        return FormattedValue(_truncate(", ".join(map(str, value[:MAX_SHOWN_CHARS]))), is_prose=True)
    note = pluralize(len(value), "value") if len(value) > 8 else ""
    return FormattedValue(_truncate(_join_numbers(value[:MAX_SHOWN_CHARS], is_float)), note=note)


def _format_cell(value: Any, is_float32: bool) -> str:
    """A matrix's number: short where it is whole."""
    return str(int(value)) if value % 1 == 0 else format_number(value, is_float32)


def _format_scalar(name: str, value: Any, is_float: bool) -> FormattedValue:
    if name == "expTime" and isinstance(value, float) and 0 < value < 1:
        return FormattedValue(format_number(value, is_float), note=f"1/{1 / value:.0f} s")
    return FormattedValue(format_number(value, is_float))


def _format_box(value: Any, kind: str, is_float: bool) -> FormattedValue:
    (left, top), (right, bottom) = value["min"], value["max"]
    more = _SIZE_OFFSETS[kind]
    width, height = (format_number(size, is_float) for size in (right - left + more, bottom - top + more))
    return FormattedValue(_join_numbers([left, top, right, bottom], is_float), note=f"{width} × {height}")


def _count_base64_bytes(value: Any) -> int:
    """How many bytes a base64 text stands for."""
    data: str = value["data"]
    return len(data) * 3 // 4 - data[-2:].count("=")


def _format_bytes(value: Any) -> FormattedValue:
    if "data" not in value:
        return FormattedValue(_truncate(json.dumps(value, default=str)))
    hint = value.get("type_hint")
    return FormattedValue(
        format_bytes(_count_base64_bytes(value)), note=_truncate(hint) if hint else "bytes, not decoded"
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
    top, bottom = value["numerator"], value["denominator"]
    return FormattedValue(f"{top}/{bottom}", note=f"{top / bottom:.6g}" if bottom else "")


def _format_key_code(value: Any) -> FormattedValue:
    raw = " ".join(str(value[name]) for name in KEY_CODE_FIELDS)
    return FormattedValue(
        raw, under=", ".join(f"{name.replace('_', ' ')} {value[name]}" for name in KEY_CODE_FIELDS[:4])
    )


def _format_id_manifest(value: Any) -> FormattedValue:
    size = format_bytes(value["uncompressed_size"])
    return FormattedValue(pluralize(len(value["groups"]), "group"), note=f"{size} unpacked")


def _format_clock(value: Any) -> str:
    frame = "{hours:02}:{minutes:02}:{seconds:02}{mark}{frame:02}"
    return frame.format(**value, mark=";" if value["drop_frame"] else ":")


def _format_time_code(value: Any, others: Mapping[str, Any]) -> FormattedValue:
    """Hours to frames, and below it the flags in words."""
    facts = [] if (rate := _frame_rate(others)) is None else [f"{rate:.6g} fps"]
    facts.append("drop frame" if value["drop_frame"] else "not drop frame")
    facts += [
        name.replace("_", " ").replace("color", "colour")
        for name in ("color_frame", "field_phase", "bgf0", "bgf1", "bgf2")
        if value[name]
    ]
    facts.append(f"user data 0x{value['user_data']:08x}" if value["user_data"] else "no user data")
    return FormattedValue(_format_clock(value), under=", ".join(facts))


def _frame_rate(others: Mapping[str, Any]) -> float | None:
    """The frames a second that the part tells, if it does."""
    rate = others.get("framesPerSecond")
    if isinstance(rate, dict) and rate.get("denominator"):
        return float(rate["numerator"] / rate["denominator"])
    return None


def _format_chromaticities(value: Any) -> FormattedValue:
    name = color_space({"chromaticities": value})
    pairs = tuple((float(value[key][0]), float(value[key][1])) for key in ("red", "green", "blue", "white"))
    return FormattedValue(f"{name} primaries" if name else "Primaries of its own", primaries=pairs, is_prose=True)


_FORMATTERS: dict[str, Callable[[Any], FormattedValue]] = {
    "chlist": _format_channels,
    "tiledesc": _format_tiles,
    "rational": _format_rational,
    "keycode": _format_key_code,
    "preview": _format_preview,
    "idmanifest": _format_id_manifest,
    "bytes": _format_bytes,
}  # the rest: see `_general`
