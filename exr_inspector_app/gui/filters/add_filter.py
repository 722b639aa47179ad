"""Popup form that adds one filter condition: a field, and its value."""

from __future__ import annotations

import re
from typing import NamedTuple

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from exr_inspector_app.errors import UsageError
from exr_inspector_app.gui.filters import strings
from exr_inspector_app.gui.widgets.buttons import FORM_HEIGHT, make_button


class FilterField(NamedTuple):
    """Choice of the form: a column, an operator of `--where`, a label, and an example value."""

    column: str
    operator: str
    label: str
    example: str

    @property
    def is_boolean(self) -> bool:
        """Whether the value is Yes or No."""
        return self.example == "true"


_EXAMPLES = (
    ("path_folded", "~", "/orca/*/lighting/"),
    ("layer", "=", "cryptomatte"),
    ("object", ":", "hero_car"),
    ("channel_list", "~", "crypto_object"),
    ("channel_count", ">=", "3"),
    ("compression", "=", "dwaa"),
    ("resolution", "=", "1920x1080"),
    ("width", ">=", "4096"),
    ("renderer", "=", "Arnold"),
    ("render_software", "~", "Arnold"),
    ("color_space", "=", "ACEScg"),
    ("is_deep", "=", "true"),
    ("kind", "=", "tiled"),
    ("is_complete", "=", "true"),
    ("inspection_timestamp", ">=", "2026-06-01"),
    ("inspection_timestamp", "<", "2026-07-01"),
    ("mtime", ">=", "2026-06-01"),
    ("published_by", "=", "mira"),
    ("note", "~", "dailies"),
    ("show", "=", "orca"),
    ("shot", "=", "OR_0420"),
    ("task", "=", "lighting"),
    ("search", ":", "hero layer:diffuse date:2026-06"),
)
FILTER_FIELDS = tuple(
    FilterField(column, operator, strings.FIELD_LABELS[column, operator], example)
    for column, operator, example in _EXAMPLES
)
WIDTH, FIELD_WIDTH = 560, 184
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


class AddFilterPopup(QFrame):
    """Popup that emits `added` once per condition; a path pattern gives one per part between *."""

    added = Signal(object)  # Condition

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("popup", "true")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(strings.ADD_FILTER)
        self.field, self.value, self.error = QComboBox(), QLineEdit(), QLabel()
        self._choice = QComboBox()
        self._choice.addItems([strings.YES, strings.NO])
        for field in FILTER_FIELDS:
            self.field.addItem(field.label, field.column)
        self.field.setAccessibleName(strings.FIELD_NAME)
        self.field.setFixedWidth(FIELD_WIDTH)
        self.field.setMaxVisibleItems(len(FILTER_FIELDS))
        for box in (self.field, self._choice):
            box.setFixedHeight(FORM_HEIGHT)
        self.value.setAccessibleName(strings.VALUE_NAME)
        self.error.setTextFormat(Qt.TextFormat.PlainText)
        self.error.setProperty("rank", "2")
        self.error.setWordWrap(True)
        self.add = make_button(strings.ADD_FILTER, "plus")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field)
        row.addWidget(self.value, 1)
        row.addWidget(self._choice, 1)
        row.addWidget(self.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.error)
        self.field.currentIndexChanged.connect(self._show_editor)
        self.value.returnPressed.connect(self._add)
        self.add.clicked.connect(self._add)
        self._show_editor()

    def show_below(self, widget: QWidget) -> None:
        """Show the empty form below `widget`, or above it where the screen ends."""
        self.value.clear()
        self._show_editor()
        self.adjustSize()
        position = widget.mapToGlobal(QPoint(0, widget.height() + 4))
        screen = widget.screen().availableGeometry()
        if position.y() + self.height() > screen.bottom():
            position.setY(widget.mapToGlobal(QPoint(0, 0)).y() - self.height() - 4)
        position.setX(max(screen.left(), min(position.x(), screen.right() - self.width())))
        self.move(position)
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot()
    def _show_editor(self) -> None:
        """Show the editor of the field: a choice for a boolean, a line edit for others."""
        field = FILTER_FIELDS[self.field.currentIndex()]
        self.value.setPlaceholderText(strings.example_hint(field.example))
        self.value.setVisible(not field.is_boolean)
        self._choice.setVisible(field.is_boolean)
        self._show_error("")

    @Slot()
    def _add(self) -> None:
        field = FILTER_FIELDS[self.field.currentIndex()]
        column, text = field.column, self.value.text().strip()
        if field.is_boolean:
            text = "true" if self._choice.currentIndex() == 0 else "false"
        if not text:
            self._show_error(strings.enter_value(field.example))
            return
        if column in ("inspection_timestamp", "mtime") and not _DATE.fullmatch(text):
            self._show_error(strings.enter_date(field.example))
            return
        from exr_inspector_app.persistence.query.filter_parser import parse_where  # Arrow takes 40 ms: on demand
        from exr_inspector_app.persistence.query.search_words import parse_conditions, parse_search

        try:
            if column == "search":
                conditions = list(parse_search(text))
            elif field.operator == ":":
                conditions = list(parse_conditions(f"{column}:{text}"))
            else:
                conditions = [parse_where(f"{column}{field.operator}{value}") for value in _split_value(column, text)]
        except UsageError as error:
            self._show_error(error.sentence.replace(column, strings.COLUMN_LABELS.get(column, column), 1))
            return
        self.hide()
        for condition in conditions:
            self.added.emit(condition)

    def _show_error(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        self.adjustSize()


def _split_value(column: str, text: str) -> list[str]:
    """Return the parts of a path pattern between *, in any order; other values in the form the library stores."""
    if column == "resolution":
        return ["x".join(re.split(r"\s*[x×]\s*", text.lower()))]
    if column != "path_folded":
        return [text.lower() if column == "compression" else text]
    return [part for part in text.replace("\\", "/").split("*") if part] or [text]
