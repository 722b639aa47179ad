"""JSON Schema of the payload: golden payloads are valid, other data is not, and the shipped file is current."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app import cli
from exr_inspector_app.exr import inspect_bytes
from exr_inspector_app.model import ChannelStats, payload, payload_schema
from tests.exr_files.zoo import zoo

ROOT = Path(__file__).resolve().parent.parent.parent
GOLDEN = sorted((ROOT / "tests" / "golden").glob("*.payload.json"))
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "boolean": bool, "integer": int, "number": (int, float), "null": type(None),
    "array": list, "object": dict,
}  # fmt: skip
KEYWORDS = {
    "$schema", "$defs", "$ref", "title", "description", "type", "properties", "required", "additionalProperties",
    "items", "minItems", "maxItems", "anyOf", "enum", "const",
}  # fmt: skip


def has_type(value: Any, name: str) -> bool:
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def errors_of(value: Any, schema: dict[str, Any], root: dict[str, Any], path: str = "$") -> list[str]:
    """Return where a value violates a schema; knows the keywords that `payload_schema` uses."""
    assert schema.keys() <= KEYWORDS
    if "$ref" in schema:
        return errors_of(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, path)
    if "anyOf" in schema:
        return [] if any(not errors_of(value, option, root) for option in schema["anyOf"]) else [path]
    options = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if options is not None:
        return [] if any(value == option and type(value) is type(option) for option in options) else [path]
    names = schema.get("type", [])
    if names and not any(has_type(value, name) for name in ([names] if isinstance(names, str) else names)):
        return [path]
    if schema.get("type") == "object":
        return object_errors(value, schema, root, path)
    if schema.get("type") == "array":
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            return [path]
        return [
            error
            for index, item in enumerate(value)
            for error in errors_of(item, schema["items"], root, f"{path}[{index}]")
        ]
    return []


def object_errors(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], path: str) -> list[str]:
    properties = schema["properties"]
    errors = [f"{path}.{name}" for name in schema["required"] if name not in value]
    if not schema["additionalProperties"]:
        errors += [f"{path}.{name}" for name in value if name not in properties]
    for name in value.keys() & properties.keys():
        errors += errors_of(value[name], properties[name], root, f"{path}.{name}")
    return errors


def errors_in(value: Any) -> list[str]:
    schema = payload_schema()
    return errors_of(value, schema, schema)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_golden_payloads_are_valid(path: Path) -> None:
    assert errors_in(json.loads(path.read_text(encoding="utf-8"))) == []


def test_payloads_of_every_kind_of_file_are_valid() -> None:
    for name, data in zoo().items():
        file = inspect_bytes(data, f"{name}.exr", len(data))
        rows = (ChannelStats(0, "R", float("nan"), float("inf"), 0.5, 0.0, 3, 1, 0, (1, 2)),)
        assert errors_in(json.loads(json.dumps(payload(file._replace(stats=rows))))) == [], name


CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "$.errors": lambda value: value.pop("errors"),
    "$.more": lambda value: value.update(more=1),
    "$.schema_version": lambda value: value.update(schema_version=3),
    "$.file.is_deep": lambda value: value["file"].update(is_deep=1),
    "$.file.multipart_count": lambda value: value["file"].update(multipart_count=True),
    "$.file.path": lambda value: value["file"].update(path=None),
    "$.parts[0].data_window": lambda value: value["parts"][0]["data_window"].update(min=[1, 2, 3]),
    "$.parts[0].pixel_aspect_ratio": lambda value: value["parts"][0].update(pixel_aspect_ratio="1"),
    "$.channels[0].x_sampling": lambda value: value["channels"][0].update(x_sampling=1.5),
    "$.attributes.parts[0][0].value": lambda value: value["attributes"]["parts"][0][0].pop("value"),
}


@pytest.mark.parametrize("path", CHANGES)
def test_invalid_payload_is_detected(path: str) -> None:
    value = copy.deepcopy(json.loads(GOLDEN[0].read_text(encoding="utf-8")))
    CHANGES[path](value)
    assert errors_in(value) == [path]


def test_schema_file_is_current() -> None:
    shipped = (ROOT / "resources" / "help" / "payload.schema.json").read_text(encoding="utf-8")
    assert shipped == json.dumps(payload_schema(), indent=2) + "\n"


def test_schema_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema", "payload"]) == 0
    assert json.loads(capsys.readouterr().out) == payload_schema()
