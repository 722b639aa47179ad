"""Decoders of attribute values, by the name of the attribute's type.

| type                          | value                                                                  |
|-------------------------------|------------------------------------------------------------------------|
| int, float, double            | a number                                                               |
| string                        | text (bytes that are not UTF-8 by surrogateescape)                     |
| stringvector, floatvector     | a list                                                                 |
| v2i v3i v2f v3f v4f v2d ...   | a list of numbers                                                      |
| m33f m44f m33d m44d           | a list of rows                                                         |
| box2i, box2f                  | {"min": [x, y], "max": [x, y]}                                         |
| chlist                        | [{"name", "type", "p_linear", "x_sampling", "y_sampling"}, ...]        |
| compression, lineOrder, envmap, deepImageState | a name; an unknown code is "unknown (17)"             |
| tiledesc                      | {"x_size", "y_size", "level_mode", "rounding_mode"}                    |
| chromaticities                | {"red": [x, y], "green", "blue", "white"}                              |
| rational                      | {"numerator", "denominator"}                                           |
| timecode                      | {"time_and_flags", "user_data", "hours", ..., "bgf2"}                  |
| keycode                       | {"film_mfc_code", "film_type", "prefix", "count", "perf_offset", ...}  |
| preview                       | {"width", "height", "encoding": "base64", "data"}                      |
| bytes                         | {"type_hint", "encoding": "base64", "data"}                            |
| idmanifest                    | {"uncompressed_size", "groups": [{"channels", ..., "table"}, ...]}      |
| any other                     | {"encoding": "base64", "data"}                                         |

Source: OpenEXR File Layout, https://openexr.com/en/latest/OpenEXRFileLayout.html
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from functools import lru_cache
from struct import Struct, error, iter_unpack, unpack_from

from exr_inspector_app.exr.parser.id_manifest import ManifestLimitError, count_objects, decode_id_manifest
from exr_inspector_app.typing_forms import Any

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

_OBJECTS_PER_CHANNEL = 10
MAX_CHANNELS = 50_000  # of all parts of a file; checked before a list is built
MAX_LIST_ITEMS = 1_000_000  # of all vectors and manifests of a file; each becomes a Python object
LIST_TYPES = frozenset(["idmanifest", "stringvector", "floatvector"])  # the types whose items count
_CHANNEL = Struct("<iB3xii")
_WRONG_PREVIEW = "a preview of {:,} × {:,} does not have {:,} bytes"
_MAX_SHORT_BYTES, _MAX_SHARED_BYTES = 4 * 1024, 32 * 1024  # of a channel list that is cached for the next files


class AttributeValueError(Exception):
    """The bytes of an attribute do not fit its type; the text is the reason, for the end of a sentence."""


def decode_value(type_name: str, data: bytes) -> Any:
    """Decode the value of an attribute.

    Args:
        type_name: Type in the file, of any spelling; unknown types are returned as raw bytes.
        data: Bytes of the value.

    Returns:
        A JSON-like value, see the table of this module. Lists and dicts may be shared and must not be changed.

    Raises:
        AttributeValueError: The bytes do not fit the type.
    """
    decoder = DECODERS.get(type_name)
    if decoder is None:
        return encode_raw(data)
    try:
        return decoder(data)
    except ManifestLimitError as limit:
        raise AttributeValueError(str(limit)) from limit
    except (error, IndexError, ValueError, OverflowError) as cause:
        article = "an" if type_name[:1] in tuple("aeiou") else "a"
        raise AttributeValueError(f"its {len(data):,} bytes are not {article} {type_name}") from cause


def count_items(type_name: str, value: Any) -> int:
    """Return the approximate number of Python objects in a decoded list."""
    if type_name == "chlist":
        return _OBJECTS_PER_CHANNEL * len(value)
    if type_name not in LIST_TYPES:
        return 0
    return count_objects(value["groups"]) if type_name == "idmanifest" else len(value)


def encode_raw(data: bytes) -> dict[str, str]:
    """Return bytes undecoded, in a form that JSON can hold."""
    return {"encoding": "base64", "data": b64encode(data).decode("ascii")}


def raw_value_head(type_name: str, data: bytes, start: int, end: int) -> tuple[dict[str, Any], int] | None:
    """Return the fields before the raw bytes of a value, and where these begin; None for a value without raw bytes.

    Raises:
        AttributeValueError: The bytes from `start` to `end` do not fit the type.
    """
    if type_name == "preview":
        width, height = unpack_from("<II", data, start)
        if end - start != 8 + 4 * width * height:
            raise AttributeValueError(_WRONG_PREVIEW.format(width, height, end - start))
        return {"width": width, "height": height}, start + 8
    if type_name == "bytes":
        (size,) = unpack_from("<I", data, start)
        first = start + 4 + size
        if first > end:
            raise AttributeValueError(f"a type hint of {size:,} bytes does not fit into it")
        return {"type_hint": decode_text(data[start + 4 : first])}, first
    return None if type_name in DECODERS else ({}, start)


def decode_text(data: bytes) -> str:
    """Decode text as UTF-8; other bytes become surrogates (surrogateescape)."""
    return data.decode("utf-8", "surrogateescape")


def enum_name(names: list[str], code: int) -> str:
    """Return the name of an enum's value, or `unknown (CODE)`."""
    return names[code] if 0 <= code < len(names) else f"unknown ({code})"


