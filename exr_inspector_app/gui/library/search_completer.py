"""Completer of the search field: names of columns, and their values in the library, for the term at the end."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, QStringListModel, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QCompleter, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from exr_inspector_app.contracts import Facet
from exr_inspector_app.gui.style import paint, theme

MAX_VALUES = 200  # of a facet
MAX_VISIBLE = 8
ROW_HEIGHT, INSET = 26, 10  # px of the popup
Index = QModelIndex | QPersistentModelIndex
_KEYWORDS = (
    *("object:", "layer:", "renderer:", "show:", "shot:", "task:", "version:", "date:", "resolution:", "resolution:4k"),
    *("colorspace:", "compression:", "kind:", "size:>1GB", "frame:", "path:", "channel:", "writer:", "published:"),
    *("by:", "complete:no", "deep:yes"),
)
_FACET_WORDS = {"published_by": "by"}  # others are words themselves


class SearchCompleter(QCompleter):
    """Completer that replaces the last word of the text; a popup opens while the user types."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._keywords = QStringListModel(list(_KEYWORDS), self)
        self.setModel(self._keywords)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setMaxVisibleItems(MAX_VISIBLE)
        if (popup := self.popup()) is not None:
            popup.setItemDelegate(_WordDelegate(self))
            popup.setMouseTracking(True)

    def set_facets(self, facets: Sequence[Facet]) -> None:
        """Offer the values of facets as well."""
        values = [
            f"{_FACET_WORDS.get(facet.column, facet.column)}:{_quote(value)}"
            for facet in facets
            for value, _ in facet.values[:MAX_VALUES]
            if value and value.isprintable() and '"' not in value
        ]
        keywords = list(dict.fromkeys([*_KEYWORDS, *values]))
        if keywords != self._keywords.stringList():
            self._keywords.setStringList(keywords)

    def splitPath(self, path: str) -> list[str]:
        """Return the word at the end, which is completed; one that nothing matches after a space."""
        self._text = path
        return [_last_word(path) or "\0"]

    def pathFromIndex(self, index: Index) -> str:
        """Return the text with a completion in place of its last word."""
        return self._text[: len(self._text) - len(_last_word(self._text))] + str(index.data())


class _WordDelegate(QStyledItemDelegate):
    """Delegate that paints the column and the value of a word in two colors."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the row height."""
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a word."""
        rect = QRectF(option.rect)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.fillRect(rect, theme.tokens().color("selected"))
        column, colon, value = str(index.data()).partition(":")
        font = theme.ui_font(13)
        area = rect.adjusted(INSET, 0, -8, 0)
        width = paint.text(painter, area, column + colon, font, "t2" if value else "t1")
        paint.text(painter, area.adjusted(width, 0, 0, 0), value, font, "t1")


def _last_word(text: str) -> str:
    """Return the text after the last space outside quotes."""
    start = 0
    is_quoted = False
    for position, char in enumerate(text):
        if char == '"':
            is_quoted = not is_quoted
        elif char == " " and not is_quoted:
            start = position + 1
    return text[start:]


def _quote(value: str) -> str:
    return f'"{value}"' if " " in value else value
