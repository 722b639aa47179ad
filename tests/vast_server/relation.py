"""Query parser for flatbuffer requests: columns, requested leaves and filter."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.ExpressionImpl import ExpressionImpl
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.LiteralImpl import LiteralImpl
from vastdb.vast_flatbuf.org.apache.arrow.flatbuf.Type import Type

from .flat import Flat
from .tables import Table
from .wire import ROW_ID, RefusalError

NUMBERS = {
    LiteralImpl.Int8Literal: "b",
    LiteralImpl.Int16Literal: "h",
    LiteralImpl.Int32Literal: "i",
    LiteralImpl.Int64Literal: "q",
    LiteralImpl.UInt8Literal: "B",
    LiteralImpl.UInt16Literal: "H",
    LiteralImpl.UInt32Literal: "I",
    LiteralImpl.UInt64Literal: "Q",
    LiteralImpl.DateLiteral: "q",
    LiteralImpl.TimeLiteral: "q",
    LiteralImpl.TimestampLiteral: "q",
    LiteralImpl.Float32Literal: "f",
    LiteralImpl.Float64Literal: "d",
}


@dataclass(frozen=True)
class Leaf:
    """Column or part of one: its position in the query's numbering, and its path from the top-level column."""

    position: int
    path: tuple[int | str, ...]
    kind: pa.DataType

    @property
    def column(self) -> str:
        """Top-level column."""
        return str(self.path[0])


@dataclass(frozen=True)
class Function:
    """Call in a filter: over other calls, or over a leaf and a literal."""

    name: str
    functions: tuple[Function, ...] = ()
    leaf: Leaf | None = None
    value: Any = None


@dataclass(frozen=True)
class Query:
    """Requested leaves and filter."""

    requested: tuple[Leaf, ...]
    filter: Function | None


def read_query(body: bytes, table: Table) -> Query:
    """Parse the query in a request's body, over the columns of `table`."""
    source = Flat.root(body).table(1)
    leaves: dict[int, Leaf] = {}
    position = 0
    for field in source.table(3).tables(1):
        name = field.text(0).decode()
        kind = row_id_type(field) if name == ROW_ID else column_type(table, name)
        of_column, position = numbered(kind, position, (name,))
        leaves.update((leaf.position, leaf) for leaf in of_column)
    requested = tuple(leaves[reference.number(0, "I")] for reference in source.tables(4))
    return Query(requested, read_function(source.table(2), leaves) if source.find(2) else None)


def row_id_type(field: Flat) -> pa.DataType:
    """Return the type of row ids that the client requests."""
    return pa.decimal128(38, 0) if field.number(2) == Type.Decimal else pa.uint64()


def column_type(table: Table, name: str) -> pa.DataType:
    """Return the type of a column."""
    if name not in table.columns.names:
        raise RefusalError(404, "TabularNoSuchColumn", f"there is no column {name}")
    return table.columns.field(name).type


def numbered(kind: pa.DataType, position: int, path: tuple[int | str, ...]) -> tuple[list[Leaf], int]:
    """Return the leaves of a column, numbered depth first, and the next position. A vector and its items are two."""
    if pa.types.is_struct(kind):
        children = [(kind.field(position).type, (*path, position)) for position in range(kind.num_fields)]
    elif pa.types.is_map(kind):
        children = [(kind.key_type, (*path, "key")), (kind.item_type, (*path, "item"))]
        position += 1  # the entries
    elif pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        children = [(kind.value_type, (*path, "value"))]
    else:
        return [Leaf(position, path, kind)], position + 1
    leaves: list[Leaf] = []
    position += 1
    for child, child_path in children:
        child_leaves, position = numbered(child, position, child_path)
        leaves += child_leaves
    return leaves, position


def read_function(expression: Flat, leaves: dict[int, Leaf]) -> Function:
    """Parse a call of the filter."""
    call = expression.table(1)
    name, arguments = call.text(0).decode(), call.tables(1)
    if name in ("and", "or"):
        return Function(name, tuple(read_function(part, leaves) for part in arguments))
    leaf = leaves[arguments[0].table(1).table(1).number(0, "I")]
    if len(arguments) == 1:
        return Function(name, leaf=leaf)
    if arguments[1].number(0) != ExpressionImpl.Literal:
        raise ValueError(f"{name} compares with something that is no literal")
    return Function(name, leaf=leaf, value=read_literal(arguments[1].table(1), leaf.kind))


def read_literal(literal: Flat, kind: pa.DataType) -> Any:
    """Parse a literal into a number, bytes, a decimal or a list."""
    shape, value = literal.number(0), literal.table(1)
    if shape == LiteralImpl.BooleanLiteral:
        return bool(value.number(0))
    if shape in NUMBERS:
        return value.number(0, NUMBERS[shape])
    if shape in (LiteralImpl.StringLiteral, LiteralImpl.BinaryLiteral):
        return value.text(0)
    if shape == LiteralImpl.Float16Literal:
        return np.uint16(value.number(0, "H")).view(np.float16)
    if shape == LiteralImpl.DecimalLiteral:
        return Decimal(int.from_bytes(value.text(0), "little", signed=True)).scaleb(-kind.scale)
    if shape == LiteralImpl.ListLiteral:
        return [read_literal(item, kind) for item in value.tables(0)]
    raise ValueError(f"a literal of the kind {shape} is not known")
