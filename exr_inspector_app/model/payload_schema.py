"""JSON Schema of the inspection payload, generated from its types."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from exr_inspector_app.model.payload_types import Payload

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


def payload_schema() -> Schema:
    """Return the JSON Schema of a payload.

    Returns:
        A new JSON-ready dictionary. Source: JSON Schema draft 2020-12, https://json-schema.org/draft/2020-12.
    """
    definitions: dict[str, Schema] = {}
    _reference(Payload, definitions)
    root = definitions.pop(Payload.__name__)
    return {"$schema": DIALECT, "title": "exr-inspector payload", **root, "$defs": definitions}


def _reference(typed_dict: Any, definitions: dict[str, Schema]) -> Schema:
    """Add the schema of a TypedDict and of all types in it to `definitions`, and return a reference to it."""
    name = typed_dict.__name__
    if name not in definitions:
        definitions[name] = {}  # keeps the order of first use
        hints = get_type_hints(typed_dict, include_extras=True)
        definitions[name] = {
            "description": typed_dict.__doc__,
            "type": "object",
            "properties": {key: _schema_of(hint, definitions) for key, hint in hints.items()},
            "required": list(hints),
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{name}"}


def _schema_of(hint: Any, definitions: dict[str, Schema]) -> Schema:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        schema = _schema_of(arguments[0], definitions)
        for extra in arguments[1:]:
            schema |= {"description": extra} if isinstance(extra, str) else extra
        return schema
    if origin in (UnionType, Union):
        return _any_of([_schema_of(argument, definitions) for argument in arguments])
    if origin is Literal:
        return {"const": arguments[0]} if len(arguments) == 1 else {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": _schema_of(arguments[0], definitions)}
    if is_typeddict(hint):
        return _reference(hint, definitions)
    return {} if hint is Any else {"type": _TYPES[hint]}


def _any_of(options: list[Schema]) -> Schema:
    """Return a schema for any of several, with plain types in one `type`."""
    if all(option.keys() == {"type"} for option in options):
        return {"type": [option["type"] for option in options]}
    return {"anyOf": options}
