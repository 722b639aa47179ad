"""Filter parser and validator: turns text such as `width>=4096` into typed conditions."""

from __future__ import annotations

import math
import re
from typing import Any, cast, get_args

import pyarrow as pa

from exr_inspector_app.contracts import Condition, Op
from exr_inspector_app.errors import UsageError
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.schema import FILE_COLUMNS, FILES
from exr_inspector_app.text.encoding import percent_encode_invalid

_CONDITION = re.compile(
    r"^\s*(\w+)\s*(\^=|!=|<=|>=|=|<|>|~|\bin\b|\bis not null$|\bis null$)\s*(.*)$", re.DOTALL | re.IGNORECASE
)
_OPS = {"~": "contains", "^=": "starts_with"}
_TEXT_OPS = ("contains", "starts_with", "matches")
COLUMNS = tuple(dict.fromkeys([*FILE_COLUMNS, *derived_columns.COLUMN_OPS]))


def parse_where(text: str) -> Condition:
    """Parse a condition such as `compression=dwaa` or `width>=4096`.

    Raises:
        UsageError: Invalid syntax, an unknown column, or a value of the wrong type.
    """
    text = percent_encode_invalid(text)  # a command-line argument may contain any bytes
    match = _CONDITION.match(text)
    if match is None:
        raise UsageError(f"Invalid condition: `{text}`. Use e.g. compression=dwaa or width>=4096.")
    column, sign, rest = match[1].lower(), match[2].lower(), match[3]
    kind = column_type(column)
    if sign in ("is null", "is not null"):
        return Condition(column, "is_null", sign == "is null")
    op = cast(Op, _OPS.get(sign, sign))
    if op in _TEXT_OPS and kind != pa.string():
        raise UsageError(f"`{sign}` needs a text column; {column} is not one. Use =, <, > or in.")
    if op == "in":
        return validate_condition(Condition(column, op, tuple(_parse(column, kind, item) for item in rest.split(","))))
    return validate_condition(Condition(column, op, _parse(column, kind, rest)))


def validate_condition(condition: Condition) -> Condition:
    """Validate a condition and return it with values that any store can compare.

    A condition need not come from `parse_where`, and a store inserts its column and operator into the query: this
    check is what prevents SQL injection.

    Raises:
        UsageError: An unknown column, an operator that the column does not support, or a value of the wrong type.
    """
    column, op, value = condition.column, condition.op, condition.value
    kind = column_type(column)
    ops = derived_columns.COLUMN_OPS.get(column, get_args(Op))
    if op not in ops:
        raise UsageError(f"{column} does not support `{percent_encode_invalid(op)}`. Use one of {', '.join(ops)}.")
    if op == "is_null":
        return Condition(column, op, bool(value))
    if op in _TEXT_OPS and kind != pa.string():
        raise UsageError(f"{column} is not a text column. Use =, <, > or in.")
    values = tuple(_convert(column, kind, item) for item in (value if op == "in" else (value,)))
    return Condition(column, op, values if op == "in" else values[0])


def column_type(column: str) -> pa.DataType:
    """Return the type of a column that filters accept; UsageError for any other column."""
    if column in derived_columns.COLUMN_OPS:
        return pa.string()
    if column not in FILE_COLUMNS:
        raise UsageError(f"Unknown column: `{percent_encode_invalid(column)}`. Use one of {', '.join(COLUMNS)}.")
    return FILES.field(column).type


def _convert(column: str, kind: pa.DataType, value: Any) -> Any:
    """Convert a value so that it can be compared with the column; UsageError for a value of another type."""
    if kind == pa.string() and isinstance(value, str):
        return percent_encode_invalid(value.lower() if column == "path_folded" else value)
    if kind == pa.bool_() and isinstance(value, bool):
        return value
    if pa.types.is_integer(kind) and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if pa.types.is_floating(kind) and is_number and math.isfinite(value):
        return float(value)
    raise UsageError(f"{column} cannot be compared with {percent_encode_invalid(repr(value)[:80])}: wrong type.")


def _parse(column: str, kind: pa.DataType, text: str) -> Any:
    """Parse text as a value of the column's type."""
    text = text.strip()
    if kind == pa.string():
        return text
    if kind == pa.bool_():
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise UsageError(f"{column} is true or false, not `{text}`.")
    if pa.types.is_floating(kind):
        if re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", text):
            return float(text)
        raise UsageError(f"{column} is a number, not `{text[:80]}`.")
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    raise UsageError(f"{column} is a whole number, not `{text[:80]}`.")
