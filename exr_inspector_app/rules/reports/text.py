"""Text report for terminals: findings by sequence and file, then a line of counts."""

from __future__ import annotations

from collections.abc import Iterator

from exr_inspector_app.rules.outcome import Verdict
from exr_inspector_app.rules.reports.locations import Location, group_locations, part_label
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

_MIN_CODE_WIDTH = 14


def text_report(verdict: Verdict) -> str:
    """Return the report, with control characters escaped; locations without findings are counted only."""
    lines = [line for location in group_locations(verdict) for line in _location_lines(location)]
    return "\n".join(map(escape_control, [*lines, summary_line(verdict)])) + "\n"


def _location_lines(location: Location) -> Iterator[str]:
    shown = [outcome for outcome in location.outcomes if outcome.status != "passed"]
    errors = [(item.path, problem) for item in location.files for problem in item.file.errors]
    if not shown and not errors:
        return
    width = max([_MIN_CODE_WIDTH, *(len(outcome.code) for outcome in shown), *(len(p.code) for _, p in errors)])
    yield f"{location.name}  {location.frames}".rstrip()
    for path, problem in errors:
        where = f"{path}: " if location.frames else ""
        yield f"  error    {problem.code:{width}}  {where}{problem.message}"
    for outcome in shown:
        frames = location.frames_of(outcome)
        place = ", ".join(filter(None, [part_label(outcome, location.files), f"frames {frames}" if frames else ""]))
        label = "ignored" if outcome.status == "ignored" else outcome.severity
        reason = f" ({outcome.reason})" if outcome.reason else ""
        yield f"  {label:7}  {outcome.code:{width}}  {f'{place}: ' if place else ''}{outcome.message}{reason}"


def summary_line(verdict: Verdict) -> str:
    """Return the counts in one line: `100 files, 1 sequence: 2 errors, 1 warning, 3 ignored, 40 passed.`."""
    failed = [outcome.severity for outcome in verdict.outcomes if outcome.status == "failed"]
    statuses = [outcome.status for outcome in verdict.outcomes]
    unreadable = verdict.unreadable_count
    counts = [
        pluralize(unreadable, "unreadable file") if unreadable else "",
        *(pluralize(failed.count(name), name) for name in ("error", "warning", "note") if name in failed),
        f"{statuses.count('ignored'):,} ignored" if "ignored" in statuses else "",
        f"{statuses.count('passed'):,} passed" if "passed" in statuses else "",
    ]
    sequences = f", {pluralize(len(verdict.sequences), 'sequence')}" if verdict.sequences else ""
    summary = ", ".join(filter(None, counts)) or "no issues"
    return f"{pluralize(len(verdict.files), 'file')}{sequences}: {summary}."
