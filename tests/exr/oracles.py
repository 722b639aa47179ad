"""The same file as the OpenEXR binding, OpenImageIO and a plain walk over its bytes tell of it."""

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


class Named(NamedTuple):
    """An attribute as an oracle tells of it: `numbers` is every number, text and byte of it in one list."""

    name: str
    type: str | None  # None where the oracle does not tell
    numbers: list[Any]


def walked(data: bytes) -> list[list[tuple[str, str, bytes]]]:
    """Name, type and bytes of every attribute of every part, in the order of the file."""
    multi = int.from_bytes(data[4:8], "little") & MULTI_PART
    at, parts = 8, []
    while data[at] or not parts:
        found = []
        while data[at]:
            (name, kind, _), at = data[at:].split(b"\0", 2), at
            start = at + len(name) + len(kind) + 6
            (size,) = struct.unpack_from("<i", data, start - 4)
            texts = [text.decode("utf-8", "surrogateescape") for text in (name, kind)]
            found.append((texts[0], texts[1], data[start : start + size]))
            at = start + size
        at += 1
        parts.append(found)
        if not multi:
            break
    return parts


def flat(value: Any) -> list[Any]:
    """Every number and text in a value of ours or of an oracle, in order; NaN as a word, bytes one by one."""
    if isinstance(value, dict) and value.get("encoding") == "base64":
        before = [item for key, item in value.items() if key not in ("encoding", "data")]
        return [*before, *b64decode(value["data"])]
    if isinstance(value, dict):
        return [one for item in value.values() for one in flat(item)]
    if isinstance(value, list | tuple | np.ndarray):
        return [one for item in value for one in flat(item)]
    if isinstance(value, float | np.floating):
        return ["NaN" if math.isnan(value) else float(value)]
    return [value.item() if isinstance(value, np.generic) else value]


def binding(path: Path) -> list[tuple[list[Named], list[tuple[str, int, int, bool]]]]:
    """The attributes and the channels of each part by the OpenEXR binding; raises where it cannot open the file."""
    with OpenEXR.File(str(path), separate_channels=True, header_only=True) as file:
        return [
            (
                [_of_binding(name, value) for name, value in part.header.items() if name != "channels"],
                [(one.name, one.xSampling, one.ySampling, one.pLinear) for one in part.header["channels"]],
            )
            for part in file.parts
        ]


def _of_binding(name: str, value: Any) -> Named:
    """The type that the binding's Python type stands for, and the numbers."""
    kind = type(value).__name__
    if kind in ENUMS:
        type_name, words = ENUMS[kind]
        word = value.name.removesuffix("_COMPRESSION")
        return Named(name, type_name, [words.get(word, word.lower() if kind == "Compression" else word)])
    if isinstance(value, np.ndarray):
        return Named(name, _array_type(value), flat(value))
    simple = {"int": "int", "float": "float", "str": "string"}
    if kind in simple:
        return Named(name, simple[kind], flat(value))
    return Named(name, *_OBJECTS[kind](value))


def _array_type(value: Any) -> str:
    letter = {"int32": "i", "float32": "f", "float64": "d"}[str(value.dtype)]
    if value.shape == (1,):
        return "double"
    return f"v{len(value)}{letter}" if value.ndim == 1 else f"m{len(value)}{len(value)}{letter}"


def _tuple(value: tuple[Any, ...]) -> tuple[str, list[Any]]:
    if len(value) == 8:
        return "chromaticities", flat(value)
    return ("box2i" if value[0].dtype == np.int32 else "box2f"), flat(value)


def _list(value: list[Any]) -> tuple[str | None, list[Any]]:
    kinds = {str: "stringvector", float: "floatvector"}
    return (kinds[type(value[0])] if value else None), flat(value)


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


class Spec(NamedTuple):
    """A part as OpenImageIO tells of it."""

    attributes: list[Named]
    channels: list[tuple[str, str]]
    window: tuple[int, ...]
    display: tuple[int, ...]


def image_io(path: Path) -> Iterator[Spec]:
    """Each part by OpenImageIO; raises OSError where it cannot open the file."""
    opened = oiio.ImageInput.open(str(path))
    if opened is None:
        raise OSError(oiio.geterror())
    part = 0
    while opened.seek_subimage(part, 0):
        spec = opened.spec()
        formats = list(map(str, spec.channelformats)) or [str(spec.format)] * spec.nchannels
        yield Spec(
            [Named(one.name, str(one.type), flat(one.value)) for one in spec.extra_attribs],
            list(zip(spec.channelnames, formats, strict=True)),
            (spec.x, spec.y, spec.x + spec.width - 1, spec.y + spec.height - 1),
            (spec.full_x, spec.full_y, spec.full_x + spec.full_width - 1, spec.full_y + spec.full_height - 1),
        )
        part += 1
    opened.geterror()
    opened.close()
