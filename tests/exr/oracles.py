"""Oracles: the header of a file as read by the OpenEXR binding, by OpenImageIO, and by a plain walk over its bytes."""

from __future__ import annotations

import math
import struct
from base64 import b64decode
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import OpenEXR
import OpenImageIO as oiio

MULTI_PART = 0x1000
ENUMS = {
    "Compression": ("compression", {"NO": "none"}),
    "LineOrder": ("lineOrder", {"INCREASING_Y": "increasingY", "DECREASING_Y": "decreasingY", "RANDOM_Y": "randomY"}),
    "Envmap": ("envmap", {"ENVMAP_LATLONG": "latlong", "ENVMAP_CUBE": "cube"}),
    "Storage": ("string", {}),
}


class OracleAttribute(NamedTuple):
    """Attribute as an oracle reads it; `numbers` lists every number, text and byte of its value."""

    name: str
    type: str | None  # None where the oracle does not report it
    numbers: list[Any]


def walk_attributes(data: bytes) -> list[list[tuple[str, str, bytes]]]:
    """Return name, type and bytes of every attribute of every part, in file order."""
    multi = int.from_bytes(data[4:8], "little") & MULTI_PART
    at, parts = 8, []
    while data[at] or not parts:
        attributes = []
        while data[at]:
            (name, kind, _), at = data[at:].split(b"\0", 2), at
            start = at + len(name) + len(kind) + 6
            (size,) = struct.unpack_from("<i", data, start - 4)
            texts = [text.decode("utf-8", "surrogateescape") for text in (name, kind)]
            attributes.append((texts[0], texts[1], data[start : start + size]))
            at = start + size
        at += 1
        parts.append(attributes)
        if not multi:
            break
    return parts


def flatten_value(value: Any) -> list[Any]:
    """Return every number and text in a value of ours or of an oracle, in order; NaN as text, bytes as numbers."""
    if isinstance(value, dict) and value.get("encoding") == "base64":
        before = [item for key, item in value.items() if key not in ("encoding", "data")]
        return [*before, *b64decode(value["data"])]
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in flatten_value(item)]
    if isinstance(value, list | tuple | np.ndarray):
        return [leaf for item in value for leaf in flatten_value(item)]
    if isinstance(value, float | np.floating):
        return ["NaN" if math.isnan(value) else float(value)]
    return [value.item() if isinstance(value, np.generic) else value]


def read_with_binding(path: Path) -> list[tuple[list[OracleAttribute], list[tuple[str, int, int, bool]]]]:
    """Return the attributes and channels of each part from the OpenEXR binding; raises if it cannot open the file."""
    with OpenEXR.File(str(path), separate_channels=True, header_only=True) as file:
        return [
            (
                [_of_binding(name, value) for name, value in part.header.items() if name != "channels"],
                [(item.name, item.xSampling, item.ySampling, item.pLinear) for item in part.header["channels"]],
            )
            for part in file.parts
        ]


def _of_binding(name: str, value: Any) -> OracleAttribute:
    """Return the type in the file for the binding's Python type, and the numbers."""
    kind = type(value).__name__
    if kind in ENUMS:
        type_name, names = ENUMS[kind]
        word = value.name.removesuffix("_COMPRESSION")
        return OracleAttribute(name, type_name, [names.get(word, word.lower() if kind == "Compression" else word)])
    if isinstance(value, np.ndarray):
        return OracleAttribute(name, _array_type(value), flatten_value(value))
    simple = {"int": "int", "float": "float", "str": "string"}
    if kind in simple:
        return OracleAttribute(name, simple[kind], flatten_value(value))
    return OracleAttribute(name, *_OBJECTS[kind](value))


def _array_type(value: Any) -> str:
    letter = {"int32": "i", "float32": "f", "float64": "d"}[str(value.dtype)]
    if value.shape == (1,):
        return "double"
    return f"v{len(value)}{letter}" if value.ndim == 1 else f"m{len(value)}{len(value)}{letter}"


def _tuple(value: tuple[Any, ...]) -> tuple[str, list[Any]]:
    if len(value) == 8:
        return "chromaticities", flatten_value(value)
    return ("box2i" if value[0].dtype == np.int32 else "box2f"), flatten_value(value)


def _list(value: list[Any]) -> tuple[str | None, list[Any]]:
    kinds = {str: "stringvector", float: "floatvector"}
    return (kinds[type(value[0])] if value else None), flatten_value(value)


def _tiles(value: Any) -> tuple[str, list[Any]]:
    return "tiledesc", [value.xSize, value.ySize, value.mode.name.lower(), value.roundingMode.name.lower()]


def _rational(value: Fraction) -> tuple[str, list[Any]]:
    return "rational", [value.numerator, value.denominator]


def _time_code(value: Any) -> tuple[str, list[Any]]:
    flags = [value.dropFrame, value.colorFrame, value.fieldPhase, value.bgf0, value.bgf1, value.bgf2]
    return "timecode", [value.hours, value.minutes, value.seconds, value.frame, *map(bool, flags)]


def _key_code(value: Any) -> tuple[str, list[Any]]:
    names = ["filmMfcCode", "filmType", "prefix", "count", "perfOffset", "perfsPerFrame", "perfsPerCount"]
    return "keycode", [getattr(value, name) for name in names]


def _preview(value: Any) -> tuple[str, list[Any]]:
    height, width = value.pixels.shape
    return "preview", [width, height, *value.pixels.tobytes()]


_OBJECTS: dict[str, Any] = {
    "tuple": _tuple,
    "list": _list,
    "TileDescription": _tiles,
    "Fraction": _rational,
    "TimeCode": _time_code,
    "KeyCode": _key_code,
    "PreviewImage": _preview,
    "Bytes": lambda value: ("bytes", [value.type_hint, *value.data]),
    "OpaqueAttribute": lambda value: (value.typeName, list(value.data)),
}


class OiioPart(NamedTuple):
    """Part as OpenImageIO reads it."""

    attributes: list[OracleAttribute]
    channels: list[tuple[str, str]]
    window: tuple[int, ...]
    display: tuple[int, ...]


def read_with_openimageio(path: Path) -> Iterator[OiioPart]:
    """Yield each part as OpenImageIO reads it; raises OSError if it cannot open the file."""
    opened = oiio.ImageInput.open(str(path))
    if opened is None:
        raise OSError(oiio.geterror())
    part = 0
    while opened.seek_subimage(part, 0):
        spec = opened.spec()
        formats = list(map(str, spec.channelformats)) or [str(spec.format)] * spec.nchannels
        yield OiioPart(
            [OracleAttribute(item.name, str(item.type), flatten_value(item.value)) for item in spec.extra_attribs],
            list(zip(spec.channelnames, formats, strict=True)),
            (spec.x, spec.y, spec.x + spec.width - 1, spec.y + spec.height - 1),
            (spec.full_x, spec.full_y, spec.full_x + spec.full_width - 1, spec.full_y + spec.full_height - 1),
        )
        part += 1
    opened.geterror()
    opened.close()
