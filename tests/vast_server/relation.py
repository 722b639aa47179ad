"""The query's flatbuffer read: which columns it names, which leaves it wants, and what it filters by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf import (
    BinaryLiteral,
    BooleanLiteral,
    Call,
    DateLiteral,
    DecimalLiteral,
    FieldIndex,
    FieldRef,
    Float16Literal,
    Float32Literal,
    Float64Literal,
    Int8Literal,
    Int16Literal,
    Int32Literal,
    Int64Literal,
    ListLiteral,
    Literal,
    Relation,
    Source,
    StringLiteral,
    TimeLiteral,
    TimestampLiteral,
    UInt8Literal,
    UInt16Literal,
    UInt32Literal,
    UInt64Literal,
)
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.ExpressionImpl import ExpressionImpl
from vastdb.vast_flatbuf.org.apache.arrow.computeir.flatbuf.LiteralImpl import LiteralImpl
from vastdb.vast_flatbuf.org.apache.arrow.flatbuf.Type import Type

from .tables import Table
from .wire import ROW_ID, Refusal

NUMBERS: dict[int, Any] = {
    LiteralImpl.BooleanLiteral: BooleanLiteral.BooleanLiteral,
    LiteralImpl.Int8Literal: Int8Literal.Int8Literal,
    LiteralImpl.Int16Literal: Int16Literal.Int16Literal,
    LiteralImpl.Int32Literal: Int32Literal.Int32Literal,
    LiteralImpl.Int64Literal: Int64Literal.Int64Literal,
    LiteralImpl.UInt8Literal: UInt8Literal.UInt8Literal,
    LiteralImpl.UInt16Literal: UInt16Literal.UInt16Literal,
    LiteralImpl.UInt32Literal: UInt32Literal.UInt32Literal,
    LiteralImpl.UInt64Literal: UInt64Literal.UInt64Literal,
    LiteralImpl.DateLiteral: DateLiteral.DateLiteral,
    LiteralImpl.TimeLiteral: TimeLiteral.TimeLiteral,
    LiteralImpl.TimestampLiteral: TimestampLiteral.TimestampLiteral,
    LiteralImpl.Float32Literal: Float32Literal.Float32Literal,
    LiteralImpl.Float64Literal: Float64Literal.Float64Literal,
    LiteralImpl.StringLiteral: StringLiteral.StringLiteral,
}


@dataclass(frozen=True)
class Leaf:
    """A column or a part of one: its position in the query's numbering, and the way to it from the top."""

    position: int
    path: tuple[int | str, ...]
    kind: pa.DataType

    @property
    def column(self) -> str:
        """The top-level column."""
        return str(self.path[0])


@dataclass(frozen=True)
class Function:
    """A call in the filter: over other calls, or over a leaf and a literal."""

    name: str
    functions: tuple[Function, ...] = ()
    leaf: Leaf | None = None
    value: Any = None


@dataclass(frozen=True)
class Query:
    """What a query asks for."""

    wanted: tuple[Leaf, ...]
    filter: Function | None


def read_query(body: bytes, table: Table) -> Query:
    """The query in a request's body, over the columns of `table`."""
    source = read(Relation.Relation.GetRootAs(body).Impl(), Source.Source)
    leaves: dict[int, Leaf] = {}
    position = 0
    for place in range(source.Schema().FieldsLength()):
        field = source.Schema().Fields(place)
        name = field.Name().decode()
        kind = row_id_type(field) if name == ROW_ID else column_type(table, name)
        found, position = numbered(kind, position, (name,))
        leaves.update((leaf.position, leaf) for leaf in found)
    wanted = tuple(leaves[source.Projection(place).Position()] for place in range(source.ProjectionLength()))
    expression = source.Filter()
    return Query(wanted, read_function(expression, leaves) if expression is not None else None)


def row_id_type(field: Any) -> pa.DataType:
    """How the client wants its row ids."""
    return pa.decimal128(38, 0) if field.TypeType() == Type.Decimal else pa.uint64()


def column_type(table: Table, name: str) -> pa.DataType:
    """The type of a column that a query names."""
    if name not in table.columns.names:
        raise Refusal(404, "TabularNoSuchColumn", f"there is no column {name}")
    return table.columns.field(name).type


def numbered(kind: pa.DataType, position: int, path: tuple[int | str, ...]) -> tuple[list[Leaf], int]:
    """The leaves of a column, depth first, and the position after them; a vector and what is in it are two."""
    if pa.types.is_struct(kind):
        children = [(kind.field(place).type, (*path, place)) for place in range(kind.num_fields)]
    elif pa.types.is_map(kind):
        children = [(kind.key_type, (*path, "key")), (kind.item_type, (*path, "item"))]
        position += 1  # the entries
    elif pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        children = [(kind.value_type, (*path, "value"))]
    else:
        return [Leaf(position, path, kind)], position + 1
    leaves: list[Leaf] = []
    position += 1
    for child, way in children:
        found, position = numbered(child, position, way)
        leaves += found
    return leaves, position


def read(table: Any, shape: Callable[[], Any]) -> Any:
    """A flatbuffer union's member as `shape`."""
    found = shape()
    found.Init(table.Bytes, table.Pos)
    return found


def read_function(expression: Any, leaves: dict[int, Leaf]) -> Function:
    """A call of the filter."""
    call = read(expression.Impl(), Call.Call)
    name = call.Name().decode()
    if name in ("and", "or"):
        parts = (read_function(call.Arguments(place), leaves) for place in range(call.ArgumentsLength()))
        return Function(name, tuple(parts))
    reference = read(call.Arguments(0).Impl(), FieldRef.FieldRef)
    leaf = leaves[read(reference.Ref(), FieldIndex.FieldIndex).Position()]
    if call.ArgumentsLength() == 1:
        return Function(name, leaf=leaf)
    argument = call.Arguments(1)
    if argument.ImplType() != ExpressionImpl.Literal:
        raise ValueError(f"{name} compares with something that is no literal")
    return Function(name, leaf=leaf, value=read_literal(read(argument.Impl(), Literal.Literal), leaf.kind))


def read_literal(literal: Any, kind: pa.DataType) -> Any:
    """A literal as the number, text, bytes, decimal or list that it stands for."""
    shape = literal.ImplType()
    if shape in NUMBERS:
        return read(literal.Impl(), NUMBERS[shape]).Value()
    if shape == LiteralImpl.Float16Literal:
        bits = read(literal.Impl(), Float16Literal.Float16Literal).Value()
        return np.uint16(bits).view(np.float16)
    if shape == LiteralImpl.BinaryLiteral:
        found = read(literal.Impl(), BinaryLiteral.BinaryLiteral)
        return bytes(found.Value(place) & 0xFF for place in range(found.ValueLength()))
    if shape == LiteralImpl.DecimalLiteral:
        found = read(literal.Impl(), DecimalLiteral.DecimalLiteral)
        digits = bytes(found.Value(place) & 0xFF for place in range(found.ValueLength()))
        return Decimal(int.from_bytes(digits, "little", signed=True)).scaleb(-kind.scale)
    if shape == LiteralImpl.ListLiteral:
        found = read(literal.Impl(), ListLiteral.ListLiteral)
        return [read_literal(found.Values(place), kind) for place in range(found.ValuesLength())]
    raise ValueError(f"a literal of the kind {shape} is not known")
