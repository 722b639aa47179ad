"""Session pane: bar, filter, list of files, banner for changed files, and drop hint."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.column_titles import ColumnTitles
from exr_inspector_app.gui.session.columns import Column
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_bar import SessionBar, SessionFilterBar
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_nodes import NODE, SHOWN, Node, SessionGroup, listed_rows
from exr_inspector_app.gui.session.session_view import SessionView
from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.thumbnails.session_thumbnails import SessionThumbnails
from exr_inspector_app.gui.widgets.banner import MessageBanner
from exr_inspector_app.gui.widgets.placeholder import Placeholder
from exr_inspector_app.text.escape import escape_control

WIDTH = 416
MIN_HINT_HEIGHT = 480  # px of the pane below which the drop hint is hidden


class SessionPane(QWidget):
    """Pane with the rows of the session."""

    entry_selected = Signal(object)  # SessionFile | None
    menu_requested = Signal(object, object)  # list[SessionFile], QPoint on the screen
    remove_requested = Signal(object)  # list[SessionFile]
    reload_requested = Signal()  # of the files that changed on disk

    def __init__(self, model: SessionModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._selected: SessionFile | None = None  # emitted last
        self._is_restoring = self._had_selection = False
        self._file_count = 0
        self.view = SessionView(self)
        self.view.setModel(model)
        self.titles = ColumnTitles(self.view)
        self.bar, self.filter, self.notice = SessionBar(), SessionFilterBar(), Placeholder()
        self.filter.hide()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.notice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.filter)
        column.addWidget(self.titles)
        column.addWidget(self._pages, 1)
        column.addLayout(self._make_banner())
        self._drop_strip = _DropStrip()
        column.addWidget(self._drop_strip)
        order = (self.bar.filter, self.bar.sort, self.bar.more, self.filter.field, self.filter.only, self.view)
        for before, after in pairwise(order):
            self.setTabOrder(before, after)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        self.view.customContextMenuRequested.connect(self._request_menu)
        self.view.deleted.connect(self._request_removal)
        model.rowsInserted.connect(self._expand_inserted)
        model.arranged.connect(self._expand_groups)
        model.regrouping.connect(self._hold_selection)
        model.regrouped.connect(self._release_selection)
        model.regrouped.connect(self._show_contents)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the hint below the rows in a low pane."""
        super().resizeEvent(event)
        self._drop_strip.setVisible(self.height() >= MIN_HINT_HEIGHT)

    def _make_banner(self) -> QVBoxLayout:
        """Return the layout of the banner for changed files."""
        self.change = MessageBanner()
        self.change.hide()
        self.change.clicked.connect(self.reload_requested)
        layout = QVBoxLayout()
        layout.setContentsMargins(8, 0, 8, 0)
        layout.addWidget(self.change)
        return layout

    def add_card(self, card: QWidget) -> None:
        """Add a widget below the rows."""
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.count() - 1, card)

    def show_changed(self, entries: list[SessionFile]) -> None:
        """Show a banner for files that changed after they were inspected."""
        self.change.setVisible(bool(entries))
        if entries:
            name = escape_control(os.path.basename(entries[0].path))[:60]
            self.change.show_message("warning", strings.changed_on_disk(len(entries)), name, strings.RELOAD)

    def entries(self) -> list[SessionFile]:
        """Return the files of the selected rows; of a group, those of its listed rows."""
        return list(dict.fromkeys(entry for node in self.nodes() for entry in node.entries))

    def listed_entries(self) -> list[SessionFile]:
        """Return the files of all rows that the filter lists."""
        rows = (row for _, below in self._model.all_rows() for row in below if row.position >= 0)
        return [entry for row in rows for entry in row.entries]

    def nodes(self) -> list[Node]:
        """Return the selected rows; of a group, its listed rows."""
        nodes: list[Node] = []
        for index in self.view.selectionModel().selectedRows():
            nodes += listed_rows(index.data(NODE))
        return list(dict.fromkeys(nodes))

    def show_count(self, files: int) -> None:
        """Show the number of files, and choose the scroll mode for it."""
        self._file_count = files
        self._show_contents()
        self.view.set_row_count(self._model.count)

    @Slot()
    def _show_contents(self) -> None:
        """Show the numbers of shows and shots, or of rows, and of files."""
        model, files = self._model, self._file_count
        shows, shots = model.count_groups("show"), model.count_groups("shot")
        self.bar.show_contents(strings.contents(shows, shots, model.count, files), files)

    def show_columns(self, columns: Sequence[Column], *, has_titles: bool) -> None:
        """Show these columns between name and status, with or without a row of titles."""
        self.view.delegate.columns = columns
        self.view.viewport().update()
        self.titles.show_columns(columns)
        self.titles.setVisible(has_titles)

    def set_thumbnails(self, thumbnails: SessionThumbnails) -> None:
        """Set the cache that the rows paint thumbnails from."""
        self.view.delegate.thumbnails = thumbnails
        thumbnails.arrived.connect(self.view.viewport().update)

    def select_first(self) -> None:
        """Select the first file if none is selected."""
        if self.view.selectionModel().hasSelection() or not self._model.rowCount():
            return
        index = self._model.index(0, 0)
        while isinstance(index.data(SHOWN), SessionGroup):
            index = self._model.index(0, 0, index)
        self._select_index(index)

    def select(self, entry: SessionFile) -> None:
        """Select the row of a file and scroll to it; a row that is not listed yet is selected once it is."""
        index = self._model.index_of(entry)
        self._select_index(index)
        self._selected = entry
        if index.isValid():
            self.view.scrollTo(index)

    def follow(self, entry: SessionFile) -> None:
        """Select the row of a file that is shown already, such as a version that another pane leads to.

        The row stays if it has the file, and so does a selection of several rows.
        """
        rows = self.view.selectionModel().selectedRows()
        index = self._model.index_of(entry)
        if len(rows) > 1 or not index.isValid() or index in rows:
            return
        self._is_restoring = True
        self._select_index(index)
        self._is_restoring = False
        self._selected = entry
        self.view.scrollTo(index)

    def show_notice(self, title: str, sentence: str) -> None:
        """Show a message instead of the rows; without a title, show the rows."""
        self.notice.show_message("search", title, sentence, strings.CLEAR_FILTER)
        self._pages.setCurrentWidget(self.notice if title else self.view)

    def row_of(self, entry: SessionFile) -> Node | None:
        """Return the row of a file, even if a filter hides it."""
        return self._model.row_of(entry)

    def restore_selection(self) -> None:
        """Select the row of the selected file again after a filter has listed it again."""
        if self._selected is None or self.view.selectionModel().hasSelection():
            return
        index = self._model.index_of(self._selected)
        self._is_restoring = True
        if index.isValid():
            self._select_index(index)
        self._is_restoring = False

    def _select_index(self, index: QModelIndex) -> None:
        """Select a row alone, regardless of modifier keys."""
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    @Slot()
    def _hold_selection(self) -> None:
        """Ignore changes of the selection while files move to other rows."""
        self._had_selection, self._is_restoring = self.view.selectionModel().hasSelection(), True

    @Slot()
    def _release_selection(self) -> None:
        """Select the row that the selected file has moved to."""
        index = self._model.index_of(self._selected) if self._selected and self._had_selection else QModelIndex()
        if index.isValid() and not self.view.selectionModel().isSelected(index):
            self._select_index(index)
        self._is_restoring = False

    @Slot(object)
    def _expand_groups(self, groups: list[QModelIndex]) -> None:
        """Expand groups that are listed again."""
        for group in groups:
            self.view.expand(group)

    @Slot(QItemSelection, QItemSelection)
    def _on_selection(self, _now: QItemSelection, _before: QItemSelection) -> None:
        index = self.view.currentIndex()
        if self._is_restoring or not index.isValid():  # the other panes keep a file whose row is hidden
            return
        node: Node = index.data(NODE)
        self._selected = node.entries[0] if node.entries else None
        self.entry_selected.emit(self._selected)

    @Slot(QPoint)
    def _request_menu(self, at: QPoint) -> None:
        if entries := self.entries():
            self.menu_requested.emit(entries, self.view.viewport().mapToGlobal(at))

    @Slot()
    def _request_removal(self) -> None:
        if entries := self.entries():
            self.remove_requested.emit(entries)

    @Slot(QModelIndex, int, int)
    def _expand_inserted(self, parent: QModelIndex, _first: int, _last: int) -> None:
        """Expand new groups; sequences stay collapsed."""
        if parent.isValid() and isinstance(parent.data(SHOWN), SessionGroup):
            self.view.expand(parent)


class _DropStrip(QWidget):
    """Hint that files can be dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(40)
        self.setAccessibleName(strings.DROP_HINT)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(t.color("ctl"), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(8.5, 8.5, -8.5, -8.5), 4, 4)
        painter.setFont(theme.ui_font(12))
        width = painter.fontMetrics().horizontalAdvance(strings.DROP_HINT)
        left = (self.width() - width - 24) / 2
        icons.paint(painter, "download", QRectF(left, self.height() / 2 - 8, 16, 16), "t3")
        painter.setPen(t.color("t3"))
        painter.drawText(
            QRectF(left + 24, 0, width + 2, self.height()), int(Qt.AlignmentFlag.AlignVCenter), strings.DROP_HINT
        )
        painter.end()
