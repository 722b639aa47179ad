"""Filter model of a pane: conditions that all hold, with their labels."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import Condition, Filter
from exr_inspector_app.gui.filters import strings
from exr_inspector_app.text.escape import escape_control

_DATES = ("inspection_timestamp", "mtime")


class FilterSet(QObject):
    """Ordered set of conditions; `changed` is emitted only for a different filter."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._conditions: Filter = ()
        self._typed: Filter = ()  # conditions made from the words in the search field
        self._text = ""

    @property
    def conditions(self) -> Filter:
        """Conditions in the order they were added."""
        return self._conditions

    def set_conditions(self, conditions: Filter) -> None:
        """Replace all conditions."""
        if conditions == self._conditions:
            return
        self._conditions = conditions
        texts = set(filter(_is_plain_text, conditions))
        if not texts <= set(self._typed) <= set(conditions):
            self.commit_search()
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
        """Text of the search field."""
        return self._text

    @property
    def chosen(self) -> Filter:
        """Conditions that do not come from the search field."""
        return tuple(condition for condition in self._conditions if condition not in self._typed)

    def set_search(self, text: str, conditions: Filter) -> None:
        """Replace the text of the search field and its conditions; keep the other conditions."""
        combined = tuple(dict.fromkeys((*self.chosen, *conditions)))
        self._text, self._typed = text, conditions
        self.set_conditions(combined)

    def commit_search(self) -> None:
        """Turn terms for columns into separate conditions; plain terms stay in the search field."""
        self._typed = tuple(filter(_is_plain_text, self._conditions))
        self._text = " ".join(str(condition.value) for condition in self._typed)

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


def _is_plain_text(condition: Condition) -> bool:
    return (condition.column, condition.op) == ("text", "contains")


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
    is_date = column in _DATES and op in strings.DATE_OPERATORS
    operators = strings.DATE_OPERATORS if is_date else strings.OPERATORS
    return strings.labeled(label, operators[op].format(text))


def value_label(column: str, value: Any) -> str:
    """Return the display text of a value, which may come from a file."""
    if column in _DATES:
        return format_date(str(value))
    if column == "publish_id":
        return strings.publish_time(str(value))
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
