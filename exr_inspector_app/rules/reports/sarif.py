"""SARIF 2.1.0 report for code hosts (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html)."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from exr_inspector_app import __version__
from exr_inspector_app.exr.findings import SEVERITIES
from exr_inspector_app.model import Problem
from exr_inspector_app.rules.outcome import Outcome, Verdict
from exr_inspector_app.rules.rule_table import RULES, rule_code
from exr_inspector_app.text.encoding import original_bytes

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_report(verdict: Verdict) -> str:
    """Return the report as indented JSON; passed rules are left out, ignored findings are suppressed results."""
    results = [
        result
        for item in verdict.files
        for result in (*map(_error_result, item.file.errors), *_results(item.outcomes))
        if result.update(locations=[_location(item.path)]) is None
    ]
    results += [
        result
        for item in verdict.sequences
        for result in _results(item.outcomes)
        if result.update(locations=[_location(path) for path in item.paths[:1]]) is None
    ]
    used = dict.fromkeys(result["ruleId"] for result in results)
    driver = {"name": "exr-inspector", "version": __version__, "rules": [_rule(code) for code in used]}
    run = {"tool": {"driver": driver}, "columnKind": "utf16CodeUnits", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _results(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    return [_result(outcome) for outcome in outcomes if outcome.status != "passed"]


def _result(outcome: Outcome) -> dict[str, Any]:
    part = "" if outcome.part_index is None else f"Part {outcome.part_index}: "
    result: dict[str, Any] = {
        "ruleId": outcome.code,
        "level": outcome.severity,
        "message": {"text": _valid(f"{part}{outcome.message}")},
    }
    if outcome.status == "ignored":
        result["suppressions"] = [{"kind": "external", "justification": _valid(outcome.reason or "")}]
    return result


def _error_result(problem: Problem) -> dict[str, Any]:
    return {"ruleId": problem.code, "level": "error", "message": {"text": _valid(problem.message)}}


def _rule(code: str) -> dict[str, Any]:
    descriptions = {rule_code(key): rule.description for key, rule in RULES.items()}
    text = descriptions.get(code) or code.replace("-", " ")
    level = "error" if code in descriptions else SEVERITIES.get(code, "error")
    return {"id": code, "shortDescription": {"text": text}, "defaultConfiguration": {"level": level}}


def _location(path: str) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(path)}}}


def _uri(path: str) -> str:
    """Return an absolute path as a file URI, another one as a relative reference; bytes that are not UTF-8 as %XX."""
    if "://" in path:
        return quote(original_bytes(path), safe=":/")
    text = path.replace(os.sep, "/") if os.sep != "/" else path
    encoded = quote(original_bytes(text))
    if text.startswith("//"):
        return f"file:{encoded}"
    return f"file://{encoded}" if text.startswith("/") else f"file:///{encoded}" if text[1:2] == ":" else encoded


def _valid(text: str) -> str:
    """Return a text without lone surrogates, which JSON readers refuse."""
    return text.encode("utf-8", "replace").decode("utf-8")
