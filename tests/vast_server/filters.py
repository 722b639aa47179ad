"""Filter evaluator: the predicate of a query as a mask over rows; null compares as false."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .relation import Function, Leaf
from .tables import Table

Mask = np.ndarray[Any, Any]
COMPARE = {
    "equal": (pc.equal, operator.eq),
    "not_equal": (pc.not_equal, operator.ne),
    "less": (pc.less, operator.lt),
    "less_equal": (pc.less_equal, operator.le),
    "greater": (pc.greater, operator.gt),
    "greater_equal": (pc.greater_equal, operator.ge),
}


def matching_rows(function: Function | None, table: Table) -> np.ndarray[Any, Any]:
    """Return the positions of the rows that match a filter; a look-up in a projection costs no scan."""
    parts = function.functions if function is not None and function.name == "and" else (function,)
    if len(parts) == 1 and parts[0] is not None and parts[0].name == "or":
        equal = parts[0].functions
        leaves = {(part.name, part.leaf.path if part.leaf else ()) for part in equal}
        name, path = leaves.pop()
        if not leaves and name == "equal" and len(path) == 1 and table.has_look_up(str(path[0])):
            return table.look_up(str(path[0]), [part.value for part in equal])
    return np.flatnonzero(mask(function, table.data))


def mask(function: Function | None, data: pa.Table) -> Mask:
    """Return the mask of the rows that match a filter."""
    if function is None or (function.name == "and" and not function.functions):
        return np.ones(data.num_rows, dtype=bool)
    if function.name == "and":
        return reduce(operator.and_, (mask(part, data) for part in function.functions))
    if function.name == "or":
        return any_of(function.functions, data)
    if function.leaf is None:
        raise ValueError(f"{function.name} has no operand")
    return evaluate(function.name, function.leaf, function.value, data)


def any_of(parts: tuple[Function, ...], data: pa.Table) -> Mask:
    """Return the mask of the rows that match one of the parts; equalities on one column are evaluated together."""
    equal = [part for part in parts if part.name == "equal" and part.leaf and len(part.leaf.path) == 1]
    masks = [mask(part, data) for part in parts if part not in equal] if len(equal) < len(parts) else []
    if len(equal) > 1 and equal[0].leaf is not None:
        leaf = equal[0].leaf
        values = pa.array([part.value for part in equal], storage(leaf.kind))
        masks.append(as_mask(pc.is_in(comparable(column(leaf, data)), values)))
    else:
        masks += [mask(part, data) for part in equal]
    return reduce(operator.or_, masks)


def evaluate(name: str, leaf: Leaf, value: Any, data: pa.Table) -> Mask:
    """Return the mask of the rows for which one comparison holds."""
    values = column(leaf, data)
    if name == "is_null":
        return as_mask(pc.is_null(values))
    if name == "is_valid":
        return as_mask(pc.is_valid(values))
    if name == "match_substring":
        return as_mask(pc.match_substring(values, value.decode()))
    vectorized, single = COMPARE[name]
    if isinstance(value, list):
        return compare_lists(single, values, value)
    return as_mask(vectorized(comparable(values), pa.scalar(value, storage(leaf.kind))))


def compare_lists(compare: Callable[[Any, Any], bool], values: pa.ChunkedArray, value: list[Any]) -> Mask:
    """Compare vectors with a vector, lexicographically."""
    kind = values.type.value_type
    expected = pa.array(value, storage(kind))
    expected = (expected.cast(kind) if expected.type != kind else expected).to_pylist()
    return np.array([row is not None and compare(row, expected) for row in values.to_pylist()], dtype=bool)


def column(leaf: Leaf, data: pa.Table) -> pa.ChunkedArray:
    """Return the values of a leaf; for a vector, the vectors themselves."""
    values = data.column(leaf.column)
    for step in leaf.path[1:]:
        if isinstance(step, int):
            values = pc.struct_field(values, [step])
    return values


def storage(kind: pa.DataType) -> pa.DataType:
    """Return the type in which values of `kind` are compared: text as bytes, times as integers."""
    if pa.types.is_string(kind):
        return pa.binary()
    if pa.types.is_date32(kind) or pa.types.is_time32(kind):
        return pa.int32()
    if pa.types.is_timestamp(kind) or pa.types.is_time64(kind):
        return pa.int64()
    return kind


def comparable(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cast a column to the type in which it is compared."""
    return values.cast(storage(values.type))


def as_mask(values: pa.ChunkedArray) -> Mask:
    """Convert a boolean column to a mask."""
    return values.combine_chunks().fill_null(False).to_numpy(zero_copy_only=False)
