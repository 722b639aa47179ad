"""View of a storage report: section titles with notes, and rows with bars."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from exr_inspector_app.gui.library import storage_model as columns
from exr_inspector_app.gui.library import strings
from exr_inspector_app.gui.library.storage_model import ITEM_ROLE, SectionRow, SectionTitle, StorageModel, cell_text
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.style.theme import MEDIUM, SEMIBOLD
from exr_inspector_app.gui.widgets.table import INSET, TableView
from exr_inspector_app.text.escape import escape_control

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, DETAIL_HEIGHT, TITLE_HEIGHT, NOTE_HEIGHT = 26, 40, 40, 58
FILES_WIDTH, SIZE_WIDTH, SHARE_WIDTH, MIN_NAME_WIDTH = 90, 110, 220, 220
BAR_WIDTH, BAR_HEIGHT = 96, 5


class StorageDelegate(QStyledItemDelegate):
    """Delegate for titles across all columns, and for the cells of rows."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a title or a row, which is larger with a note or a detail."""
        match index.data(ITEM_ROLE):
            case SectionTitle(section):
                return QSize(0, NOTE_HEIGHT if section.note else TITLE_HEIGHT)
            case SectionRow(_, row):
                return QSize(0, DETAIL_HEIGHT if row.detail else ROW_HEIGHT)
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        item, rect = index.data(ITEM_ROLE), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(item, SectionRow):
            _paint_cell(painter, rect, item, index.column(), paint.tertiary_token(option))
            line_left = rect.left() + (INSET if index.column() == columns.NAME else 0)
            paint.hairline(painter, line_left, rect.right() + 1, rect.bottom())
        elif index.column() == columns.NAME:
            width = option.widget.width() if isinstance(option.widget, QWidget) else rect.width()
            _paint_title(painter, QRectF(rect.left(), rect.top(), width - 2 * INSET, rect.height()), item)
        painter.restore()


def _paint_title(painter: QPainter, rect: QRectF, item: object) -> None:
    """Paint the title and the note of a section over the whole width, or the number of other rows."""
    area = rect.adjusted(INSET, 0, 0, 0)
    if not isinstance(item, SectionTitle):
        text = cell_text(item, columns.NAME) if isinstance(item, columns.SectionRest) else ""
        paint.text(painter, area, text, theme.ui_font(12), "t3")
        return
    painter.setClipping(False)  # the note is wider than the first column
    top = rect.top() + 14
    title = QRectF(area.left(), top, area.width(), 20)
    width = paint.text(painter, title, item.section.title, theme.ui_font(13, SEMIBOLD), "t1")
    if saved := strings.saved_total(item.section):
        paint.text(painter, title.adjusted(width + 12, 0, 0, 0), saved, theme.ui_font(12, MEDIUM), "warn")
    note = QRectF(area.left(), top + 20, area.width(), 18)
    paint.text(painter, note, item.section.note, theme.ui_font(11), "t3")


def _paint_cell(painter: QPainter, rect: QRectF, item: SectionRow, column: int, quiet: str) -> None:
    row, text = item.row, cell_text(item, column)
    if column == columns.SHARE:
        _paint_share(painter, rect, item, text)
    elif column != columns.NAME:
        paint.text(painter, rect.adjusted(0, 0, -INSET, 0), text, theme.ui_font(12), "t2", "right")
    else:
        area = rect.adjusted(INSET, 0, -12, 0)
        name = QRectF(area.left(), area.top() + 3, area.width(), 18) if row.detail else area
        font = theme.ui_font(13)
        paint.text(painter, name, paint.shorten_path(text, font, name.width()), font, "t1")
        detail = QRectF(area.left(), area.top() + 20, area.width(), 16)
        paint.text(painter, detail, escape_control(row.detail), theme.ui_font(11), quiet)


def _paint_share(painter: QPainter, rect: QRectF, item: SectionRow, text: str) -> None:
    """Paint a bar of the share of all bytes, in another color for bytes that could be freed, and the text."""
    token = "accent" if item.row.saved_bytes is None else _share_token(item)
    groove = QRectF(rect.left() + 8, rect.center().y() - BAR_HEIGHT / 2, BAR_WIDTH, BAR_HEIGHT)
    paint.progress_bar(painter, groove, item.share, theme.tokens().color(token))
    paint.text(painter, rect.adjusted(BAR_WIDTH + 20, 0, -INSET, 0), text, theme.ui_font(12), _share_token(item))


def _share_token(item: SectionRow) -> str:
    return "t1" if item.row.saved_bytes is None else "warn"


class StorageView(TableView):
    """Table whose rows are activated by a double click or Enter."""

    row_activated = Signal(object)  # Condition that selects the files of the row

    def __init__(self, model: StorageModel, parent: QWidget | None = None) -> None:
        super().__init__(strings.STORAGE_NAME, parent)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(StorageDelegate(self))
        self.setRootIsDecorated(False)
        self.set_widths(0, FILES_WIDTH, SIZE_WIDTH, SHARE_WIDTH)
        self.hide_columns_below(MIN_NAME_WIDTH, columns.FILES)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Activate the row under the pointer."""
        self._activate(self.indexAt(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Activate the current row on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _activate(self, index: QModelIndex) -> None:
        if (condition := self._model.condition(index)) is not None:
            self.row_activated.emit(condition)
