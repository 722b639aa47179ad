"""Earlier schema versions: the columns that tables of each version have, to recognize and migrate them."""

from __future__ import annotations

import pyarrow as pa

from exr_inspector_app.persistence import schema

# Columns of version 1 that version 2 added, or has with another type.
ADDED = {
    "files": ("renderer", "renderer_version", "writer", "picture_layer", "note"),
    "channels": ("position", "view_name"),
    "attributes": ("position",),
    "previews": ("picture_layer",),
}
_CHANGED = {("files", "frame_number"): pa.int32()}
_REMOVED = {"previews": (pa.field("attempt_id", pa.string()),)}


def columns_of(version: int) -> dict[str, pa.Schema]:
    """Return the columns of each table in a schema version."""
    if version >= schema.SCHEMA_VERSION:
        return dict(schema.TABLES)
    return {table: _first_version(table, columns) for table, columns in schema.TABLES.items()}


def is_same_type(actual: pa.DataType | None, expected: pa.DataType, is_list_allowed: bool = True) -> bool:
    """Return True if a stored column has a type; vectors may be lists of any length, as Trino creates them."""
    if actual is None or not pa.types.is_fixed_size_list(expected):
        return bool(actual == expected)
    if pa.types.is_fixed_size_list(actual):
        return bool(actual.list_size == expected.list_size and actual.value_type == expected.value_type)
    return bool(is_list_allowed and pa.types.is_list(actual) and actual.value_type == expected.value_type)


def mismatches(table: str, stored: pa.Schema, version: int = schema.SCHEMA_VERSION) -> list[str]:
    """Return the columns of a version that are missing in a stored table or have another type, as `TABLE.COLUMN`."""
    types = {field.name: field.type for field in stored}
    return [
        f"{table}.{field.name}"
        for field in columns_of(version)[table]
        if not is_same_type(types.get(field.name), field.type)
    ]


def _first_version(table: str, columns: pa.Schema) -> pa.Schema:
    fields = [
        field.with_type(_CHANGED.get((table, field.name), field.type))
        for field in columns
        if field.name not in ADDED.get(table, ())
    ]
    return pa.schema([*fields, *_REMOVED.get(table, ())])
