"""The value of an attribute from its bytes, by the name of its type.

| type                          | value                                                                  |
|-------------------------------|------------------------------------------------------------------------|
| int, float, double            | a number                                                               |
| string                        | text (bytes that are not UTF-8 by surrogateescape)                     |
| stringvector, floatvector     | a list                                                                 |
| v2i v3i v2f v3f v4f v2d ...   | a list of numbers                                                      |
| m33f m44f m33d m44d           | a list of rows                                                         |
| box2i, box2f                  | {"min": [x, y], "max": [x, y]}                                         |
| chlist                        | [{"name", "type", "p_linear", "x_sampling", "y_sampling"}, ...]        |
| compression, lineOrder, envmap, deepImageState | a word; an unknown code is "unknown (17)"             |
| tiledesc                      | {"x_size", "y_size", "level_mode", "rounding_mode"}                    |
| chromaticities                | {"red": [x, y], "green", "blue", "white"}                              |
| rational                      | {"numerator", "denominator"}                                           |
| timecode                      | {"time_and_flags", "user_data", "hours", ..., "bgf2"}                  |
| keycode                       | {"film_mfc_code", "film_type", "prefix", "count", "perf_offset", ...}  |
| preview                       | {"width", "height", "encoding": "base64", "data"}                      |
| bytes                         | {"type_hint", "encoding": "base64", "data"}                            |
| idmanifest                    | {"uncompressed_size", "groups": [{"channels", ..., "table"}, ...]}      |
| any other                     | {"encoding": "base64", "data"}                                         |
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from functools import lru_cache
from struct import Struct, error, iter_unpack, unpack_from
from typing import Any

from exr_inspector_app.exr.parser.id_manifest import count_objects, decode_id_manifest

COMPRESSIONS = [
    *["none", "rle", "zips", "zip", "piz", "pxr24", "b44", "b44a", "dwaa", "dwab"],
    *["htj2k256", "htj2k32", "lj2k", "zstd"],
]
LINE_ORDERS = ["increasingY", "decreasingY", "randomY"]
ENVMAPS = ["latlong", "cube"]
DEEP_STATES = ["messy", "sorted", "non_overlapping", "tidy"]
LEVEL_MODES = ["one_level", "mipmap_levels", "ripmap_levels"]
ROUNDING_MODES = ["round_down", "round_up"]
PIXEL_TYPES = ["uint", "half", "float"]
KEY_CODE_FIELDS = [
    *["film_mfc_code", "film_type", "prefix", "count"],
    *["perf_offset", "perfs_per_frame", "perfs_per_count"],
]

_OF_CHANNEL = 10  # objects that a channel in a list becomes
MAX_CHANNELS = 50_000  # of all parts of a file; counts are checked before a list is built
MAX_LIST_ITEMS = 1_000_000  # of all vectors and manifests of a file; each becomes an object of its own
LIST_TYPES = frozenset(["idmanifest", "stringvector", "floatvector"])  # the types of which `items` counts
_CHANNEL = Struct("<iB3xii")
_SHARED = 32 * 1024  # bytes of a channel list that is kept for the next frame


class AttributeValueError(Exception):
    """The bytes of an attribute are not of the form its type asks for; the text says in what."""


def decode_value(type_name: str, data: bytes) -> Any:
    """The value of an attribute; raises BadValue where the bytes do not fit the type."""
    decoder = DECODERS.get(type_name)
    if decoder is None:
        return encode_raw(data)
    try:
        return decoder(data)
    except (error, IndexError, ValueError, OverflowError) as wrong:
        raise AttributeValueError(f"its {len(data):,} bytes are not a {type_name}") from wrong


def count_items(type_name: str, value: Any) -> int:
    """How many objects a decoded list is, about."""
    if type_name == "chlist":
        return _OF_CHANNEL * len(value)
    if type_name not in LIST_TYPES:
        return 0
    return count_objects(value["groups"]) if type_name == "idmanifest" else len(value)


def encode_raw(data: bytes) -> dict[str, str]:
    """Bytes as they are, in a form that JSON can hold."""
    return {"encoding": "base64", "data": b64encode(data).decode("ascii")}


def text(data: bytes) -> str:
    """Text whatever its bytes are; what is not UTF-8 comes back by surrogateescape."""
    return data.decode("utf-8", "surrogateescape")


def enum_name(words: list[str], code: int) -> str:
    """The word for a code, or `unknown (CODE)`."""
    return words[code] if 0 <= code < len(words) else f"unknown ({code})"


def _number(form: str) -> Callable[[bytes], Any]:
    unpack = Struct(form).unpack  # refuses bytes of any other length
    return lambda data: unpack(data)[0]


def _vector(form: str) -> Callable[[bytes], list[Any]]:
    unpack = Struct(form).unpack
    return lambda data: list(unpack(data))


def _matrix(form: str, side: int) -> Callable[[bytes], list[list[Any]]]:
    unpack = Struct(form).unpack

    def rows(data: bytes) -> list[list[Any]]:
        flat = unpack(data)
        return [list(flat[start : start + side]) for start in range(0, side * side, side)]

    return rows


def _box(form: str) -> Callable[[bytes], dict[str, list[Any]]]:
    unpack = Struct(form).unpack

    def box(data: bytes) -> dict[str, list[Any]]:
        a, b, c, d = unpack(data)
        return {"min": [a, b], "max": [c, d]}

    return box


def _word(words: list[str]) -> Callable[[bytes], str]:
    unpack = Struct("<B").unpack
    return lambda data: enum_name(words, unpack(data)[0])


def decode_channels(data: bytes) -> list[dict[str, Any]]:
    """The channels of a `chlist`, in the order of the file; not to be changed.

    The frames of a sequence, whose lists are the same bytes, share one.
    """
    return _shared_channels(data) if len(data) < _SHARED else _channels(data)


def _channels(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    at, step, find, unpack = 0, 1 + _CHANNEL.size, data.find, _CHANNEL.unpack_from
    while (stop := find(b"\0", at)) != at:
        if stop < 0 or len(found) == MAX_CHANNELS:
            raise ValueError
        kind, linear, x, y = unpack(data, stop + 1)
        found.append(
            {
                "name": data[at:stop].decode("utf-8", "surrogateescape"),
                "type": PIXEL_TYPES[kind] if 0 <= kind < 3 else f"unknown ({kind})",
                "p_linear": linear != 0,
                "x_sampling": x,
                "y_sampling": y,
            }
        )
        at = stop + step
    if at + 1 != len(data):
        raise AttributeValueError(f"{len(data) - at - 1:,} bytes follow the end of the channel list")
    return found


_shared_channels = lru_cache(maxsize=64)(_channels)
clear_channel_cache = _shared_channels.cache_clear


def _string_vector(data: bytes) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(data):
        (size,) = unpack_from("<i", data, at)
        if not 0 <= size <= len(data) - at - 4 or len(found) == MAX_LIST_ITEMS:
            raise AttributeValueError(f"a string of {size:,} bytes does not fit into it")
        found.append(text(data[at + 4 : at + 4 + size]))
        at += 4 + size
    return found


def _float_vector(data: bytes) -> list[float]:
    if len(data) > 4 * MAX_LIST_ITEMS:
        raise AttributeValueError(f"more than {MAX_LIST_ITEMS:,} numbers")
    return [x for (x,) in iter_unpack("<f", data)]


def _tiles(data: bytes) -> dict[str, Any]:
    x, y, mode = _TILES(data)
    return {
        "x_size": x,
        "y_size": y,
        "level_mode": enum_name(LEVEL_MODES, mode & 15),
        "rounding_mode": enum_name(ROUNDING_MODES, mode >> 4),
    }


def _chromaticities(data: bytes) -> dict[str, list[float]]:
    flat = _CHROMATICITIES(data)
    names = ("red", "green", "blue", "white")
    return {name: list(flat[2 * place : 2 * place + 2]) for place, name in enumerate(names)}


def _rational(data: bytes) -> dict[str, int]:
    numerator, denominator = _RATIONAL(data)
    return {"numerator": numerator, "denominator": denominator}


def _time_code(data: bytes) -> dict[str, Any]:
    time, user = _TIME_CODE(data)

    return {
        "time_and_flags": time,
        "user_data": user,
        "hours": 10 * (time >> 28 & 3) + (time >> 24 & 15),
        "minutes": 10 * (time >> 20 & 7) + (time >> 16 & 15),
        "seconds": 10 * (time >> 12 & 7) + (time >> 8 & 15),
        "frame": 10 * (time >> 4 & 3) + (time & 15),
        "drop_frame": time & 1 << 6 != 0,
        "color_frame": time & 1 << 7 != 0,
        "field_phase": time & 1 << 15 != 0,
        "bgf0": time & 1 << 23 != 0,
        "bgf1": time & 1 << 30 != 0,
        "bgf2": time & 1 << 31 != 0,
    }


def _key_code(data: bytes) -> dict[str, int]:
    return dict(zip(KEY_CODE_FIELDS, _KEY_CODE(data), strict=True))


def _preview(data: bytes) -> dict[str, Any]:
    width, height = unpack_from("<II", data)
    if len(data) != 8 + 4 * width * height:
        raise AttributeValueError(f"a preview of {width:,} × {height:,} does not have {len(data):,} bytes")
    return {"width": width, "height": height, **encode_raw(data[8:])}


def _bytes(data: bytes) -> dict[str, str]:
    (size,) = unpack_from("<I", data)
    if size > len(data) - 4:
        raise AttributeValueError(f"a type hint of {size:,} bytes does not fit into it")
    return {"type_hint": text(data[4 : 4 + size]), **encode_raw(data[4 + size :])}


_TILES = Struct("<IIB").unpack
_CHROMATICITIES = Struct("<8f").unpack
_RATIONAL = Struct("<iI").unpack
_TIME_CODE = Struct("<II").unpack
_KEY_CODE = Struct("<7i").unpack

DECODERS: dict[str, Callable[[bytes], Any]] = {
    "int": _number("<i"),
    "float": _number("<f"),
    "double": _number("<d"),
    "string": text,
    "stringvector": _string_vector,
    "floatvector": _float_vector,
    "box2i": _box("<4i"),
    "box2f": _box("<4f"),
    "chlist": decode_channels,
    "compression": _word(COMPRESSIONS),
    "lineOrder": _word(LINE_ORDERS),
    "envmap": _word(ENVMAPS),
    "deepImageState": _word(DEEP_STATES),
    "tiledesc": _tiles,
    "chromaticities": _chromaticities,
    "rational": _rational,
    "timecode": _time_code,
    "keycode": _key_code,
    "preview": _preview,
    "bytes": _bytes,
    "idmanifest": decode_id_manifest,
    **{f"v{n}{kind}": _vector(f"<{n}{kind}") for n in (2, 3, 4) for kind in "ifd"},
    **{f"m{n}{n}{kind}": _matrix(f"<{n * n}{kind}", n) for n in (3, 4) for kind in "fd"},
}
