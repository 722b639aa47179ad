"""User-visible strings of the shared widgets."""

from __future__ import annotations

CLEAR = "Clear"

DOCK = "Bottom panel"
MAXIMIZE_DOCK = "Maximize the bottom panel  Ctrl+Shift+J"
UNFOLD_DOCK = "Show the bottom panel  Ctrl+J"
RESTORE_DOCK = "Restore the bottom panel  Ctrl+Shift+J"

REMOVE_FILTER = "Remove this filter"

EXPORT_LIST = "Export list"
FILES_NAME_FILTER = "Tables (*.csv *.parquet)"
MATCHES_NAME_FILTER = "Tables (*.csv)"
PLAN_NAME_FILTER = "Tables (*.csv);;JSON (*.json)"


def remove_filter(label: str) -> str:
    """Return the accessible name of the chip that removes a filter."""
    return f"Remove the filter {label}"
