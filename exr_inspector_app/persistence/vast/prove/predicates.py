"""Probes of predicates: the conditions that the program sends with its queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from exr_inspector_app.persistence.vast.prove.fact import Fact, RefutedError
from exr_inspector_app.persistence.vast.prove.scratch import Scratch, rows_of

_NAMES = ("beauty.R", "Beauty.G", "crypto00", "a%b_c", None)
_WIDTHS = (1, 2, 3, 4, 5)
_TILED = (True, False, True, None, False)
_MANY = 1000

Condition = Callable[[Any], Any]  # from the columns of `parts` to an ibis expression


def _select(scratch: Scratch, condition: Condition, expected: set[int]) -> str:
    """Compare the rows that a condition selects with the expected ones."""
    key = scratch.new_key()
    with scratch.transaction() as transaction:
        columns = transaction.tables.columns("parts")
        values: dict[str, Any] = {
            "part_name": pa.array(_NAMES, pa.string()),
            "width": pa.array(_WIDTHS, pa.int32()),
            "is_tiled": pa.array(_TILED, pa.bool_()),
            "pixel_aspect_ratio": pa.array([width / 2 for width in _WIDTHS], pa.float32()),
        }
        transaction.insert("parts", rows_of("parts", key, len(_NAMES), **values))
        rows = transaction.rows("parts", ["width"], [columns.file_id == key, condition(columns)])
    selected = set(rows["width"].to_pylist())
    if selected != expected or len(rows) != len(expected):
        raise RefutedError(f"Rows {sorted(selected)} are selected instead of {sorted(expected)}.")
    return f"{len(expected)} of {len(_NAMES)} rows are selected."


def _contains(scratch: Scratch) -> str:
    _select(scratch, lambda columns: columns.part_name.contains("%b_"), {4})
    return _select(scratch, lambda columns: columns.part_name.contains("eauty"), {1, 2})


def _starts_with(scratch: Scratch) -> str:
    _select(scratch, lambda columns: columns.part_name.startswith("a%"), {4})
    return _select(scratch, lambda columns: columns.part_name.startswith("beauty"), {1})


def _in_list(scratch: Scratch) -> str:
    return _select(scratch, lambda columns: columns.width.isin([2, 4, 9]), {2, 4})


def _long_list(scratch: Scratch) -> str:
    names = [f"no such name {number}" for number in range(_MANY)]
    _select(scratch, lambda columns: columns.part_name.isin([*names, "crypto00"]), {3})
    return f"A list of {_MANY + 1:,} texts is accepted."


def _nulls(scratch: Scratch) -> str:
    _select(scratch, lambda columns: columns.part_name.isnull(), {5})
    _select(scratch, lambda columns: ~columns.is_tiled.isnull(), {1, 2, 3, 5})
    return _select(
        scratch, lambda columns: (columns.part_name != "crypto00") | columns.part_name.isnull(), {1, 2, 4, 5}
    )


def _nested(scratch: Scratch) -> str:
    def condition(columns: Any) -> Any:
        either = (columns.width < 2) | (columns.width >= 4)
        return either & (columns.pixel_aspect_ratio > 0.5) & (columns.part_name.isnull() | (columns.part_name != "x"))

    return _select(scratch, condition, {4, 5})


def _types(scratch: Scratch) -> str:
    _select(scratch, lambda columns: columns.is_tiled == True, {1, 3})  # noqa: E712  an ibis expression
    _select(scratch, lambda columns: columns.pixel_aspect_ratio <= 1.0, {1, 2})
    return _select(scratch, lambda columns: (columns.width > 1) & (columns.width <= 3), {2, 3})


def _case(scratch: Scratch) -> str:
    return _select(scratch, lambda columns: columns.part_name == "beauty.g", set())


FACTS = (
    Fact("predicate.contains", "Can a query select texts that contain a text?", _contains,
         "the condition is checked on the client"),
    Fact("predicate.starts_with", "Can a query select texts that start with a text?", _starts_with,
         "the condition is checked on the client"),
    Fact("predicate.in", "Can a query select by a list of values?", _in_list),
    Fact("predicate.long_list", "Can the list have over a thousand texts?", _long_list,
         "long lists are split into several queries"),
    Fact("predicate.null", "Can a query select null and not null?", _nulls),
    Fact("predicate.nested", "Can a query combine conditions by and and or?", _nested),
    Fact("predicate.types", "Can a query compare numbers and flags?", _types),
    Fact("predicate.case", "Are comparisons of text case-sensitive?", _case),
)  # fmt: skip