def _number(form: str) -> Callable[[bytes], Any]:
    unpack = Struct(form).unpack  # fails for bytes of any other length
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


def _enum(names: list[str]) -> Callable[[bytes], str]:
    unpack = Struct("<B").unpack
    return lambda data: enum_name(names, unpack(data)[0])


def decode_channels(data: bytes) -> list[dict[str, Any]]:
    """Decode a `chlist`, in file order.

    Files whose bytes are equal share one list; it must not be changed.
    """
    if len(data) < _MAX_SHORT_BYTES:
        return _short_channels(data)
    return _long_channels(data) if len(data) < _MAX_SHARED_BYTES else _channels(data)


def _channels(data: bytes) -> list[dict[str, Any]]:
    channels: list[dict[str, Any]] = []
    at, step, find, unpack = 0, 1 + _CHANNEL.size, data.find, _CHANNEL.unpack_from
    while (stop := find(b"\0", at)) != at:
        if stop < 0:
            raise ValueError
        if len(channels) == MAX_CHANNELS:
            raise AttributeValueError(f"more than {MAX_CHANNELS:,} channels, which is the limit")
        kind, linear, x, y = unpack(data, stop + 1)
        channels.append(
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
    return channels


_short_channels = lru_cache(maxsize=256)(_channels)
_long_channels = lru_cache(maxsize=32)(_channels)


def clear_channel_cache() -> None:
    """Clear the cache of decoded channel lists."""
    _short_channels.cache_clear()
    _long_channels.cache_clear()


def _string_vector(data: bytes) -> list[str]:
    strings: list[str] = []
    at = 0
    while at < len(data):
        (size,) = unpack_from("<i", data, at)
        if not 0 <= size <= len(data) - at - 4:
            raise AttributeValueError(f"a string of {size:,} bytes does not fit into it")
        if len(strings) == MAX_LIST_ITEMS:
            raise AttributeValueError(f"more than {MAX_LIST_ITEMS:,} texts, which is the limit")
        strings.append(decode_text(data[at + 4 : at + 4 + size]))
        at += 4 + size
    return strings


def _float_vector(data: bytes) -> list[float]:
    if len(data) > 4 * MAX_LIST_ITEMS:
        raise AttributeValueError(f"more than {MAX_LIST_ITEMS:,} numbers, which is the limit")
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
    return {name: list(flat[2 * at : 2 * at + 2]) for at, name in enumerate(names)}


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
        raise AttributeValueError(_WRONG_PREVIEW.format(width, height, len(data)))
    return {"width": width, "height": height, **encode_raw(data[8:])}


def _bytes(data: bytes) -> dict[str, str]:
    (size,) = unpack_from("<I", data)
    if size > len(data) - 4:
        raise AttributeValueError(f"a type hint of {size:,} bytes does not fit into it")
    return {"type_hint": decode_text(data[4 : 4 + size]), **encode_raw(data[4 + size :])}


_TILES = Struct("<IIB").unpack
_CHROMATICITIES = Struct("<8f").unpack
_RATIONAL = Struct("<iI").unpack
_TIME_CODE = Struct("<II").unpack
_KEY_CODE = Struct("<7i").unpack

DECODERS: dict[str, Callable[[bytes], Any]] = {
    "int": _number("<i"),
    "float": _number("<f"),
    "double": _number("<d"),
    "string": decode_text,
    "stringvector": _string_vector,
    "floatvector": _float_vector,
    "box2i": _box("<4i"),
    "box2f": _box("<4f"),
    "chlist": decode_channels,
    "compression": _enum(COMPRESSIONS),
    "lineOrder": _enum(LINE_ORDERS),
    "envmap": _enum(ENVMAPS),
    "deepImageState": _enum(DEEP_STATES),
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
