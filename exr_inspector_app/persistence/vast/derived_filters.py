"""Columns that no table holds, and conditions that the server does not take, over rows that have been read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import Condition, Filter
from exr_inspector_app.errors import StoreError, UsageError
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.query.filter_parser import validate_condition
from exr_inspector_app.persistence.vast.transaction import Transaction

_NEEDS = {
    "kind": ("file_id", "attempt_id", "is_deep"),
    "resolution": ("width", "height"),
    "renderer": ("render_software",),
    "layer": ("channel_list",),
    "text": ("file_id", "attempt_id", "path_folded", "channel_list"),
    **dict.fromkeys(derived_columns.PATH_COLUMNS, ("file_path_normalized",)),
}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": pc.equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
    "contains": pc.match_substring,
    "starts_with": pc.starts_with,
}
_RENDERER = re.compile(derived_columns.RENDERER_PATTERN)


def is_derived(condition: Condition) -> bool:
    """True for a condition on a column that the server does not have."""
    return condition.column in derived_columns.COLUMN_OPS


def source_columns(names: Sequence[str]) -> list[str]:
    """The columns of `files` from which these columns are told."""
    return list(dict.fromkeys(column for name in names for column in _NEEDS.get(name, (name,))))


class DerivedFilter:
    """Tells derived columns of the rows of one transaction."""

    def __init__(self, transaction: Transaction, template: PathTemplate) -> None:
        self._transaction = transaction
        self._template = template
        self._pattern = re.compile(template.pattern)

    def meeting(self, rows: pa.Table, where: Filter) -> pa.Table:
        """The rows that meet every condition. Raises StoreError for one that makes no sense."""
        try:
            for one in where:
                rows = rows.filter(pc.fill_null(self._mask(rows, validate_condition(one)), False))
        except UsageError as error:
            raise StoreError(error.sentence) from error
        return rows

    def column(self, rows: pa.Table, name: str) -> Any:
        """The values of a column of `files` or of a derived one; derived ones are never null."""
        match name:
            case "kind":
                flat = pc.if_else(self._is_tiled(rows), "tiled", "scanline")
                return pc.if_else(pc.fill_null(rows["is_deep"], False), "deep", flat)
            case "resolution":
                sizes = (rows[side].cast(pa.string()) for side in ("width", "height"))
                return pc.fill_null(pc.binary_join_element_wise(*sizes, "x"), "")
            case "renderer":
                return _mapped(rows["render_software"], _renderer)
            case "show" | "shot" | "task" | "version":
                return _mapped(rows["file_path_normalized"], lambda path: self._folder(path, name))
        return rows[name]

    def _mask(self, rows: pa.Table, condition: Condition) -> Any:
        """Which rows meet a condition that has been checked."""
        name, op, value = condition.column, condition.op, condition.value
        if name == "text":
            return self._has_words(rows, value.lower().split())
        if name == "layer":
            found = _has_layer(rows["channel_list"], value if op == "in" else (value,))
            return pc.invert(found) if op == "!=" else found
        column = self.column(rows, name)
        if op == "is_null":
            empty = pc.equal(column, "") if name in derived_columns.SCALAR_COLUMNS else pc.is_null(column)
            return empty if value else pc.invert(empty)
        if op == "in":
            return pc.is_in(column, value_set=pa.array(value, None if value else column.type))
        if op == "!=":
            return pc.fill_null(pc.not_equal(column, value), True)  # a file without a value is another one
        return _COMPARE[op](column, value)

    def _folder(self, path: str | None, name: str) -> str:
        """What the template calls by this name in a path."""
        if name not in self._template.names:
            return ""
        found = self._pattern.search(path or "")
        return (found[self._template.names.index(name) + 1] or "") if found else ""

    def _is_tiled(self, rows: pa.Table) -> pa.Array:
        """Which files have a part in tiles."""
        tiled = self._transaction.tables.columns("parts").is_tiled
        found = self._transaction.rows("parts", ["file_id"], [tiled == True])  # noqa: E712  an expression of ibis
        return pc.is_in(rows["file_id"], value_set=found["file_id"].combine_chunks())

    def _has_words(self, rows: pa.Table, words: Sequence[str]) -> Any:
        """Which files have each of the words in the path, the channels or the attributes."""
        met: Any = pc.is_valid(rows["file_id"])
        ids = self._with_attributes(words)
        channels = pc.utf8_lower(rows["channel_list"])
        for word in words:
            here = pc.or_(pc.match_substring(rows["path_folded"], word), pc.match_substring(channels, word))
            named = pc.is_in(rows["file_id"], value_set=pa.array(sorted(ids[word]), pa.string()))
            met = pc.and_(met, pc.or_(here, named))
        return met

    def _with_attributes(self, words: Sequence[str]) -> dict[str, set[str]]:
        """The files with an attribute in whose name or text a word is; the server knows no lower case."""
        found: dict[str, set[str]] = {word: set() for word in words}
        if not words:
            return found
        for batch in self._transaction.batches("attributes", ["file_id", "attribute_name", "value_text"]):
            names, texts = (pc.fill_null(pc.utf8_lower(batch.column(place)), "") for place in (1, 2))
            for word in words:
                meets = pc.or_(pc.match_substring(names, word), pc.match_substring(texts, word))
                found[word].update(batch.column(0).filter(meets).to_pylist())
        return found


def _mapped(column: Any, tell: Callable[[str | None], str]) -> pa.Array:
    """What a function tells of each value; asked once for values that come often."""
    coded = column.combine_chunks().dictionary_encode()
    told = pa.array([*(tell(one) for one in coded.dictionary.to_pylist()), tell(None)], pa.string())
    return told.take(pc.fill_null(coded.indices, len(told) - 1))


def _renderer(software: str | None) -> str:
    """The program with the first two figures of its version."""
    found = _RENDERER.search(software or "")
    return (found.group().strip() if found else "") or software or ""


def _has_layer(channels: Any, layers: Sequence[str]) -> Any:
    """Which lists of channels have a channel of one of the layers, or of that very name."""
    pattern = "|".join(rf"\|{re.escape(one)}[.|]" for one in layers)
    return pc.match_substring_regex(channels, pattern) if layers else pc.is_null(pc.is_valid(channels))
