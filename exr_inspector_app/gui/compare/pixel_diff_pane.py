"""Pixels page of the Compare pane: table of all layers of two files, the largest difference first."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.compare import strings
from exr_inspector_app.gui.compare.pixel_diff_delegate import NUMBER_GAP, PixelDiffDelegate
from exr_inspector_app.gui.compare.pixel_diff_job import PixelDiff
from exr_inspector_app.gui.compare.pixel_diff_model import FIRST, MAX, ROW_ROLE, PixelDiffModel
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button
from exr_inspector_app.gui.widgets.placeholder import Placeholder
from exr_inspector_app.gui.widgets.sort_header import SortHeader
from exr_inspector_app.gui.widgets.step_field import StepField
from exr_inspector_app.gui.widgets.table import TableView
from exr_inspector_app.services.picture_difference import DEFAULT_STEP
from exr_inspector_app.services.pixel_diff import LayerDifference

WIDTHS = (300, 150, 150, 110, 110, 150, 0)  # px of the columns; the last one takes the rest
MIN_RESULT_WIDTH = 180  # px
_MAX_UPDATED_ROWS = 500  # of a sequence, that are listed again after each frame
_MAX_SINGLE_ROWS, _ROWS_PER_UPDATE = 64, 32  # results that are listed one by one, and together after them


class PixelDiffPane(QWidget):
    """Page with the table, and its tools for the bar of the pane."""

    layer_requested = Signal(object)  # LayerDifference whose difference should be shown
    pixel_requested = Signal(object)  # LayerDifference whose first changed pixel should be shown
    compare_requested = Signal()
    frames_requested = Signal()  # of the sequences of both files
    stop_requested = Signal()
    message = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = PixelDiffModel(self)
        self.view = TableView(strings.COMPARED_LAYERS)
        self._header = SortHeader(self.view, MAX, is_clickable=True)
        self._header.gap = NUMBER_GAP
        self._delegate = PixelDiffDelegate(self.view)
        self.notice = Placeholder()
        self.count = QLabel()
        self.run = make_button(strings.COMPARE_LAYERS, "refresh", "ghost", height=BAR_HEIGHT)
        self.run_frames = make_button(strings.COMPARE_FRAMES, "film", "ghost", height=BAR_HEIGHT)
        self.step = StepField(strings.STEP_TOOLTIP, DEFAULT_STEP)
        self.stop = make_button(strings.STOP, "stop", "ghost", height=BAR_HEIGHT)
        self.copy = make_button(strings.COPY, "copy", "ghost", height=BAR_HEIGHT)
        self.bar = QWidget()
        self._pages = QStackedWidget()
        self._is_group_open = False
        self._set_up_view()
        self._lay_out()
        self.run.clicked.connect(self.compare_requested)
        self.run_frames.clicked.connect(self.frames_requested)
        self.stop.clicked.connect(self.stop_requested)
        self.copy.clicked.connect(self._copy_table)
        self.notice.clicked.connect(self.compare_requested)
        self.show_diff(PixelDiff(), can_compare=False)

    def _set_up_view(self) -> None:
        view = self.view
        view.setHeader(self._header)
        view.setModel(self.model)
        view.setItemDelegate(self._delegate)
        view.setIndentation(0)
        view.set_widths(*WIDTHS)
        view.hide_columns_below(MIN_RESULT_WIDTH, 1, 3, 5)
        view.copy = self._copy_table
        view.clicked.connect(self._on_clicked)
        view.activated.connect(self._on_activated)
        view.expanded.connect(lambda _: self._set_group_open(True))
        view.collapsed.connect(lambda _: self._set_group_open(False))
        self._header.sectionClicked.connect(self._sort)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.count.setProperty("rank", "2")
        row.addWidget(self.count)
        row.addStretch()
        label = QLabel(strings.STEP)
        label.setProperty("rank", "2")
        label.setBuddy(self.step)
        row.addWidget(label)
        row.addWidget(self.step)
        for button in (self.stop, self.run, self.run_frames, self.copy):
            row.addWidget(button)
        for page in (self.notice, self.view):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def show_diff(self, diff: PixelDiff, *, can_compare: bool, has_frames: bool = False) -> None:
        """Show results, or what to do to get some.

        Args:
            diff: The results so far.
            can_compare: There are two files to compare.
            has_frames: They are frames of sequences.
        """
        if not diff.results:
            self._delegate.clear()
        count = len(diff.results)
        is_due = count % _ROWS_PER_UPDATE == 0 or (diff.frame_count > 0 and count <= _MAX_UPDATED_ROWS)
        if not diff.is_running or count < _MAX_SINGLE_ROWS or is_due:
            self._show_rows(diff)
        self.count.setText(_summarize(diff))
        self.count.setVisible(bool(diff.results))
        self.stop.setVisible(diff.is_running)
        self.run.setVisible(can_compare and not diff.is_running)
        self.run_frames.setVisible(can_compare and has_frames and not diff.is_running)
        self.copy.setEnabled(bool(diff.results))
        if diff.results:
            self._pages.setCurrentWidget(self.view)
            return
        self._pages.setCurrentWidget(self.notice)
        if diff.failure:
            self.notice.show_message("warning", strings.CANNOT_COMPARE, diff.failure, strings.TRY_AGAIN)
        elif diff.is_running:
            self.notice.show_message("compare", strings.COMPARING_LAYERS, strings.COMPARING_DETAIL)
        elif can_compare:
            self.notice.show_message("compare", strings.NOT_COMPARED_YET, strings.WHICH_LAYERS, strings.COMPARE_LAYERS)
        else:
            self.notice.show_message("compare", strings.NOTHING_TO_COMPARE, strings.CHOOSE_REFERENCE)

    def _show_rows(self, diff: PixelDiff) -> None:
        """Fill the table again, and keep the selection and the group open."""
        is_open, current = self._is_group_open, self.view.currentIndex().data(ROW_ROLE)
        self.model.show_results(diff.results)
        self._span_group(is_open=is_open)
        if isinstance(current, LayerDifference):
            self.select(current)

    def _span_group(self, *, is_open: bool) -> None:
        """Span the group row over all columns, and keep it open."""
        for row in range(self.model.rowCount()):
            if self.model.item(row).hasChildren():
                self.view.setFirstColumnSpanned(row, QModelIndex(), True)
                self.view.setExpanded(self.model.index(row, 0), is_open)

    def _set_group_open(self, is_open: bool) -> None:
        self._is_group_open = is_open

    @Slot(int)
    def _sort(self, column: int) -> None:
        is_open = self._is_group_open
        self.model.sort_by(column)
        self._header.show_order(column, is_descending=self.model.is_descending)
        self._span_group(is_open=is_open)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        """Show the difference of a layer, or its first changed pixel; open or close the group."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, LayerDifference):
            first = index.siblingAtColumn(0)
            self.view.setExpanded(first, not self.view.isExpanded(first))
        elif index.column() == FIRST and row.figures is not None and row.figures.first is not None:
            self.pixel_requested.emit(row)
        else:
            self.layer_requested.emit(row)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, LayerDifference):
            self.layer_requested.emit(row)

    def select(self, result: LayerDifference) -> None:
        """Select the row of a layer."""
        for row in range(self.model.rowCount()):
            listed = self.model.item(row).data(ROW_ROLE)
            if isinstance(listed, LayerDifference) and _identity(listed) == _identity(result):
                self.view.setCurrentIndex(self.model.index(row, 0))

    @Slot()
    def _copy_table(self) -> None:
        QGuiApplication.clipboard().setText(self.model.as_text())
        self.message.emit(strings.COPIED)


def _identity(result: LayerDifference) -> tuple[int, str, str]:
    """Return the key of a layer, which is the same in every frame."""
    layer = result.pair.layer
    return layer.part.index, layer.view, layer.title


def _summarize(diff: PixelDiff) -> str:
    """Return the number of layers that differ, and of a sequence the number of frames."""
    layers = strings.changed_layers(diff.changed_count, len(diff.results), diff.total)
    if not diff.frame_count:
        return layers
    done = max((result.frames.total for result in diff.results if result.frames), default=0)
    return ", ".join(filter(None, (layers, strings.compared_frames(done, diff.frame_count), diff.note)))
