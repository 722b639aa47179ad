"""Filter compiler: conditions as ibis expressions in the form that servers accept, an AND of ORs over one column."""

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
    """Compile a filter into one expression per condition, without those that every file matches.

    Args:
        where: Conditions on columns of `files`.
        columns: The columns of `files` by name, as ibis expressions.

    Returns:
        The expressions, or None if no file can match all conditions.

    Raises:
        StoreError: A condition is not valid.
    """
    try:
        compiled = [_to_expression(validate_condition(condition), columns[condition.column]) for condition in where]
    except UsageError as error:
        raise StoreError(error.sentence) from error
    if any(expression is False for expression in compiled):
        return None
    return [expression for expression in compiled if expression is not True]


def _to_expression(condition: Condition, column: Any) -> Any:
    """Compile one condition; return True or False if it holds for every file or for none."""
    op, value = condition.op, condition.value
    if op == "is_null":
        return column.isnull() if value else ~column.isnull()
    if op == "contains":
        return column.contains(value)
    if op == "starts_with":
        return column.startswith(value)
    low, high = _value_range(FILES.field(condition.column).type)
    if op == "in":
        in_range = [item for item in value if isinstance(item, str) or low <= item <= high]
        return column.isin(in_range) if in_range else False
    if not isinstance(value, str) and not low <= value <= high:
        return _compare_out_of_range(op, value > high, column)
    if op == "!=":
        return (column != value) | column.isnull()  # a file without a value differs from every value
    return _COMPARE[op](column, value)


def _value_range(kind: pa.DataType) -> tuple[float, float]:
    """Return the smallest and the largest number that a column can hold."""
    if not pa.types.is_integer(kind):
        return float("-inf"), float("inf")
    half = 2 ** (kind.bit_width - 1)
    return -half, half - 1


def _compare_out_of_range(op: str, is_above: bool, column: Any) -> Any:
    """Compile a comparison with a number above, or below, the range of the column."""
    if op == "!=":
        return True
    return ~column.isnull() if op in (("<", "<=") if is_above else (">", ">=")) else False
