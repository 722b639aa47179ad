"""Filters as expressions that the server evaluates, in the forms that it takes: an AND of ORs over one column."""

from __future__ import annotations

import operator
from typing import Any

import pyarrow as pa

from exr_inspector_app.contracts import Condition, Filter
from exr_inspector_app.errors import StoreError, UsageError
from exr_inspector_app.persistence.query.filter_parser import validate_condition
from exr_inspector_app.persistence.schema import FILES

_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq}


def to_expressions(where: Filter, columns: Any) -> list[Any] | None:
    """One expression a condition that says something; None where no file can meet all of them.

    `columns` gives the column of `files` of a name. Raises StoreError for a condition that makes no sense.
    """
    try:
        found = [_expression(validate_condition(one), columns[one.column]) for one in where]
    except UsageError as error:
        raise StoreError(error.sentence) from error
    return None if any(one is False for one in found) else [one for one in found if one is not True]


def _expression(condition: Condition, column: Any) -> Any:
    """One condition; True or False where it holds for every file or for none."""
    op, value = condition.op, condition.value
    if op == "is_null":
        return column.isnull() if value else ~column.isnull()
    if op == "contains":
        return column.contains(value)
    if op == "starts_with":
        return column.startswith(value)
    low, high = _range(FILES.field(condition.column).type)
    if op == "in":
        fitting = [one for one in value if isinstance(one, str) or low <= one <= high]
        return column.isin(fitting) if fitting else False
    if not isinstance(value, str) and not low <= value <= high:
        return _beyond(op, value > high, column)
    if op == "!=":
        return (column != value) | column.isnull()  # a file without a value is another one
    return _COMPARE[op](column, value)


def _range(kind: pa.DataType) -> tuple[float, float]:
    """The least and the largest number that a column can hold."""
    if not pa.types.is_integer(kind):
        return float("-inf"), float("inf")
    half = 2 ** (kind.bit_width - 1)
    return -half, half - 1


def _beyond(op: str, is_above: bool, column: Any) -> Any:
    """A comparison with a number that is above, or below, all that the column can hold."""
    if op == "!=":
        return True
    return ~column.isnull() if op in (("<", "<=") if is_above else (">", ">=")) else False
