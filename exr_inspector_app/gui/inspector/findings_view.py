"""List view and delegate of issues: icon, message, and location."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QHelpEvent, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from exr_inspector_app.gui.inspector import profile_strings, strings
from exr_inspector_app.gui.inspector.findings_model import ROW_ROLE, SEVERITIES, FindingRow, FindingsModel, NotesRow
from exr_inspector_app.gui.inspector.hint_row import BUTTON_ROW_HEIGHT, HintButtons, hint_height, paint_hint
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.formatting import add_break_points, wrap_tooltip
from exr_inspector_app.gui.widgets.menu import Menu
from exr_inspector_app.rules.hints import NO_HINT, Hint

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, _LINE_HEIGHT = 40, 18  # px, of a row with one line and of each further line
NOTES_HEIGHT = 32  # px, of the row that folds the notes
_MAX_LINES = 3
TEXT_LEFT = 40  # px
SEVERITY_STYLES = {
    "error": ("failed", "err"),
    "warning": ("warning", "warn"),
    "note": ("info", "t2"),
    "ignored": ("info", "t3"),
    "passed": ("done", "t3"),
}
_TOGGLE_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


class FindingsView(QListView):
    """List view whose rows are as high as their message; a click or Enter unfolds the notes, Ctrl+C copies rows."""

    ignore_requested = Signal(str)  # code
    restore_requested = Signal(str)  # code
    attribute_requested = Signal(str)  # name

    def __init__(self, model: FindingsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.buttons = HintButtons(self.viewport())  # before the first layout, which places it
        self.setModel(model)
        self.setItemDelegate(FindingDelegate(self))
        self.setAccessibleName(strings.ISSUES)
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.clicked.connect(self._toggle_notes)
        theme.current().changed.connect(self.viewport().update)
        self.buttons.attribute_requested.connect(self.attribute_requested)
        self.selectionModel().selectionChanged.connect(self.scheduleDelayedItemsLayout)
        model.modelReset.connect(self.scheduleDelayedItemsLayout)

    def hint_of(self, index: Index) -> Hint:
        """Return the hint of a row if it is shown: of the only row that is selected; otherwise one without text."""
        row = index.data(ROW_ROLE)
        is_shown = isinstance(row, FindingRow) and self.selectionModel().selectedRows() == [index]
        return row.hint if is_shown else NO_HINT

    def doItemsLayout(self) -> None:
        """Lay out the rows, and the buttons of the hint."""
        super().doItemsLayout()
        self._place_buttons()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move the buttons with their row."""
        super().scrollContentsBy(dx, dy)
        self._place_buttons()

    def _place_buttons(self) -> None:
        rows = self.selectionModel().selectedRows()
        hint = self.hint_of(rows[0]) if len(rows) == 1 else NO_HINT
        self.buttons.show_hint(hint)
        if hint.text:
            rect = self.visualRect(rows[0])
            top = rect.bottom() - BUTTON_ROW_HEIGHT
            self.buttons.setGeometry(TEXT_LEFT, top, max(rect.width() - TEXT_LEFT, 0), BUTTON_ROW_HEIGHT)

    def copy(self) -> None:
        """Copy the selected rows, or all rows if none is selected."""
        rows: list[FindingRow | NotesRow] = [index.data(ROW_ROLE) for index in self.selectionModel().selectedRows()]
        texts = [row.text for row in rows if not (isinstance(row, NotesRow) and row.is_open)]
        QGuiApplication.clipboard().setText("\n".join(texts) or self._model.as_text())

    @property
    def failed_code(self) -> str:
        """Code of the selected finding of a profile, which may be ignored; empty for any other selection."""
        rows = [index.data(ROW_ROLE) for index in self.selectionModel().selectedRows()]
        codes = {row.code for row in rows if isinstance(row, FindingRow) and row.severity in SEVERITIES}
        return codes.pop() if len(codes) == 1 else ""

    @Slot(QModelIndex)
    def _toggle_notes(self, index: QModelIndex) -> bool:
        """Fold or unfold the notes if this is their row."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, NotesRow):
            return False
        self._model.toggle(row.kind)
        return True

    def _show_menu(self, position: QPoint) -> None:
        self.make_menu(self.indexAt(position)).exec(self.viewport().mapToGlobal(position))

    def make_menu(self, index: QModelIndex | None = None) -> QMenu:
        """Create the menu of a row, by default of the current one."""
        menu = Menu(self)
        menu.addAction(icons.icon("copy"), strings.COPY, self.copy)
        row = (index or self.currentIndex()).data(ROW_ROLE)
        if isinstance(row, FindingRow) and row.code and row.severity in SEVERITIES:
            menu.addAction(profile_strings.IGNORE_MENU, lambda: self.ignore_requested.emit(row.code))
        elif isinstance(row, FindingRow) and row.severity == "ignored":
            menu.addAction(icons.icon("undo"), profile_strings.RESTORE, lambda: self.restore_requested.emit(row.code))
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy on Ctrl+C, and fold or unfold the notes on Enter and Space."""
        if event.key() in _TOGGLE_KEYS and self._toggle_notes(self.currentIndex()):
            return
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out the rows again, since their height depends on the width."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the full row as a tooltip."""
        if isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            QToolTip.showText(
                event.globalPos(), wrap_tooltip(index.data(ROW_ROLE).text[:1200] if index.isValid() else ""), self
            )
            return True
        return super().viewportEvent(event)


