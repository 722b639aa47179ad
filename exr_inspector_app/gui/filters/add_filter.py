"""A small window that states one more condition: what, how, and a value."""

from __future__ import annotations

import re

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from exr_inspector_app.errors import UsageError
from exr_inspector_app.gui.filters.filter_set import COLUMN_LABELS
from exr_inspector_app.gui.widgets.buttons import FORM_HEIGHT, make_button

# What can be asked for: the column, a sign of `--where`, the words between column and value, and an example.
FILTER_FIELDS = (
    ("path_folded", "~", "Path contains", "/orca/*/lighting/"),
    ("layer", "=", "Layer or channel is there", "cryptomatte"),
    ("channel_list", "~", "Channel names contain", "crypto_object"),
    ("channel_count", ">=", "Channels, at least", "3"),
    ("compression", "=", "Compression is", "dwaa"),
    ("resolution", "=", "Resolution is", "1920x1080"),
    ("width", ">=", "Width, at least", "4096"),
    ("renderer", "=", "Renderer is", "Arnold 7.2"),
    ("render_software", "~", "Renderer contains", "Arnold"),
    ("color_space", "=", "Colour space is", "ACEScg"),
    ("is_deep", "=", "Deep", "true"),
    ("kind", "=", "Kind is", "tiled"),
    ("is_complete", "=", "Complete", "true"),
    ("inspection_timestamp", ">=", "Published since", "2026-06-01"),
    ("inspection_timestamp", "<", "Published before", "2026-07-01"),
    ("published_by", "=", "Published by", "mira"),
    ("show", "=", "Show is", "orca"),
    ("shot", "=", "Shot is", "OR_0420"),
    ("task", "=", "Task is", "lighting"),
    ("text", "~", "Any of these words", "diffuse arnold"),
)
WIDTH, WHAT = 560, 184
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


class AddFilterPopup(QFrame):
    """`added` tells each condition; of a path with * each piece is one."""

    added = Signal(object)  # Condition

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("popup", "true")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Add filter")
        self.what, self.value, self._wrong = QComboBox(), QLineEdit(), QLabel()
        self._choice = QComboBox()
        self._choice.addItems(["Yes", "No"])
        for column, _, words, _ in FILTER_FIELDS:
            self.what.addItem(words, column)
        self.what.setAccessibleName("What to filter by")
        self.what.setFixedWidth(WHAT)
        self.what.setMaxVisibleItems(len(FILTER_FIELDS))
        for one in (self.what, self._choice):
            one.setFixedHeight(FORM_HEIGHT)
        self.value.setAccessibleName("Value")
        self._wrong.setTextFormat(Qt.TextFormat.PlainText)
        self._wrong.setProperty("rank", "2")
        self._wrong.setWordWrap(True)
        self.add = make_button("Add filter", "plus")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.what)
        row.addWidget(self.value, 1)
        row.addWidget(self._choice, 1)
        row.addWidget(self.add)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(12, 12, 12, 12)
        column_.setSpacing(8)
        column_.addLayout(row)
        column_.addWidget(self._wrong)
        self.what.currentIndexChanged.connect(self._ask)
        self.value.returnPressed.connect(self._add)
        self.add.clicked.connect(self._add)
        self._ask()

    def show_below(self, widget: QWidget) -> None:
        """Below a button, and on the screen."""
        self.value.clear()
        self._ask()
        self.adjustSize()
        place = widget.mapToGlobal(QPoint(0, widget.height() + 4))
        screen = widget.screen().availableGeometry()
        if place.y() + self.height() > screen.bottom():
            place.setY(widget.mapToGlobal(QPoint(0, 0)).y() - self.height() - 4)
        place.setX(max(screen.left(), min(place.x(), screen.right() - self.width())))
        self.move(place)
        self.show()
        self.what.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot()
    def _ask(self) -> None:
        """The value of another kind: a choice for what is or is not, words for the rest."""
        _, _, _, example = FILTER_FIELDS[self.what.currentIndex()]
        self.value.setPlaceholderText(f"such as {example}")
        self.value.setVisible(example != "true")
        self._choice.setVisible(example == "true")
        self._say("")

    @Slot()
    def _add(self) -> None:
        column, sign, _, example = FILTER_FIELDS[self.what.currentIndex()]
        words = self.value.text().strip()
        if example == "true":
            words = "true" if self._choice.currentIndex() == 0 else "false"
        if not words:
            self._say(f"Enter a value, such as {example}.")
            return
        if column == "inspection_timestamp" and not _DATE.fullmatch(words):
            self._say(f"Write the date as {example}.")
            return
        from exr_inspector_app.persistence.query.filter_parser import (
            parse_where,  # Arrow takes 40 ms: not before the first paint
        )

        try:
            conditions = [parse_where(f"{column}{sign}{one}") for one in _pieces(column, words)]
        except UsageError as error:
            self._say(error.sentence.replace(column, COLUMN_LABELS[column], 1))
            return
        self.hide()
        for condition in conditions:
            self.added.emit(condition)

    def _say(self, sentence: str) -> None:
        self._wrong.setText(sentence)
        self._wrong.setVisible(bool(sentence))
        self.adjustSize()


def _pieces(column: str, words: str) -> list[str]:
    """A path pattern in its pieces between *, in any order; other values as the library writes them."""
    if column == "resolution":
        return ["x".join(re.split(r"\s*[x×]\s*", words.lower()))]
    if column != "path_folded":
        return [words.lower() if column == "compression" else words]
    return [one for one in words.replace("\\", "/").split("*") if one] or [words]
