"""Filter evaluator for derived columns, and for conditions that servers do not support, over rows in memory."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import Condition, Filter
from exr_inspector_app.errors import StoreError, UsageError
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.query.filter_parser import validate_condition
from exr_inspector_app.persistence.query.match_patterns import match_pattern, patterns_of_objects
from exr_inspector_app.persistence.vast.capabilities import Capabilities
from exr_inspector_app.persistence.vast.transaction import Transaction

_SOURCE_COLUMNS = {
    "kind": ("file_id", "attempt_id", "is_deep"),
    "resolution": ("width", "height"),
    "layer": ("channel_list",),
    "text": ("file_id", "attempt_id", "path_folded", "channel_list", "width", "height", *derived_columns.TEXT_FACTS),
    "object": ("file_id", "attempt_id"),
    **dict.fromkeys(derived_columns.PATH_COLUMNS, ("file_path_normalized",)),
}
_LOOKUP_FILES = 2000  # whose children are looked up at once
_MAX_SCAN_RATIO = 8  # of all files to those whose children are read; above it look-ups read less than a scan
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": pc.equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
    "contains": pc.match_substring,
    "starts_with": pc.starts_with,
}


def is_derived(condition: Condition) -> bool:
    """Return True for a condition that servers cannot evaluate, because no table has its column or an empty value."""
    if condition.column != "renderer":
        return condition.column in derived_columns.COLUMN_OPS
    values = condition.value if condition.op == "in" else (condition.value,)
    return condition.op in ("<", "<=") or "" in values


def is_local(condition: Condition, capabilities: Capabilities) -> bool:
    """Return True for a condition that the server cannot check, by `vast prove`, or whose column no table has."""
    return condition.op == "matches" or is_derived(condition) or capabilities.lacks(f"predicate.{condition.op}")


def source_columns(names: Sequence[str]) -> list[str]:
    """Return the columns of `files` that the named columns are derived from."""
    return list(dict.fromkeys(column for name in names for column in _SOURCE_COLUMNS.get(name, (name,))))


class DerivedFilter:
    """Evaluator of derived columns and conditions for the rows of one transaction."""

    def __init__(self, transaction: Transaction, template: PathTemplate) -> None:
        self._transaction = transaction
        self._template = template

    def apply(self, rows: pa.Table, where: Filter) -> pa.Table:
        """Return the rows that match every condition; raise StoreError for a condition that is not valid."""
        try:
            for condition in where:
                rows = rows.filter(pc.fill_null(self._mask(rows, validate_condition(condition)), False))
        except UsageError as error:
            raise StoreError(error.sentence) from error
        return rows

    def column(self, rows: pa.Table, name: str) -> Any:
        """Return the values of a column of `files` or of a derived column; derived values are never null."""
        match name:
            case "kind":
                flat = pc.if_else(self._is_tiled(rows), "tiled", "scanline")
                return pc.if_else(pc.fill_null(rows["is_deep"], False), "deep", flat)
            case "resolution":
                sizes = (rows[side].cast(pa.string()) for side in ("width", "height"))
                return pc.fill_null(pc.binary_join_element_wise(*sizes, "x"), "")
            case "renderer":
                return pc.fill_null(rows["renderer"], "")
            case "show" | "shot" | "task" | "version":
                return _map_distinct(rows["file_path_normalized"], lambda path: self._path_value(path, name))
        return rows[name]

    def _mask(self, rows: pa.Table, condition: Condition) -> Any:
        """Return the mask of the rows that match a validated condition."""
        name, op, value = condition.column, condition.op, condition.value
        if name == "text":
            return self._text_mask(rows, value.lower().split() if op == "contains" else [value.lower()])
        if name == "object":
            has_object = self._object_mask(rows, condition)
            return pc.invert(has_object) if op == "!=" else has_object
        if op == "matches":
            left = rows["channel_list"] if name == "layer" else self.column(rows, name)
            return pc.match_substring_regex(left, match_pattern(name, value))
        if name == "layer":
            has_layer = _layer_mask(rows["channel_list"], value if op == "in" else (value,))
            return pc.invert(has_layer) if op == "!=" else has_layer
        column = self.column(rows, name)
        if op == "is_null":
            is_empty = pc.equal(column, "") if name in derived_columns.SCALAR_COLUMNS else pc.is_null(column)
            return is_empty if value else pc.invert(is_empty)
        if op == "in":
            return pc.is_in(column, value_set=pa.array(value, None if value else column.type))
        if op == "!=":
            return pc.fill_null(pc.not_equal(column, value), True)  # a file without a value differs from every value
        return _COMPARE[op](column, value)

    def _path_value(self, path: str | None, name: str) -> str:
        """Return the folder of the path that the template assigns to a name, or an empty string."""
        return derived_columns.path_value(self._template, path or "", name)

    def _is_tiled(self, rows: pa.Table) -> pa.Array:
        """Return the mask of the files that have a tiled part."""
        is_tiled = self._transaction.tables.columns("parts").is_tiled == True  # noqa: E712  an ibis expression
        ids: set[str] = set()
        for batch in self._children(rows["file_id"], "parts", ["file_id"], [is_tiled]):
            ids.update(batch["file_id"].to_pylist())
        return pc.is_in(rows["file_id"], value_set=pa.array(sorted(ids), pa.string()))

    def _text_mask(self, rows: pa.Table, terms: Sequence[str]) -> Any:
        """Return the mask of the files that contain each term in the path, the channels or the attributes."""
        mask: Any = pc.is_valid(rows["file_id"])
        channels = pc.utf8_lower(rows["channel_list"])
        facts = [rows[name] for name in derived_columns.TEXT_FACTS]
        joined = pc.binary_join_element_wise(
            *facts, self.column(rows, "resolution"), "|", null_handling="replace", null_replacement=""
        )
        texts = (rows["path_folded"], channels, pc.utf8_lower(joined))
        in_rows = {
            term: functools.reduce(pc.or_, (pc.fill_null(pc.match_substring(text, term), False) for text in texts))
            for term in terms
        }
        is_open: Any = pc.invert(mask)  # some term is not in the row itself
        for matches in in_rows.values():
            is_open = pc.or_(is_open, pc.invert(matches))
        ids = self._ids_by_attribute_term(rows["file_id"].filter(is_open), terms)
        for term, matches in in_rows.items():
            in_attributes = pc.is_in(rows["file_id"], value_set=pa.array(sorted(ids[term]), pa.string()))
            mask = pc.and_(mask, pc.or_(matches, in_attributes))
        return mask

    def _ids_by_attribute_term(self, file_ids: pa.ChunkedArray, terms: Sequence[str]) -> dict[str, set[str]]:
        """Return the files that contain each term in an attribute; servers have no lower-case function."""
        ids: dict[str, set[str]] = {term: set() for term in terms}
        if not len(file_ids):
            return ids
        for batch in self._children(file_ids, "attributes", ["file_id", "attribute_name", "value_text"]):
            names, texts = (pc.fill_null(pc.utf8_lower(batch[name]), "") for name in ("attribute_name", "value_text"))
            for term in terms:
                matches = pc.or_(pc.match_substring(names, term), pc.match_substring(texts, term))
                ids[term].update(batch["file_id"].filter(matches).to_pylist())
        return ids

    def _object_mask(self, rows: pa.Table, condition: Condition) -> Any:
        """Return the mask of the files whose manifests name an object."""
        in_manifest, in_id_manifest = patterns_of_objects(condition)
        columns = ["file_id", "attribute_name", "attribute_type", "value_text", "attribute_value"]
        attributes = self._transaction.tables.columns("attributes")
        may_be = [attributes.attribute_name.contains("/manifest")]
        if not self._transaction.tables.capabilities.lacks("predicate.contains"):
            by_name = self._children(rows["file_id"], "attributes", columns, may_be)
            by_type = self._children(
                rows["file_id"], "attributes", columns, [attributes.attribute_type == "idmanifest"]
            )
            batches = itertools.chain(by_name, by_type)
        else:
            batches = itertools.chain(self._children(rows["file_id"], "attributes", columns))
        ids: set[str] = set()
        for batch in batches:
            is_manifest = pc.match_like(batch["attribute_name"], "%cryptomatte/%/manifest")
            named = pc.and_(is_manifest, pc.match_substring_regex(batch["value_text"], in_manifest))
            is_table = pc.equal(batch["attribute_type"], "idmanifest")
            listed = pc.and_(is_table, pc.match_substring_regex(batch["attribute_value"], in_id_manifest))
            matches = pc.or_(pc.fill_null(named, False), pc.fill_null(listed, False))
            ids.update(batch["file_id"].filter(matches).to_pylist())
        return pc.is_in(rows["file_id"], value_set=pa.array(sorted(ids), pa.string()))

    def _children(
        self, file_ids: pa.ChunkedArray, table: str, columns: Sequence[str], conditions: Sequence[Any] = ()
    ) -> Iterator[pa.Table]:
        """Yield rows of a child table, of these files alone, in bounded pieces: by look-ups, or by a scan for many."""
        transaction = self._transaction
        ids = pc.unique(file_ids.combine_chunks() if isinstance(file_ids, pa.ChunkedArray) else file_ids)
        total = transaction.tables.row_count(transaction.sdk, "files") if len(ids) > _LOOKUP_FILES else 0
        if total > _MAX_SCAN_RATIO * len(ids) or len(ids) <= _LOOKUP_FILES:
            for start in range(0, len(ids), _LOOKUP_FILES):
                values = ids[start : start + _LOOKUP_FILES].to_pylist()
                yield transaction.rows_by_key(table, columns, "file_id", values, also=conditions)
            return
        for batch in transaction.batches(table, columns, conditions):
            yield pa.Table.from_batches([batch.filter(pc.is_in(batch["file_id"], value_set=ids))])


def _map_distinct(column: Any, function: Callable[[str | None], str]) -> pa.Array:
    """Map a column, calling the function once per distinct value."""
    encoded = column.combine_chunks().dictionary_encode()
    mapped = pa.array([*(function(value) for value in encoded.dictionary.to_pylist()), function(None)], pa.string())
    return mapped.take(pc.fill_null(encoded.indices, len(mapped) - 1))


def _layer_mask(channels: Any, layers: Sequence[str]) -> Any:
    """Return the mask of the channel lists that have a channel in one of the layers, or of exactly that name."""
    pattern = "|".join(rf"\|{re.escape(layer)}[.|]" for layer in layers)
    return pc.match_substring_regex(channels, pattern) if layers else pc.is_null(pc.is_valid(channels))
