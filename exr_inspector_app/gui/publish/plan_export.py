"""The plan of a publish as rows of a table, one a file."""

from __future__ import annotations

from exr_inspector_app.gui.publish.plan_lines import Group, Line
from exr_inspector_app.text.escape import plain

PLAN_COLUMNS = ("status", "file_path", "published", "reason")


def rows_of(line: Line) -> list[tuple[str, ...]]:
    """A row under PLAN_COLUMNS for each file of a line."""
    published = {Group.PRESENT: "refreshed", Group.FAILED: "no"}.get(line.group, "yes")
    if line.group is Group.INCOMPLETE and not line.is_included:
        published = "no"
    paths = [plain(record.identity.file_path) for record in line.records] or [line.tip]
    return [(line.group.value, path, published, line.reason) for path in paths]
