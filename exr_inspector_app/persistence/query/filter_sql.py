"""Filter compiler: conditions on columns of `file_rows` and derived columns as SQL with bound values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from exr_inspector_app.contracts import Condition, Filter
from exr_inspector_app.errors import StoreError, UsageError
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.query.filter_parser import validate_condition
from exr_inspector_app.persistence.query.match_patterns import match_pattern, patterns_of_objects


@dataclass(frozen=True, slots=True)
class Sql:
    """SQL fragment with the values of its placeholders, in order."""

    text: str
    values: tuple[Any, ...] = ()


def join_sql(fragments: Sequence[Sql], separator: str) -> Sql:
    """Join fragments with a separator."""
    values = tuple(value for fragment in fragments for value in fragment.values)
    return Sql(separator.join(fragment.text for fragment in fragments), values)


_OPERATORS = {
    "contains": "contains({}, ?)",
    "starts_with": "starts_with({}, ?)",
    "in": "{} IN (SELECT unnest(?))",
    "!=": "{} IS DISTINCT FROM ?",  # a file without a value differs from any value
}
_KIND = (
    "CASE WHEN is_deep THEN 'deep' WHEN file_id IN (SELECT file_id FROM part_rows WHERE is_tiled) THEN 'tiled' "
    "ELSE 'scanline' END"
)
_DERIVED = {
    "kind": Sql(_KIND),
    "resolution": Sql("coalesce(width || 'x' || height, '')"),
    "renderer": Sql("coalesce(renderer, '')"),
}
_FACTS = " || '|' || ".join(f"coalesce({name}, '')" for name in derived_columns.TEXT_FACTS)
_TEXT = (
    "(contains(path_folded, ?) OR contains(lower(channel_list), ?) "
    f"OR contains(lower({_FACTS} || '|' || coalesce(width || 'x' || height, '')), ?) "
    "OR file_id IN (SELECT file_id FROM attribute_rows "
    "WHERE contains(lower(attribute_name), ?) OR contains(lower(value_text), ?)))"
)
_OBJECT = (
    "file_id IN (SELECT file_id FROM attribute_rows WHERE "
    "(attribute_name LIKE '%cryptomatte/%/manifest' AND regexp_matches(value_text, ?)) "
    "OR (attribute_type = 'idmanifest' AND regexp_matches(attribute_value, ?)))"
)
_LAYER = "(contains(channel_list, ?) OR contains(channel_list, ?))"


def column_sql(name: str, template: PathTemplate) -> Sql:
    """Return the expression of a column of `file_rows`, or of a derived column."""
    if name in _DERIVED:
        return _DERIVED[name]
    if name not in derived_columns.PATH_COLUMNS:
        return Sql(name)
    if name not in template.names:
        return Sql("''")
    group = template.names.index(name) + 1
    return Sql(f"regexp_extract(file_path_normalized, ?, {group})", (template.pattern,))


def where_sql(where: Filter, template: PathTemplate, column_of: Callable[[str], Sql] | None = None) -> Sql:
    """Compile all conditions of a filter, joined by AND.

    Args:
        where: Conditions; an empty filter compiles to `true`.
        template: Path template of the derived columns.
        column_of: Function that returns the expression of a column; None for columns of `file_rows`.

    Raises:
        StoreError: A condition is invalid; see `validate_condition`.
    """
    expression_of = column_of or (lambda name: column_sql(name, template))
    try:
        fragments = [_compile(validate_condition(condition), expression_of) for condition in where]
    except UsageError as error:
        raise StoreError(error.sentence) from error
    return join_sql([Sql("true"), *fragments], " AND ")


def _compile(condition: Condition, column_of: Callable[[str], Sql]) -> Sql:
    """Compile one validated condition."""
    name, op, value = condition.column, condition.op, condition.value
    if name == "text":
        terms = value.lower().split() if op == "contains" else [value.lower()]
        return join_sql([Sql("true"), *(Sql(_TEXT, (term,) * 5) for term in terms)], " AND ")
    if name == "object":
        return Sql(f"{'NOT ' if op == '!=' else ''}{_OBJECT}", patterns_of_objects(condition))
    if op == "matches":
        left = Sql("channel_list") if name == "layer" else column_of(name)
        return Sql(f"regexp_matches({left.text}, ?)", (*left.values, match_pattern(name, value)))
    if name == "layer":
        layers = value if op == "in" else (value,)
        any_of = join_sql([Sql("false"), *(Sql(_LAYER, (f"|{layer}.", f"|{layer}|")) for layer in layers)], " OR ")
        return Sql(f"{'NOT ' if op == '!=' else ''}({any_of.text})", any_of.values)
    left = column_of(name)
    if op == "is_null":
        is_empty = f"{left.text} = ''" if name in derived_columns.SCALAR_COLUMNS else f"{left.text} IS NULL"
        return Sql(is_empty if value else f"NOT ({is_empty})", left.values)
    right = list(value) if op == "in" else value
    return Sql(_OPERATORS.get(op, f"{{}} {op} ?").format(left.text), (*left.values, right))
