"""The plan of a publish as rows of a table, one a file."""

from __future__ import annotations

from exr_inspector_app.gui.publish.plan_lines import PlanGroup, PlanLine
from exr_inspector_app.text.escape import escape_control

PLAN_COLUMNS = ("status", "file_path", "published", "reason")


def rows_of(line: PlanLine) -> list[tuple[str, ...]]:
    """A row under PLAN_COLUMNS for each file of a line."""
    published = {PlanGroup.PRESENT: "refreshed", PlanGroup.FAILED: "no"}.get(line.group, "yes")
    if line.group is PlanGroup.INCOMPLETE and not line.is_included:
        published = "no"
    paths = [escape_control(record.identity.file_path) for record in line.records] or [line.tip]
    return [(line.group.value, path, published, line.reason) for path in paths]
