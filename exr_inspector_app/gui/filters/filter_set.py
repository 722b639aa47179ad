"""Filter model of a pane: conditions that all hold, with their labels."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import Condition, Filter
from exr_inspector_app.gui.filters import strings
from exr_inspector_app.text.escape import escape_control


class FilterSet(QObject):
    """Ordered set of conditions; `changed` is emitted only for a different filter."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._conditions: Filter = ()

    @property
    def conditions(self) -> Filter:
        """Conditions in the order they were added."""
        return self._conditions

    def set_conditions(self, conditions: Filter) -> None:
        """Replace all conditions."""
        if conditions != self._conditions:
            self._conditions = conditions
            self.changed.emit()

    def add(self, condition: Condition) -> None:
        """Add a condition unless it is already there."""
        if condition not in self._conditions:
            self.set_conditions((*self._conditions, condition))

    def remove(self, condition: Condition) -> None:
        """Remove a condition."""
        self.set_conditions(tuple(other for other in self._conditions if other != condition))

    def clear(self) -> None:
        """Remove all conditions."""
        self.set_conditions(())

    @property
    def text(self) -> str:
        """Search text for paths, channels and attributes."""
        return next((str(condition.value) for condition in self._conditions if condition.column == "text"), "")

    def set_text_search(self, text: str) -> None:
        """Replace the search text; an empty one removes it."""
        rest = tuple(condition for condition in self._conditions if condition.column != "text")
        self.set_conditions((*rest, Condition("text", "contains", text)) if text else rest)

    def values(self, column: str) -> tuple[str, ...]:
        """Return the selected values of a facet."""
        values: list[str] = []
        for condition in self._conditions:
            if condition.column == column and condition.op in ("=", "in"):
                values += condition.value if condition.op == "in" else [condition.value]
        return tuple(values)

    def toggle(self, column: str, value: str) -> None:
        """Select or deselect a value of a facet.

        The values of a column are alternatives, except layers, which must all be present.
        """
        selected = self.values(column)
        left = tuple(other for other in selected if other != value) if value in selected else (*selected, value)
        conditions: Filter = (Condition(column, "in", left),) if left else ()
        if column == "layer":
            conditions = tuple(Condition(column, "=", layer) for layer in left)
        rest = [other for other in self._conditions if other.column != column or other.op not in ("=", "in")]
        columns = [other.column for other in self._conditions]
        position = columns.index(column) if column in columns else len(rest)
        self.set_conditions((*rest[:position], *conditions, *rest[position:]))


def condition_label(condition: Condition) -> str:
    """Return the label of a chip: `Show: orca, kelp`, `Channels: 3 or more`, `Published: since 1 Jun 2026`."""
    column, op, value = condition.column, condition.op, condition.value
    label = strings.COLUMN_LABELS.get(column, column)
    if op == "is_null":
        return strings.labeled(label, strings.NULL if value else strings.NOT_NULL)
    if isinstance(value, bool):
        return label if value == (op == "=") else strings.negated(label)
    if op == "in":
        return strings.labeled(label, ", ".join(value_label(column, item) for item in value))
    text = value_label(column, value)
    if op == "=":
        return strings.labeled(label, text)
    is_date = column == "inspection_timestamp" and op in strings.DATE_OPERATORS
    operators = strings.DATE_OPERATORS if is_date else strings.OPERATORS
    return strings.labeled(label, operators[op].format(text))


def value_label(column: str, value: Any) -> str:
    """Return the display text of a value, which may come from a file."""
    if column == "inspection_timestamp":
        return format_date(str(value))
    if isinstance(value, int):
        return f"{value:,}"
    if not value:
        return strings.UNKNOWN if column == "renderer" else strings.NO_VALUE
    if column == "compression":
        return strings.UNCOMPRESSED if value == "none" else escape_control(str(value)).upper()
    if column == "resolution":
        return escape_control(str(value)).replace("x", " × ")
    return escape_control(str(value))


def format_date(text: str) -> str:
    """Return a local date such as `4 Nov 2026` for an ISO 8601 time."""
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        return escape_control(text[:10])
    day = day.astimezone() if day.tzinfo else day
    return f"{day.day} {day:%b %Y}"
