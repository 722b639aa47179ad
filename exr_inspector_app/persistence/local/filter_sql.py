"""Filters in SQL, values apart: conditions on columns of `file_rows` and on derived ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from exr_inspector_app.contracts import Condition, Filter
from exr_inspector_app.errors import StoreError, UsageError
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.query.filter_parser import validate_condition


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of a query and the values of its question marks, in order."""

    text: str
    values: tuple[Any, ...] = ()


def join_sql(pieces: Sequence[Sql], between: str) -> Sql:
    """The pieces with a text between them."""
    return Sql(between.join(one.text for one in pieces), tuple(value for one in pieces for value in one.values))


_SIGNS = {
    "contains": "contains({}, ?)",
    "starts_with": "starts_with({}, ?)",
    "in": "{} IN (SELECT unnest(?))",
    "!=": "{} IS DISTINCT FROM ?",  # a file without a value is another one
}
_KIND = (
    "CASE WHEN is_deep THEN 'deep' WHEN file_id IN (SELECT file_id FROM part_rows WHERE is_tiled) THEN 'tiled' "
    "ELSE 'scanline' END"
)
_FIXED = {
    "kind": Sql(_KIND),
    "resolution": Sql("coalesce(width || 'x' || height, '')"),
    "renderer": Sql(
        "coalesce(nullif(trim(regexp_extract(render_software, ?)), ''), render_software, '')",
        (derived_columns.RENDERER_PATTERN,),
    ),
}
_TEXT = (
    "(contains(path_folded, ?) OR contains(lower(channel_list), ?) OR file_id IN (SELECT file_id FROM attribute_rows "
    "WHERE contains(lower(attribute_name), ?) OR contains(lower(value_text), ?)))"
)
_LAYER = "(contains(channel_list, ?) OR contains(channel_list, ?))"


def column_sql(name: str, template: PathTemplate) -> Sql:
    """The value of a column of `file_rows`, or of a derived one."""
    if name in _FIXED:
        return _FIXED[name]
    if name not in derived_columns.PATH_COLUMNS:
        return Sql(name)
    if name not in template.names:
        return Sql("''")
    group = template.names.index(name) + 1
    return Sql(f"regexp_extract(file_path_normalized, ?, {group})", (template.pattern,))


def where_sql(listed: Filter, template: PathTemplate, column_of: Callable[[str], Sql] | None = None) -> Sql:
    """All of the conditions; `column_of` tells where a column's value lies, in `file_rows` unless given."""
    found = column_of or (lambda name: column_sql(name, template))
    try:
        pieces = [_condition(validate_condition(one), found) for one in listed]
    except UsageError as error:
        raise StoreError(error.sentence) from error
    return join_sql([Sql("true"), *pieces], " AND ")


def _condition(condition: Condition, column_of: Callable[[str], Sql]) -> Sql:
    """One condition that has been checked."""
    name, op, value = condition.column, condition.op, condition.value
    if name == "text":
        words = value.lower().split()
        return join_sql([Sql("true"), *(Sql(_TEXT, (word,) * 4) for word in words)], " AND ")
    if name == "layer":
        layers = value if op == "in" else (value,)
        any_of = join_sql([Sql("false"), *(Sql(_LAYER, (f"|{one}.", f"|{one}|")) for one in layers)], " OR ")
        return Sql(f"{'NOT ' if op == '!=' else ''}({any_of.text})", any_of.values)
    left = column_of(name)
    if op == "is_null":
        empty = f"{left.text} = ''" if name in derived_columns.SCALAR_COLUMNS else f"{left.text} IS NULL"
        return Sql(empty if value else f"NOT ({empty})", left.values)
    right = list(value) if op == "in" else value
    return Sql(_SIGNS.get(op, f"{{}} {op} ?").format(left.text), (*left.values, right))
