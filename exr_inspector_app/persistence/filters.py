"""Conditions on published files, from the words of a person to a value of the column's type."""

from __future__ import annotations

import re
from typing import Any, cast

import pyarrow as pa

from exr_inspector_app.contracts import Condition, Op
from exr_inspector_app.errors import UsageError
from exr_inspector_app.persistence.schema import FACTS, FILES

_FORM = re.compile(r"^\s*([a-z_]+)\s*(\^=|!=|<=|>=|=|<|>|~|\bin\b|\bis not null$|\bis null$)\s*(.*)$", re.DOTALL)
_OPS = {"~": "contains", "^=": "starts_with"}
_TEXT_ONLY = ("contains", "starts_with")


def parse_where(text: str) -> Condition:
    """The condition that a text such as `compression=dwaa` or `width>=4096` states.

    Raises UsageError where it is not of that form, names no column, or has a value of another type.
    """
    match = _FORM.match(text)
    if match is None:
        raise UsageError(f"`{text}` is no condition; write for example compression=dwaa or width>=4096.")
    column, sign, rest = match.groups()
    if column not in FACTS:
        raise UsageError(f"There is no column `{column}`; there are {', '.join(FACTS)}.")
    if sign in ("is null", "is not null"):
        return Condition(column, "is_null", sign == "is null")
    op = cast(Op, _OPS.get(sign, sign))
    kind = FILES.field(column).type
    if op in _TEXT_ONLY and kind != pa.string():
        raise UsageError(f"`{sign}` looks into text, and {column} is none; use =, <, > or in.")
    if op == "in":
        return Condition(column, op, tuple(_typed(column, kind, one) for one in rest.split(",")))
    return Condition(column, op, _typed(column, kind, rest))


def _typed(column: str, kind: pa.DataType, text: str) -> Any:
    """The text as a value of the column's type."""
    text = text.strip()
    if kind == pa.string():
        return text
    if kind == pa.bool_():
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise UsageError(f"{column} is true or false, not `{text}`.")
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"{column} is a whole number, not `{text}`.") from None
