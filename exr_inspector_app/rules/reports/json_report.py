"""JSON report: findings by file and by sequence with the keys of the inspection payload."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from exr_inspector_app.rules.outcome import Outcome, Verdict

REPORT_VERSION = 1


def json_report(verdict: Verdict) -> str:
    """Return the report as indented JSON."""
    return json.dumps(report_table(verdict), indent=2) + "\n"


def report_table(verdict: Verdict) -> dict[str, Any]:
    """Return the report as a JSON-ready dictionary; `resources/help/profiles.md` lists its keys."""
    failed = Counter(outcome.severity for outcome in verdict.outcomes if outcome.status == "failed")
    statuses = Counter(outcome.status for outcome in verdict.outcomes)
    return {
        "report_version": REPORT_VERSION,
        "profile": verdict.profile or None,
        "fail_on": verdict.fail_on,
        "status": "failed" if verdict.has_failed else "passed",
        "summary": {
            "files": len(verdict.files),
            "unreadable": verdict.unreadable_count,
            "errors": failed["error"],
            "warnings": failed["warning"],
            "notes": failed["note"],
            "ignored": statuses["ignored"],
            "passed": statuses["passed"],
        },
        "files": [
            {
                "path": item.path,
                **_by_status(item.outcomes),
                "errors": [problem._asdict() for problem in item.file.errors],
            }
            for item in verdict.files
        ],
        "sequences": [
            {"sequence": item.sequence, "frames": item.frames, **_by_status(item.outcomes)}
            for item in verdict.sequences
        ],
        "notices": list(verdict.notices),
    }


def _by_status(outcomes: Iterable[Outcome]) -> dict[str, list[dict[str, Any]]]:
    """Return failed outcomes as `validation`, as in a payload, then the ignored and the passed ones."""
    rows: dict[str, list[dict[str, Any]]] = {"validation": [], "ignored": [], "passed": []}
    for outcome in outcomes:
        row = {name: getattr(outcome, name) for name in ("severity", "code", "part_index", "message")}
        if outcome.reason:
            row["reason"] = outcome.reason
        rows["validation" if outcome.status == "failed" else outcome.status].append(row)
    return rows
