"""The filter of a query as a mask over rows; null compares as false."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .relation import Function, Leaf

Mask = np.ndarray[Any, Any]
COMPARE = {
    "equal": (pc.equal, operator.eq),
    "not_equal": (pc.not_equal, operator.ne),
    "less": (pc.less, operator.lt),
    "less_equal": (pc.less_equal, operator.le),
    "greater": (pc.greater, operator.gt),
    "greater_equal": (pc.greater_equal, operator.ge),
}


def mask(function: Function | None, data: pa.Table) -> Mask:
    """Which rows a filter keeps."""
    if function is None or (function.name == "and" and not function.functions):
        return np.ones(data.num_rows, dtype=bool)
    if function.name == "and":
        return reduce(operator.and_, (mask(part, data) for part in function.functions))
    if function.name == "or":
        return any_of(function.functions, data)
    if function.leaf is None:
        raise ValueError(f"{function.name} has nothing to look at")
    return evaluate(function.name, function.leaf, function.value, data)


def any_of(parts: tuple[Function, ...], data: pa.Table) -> Mask:
    """Which rows one of the parts keeps; equalities with one column are looked up together."""
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
    """Which rows hold for one comparison."""
    found = column(leaf, data)
    if name == "is_null":
        return as_mask(pc.is_null(found))
    if name == "is_valid":
        return as_mask(pc.is_valid(found))
    if name == "match_substring":
        return as_mask(pc.match_substring(found, value.decode()))
    whole, single = COMPARE[name]
    if isinstance(value, list):
        return compare_lists(single, found, value)
    return as_mask(whole(comparable(found), pa.scalar(value, storage(leaf.kind))))


def compare_lists(compare: Callable[[Any, Any], bool], found: pa.ChunkedArray, value: list[Any]) -> Mask:
    """Which vectors compare with a vector, element by element from the first."""
    kind = found.type.value_type
    wanted = pa.array(value, storage(kind))
    wanted = (wanted.cast(kind) if wanted.type != kind else wanted).to_pylist()
    return np.array([row is not None and compare(row, wanted) for row in found.to_pylist()], dtype=bool)


def column(leaf: Leaf, data: pa.Table) -> pa.ChunkedArray:
    """The values of a leaf; of a vector, the vectors themselves."""
    found = data.column(leaf.column)
    for step in leaf.path[1:]:
        if isinstance(step, int):
            found = pc.struct_field(found, [step])
    return found


def storage(kind: pa.DataType) -> pa.DataType:
    """The type that values of `kind` are compared as: text as bytes, moments as integers."""
    if pa.types.is_string(kind):
        return pa.binary()
    if pa.types.is_date32(kind) or pa.types.is_time32(kind):
        return pa.int32()
    if pa.types.is_timestamp(kind) or pa.types.is_time64(kind):
        return pa.int64()
    return kind


def comparable(found: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as the type it is compared as."""
    return found.cast(storage(found.type))


def as_mask(found: pa.ChunkedArray) -> Mask:
    """A column of booleans as a mask."""
    return found.combine_chunks().fill_null(False).to_numpy(zero_copy_only=False)
