"""Conditions on published files, from the words of a person to a value of the column's type."""

from __future__ import annotations

import re
from typing import Any, cast, get_args

import pyarrow as pa

from exr_inspector_app.contracts import Condition, Op
from exr_inspector_app.errors import UsageError
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.schema import FILE_COLUMNS, FILES
from exr_inspector_app.text.encoding import percent_encode_invalid

_FORM = re.compile(
    r"^\s*(\w+)\s*(\^=|!=|<=|>=|=|<|>|~|\bin\b|\bis not null$|\bis null$)\s*(.*)$", re.DOTALL | re.IGNORECASE
)
_OPS = {"~": "contains", "^=": "starts_with"}
_TEXT_ONLY = ("contains", "starts_with")
COLUMNS = (*FILE_COLUMNS, *derived_columns.COLUMN_OPS)


def parse_where(text: str) -> Condition:
    """The condition that a text such as `compression=dwaa` or `width>=4096` states.

    Raises UsageError where it is not of that form, names no column, or has a value of another type.
    """
    text = percent_encode_invalid(text)  # an argument of the command line may hold any bytes
    match = _FORM.match(text)
    if match is None:
        raise UsageError(f"`{text}` is no condition; write for example compression=dwaa or width>=4096.")
    column, sign, rest = match[1].lower(), match[2].lower(), match[3]
    kind = _kind(column)
    if sign in ("is null", "is not null"):
        return Condition(column, "is_null", sign == "is null")
    op = cast(Op, _OPS.get(sign, sign))
    if op in _TEXT_ONLY and kind != pa.string():
        raise UsageError(f"`{sign}` looks into text, and {column} is none; use =, <, > or in.")
    if op == "in":
        return validate_condition(Condition(column, op, tuple(_typed(column, kind, one) for one in rest.split(","))))
    return validate_condition(Condition(column, op, _typed(column, kind, rest)))


def validate_condition(condition: Condition) -> Condition:
    """The condition itself, fit for any store; UsageError where column, sign and value do not go together.

    A condition need not come from `parse_where`, and a store puts its column and sign into the query.
    """
    column, op, value = condition.column, condition.op, condition.value
    kind = _kind(column)
    ops = derived_columns.COLUMN_OPS.get(column, get_args(Op))
    if op not in ops:
        raise UsageError(f"`{percent_encode_invalid(op)}` is no comparison for {column}; there are {', '.join(ops)}.")
    if op == "is_null":
        return Condition(column, op, bool(value))
    if op in _TEXT_ONLY and kind != pa.string():
        raise UsageError(f"{column} holds no text to look into; use =, <, > or in.")
    values = tuple(_fitting(column, kind, one) for one in (value if op == "in" else (value,)))
    return Condition(column, op, values if op == "in" else values[0])


def _kind(column: str) -> pa.DataType:
    """The type of a column that can be asked for; UsageError for any other."""
    if column in derived_columns.COLUMN_OPS:
        return pa.string()
    if column not in FILE_COLUMNS:
        raise UsageError(f"There is no column `{percent_encode_invalid(column)}`; there are {', '.join(COLUMNS)}.")
    return FILES.field(column).type


def _fitting(column: str, kind: pa.DataType, value: Any) -> Any:
    """A value that can be compared with the column."""
    if kind == pa.string() and isinstance(value, str):
        return percent_encode_invalid(value.lower() if column == "path_folded" else value)
    if kind == pa.bool_() and isinstance(value, bool):
        return value
    if pa.types.is_integer(kind) and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    raise UsageError(
        f"{column} cannot be compared with {percent_encode_invalid(repr(value)[:80])}; its values are of another kind."
    )


def _typed(column: str, kind: pa.DataType, text: str) -> Any:
    """The text as a value of the column's type."""
    text = text.strip()
    if kind == pa.string():
        return text
    if kind == pa.bool_():
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise UsageError(f"{column} is true or false, not `{text}`.")
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    raise UsageError(f"{column} is a whole number, not `{text[:80]}`.")
