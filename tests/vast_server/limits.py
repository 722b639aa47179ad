"""Limits of a cluster: unsupported types, and maximum sizes of cells, bodies and predicates."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from .wire import RefusalError

CELL = 128 * 1024
BODY = 5 * 2**20
PREDICATE = 1_200_000  # the SDK's own tests send 10,000 integers in 1,120,312 bytes

VECTOR_ITEMS = (
    pa.types.is_integer,
    pa.types.is_float32,
    pa.types.is_float64,
    pa.types.is_decimal128,
    pa.types.is_date32,
    pa.types.is_timestamp,
    pa.types.is_time,
)
SCALARS = (
    *VECTOR_ITEMS,
    pa.types.is_boolean,
    pa.types.is_string,
    pa.types.is_binary,
    pa.types.is_fixed_size_binary,
    pa.types.is_float16,
)


def check_body(size: int) -> None:
    """Refuse a body over 5 MB."""
    if size > BODY:
        raise RefusalError(400, "EntityTooLarge", f"the body has {size} bytes, at most {BODY} are allowed")


def check_predicate(size: int, limit: int = PREDICATE) -> None:
    """Refuse a query over about 1 MB."""
    if size > limit:
        raise RefusalError(400, "TabularPredicateTooLarge", f"the query has {size} bytes, at most {limit} are allowed")


def check_type(kind: pa.DataType) -> None:
    """Refuse a column type that cannot be stored."""
    if pa.types.is_fixed_size_list(kind):
        check_vector(kind)
    elif pa.types.is_nested(kind) and not pa.types.is_union(kind):
        for position in range(kind.num_fields):
            check_type(kind.field(position).type)
    elif not any(is_type(kind) for is_type in SCALARS):
        raise unsupported(kind)


def check_vector(kind: pa.FixedSizeListType) -> None:
    """Refuse a vector that is empty, has nullable elements, or does not fit in a cell."""
    if kind.list_size == 0:
        raise RefusalError(400, "TabularInvalidColumnTypeParam", "a fixed size list needs an element")
    item = kind.value_field
    if item.nullable or not any(is_type(item.type) for is_type in VECTOR_ITEMS):
        raise unsupported(kind)
    if item.type.byte_width * kind.list_size > CELL:
        raise unsupported(kind)


def unsupported(kind: pa.DataType) -> RefusalError:
    """Return the refusal of a type."""
    return RefusalError(400, "TabularUnsupportedColumnType", f"TabularUnsupportedColumnType: {kind} cannot be stored")


def check_cells(rows: pa.Table) -> None:
    """Refuse text or binary cells over 128 KB."""
    for name, column in zip(rows.column_names, rows.columns, strict=True):
        if pa.types.is_string(column.type) or pa.types.is_binary(column.type):
            longest = pc.max(pc.binary_length(column)).as_py() or 0
            if longest > CELL:
                raise RefusalError(400, "TabularCellTooLarge", f"a cell of {name} has {longest} bytes, at most {CELL}")
