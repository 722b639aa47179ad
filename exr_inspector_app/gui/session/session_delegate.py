"""How the rows of the session are painted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_rows import NODE, SHOWN, SessionGroup, SessionRow
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.theme import MEDIUM, REGULAR
from exr_inspector_app.gui.thumbnails.session_thumbnails import SessionThumbnails

GROUP, ROW, FRAME = 24, 36, 24
STATUS_WIDTH, GLYPH_ALONE = 116, 36  # with its word, and where there is no room for words
NARROW = 340
_LEFT, _GLYPH, _TEXT = 12.0, 50.0, 72.0


class SessionDelegate(QStyledItemDelegate):
    """Folders as group rows, sequences and files in two lines, frames in one."""

    pictures: SessionThumbnails | None = None
    needles: Sequence[str] = ()  # what is looked for, marked in names

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        if isinstance(index.data(SHOWN), SessionGroup):
            return QSize(0, GROUP)
        node = index.data(NODE)
        return QSize(0, FRAME if node and node.key is None else ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        shown = index.data(SHOWN)
        view = option.widget
        # The view indents; rows are painted over its whole width.
        wide = view.viewport().width() if isinstance(view, QAbstractItemView) else option.rect.width()
        rect = QRectF(0, option.rect.top(), wide, option.rect.height())
        full = rect.toRect()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(shown, SessionGroup):
            painter.fillRect(full, theme.tokens().color("header"))
            paint.row_background(painter, option, full=full)
            _group(painter, rect, shown, bool(option.state & QStyle.StateFlag.State_Open))
        elif isinstance(shown, SessionRow):
            paint.row_background(painter, option, full=full)
            node = index.data(NODE)
            if node.key is None:
                _frame(painter, rect, shown, option)
            else:
                image = self._picture(node.entries, shown)
                _row(painter, rect, shown, option, _state(option, len(node.children)), image, self.needles)
            _status(painter, rect, shown, option)
        painter.restore()

    def _picture(self, entries: Sequence[SessionFile], shown: SessionRow) -> QImage | None:
        """That of the frame in the middle; none of what waits to be read or could not be."""
        if self.pictures is None or not entries or shown.glyph == "warning":
            return None
        middle = entries[len(entries) // 2]
        return None if middle.is_waiting else self.pictures.of(middle.path)


def status_width(wide: float) -> int:
    """The room for the status of a row this wide; the word gives way where names would be cut to nothing."""
    return STATUS_WIDTH if wide >= NARROW else GLYPH_ALONE


def _status(painter: QPainter, rect: QRectF, shown: SessionRow, option: QStyleOptionViewItem) -> None:
    """The status in its column; without its word the tool tip tells it."""
    width = status_width(rect.width())
    column = QRectF(rect.right() - width, rect.top(), width - 8, rect.height())
    word, figure = (shown.word, shown.figure) if width == STATUS_WIDTH else ("", "")
    paint.status(painter, column, shown.status, word, figure, quiet=paint.tertiary_token(option))


def _state(option: QStyleOptionViewItem, children: int) -> str:
    """The chevron of a row; none for a file alone."""
    if not children:
        return ""
    return "chevron-down" if option.state & QStyle.StateFlag.State_Open else "chevron-right"


def _group(painter: QPainter, rect: QRectF, shown: SessionGroup, is_open: bool) -> None:
    """Chevron, folder, path; at the right the problems and the number of items."""
    middle = rect.center().y()
    icons.paint(painter, "chevron-down" if is_open else "chevron-right", QRectF(6, middle - 7, 14, 14), "t3")
    icons.paint(painter, "folder", QRectF(24, middle - 8, 16, 16), "t3")
    right = rect.right() - 10
    width = QFontMetricsF(theme.ui_font(12)).horizontalAdvance(shown.items)
    items = QRectF(right - width, rect.top(), width + 1, rect.height())
    paint.text(painter, items, shown.items, theme.ui_font(12), "t3")
    right -= width + 12
    if shown.problems:
        words = f"{shown.problems:,}"
        room = QFontMetricsF(theme.ui_font(12, MEDIUM)).horizontalAdvance(words)
        count = QRectF(right - room, rect.top(), room + 1, rect.height())
        paint.text(painter, count, words, theme.ui_font(12, MEDIUM), "err")
        icons.paint(painter, "failed", QRectF(right - room - 20, middle - 8, 16, 16), "err")
        right -= room + 28
    font = theme.ui_font(12, MEDIUM)
    words = paint.shorten_path(shown.folder, font, right - 46)
    paint.text(painter, QRectF(46, rect.top(), right - 46, rect.height()), words, font, "t2")


def _row(
    painter: QPainter,
    rect: QRectF,
    shown: SessionRow,
    option: QStyleOptionViewItem,
    chevron: str,
    image: QImage | None,
    needles: Sequence[str],
) -> None:
    """Picture, name and figures; the status stands in a column of its own."""
    middle = rect.center().y()
    box = QRectF(_LEFT, middle - 14, _GLYPH, 28)
    paint.thumbnail(painter, box, image, shown.glyph, "err" if shown.glyph == "warning" else "t3")
    right = rect.right() - status_width(rect.width()) - 8
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    font = theme.ui_font(13, MEDIUM if selected else REGULAR)
    name = paint.shorten_path(shown.name, font, right - _TEXT)
    place = QRectF(_TEXT, middle - 17, right - _TEXT, 18)
    for needle in needles:
        _mark(painter, place, name, font, needle)
    paint.text(painter, place, name, font, "t1")
    left = _TEXT
    if chevron:
        icons.paint(painter, chevron, QRectF(left - 3, middle + 2, 12, 12), "t3")
        left += 12
    small = theme.ui_font(11)
    room = right - left - (paint.badge_width(shown.badge) + 8 if shown.badge else 0)
    facts = _fitting(shown.second, small, room)
    width = paint.text(painter, QRectF(left, middle, room, 16), facts, small, paint.tertiary_token(option))
    if shown.badge:
        paint.badge(painter, left + width + 8, middle + 8, shown.badge, "warn")
    if not selected:
        paint.hairline(painter, _TEXT, rect.right() - 8, rect.bottom() - 1)


def _mark(painter: QPainter, rect: QRectF, name: str, font: QFont, needle: str) -> None:
    """A tint below every place where the letters stand in the name."""
    metrics, low, t = QFontMetricsF(font), name.lower(), theme.tokens()
    start = low.find(needle)
    while start >= 0:
        left = rect.left() + metrics.horizontalAdvance(name[:start])
        width = metrics.horizontalAdvance(name[start : start + len(needle)])
        painter.fillRect(QRectF(left, rect.center().y() - 8, width, 16), t.tint("accent", t.match_tint))
        start = low.find(needle, start + len(needle))


def _fitting(facts: str, font: QFont, width: float) -> str:
    """As many facts as fit, whole ones only."""
    metrics = QFontMetricsF(font)
    while ", " in facts and metrics.horizontalAdvance(facts) > width:
        facts = facts.rpartition(", ")[0]
    return facts


def _frame(painter: QPainter, rect: QRectF, shown: SessionRow, option: QStyleOptionViewItem) -> None:
    """One frame of an opened sequence."""
    right = rect.right() - status_width(rect.width()) - 8
    left = _TEXT + 12
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    font = theme.ui_font(12, MEDIUM if selected else REGULAR)
    name = paint.shorten_name(shown.name.rpartition("/")[2], font, right - left)
    paint.text(painter, QRectF(left, rect.top(), right - left, rect.height()), name, font, "t1" if selected else "t2")
