"""Delegate of the session list: paints folders, sequences, files and frames."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from exr_inspector_app.gui.session.cell_painting import paint_cells, spare_width, with_other_facts
from exr_inspector_app.gui.session.columns import (
    MIN_WORD_WIDTH,
    STATUS_WIDTH,
    Column,
    cell_text,
    place_columns,
    status_width,
)
from exr_inspector_app.gui.session.group_painting import indent_of, paint_group, paint_guides, shorten_row_name
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_nodes import NODE, SHOWN, Node, SessionGroup, SessionRow
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.formatting import escape_tooltip
from exr_inspector_app.gui.style.theme import MEDIUM, REGULAR
from exr_inspector_app.gui.thumbnails.session_thumbnails import SessionThumbnails

GROUP_HEIGHT, ROW_HEIGHT, FRAME_HEIGHT = 24, 36, 24
RULES_WIDTH, RULES_SLOT = 76, 36  # px of the column of the profile, and of each of its two counts
_VERSION = re.compile(r"(?<![A-Za-z])[vV][0-9]+")
_LEFT, _GLYPH, _TEXT = 12.0, 50.0, 72.0


class SessionDelegate(QStyledItemDelegate):
    """Delegate with group rows for folders, two lines for sequences and files, and one for frames."""

    thumbnails: SessionThumbnails | None = None
    needles: Sequence[str] = ()  # filter terms, highlighted in names
    columns: Sequence[Column] = ()  # between name and status
    is_watched: Callable[[Node], bool] = staticmethod(lambda _node: False)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of the kind of row."""
        node: Node | None = index.data(NODE)
        if node is not None and isinstance(node.shown, SessionGroup):
            return QSize(0, GROUP_HEIGHT)
        return QSize(0, FRAME_HEIGHT if node and node.key is None else ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one row over the full width of the view."""
        node: Node = index.data(NODE)
        shown = node.shown or index.data(SHOWN)
        view = option.widget
        # The view indents rows; they are painted over its full width.
        wide = view.viewport().width() if isinstance(view, QAbstractItemView) else option.rect.width()
        rect = QRectF(0, option.rect.top(), wide, option.rect.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(shown, SessionGroup):
            paint_group(painter, rect, node, option, status_width(wide))
        elif isinstance(shown, SessionRow):
            paint.row_background(painter, option, full=rect.toRect())
            indent = indent_of(node)
            paint_guides(painter, rect, indent)
            places = place_columns(wide, self.columns)
            right = min(places.values(), default=wide - status_width(wide)) - rules_width(wide, shown)
            text = QRectF(0, rect.top(), right - 8 - indent, rect.height())
            painter.translate(indent, 0)
            if node.key is None:
                spare = spare_width(node, places) if shown.rules is None else 0
                _frame(painter, text.adjusted(0, 0, spare, 0), node.name, option)
            else:
                image = self._thumbnail(node.entries, shown)
                cells = [cell_text(node, column) for column in places]
                facts = with_other_facts(shown.second, cells, cell_text(node, Column.RESOLUTION)) if cells else ""
                texts = (node.name, facts or shown.second, _chevron(option, len(node.children)))
                _row(painter, text, texts, shown, option, image, self.needles, indent)
                if not option.state & QStyle.StateFlag.State_Selected:
                    paint.hairline(painter, _TEXT, wide - indent - 8, rect.bottom() - 1)
            painter.translate(-indent, 0)
            paint_cells(painter, rect, node, places, option)
            _status(painter, rect, shown, option)
            _rules(painter, rect, shown, right)
            if node.key is not None and self.is_watched(node):
                _eye(painter, QRectF(indent + _LEFT + _GLYPH - 17, rect.center().y() - 2, 16, 15))
        painter.restore()

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Show the tooltip of the row, with the reason if it has no thumbnail."""
        entries = index.data(NODE).entries if index.isValid() else ()
        failure = self.thumbnails.failure(entries[len(entries) // 2].path) if self.thumbnails and entries else ""
        if not failure or event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        text = f"{index.data(Qt.ItemDataRole.AccessibleDescriptionRole)}\n{failure}"
        QToolTip.showText(event.globalPos(), escape_tooltip(text), view)
        return True

    def _thumbnail(self, entries: Sequence[SessionFile], shown: SessionRow) -> QImage | None:
        """Return the thumbnail of the middle frame; None if it is waiting or could not be read."""
        if self.thumbnails is None or not entries or shown.glyph == "warning":
            return None
        middle = entries[len(entries) // 2]
        return None if middle.is_waiting else self.thumbnails.get(middle.path)


def _eye(painter: QPainter, box: QRectF) -> None:
    """Paint the mark of a watched row, on the corner of its thumbnail."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.tokens().color("raised"))
    painter.drawRoundedRect(box, 3, 3)
    icons.paint(painter, "eye", box.adjusted(1, 0.5, -1, -0.5), "accent")


def rules_width(wide: float, shown: SessionRow) -> int:
    """Return the width of the column of the profile; 0 without a profile and in a narrow row."""
    return RULES_WIDTH if shown.rules is not None and wide >= MIN_WORD_WIDTH else 0


def _rules(painter: QPainter, rect: QRectF, shown: SessionRow, left: float) -> None:
    """Paint the errors and warnings of the profile in two fixed places, or that it passed."""
    if not rules_width(rect.width(), shown) or shown.rules is None:
        return
    middle = rect.center().y()
    if not any(shown.rules):
        icons.paint(painter, "done", QRectF(left, middle - 7, 14, 14), "ok")
    for slot, (count, glyph, token) in enumerate(zip(shown.rules, ("failed", "warning"), ("err", "warn"), strict=True)):
        if count:
            x = left + slot * RULES_SLOT
            icons.paint(painter, glyph, QRectF(x, middle - 7, 14, 14), token)
            text = f"{count:,}" if count < 100 else "99+"
            paint.text(painter, QRectF(x + 17, rect.top(), 20, rect.height()), text, theme.ui_font(11), token)


def _status(painter: QPainter, rect: QRectF, shown: SessionRow, option: QStyleOptionViewItem) -> None:
    """Paint the status in its column; the tooltip always contains its word."""
    width = status_width(rect.width())
    column = QRectF(rect.right() - width, rect.top(), width - 8, rect.height())
    word, figure = (shown.word, shown.figure) if width == STATUS_WIDTH else ("", "")
    paint.status(painter, column, shown.status, word, figure, quiet=paint.tertiary_token(option))


def _chevron(option: QStyleOptionViewItem, children: int) -> str:
    """Return the chevron icon of a row; empty for a single file."""
    if not children:
        return ""
    return "chevron-down" if option.state & QStyle.StateFlag.State_Open else "chevron-right"


def _row(
    painter: QPainter,
    rect: QRectF,
    texts: tuple[str, str, str],
    shown: SessionRow,
    option: QStyleOptionViewItem,
    image: QImage | None,
    needles: Sequence[str],
    indent: int,
) -> None:
    """Paint thumbnail, name and facts, with a chevron for a sequence; the status is painted in a separate column."""
    full_name, all_facts, chevron = texts
    middle = rect.center().y()
    box = QRectF(_LEFT, middle - 14, _GLYPH, 28)
    paint.thumbnail(painter, box, image, shown.glyph, "err" if shown.glyph == "warning" else "t3")
    right = rect.right()
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    font = theme.ui_font(13, MEDIUM if selected else REGULAR)
    name = shorten_row_name(full_name, font, right - _TEXT, indent)
    name_rect = QRectF(_TEXT, middle - 17, right - _TEXT, 18)
    for needle in needles:
        _mark(painter, name_rect, name, font, needle)
    paint.text(painter, name_rect, name, font, "t1")
    left = _TEXT
    if chevron:
        icons.paint(painter, chevron, QRectF(left - 3, middle + 2, 12, 12), "t3")
        left += 12
    small = theme.ui_font(11)
    room = right - left - (paint.badge_width(shown.badge) + 8 if shown.badge else 0)
    facts = _fitting(with_hidden_version(all_facts, full_name, name), small, room)
    width = paint.text(painter, QRectF(left, middle, room, 16), facts, small, paint.tertiary_token(option))
    if shown.badge:
        paint.badge(painter, left + width + 8, middle + 8, shown.badge, "warn")


def _mark(painter: QPainter, rect: QRectF, name: str, font: QFont, needle: str) -> None:
    """Paint a tint under each occurrence of the text in the name."""
    metrics, low, t = QFontMetricsF(font), name.lower(), theme.tokens()
    start = low.find(needle)
    while start >= 0:
        left = rect.left() + metrics.horizontalAdvance(name[:start])
        width = metrics.horizontalAdvance(name[start : start + len(needle)])
        painter.fillRect(QRectF(left, rect.center().y() - 8, width, 16), t.tint("accent", t.match_tint))
        start = low.find(needle, start + len(needle))


def with_hidden_version(facts: str, name: str, painted: str) -> str:
    """Return the facts after the version of a name, if the painted, shortened name omits it."""
    versions = _VERSION.findall(name)
    if not versions or versions[-1] in painted:
        return facts
    return f"{versions[-1]}, {facts}" if facts else versions[-1]


def _fitting(facts: str, font: QFont, width: float) -> str:
    """Return as many facts as fit."""
    metrics = QFontMetricsF(font)
    while ", " in facts and metrics.horizontalAdvance(facts) > width:
        facts = facts.rpartition(", ")[0]
    return facts


def _frame(painter: QPainter, rect: QRectF, full_name: str, option: QStyleOptionViewItem) -> None:
    """Paint one frame of an expanded sequence."""
    right, left = rect.right(), _TEXT + 12
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    font = theme.ui_font(12, MEDIUM if selected else REGULAR)
    name = paint.shorten_name(full_name.rpartition("/")[2], font, right - left)
    paint.text(painter, QRectF(left, rect.top(), right - left, rect.height()), name, font, "t1" if selected else "t2")
