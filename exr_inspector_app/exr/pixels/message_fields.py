"""Field converter of the wire protocol: checks the values of a JSON message against the annotations of its class."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from dataclasses import is_dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

_MAX_INTEGER = 2**64  # of dates, inodes and counts


class ProtocolError(Exception):
    """Message of the other process that violates the protocol."""


Converter = Callable[[Any], Any]


@cache
def converter(hint: Any) -> Converter:
    """Return a function that converts a value of JSON to an annotated type, or raises ProtocolError."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is UnionType:
        inner = converter(arguments[0])  # every union here is of a type and None
        return lambda value: None if value is None else inner(value)
    if origin is tuple and arguments[-1] is Ellipsis:
        convert_item = converter(arguments[0])
        return lambda value: tuple([convert_item(item) for item in _require(value, list)])
    if origin is tuple:
        return _tuple_converter(tuple, arguments)
    if is_dataclass(hint):
        return _object_converter(hint, get_type_hints(hint))
    if issubclass(hint, tuple):
        return _tuple_converter(hint._make, tuple(get_type_hints(hint).values()))
    return {bytes: _to_bytes, float: _to_float, int: _to_int}.get(hint) or (lambda value: _require(value, hint))


def _tuple_converter(make: Callable[[list[Any]], Any], hints: tuple[Any, ...]) -> Converter:
    converters = [converter(hint) for hint in hints]

    def convert(value: Any) -> Any:
        if len(_require(value, list)) != len(converters):
            raise ProtocolError(f"{len(value)} items in place of {len(converters)}")
        return make([convert_item(item) for convert_item, item in zip(converters, value, strict=True)])

    return convert


def _object_converter(message_class: Any, hints: dict[str, Any]) -> Converter:
    converters = {name: converter(hint) for name, hint in hints.items()}

    def convert(value: Any) -> Any:
        if value.keys() != converters.keys():
            raise ProtocolError(f"wrong fields of {message_class.__name__}: {', '.join(value)[:80]}")
        return message_class(**{name: converters[name](item) for name, item in value.items()})

    return convert


T = TypeVar("T")


def _require(value: Any, expected: type[T]) -> T:
    if type(value) is not expected:  # a bool is an int for isinstance
        raise ProtocolError(f"{type(value).__name__} in place of {expected.__name__}")
    return value


def _to_int(value: Any) -> int:
    if abs(_require(value, int)) > _MAX_INTEGER:
        raise ProtocolError("an integer of more than 64 bits")
    return int(value)


def _to_float(value: Any) -> float:
    try:
        return float(value) if type(value) is int else _require(value, float)
    except OverflowError as error:
        raise ProtocolError("a number beyond double precision") from error


def _to_bytes(value: Any) -> bytes:
    try:
        return b64decode(_require(value, str), validate=True)
    except ValueError as error:
        raise ProtocolError("no base64") from error
