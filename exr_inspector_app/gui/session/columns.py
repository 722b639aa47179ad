"""Columns of the session list: those to choose, their texts, and their places in a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from exr_inspector_app.gui.session.session_nodes import GroupNode, Node, SessionRow
from exr_inspector_app.gui.session.session_rows import total_size
from exr_inspector_app.gui.session.sort_filter import Order
from exr_inspector_app.gui.style.formatting import format_bytes, format_moment
from exr_inspector_app.model.payload_types import PartPayload, Payload
from exr_inspector_app.text.escape import escape_control

STATUS_WIDTH, GLYPH_WIDTH = 116, 36  # px of the status with its word, and of its icon alone
MIN_WORD_WIDTH = 340  # px of a row below which the status is an icon alone
MIN_NAME_WIDTH = 184  # px of thumbnail and name; a column that would leave less is not painted
NAME_WIDTH = 280  # px of thumbnail and name in a pane that is made wide enough for a column
GAP = 12  # px after a column


class Column(StrEnum):
    """Column to choose, between name and status, from left to right."""

    RESOLUTION = "Resolution"
    COMPRESSION = "Compression"
    RENDERER = "Renderer"
    SIZE = "Size"
    CHANGED = "Date on disk"
    FRAMES = "Frames"


WIDTHS = {
    Column.RESOLUTION: 84,
    Column.COMPRESSION: 76,
    Column.RENDERER: 108,
    Column.SIZE: 64,
    Column.CHANGED: 108,
    Column.FRAMES: 84,
}  # px, without the gap
LEFT_ALIGNED = frozenset({Column.COMPRESSION, Column.RENDERER, Column.CHANGED})
ORDERS = {Column.SIZE: Order.SIZE, Column.CHANGED: Order.CHANGED}  # by which a click on the title sorts
TREE_DEFAULT = (Column.FRAMES,)


def status_width(wide: float) -> int:
    """Return the width of the status column; in a narrow row it is an icon alone, so that the name stays readable."""
    return STATUS_WIDTH if wide >= MIN_WORD_WIDTH else GLYPH_WIDTH


def place_columns(wide: float, chosen: Iterable[Column]) -> dict[Column, float]:
    """Return the left edges of the columns that fit into a row; those at the right are placed first."""
    places: dict[Column, float] = {}
    right = wide - status_width(wide) - GAP
    for column in reversed([column for column in Column if column in set(chosen)]):
        left = right - WIDTHS[column]
        if left < MIN_NAME_WIDTH:
            break
        places[column] = left
        right = left - GAP
    return places


def width_for(chosen: Sequence[Column]) -> int:
    """Return the width of a row in which all chosen columns fit, and names are readable."""
    return NAME_WIDTH + sum(WIDTHS[column] + GAP for column in chosen) + STATUS_WIDTH + GAP


def cell_text(node: Node, column: Column) -> str:
    """Return the text of a cell; empty if a group or an unread file has none."""
    if isinstance(node, GroupNode):
        return f"{node.totals.files:,}" if column is Column.FRAMES else ""
    shown = node.shown
    if not isinstance(shown, SessionRow):
        return ""
    if column not in shown.cells:
        shown.cells[column] = _TEXTS[column](node)
    return shown.cells[column]


def _frames(row: Node) -> str:
    if row.sequence is not None and row.sequence.frames:
        return row.sequence.range_text
    frame = row.entries[0].frame
    return "" if frame is None else str(frame)


def _resolution(row: Node) -> str:
    part = _first_part(row)
    return f"{part['width']} × {part['height']}" if part and part["width"] and part["height"] else ""


def _compression(row: Node) -> str:
    part = _first_part(row)
    return escape_control(str(part["compression"] or "").upper()) if part else ""


def _renderer(row: Node) -> str:
    payload = _first_payload(row)
    program = (payload["file"]["renderer"] or payload["file"]["writer"]) if payload else None
    return escape_control(f"{program['name']} {program['version'] or ''}".strip()) if program else ""


def _size(row: Node) -> str:
    size = total_size(row.entries)
    return "" if size is None else format_bytes(size)


def _changed(row: Node) -> str:
    times = [entry.record.payload["file"]["mtime"] or "" for entry in row.entries if entry.record]
    newest = max(times, default="")
    return format_moment(newest) if newest else ""


def _first_payload(row: Node) -> Payload | None:
    return next((entry.record.payload for entry in row.entries if entry.record), None)


def _first_part(row: Node) -> PartPayload | None:
    payload = _first_payload(row)
    return payload["parts"][0] if payload and payload["parts"] else None


_TEXTS: dict[Column, Callable[[Node], str]] = {
    Column.RESOLUTION: _resolution,
    Column.COMPRESSION: _compression,
    Column.RENDERER: _renderer,
    Column.SIZE: _size,
    Column.CHANGED: _changed,
    Column.FRAMES: _frames,
}
