"""JSON Schema of a profile, for editors that complete and validate TOML."""

from __future__ import annotations

from typing import Any

from exr_inspector_app.exr.parser.attribute_types import COMPRESSIONS, LINE_ORDERS
from exr_inspector_app.model.payload_schema import DIALECT, Schema
from exr_inspector_app.persistence.query.derived_columns import PATH_COLUMNS
from exr_inspector_app.rules.channel_rules import PIXEL_TYPES
from exr_inspector_app.rules.header_rules import KINDS
from exr_inspector_app.rules.outcome import SEVERITY_RANKS
from exr_inspector_app.rules.rule_table import RULES, known_codes

_TEXT: Schema = {"type": "string", "minLength": 1}
_NUMBER: Schema = {"type": ["number", "string"]}
_NAMES: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_SPAN: Schema = {
    "type": "object",
    "properties": {"min": _NUMBER, "max": _NUMBER},
    "minProperties": 1,
    "additionalProperties": False,
}
_CONDITIONS: Schema = {"anyOf": [_NUMBER, _SPAN]}
_PAIR: Schema = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}


def profile_schema() -> Schema:
    """Return the JSON Schema of a profile.

    Returns:
        A new JSON-ready dictionary. Source: JSON Schema draft 2020-12, https://json-schema.org/draft/2020-12.
    """
    tables = {"require": {"$ref": "#/$defs/require"}, "severity": {"$ref": "#/$defs/severity"}}
    tables["ignore"] = {"$ref": "#/$defs/ignore"}
    when = {**{key: _NAMES for key in ("path", *PATH_COLUMNS, "layer")}, **tables}
    properties = {
        "name": {"type": "string"},
        "description": {"type": "string"},
        "path_template": {"type": "string"},
        **tables,
        "when": {"type": "array", "items": _table(when, minProperties=1)},
    }
    require = {key: {"description": rule.description, **_forms()[key]} for key, rule in RULES.items()}
    by_code = {"propertyNames": {"enum": [*known_codes(), *(code.replace("-", "_") for code in known_codes())]}}
    return {
        "$schema": DIALECT,
        "title": "exr-inspector profile",
        **_table(properties),
        "$defs": {
            "require": _table(require),
            "severity": {"type": "object", **by_code, "additionalProperties": _severity()},
            "ignore": {"type": "object", **by_code, "additionalProperties": _ignore()},
        },
    }


def _table(properties: dict[str, Any], **more: Any) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False, **more}


def _one_or_several(*forms: Schema) -> Schema:
    return {"anyOf": [*forms, {"type": "array", "items": {"anyOf": list(forms)}}]}


def _severity() -> Schema:
    severity: Schema = {"enum": list(SEVERITY_RANKS)}
    with_reason = {"type": "string", "pattern": rf"^\s*({'|'.join(SEVERITY_RANKS)})\s*[:,]\s*\S"}
    return {"anyOf": [severity, with_reason, _table({"severity": severity, "reason": _TEXT}, required=["severity"])]}


def _ignore() -> Schema:
    return {"anyOf": [_TEXT, _table({"reason": _TEXT, "until": _TEXT}, required=["reason"])]}


def _forms() -> dict[str, Schema]:
    """Return the accepted values by key of RULES."""
    box = {"type": "array", "items": {"type": "integer"}, "minItems": 4, "maxItems": 4}
    window = _one_or_several(_TEXT, box, _table({"min": _PAIR, "max": _PAIR}), _PAIR)
    program = _one_or_several(_TEXT, _table({"name": _TEXT, "version": _TEXT}, required=["name"]))
    types = _one_or_several({"enum": list(PIXEL_TYPES)}, _TEXT)
    frames = _table({name: {"type": "integer"} for name in ("first", "last", "step")}, required=["first", "last"])
    size = _table({"width": {"type": "integer"}, "height": {"type": "integer"}}, required=["width", "height"])
    return {
        **dict.fromkeys(
            ("channels", "layers", "views", "forbid_channels", "forbid_layers", "allow_channels", "color_space"), _NAMES
        ),
        "types": {"anyOf": [types, {"type": "object", "additionalProperties": types}]},
        "compression": _one_or_several({"enum": COMPRESSIONS}, _TEXT),
        "kind": _one_or_several({"enum": list(KINDS)}, _TEXT),
        "line_order": _one_or_several({"enum": LINE_ORDERS}, _TEXT),
        "parts": _CONDITIONS,
        "resolution": _one_or_several(_TEXT, _PAIR, size, {"type": "integer"}),
        "data_window": window,
        "display_window": window,
        "overscan": _CONDITIONS,
        "pixel_aspect": _one_or_several(_CONDITIONS),
        "fps": _one_or_several(_CONDITIONS),
        "renderer": program,
        "writer": program,
        "file_name": _TEXT,
        "attributes": {"type": "object", "additionalProperties": _attribute()},
        "values": {"type": "object", "additionalProperties": _values()},
        "frames": _one_or_several({"type": ["integer", "number", "string"]}, frames),
        "complete": {"type": "boolean"},
    }


def _attribute() -> Schema:
    value = _one_or_several({"type": ["string", "number"]})
    table = _table({"pattern": value, "type": _NAMES, "optional": {"type": "boolean"}})
    return {"anyOf": [{"type": "boolean"}, value, table]}


def _values() -> Schema:
    pair = {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2}
    count = {"type": ["boolean", "number"]}
    counts = dict.fromkeys(("nan", "inf", "negative"), count)
    mean = {"anyOf": [_CONDITIONS, pair]}
    return {"anyOf": [_NUMBER, pair, _table({"min": _NUMBER, "max": _NUMBER, "mean": mean, **counts}, minProperties=1)]}
