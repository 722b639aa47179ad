"""Record filter: evaluator of filter conditions over records in memory, with the meaning that stores give them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from exr_inspector_app.contracts import Condition, Filter, Record
from exr_inspector_app.model import StoredValue
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.query.derived_columns import PathTemplate, path_value
from exr_inspector_app.persistence.query.match_patterns import match_pattern, patterns_of_objects
from exr_inspector_app.persistence.rows.attribute_values import encode_value
from exr_inspector_app.persistence.rows.encode import file_columns

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "contains": operator.contains,
    "starts_with": str.startswith,
    "in": lambda value, values: value in values,
}
_compiled = lru_cache(maxsize=256)(re.compile)


def matches_record(record: Record, where: Filter, template: PathTemplate) -> bool:
    """Return True if a record meets all conditions of a filter, which must be valid.

    Columns that only a store has, such as the publisher, have no value. Large values in the file are not read.
    """
    columns = file_columns(record.payload, record.identity)
    return all(_matches(record, columns, condition, template) for condition in where)


def _matches(record: Record, columns: Mapping[str, Any], condition: Condition, template: PathTemplate) -> bool:
    name, op, value = condition.column, condition.op, condition.value
    if name == "text":
        terms = value.lower().split() if op == "contains" else [value.lower()]
        texts = [text.lower() for text in _texts(record, columns)]
        return all(any(term in text for text in texts) for term in terms)
    if name == "object":
        return _has_object(record, condition) is not (op == "!=")
    if name == "layer" and op != "matches":
        layers = value if op == "in" else (value,)
        listed = columns["channel_list"]
        return any(f"|{layer}." in listed or f"|{layer}|" in listed for layer in layers) is not (op == "!=")
    own = _column(record, columns, name, template)
    if op == "is_null":
        return (own == "" if name in derived_columns.SCALAR_COLUMNS else own is None) is bool(value)
    if op == "!=":
        return bool(own != value)  # a file without a value differs from any value
    if own is None:
        return False
    if op == "matches":
        return _compiled(match_pattern(name, value)).search(own) is not None
    return _COMPARE[op](own, value)


def _column(record: Record, columns: Mapping[str, Any], name: str, template: PathTemplate) -> Any:
    """Return the value of a column of `files`, or of a derived one."""
    match name:
        case "layer":
            return columns["channel_list"]
        case "resolution":
            has_size = columns["width"] is not None and columns["height"] is not None
            return f"{columns['width']}x{columns['height']}" if has_size else ""
        case "renderer":
            return columns["renderer"] or ""
        case "kind":
            is_tiled = any(part["is_tiled"] for part in record.payload["parts"])
            return "deep" if columns["is_deep"] else "tiled" if is_tiled else "scanline"
    if name in derived_columns.PATH_COLUMNS:
        return path_value(template, columns["file_path_normalized"], name)
    return columns.get(name)


def _texts(record: Record, columns: Mapping[str, Any]) -> list[str]:
    """Return all texts that the column `text` covers."""
    facts = [columns.get(name) for name in derived_columns.TEXT_FACTS]
    texts = [columns["path_folded"], columns["channel_list"], f"{columns['width']}x{columns['height']}", *facts]
    for attribute in _attributes(record):
        value = attribute["value"]
        texts += [attribute["name"], value if isinstance(value, str) else ""]
    return [text for text in texts if text]


def _has_object(record: Record, condition: Condition) -> bool:
    """Return True if a manifest of the header has a name of the condition."""
    cryptomatte, manifest = map(_compiled, patterns_of_objects(condition))
    for attribute in _attributes(record):
        name, value = attribute["name"], attribute["value"]
        is_cryptomatte = "cryptomatte/" in name and name.endswith("/manifest") and isinstance(value, str)
        if is_cryptomatte and cryptomatte.search(value):
            return True
        is_manifest = attribute["type"] == "idmanifest" and not isinstance(value, StoredValue)
        if is_manifest and manifest.search(encode_value(value)[0]):
            return True
    return False


def _attributes(record: Record) -> list[Any]:
    return [attribute for part in record.payload["attributes"]["parts"] for attribute in part]