class FindingDelegate(QStyledItemDelegate):
    """Delegate that paints an issue."""

    def __init__(self, view: FindingsView) -> None:
        super().__init__(view)
        self._view = view

    def _width(self) -> int:
        return max(self._view.viewport().width() - TEXT_LEFT - 12, 80)

    def _count_lines(self, row: FindingRow) -> int:
        width = self._width()
        metrics = QFontMetricsF(theme.ui_font(13))
        height = metrics.boundingRect(QRectF(0, 0, width, 1000), _WRAP, add_break_points(row.message[:600])).height()
        return min(max(round(height / metrics.lineSpacing()), 1), _MAX_LINES)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of the message, bounded by three lines, or that of the notes row."""
        row: FindingRow | NotesRow = index.data(ROW_ROLE)
        if isinstance(row, NotesRow):
            return QSize(0, NOTES_HEIGHT)
        height = ROW_HEIGHT + _LINE_HEIGHT * (self._count_lines(row) - 1)
        if (hint := self._view.hint_of(index)).text:
            height += hint_height(hint, self._width())
        return QSize(0, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint icon, message, and location, or the notes row."""
        row: FindingRow | NotesRow = index.data(ROW_ROLE)
        paint.row_background(painter, option)
        if isinstance(row, NotesRow):
            _paint_notes_row(painter, QRectF(option.rect), row)
        else:
            self._paint_finding(painter, option, row, self._view.hint_of(index))

    def _paint_finding(self, painter: QPainter, option: QStyleOptionViewItem, row: FindingRow, hint: Hint) -> None:
        rect = QRectF(option.rect)
        glyph, token = SEVERITY_STYLES[row.severity]
        icons.paint(painter, glyph, QRectF(rect.left() + 12, rect.top() + 5, 16, 16), token)
        lines = self._count_lines(row)
        room = QRectF(rect.left() + TEXT_LEFT, rect.top() + 3, rect.width() - TEXT_LEFT - 12, _LINE_HEIGHT * lines + 2)
        painter.setFont(theme.ui_font(13))
        painter.setPen(theme.tokens().color("t1"))
        painter.save()
        painter.setClipRect(room)
        painter.drawText(room, _WRAP, add_break_points(row.message[:600]))
        painter.restore()
        below = QRectF(room.left(), room.bottom() - 1, room.width(), 16)
        if hint.text:
            paint_hint(
                painter, QRectF(room.left(), below.bottom() + 5, room.width(), rect.bottom() - below.bottom()), hint
            )
        paint.text(painter, below, row.location, theme.ui_font(11), paint.tertiary_token(option))
        paint.hairline(painter, room.left(), rect.right(), rect.bottom() - 1)


def _paint_notes_row(painter: QPainter, rect: QRectF, row: NotesRow) -> None:
    """Paint the number of notes with an arrow that points down while they are shown."""
    chevron, middle = "chevron-down" if row.is_open else "chevron-right", rect.center().y()
    icons.paint(painter, chevron, QRectF(rect.left() + 13, middle - 7, 14, 14), "t2")
    paint.text(painter, rect.adjusted(TEXT_LEFT, 0, -12, 0), row.title, theme.ui_font(13), "t2")
    paint.hairline(painter, rect.left() + TEXT_LEFT, rect.right(), rect.bottom() - 1)
