"""Publish history sheet: the publishes of a target, with buttons that show the files of one, or undo it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from exr_inspector_app.contracts import PublishSummary
from exr_inspector_app.gui.publish import history_model
from exr_inspector_app.gui.publish import history_strings as strings
from exr_inspector_app.gui.publish.history_model import PUBLISH_ROLE, HistoryModel, Index
from exr_inspector_app.gui.publish.plan_lines import tail
from exr_inspector_app.gui.publish.target_state import Target
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.widgets.buttons import SHEET_HEIGHT, make_button, make_icon_button
from exr_inspector_app.gui.widgets.elided_label import ElidedLabel
from exr_inspector_app.gui.widgets.placeholder import LoadingSkeleton, Placeholder
from exr_inspector_app.gui.widgets.side_sheet import INSET, SideSheet
from exr_inspector_app.gui.widgets.table import TableHeader, TableView
from exr_inspector_app.text.escape import escape_control

ROW_HEIGHT, BY_WIDTH, PUBLISHED_WIDTH = 44, 112, 148  # px


class HistoryDelegate(QStyledItemDelegate):
    """Delegate that paints number of files and note over the path, then user and time."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the row height."""
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell of a publish."""
        publish: PublishSummary = index.data(PUBLISH_ROLE)
        rect, column = QRectF(option.rect), index.column()
        upper = QRectF(rect.left(), rect.center().y() - 18, rect.width() - 12, 18)
        if column == history_model.FILES:
            upper.setLeft(INSET)
            width = paint.text(painter, upper, str(index.data()), theme.ui_font(13, theme.MEDIUM), "t1")
            if publish.note:
                note = upper.adjusted(width + 10, 0, 0, 0)
                paint.text(painter, note, escape_control(publish.note), theme.ui_font(12), "t2")
            path = paint.shorten_path(tail(publish.path), theme.ui_font(11), upper.width())
            paint.text(painter, upper.translated(0, 18), path, theme.ui_font(11), paint.tertiary_token(option))
            paint.hairline(painter, INSET, rect.right() + 4000, rect.bottom())
        elif column == history_model.BY:
            paint.text(painter, upper, str(index.data()), theme.ui_font(12), "t2")
        else:
            upper.setRight(rect.right() - INSET)
            paint.text(painter, upper, str(index.data()), theme.ui_font(12), "t2", "right")


class HistorySheet(SideSheet):
    """Sheet over the right side of the window; only publishes of the user `publisher` can be undone."""

    undo_requested = Signal(object)  # PublishSummary
    show_requested = Signal(object)  # PublishSummary
    retry_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.publisher = ""
        self.model = HistoryModel(self)
        self.view = TableView(strings.TITLE)
        self.view.setModel(self.model)
        self.view.setItemDelegate(HistoryDelegate(self.view))
        self.view.setRootIsDecorated(False)
        self.view.setIndentation(0)
        self.view.setUniformRowHeights(True)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.set_widths(0, BY_WIDTH, PUBLISHED_WIDTH)
        header = self.view.header()
        if isinstance(header, TableHeader):
            header.inset = header.gap = INSET
        self._title, self._location, self.hint = QLabel(strings.TITLE), ElidedLabel(is_path=True), QLabel()
        self._title.setFont(theme.ui_font(20, theme.SEMIBOLD))
        self._location.setProperty("rank", "3")
        self.hint.setProperty("rank", "2")
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hint.setWordWrap(True)
        self.notice, self._loading, self._pages = Placeholder(), LoadingSkeleton(), QStackedWidget()
        for page in (self.view, self._loading, self.notice):
            self._pages.addWidget(page)
        self.close_button = make_button(strings.CLOSE, height=SHEET_HEIGHT)
        self.show_files = make_button(strings.SHOW, "database", height=SHEET_HEIGHT)
        self.undo = make_button(strings.UNDO, "undo", height=SHEET_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 16, 0, 24)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addSpacing(16)
        column.addWidget(self._pages, 1)
        column.addLayout(self._foot())
        self.close_button.clicked.connect(self.cancelled)
        self.notice.clicked.connect(self.retry_requested)
        self.show_files.clicked.connect(lambda: self.show_requested.emit(self.selected()))
        self.undo.clicked.connect(lambda: self.undo_requested.emit(self.selected()))
        self.view.activated.connect(lambda: self.show_requested.emit(self.selected()))
        self.view.selectionModel().selectionChanged.connect(self._update)

    def _head(self) -> QVBoxLayout:
        close = make_icon_button("close", strings.CLOSE)
        close.clicked.connect(self.cancelled)
        row = QHBoxLayout()
        row.setContentsMargins(INSET - 1, 0, INSET - 8, 0)
        row.addWidget(self._title, 1)
        row.addWidget(close)
        location = QHBoxLayout()
        location.setContentsMargins(INSET - 1, 0, INSET, 0)
        location.addWidget(self._location)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addLayout(row)
        head.addLayout(location)
        return head

    def _foot(self) -> QVBoxLayout:
        line = QFrame()
        line.setFixedHeight(1)
        line.setProperty("hairline", "true")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.undo)
        row.addWidget(self.show_files)
        row.addStretch()
        row.addWidget(self.close_button)
        inner = QVBoxLayout()
        inner.setContentsMargins(INSET - 1, 16, INSET, 0)
        inner.setSpacing(16)
        inner.addWidget(self.hint)
        inner.addLayout(row)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(line)
        column.addLayout(inner)
        return column

    def open_sheet(self, target: Target, publisher: str) -> None:
        """Show the sheet while the history of a target is read."""
        self.publisher = publisher
        self._location.show_text(f"{target.name}, {target.location}")
        self.model.set_publishes([])
        self._pages.setCurrentWidget(self._loading)
        self._update()
        self.show()
        self.raise_()
        self.close_button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def selected(self) -> PublishSummary | None:
        """Return the selected publish."""
        rows = self.view.selectionModel().selectedRows()
        return self.model.publish(rows[0]) if rows else None

    @Slot(object)
    def show_publishes(self, publishes: Sequence[PublishSummary]) -> None:
        """Show the history; the selected publish stays selected, otherwise the newest one is."""
        before = self.selected()
        self.model.set_publishes(publishes)
        if not publishes:
            self.notice.show_message("publish", strings.EMPTY, strings.EMPTY_HINT)
            self._pages.setCurrentWidget(self.notice)
            self._update()
            return
        ids = [publish.publish_id for publish in publishes]
        row = ids.index(before.publish_id) if before and before.publish_id in ids else 0
        self._pages.setCurrentWidget(self.view)
        self.view.setCurrentIndex(self.model.index(row, 0))
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._update()

    @Slot(str)
    def show_failure(self, sentence: str) -> None:
        """Show the reason why the history could not be read."""
        self.notice.show_message("warning", strings.READ_FAILED, escape_control(sentence), strings.TRY_AGAIN)
        self._pages.setCurrentWidget(self.notice)

    @Slot()
    def _update(self) -> None:
        """Enable the actions that the selected publish allows, and show why others are disabled."""
        publish = self.selected()
        is_own = publish is not None and publish.published_by == self.publisher
        self.show_files.setEnabled(publish is not None)
        self.undo.setEnabled(publish is not None and is_own and publish.removable > 0)
        is_named = publish is not None and publish.removable > 0
        self.undo.setText(strings.undo_button(publish) if publish and is_named else strings.UNDO)
        self.undo.setAccessibleName(self.undo.text())
        if publish is None or (is_own and not strings.kept(publish)):
            self.hint.setText(strings.HINT)
        else:
            self.hint.setText(strings.kept(publish) if is_own else strings.of_other_user(publish))
