"""The filter that a pane is under: conditions that hold together, each with its words for a chip."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import Condition, Filter
from exr_inspector_app.text.escape import escape_control

COLUMN_LABELS = {
    "text": "Words", "layer": "Layer", "kind": "Kind", "resolution": "Resolution", "renderer": "Renderer",
    "show": "Show", "shot": "Shot", "task": "Task", "version": "Version", "compression": "Compression",
    "published_by": "By", "inspection_timestamp": "Published", "path_folded": "Path", "channel_count": "Channels",
    "multipart_count": "Parts", "is_deep": "Deep", "is_complete": "Complete", "color_space": "Colour",
    "width": "Width", "height": "Height", "size_bytes": "Bytes", "frame_number": "Frame", "sequence_key": "Sequence",
    "channel_list": "Channel names",
}  # fmt: skip
_FORMS = {
    "!=": "not {}", "<": "below {}", ">": "above {}", "<=": "at most {}", ">=": "{} or more",
    "contains": "with “{}”", "starts_with": "from “{}”",
}  # fmt: skip
_DATES = {">=": "since {}", ">": "after {}", "<": "before {}", "<=": "up to {}"}


class FilterSet(QObject):
    """Conditions in the order in which they were chosen; `changed` tells of every other filter."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._conditions: Filter = ()

    @property
    def conditions(self) -> Filter:
        """All of them hold."""
        return self._conditions

    def set_conditions(self, conditions: Filter) -> None:
        """These conditions in place of all others."""
        if conditions != self._conditions:
            self._conditions = conditions
            self.changed.emit()

    def add(self, condition: Condition) -> None:
        """The condition holds too."""
        if condition not in self._conditions:
            self.set_conditions((*self._conditions, condition))

    def remove(self, condition: Condition) -> None:
        """The condition is gone."""
        self.set_conditions(tuple(one for one in self._conditions if one != condition))

    def clear(self) -> None:
        """Everything matches."""
        self.set_conditions(())

    @property
    def text(self) -> str:
        """What is looked for in paths, channels and attributes."""
        return next((str(one.value) for one in self._conditions if one.column == "text"), "")

    def set_text_search(self, words: str) -> None:
        """These words are looked for in place of others."""
        rest = tuple(one for one in self._conditions if one.column != "text")
        self.set_conditions((*rest, Condition("text", "contains", words)) if words else rest)

    def has(self, column: str, value: str) -> bool:
        """True where this value of a facet is chosen."""
        return value in self.values(column)

    def values(self, column: str) -> tuple[str, ...]:
        """The chosen values of a facet."""
        found: list[str] = []
        for one in self._conditions:
            if one.column == column and one.op in ("=", "in"):
                found += one.value if one.op == "in" else [one.value]
        return tuple(found)

    def toggle(self, column: str, value: str) -> None:
        """The value of a facet is chosen, or no longer: any value of a column will do, but all layers are needed."""
        chosen = self.values(column)
        left = tuple(one for one in chosen if one != value) if value in chosen else (*chosen, value)
        made: Filter = (Condition(column, "in", left),) if left else ()
        if column == "layer":
            made = tuple(Condition(column, "=", one) for one in left)
        kept = [one for one in self._conditions if one.column != column or one.op not in ("=", "in")]
        place = next((at for at, one in enumerate(self._conditions) if one.column == column), len(kept))
        self.set_conditions((*kept[:place], *made, *kept[place:]))


def condition_label(condition: Condition) -> str:
    """The condition as a chip says it: `Show: orca, kelp`, `Channels: 3 or more`, `Published: since 1 Jun 2026`."""
    column, op, value = condition.column, condition.op, condition.value
    title = COLUMN_LABELS.get(column, column)
    if op == "is_null":
        return f"{title}: {'none' if value else 'any'}"
    if isinstance(value, bool):
        return title if value == (op == "=") else f"Not {title.lower()}"
    if op == "in":
        return f"{title}: {', '.join(value_label(column, one) for one in value)}"
    shown = value_label(column, value)
    if op == "=":
        return f"{title}: {shown}"
    forms = _DATES if column == "inspection_timestamp" and op in _DATES else _FORMS
    return f"{title}: {forms[op].format(shown)}"


def value_label(column: str, value: Any) -> str:
    """A value as people write it; it may come from a file."""
    if column == "inspection_timestamp":
        return format_date(str(value))
    if isinstance(value, int):
        return f"{value:,}"
    if not value:
        return "none named" if column == "renderer" else "none"
    if column == "compression":
        return "uncompressed" if value == "none" else escape_control(str(value)).upper()
    if column == "resolution":
        return escape_control(str(value)).replace("x", " × ")
    return escape_control(str(value))


def format_date(text: str) -> str:
    """A date as people write it: 4 Nov 2026."""
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        return escape_control(text[:10])
    day = day.astimezone() if day.tzinfo else day
    return f"{day.day} {day:%b %Y}"
