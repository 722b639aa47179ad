"""User strings of export jobs."""

from __future__ import annotations

from exr_inspector_app.gui.style.formatting import format_duration
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

EXPORT, SAVE_PLAN = "Export list", "Save plan"


def files_exported(count: int, name: str, seconds: float) -> str:
    """Return the result of an export of published files."""
    return f"Exported {pluralize(count, 'file')} to {escape_control(name)} in {format_duration(seconds)}"


def matches_exported(count: int, name: str) -> str:
    """Return the result of an export of matches."""
    return f"Exported {pluralize(count, 'match', 'matches')} to {escape_control(name)}"


def plan_saved(count: int, name: str) -> str:
    """Return the result of saving a plan."""
    return f"Saved the plan of {pluralize(count, 'file')} as {escape_control(name)}"


def not_written(name: str) -> str:
    """Return the result of a cancelled export."""
    return f"{escape_control(name)} was not written"


# Pictures

EXPORT_PNG, EXPORT_EXR, EXPORT_SHEET = "Export PNG", "Export EXR", "Export contact sheet"
EXPORT_MATTE = "Export matte"
PNG_FILTER, EXR_FILTER = "PNG images (*.png)", "OpenEXR images (*.exr)"
STOPPED = "Stopped."


def picture_exported(width: int, height: int, name: str) -> str:
    """Return the result of an export of a layer or region."""
    return f"Exported {width} × {height} pixels to {escape_control(name)}"


def matte_exported(count: int, width: int, height: int, name: str) -> str:
    """Return the result of an export of the matte of objects."""
    return f"Exported the matte of {pluralize(count, 'object')}, {width} × {height} pixels, to {escape_control(name)}"


def sheet_exported(layers: int, name: str) -> str:
    """Return the result of an export of a contact sheet."""
    return f"Exported {pluralize(layers, 'layer')} to {escape_control(name)}"
