"""The jobs: what runs with its progress, what ended with its result, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from exr_inspector_app.gui.activity.job_model import JOB_ROLE, ActivityModel, Job, JobState
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets.buttons import make_button
from exr_inspector_app.gui.widgets.placeholder import Placeholder
from exr_inspector_app.gui.widgets.table import INSET, TableView

Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT = 36
ACTION = 4  # the column of the button
ROOMY = 1180  # pixels from which on every column has its usual width
_GLYPHS = {
    JobState.RUNNING: ("spinner", "accent"),
    JobState.DONE: ("done", "ok"),
    JobState.STOPPED: ("stop", "t3"),
    JobState.FAILED: ("failed", "err"),
}
_ACTIONS = {"Stop": "stop", "Undo": "undo", "Copy": "copy"}


class ActivityDelegate(QStyledItemDelegate):
    """Paints the columns of one job."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines."""
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Job, progress, result, time or action."""
        job: Job = index.data(JOB_ROLE)
        rect = QRectF(option.rect).adjusted(0, 0, -8, 0)
        column = index.column()
        if column == 0:
            _title(painter, rect, job, paint.tertiary_token(option))
        elif column == 1:
            _progress(painter, rect, job)
        elif column == 2:
            token = "t1" if job.state is JobState.FAILED else "t2"
            paint.text(painter, rect, (job.result or job.figures).replace("\n", " "), theme.ui_font(12), token)
        elif column == 3:
            paint.text(painter, rect, str(index.data()), theme.ui_font(12), "t2")
        elif job.action:
            left = rect.left() + 8
            icons.paint(painter, _ACTIONS[job.action], QRectF(left, rect.center().y() - 8, 16, 16), "t2")
            paint.text(painter, rect.adjusted(32, 0, 0, 0), job.action, theme.ui_font(12, theme.MEDIUM), "t1")


def _title(painter: QPainter, rect: QRectF, job: Job, quiet: str) -> None:
    middle = rect.center().y()
    glyph, token = _GLYPHS[job.state]
    icons.paint(painter, glyph, QRectF(rect.left() + INSET, middle - 8, 16, 16), token)
    room = rect.adjusted(44, 0, 0, 0)
    name = QRectF(room.left(), middle - 17, room.width(), 18)
    paint.text(painter, name, job.title, theme.ui_font(13, theme.MEDIUM), "t1")
    detail = paint.shorten_path(job.detail[:500], theme.ui_font(11), room.width())
    paint.text(painter, QRectF(room.left(), middle, room.width(), 16), detail, theme.ui_font(11), quiet)
    paint.hairline(painter, room.left(), rect.right() + 4000, rect.bottom())


def _progress(painter: QPainter, rect: QRectF, job: Job) -> None:
    """A bar while the job runs, then only the count."""
    if job.state is not JobState.RUNNING or not job.total:
        paint.text(painter, rect, job.counted, theme.ui_font(12), "t2")
        return
    groove = QRectF(rect.left(), rect.center().y() - 2, 120, 4)
    paint.progress_bar(painter, groove, job.done / job.total, theme.tokens().color("accent"))
    paint.text(painter, rect.adjusted(132, 0, 0, 0), job.counted, theme.ui_font(12), "t1")


class ActivityView(TableView):
    """The rows; a click or Enter on the last column does what it says."""

    action_triggered = Signal(object)  # Job

    def __init__(self, model: ActivityModel, parent: QWidget | None = None) -> None:
        super().__init__("Activity", parent)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(ActivityDelegate(self))
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._share(ROOMY)
        self.copy = self.copy_report

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window progress and result give way before the job's name does."""
        super().resizeEvent(event)
        self._share(self.viewport().width())

    def _share(self, width: int) -> None:
        if width >= ROOMY:
            self.set_widths(0, 248, 480, 104, 108)
        else:
            self.set_widths(0, 168, max((width - 168 - 104 - 108) // 2, 120), 104, 108)

    @Slot()
    def copy_report(self) -> None:
        """The selected job's error in full, or its result."""
        job = self._model.job(self.currentIndex())
        if job:
            QGuiApplication.clipboard().setText(job.report or job.result)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the button of a row."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.column() == ACTION:
            self._act(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the row's button."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._act(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _act(self, index: QModelIndex) -> None:
        job = self._model.job(index)
        if job and job.action:
            self.action_triggered.emit(job)


class ActivityPane(QWidget):
    """The table, and the buttons for the dock's bar."""

    stop_requested = Signal(object)  # Job
    undo_requested = Signal(object)  # Job
    message = Signal(str)
    retry_requested = Signal()

    def __init__(self, model: ActivityModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.view, self.notice = ActivityView(model), Placeholder()
        self.notice.say("activity", "Nothing has been done yet", "Opening, publishing and searching are listed here.")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.notice)
        self._pages.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self.bar = QWidget()
        retry, clear = make_button("Retry failed", "refresh", "ghost"), make_button("Clear finished", "check", "ghost")
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(retry)
        row.addWidget(clear)
        retry.clicked.connect(self.retry_requested)
        clear.clicked.connect(model.clear_finished)
        self.view.action_triggered.connect(self._act)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._arrange)
        self._arrange()

    @property
    def running(self) -> int:
        """How many jobs run."""
        return sum(job.state is JobState.RUNNING for job in self._model.jobs())

    @property
    def failed(self) -> int:
        """How many jobs have failed and are still listed."""
        return sum(job.state is JobState.FAILED for job in self._model.jobs())

    @Slot()
    def _arrange(self) -> None:
        self._pages.setCurrentWidget(self.view if self._model.rowCount() else self.notice)

    @Slot(object)
    def _act(self, job: Job) -> None:
        """What the word on the row's button says."""
        if job.action == "Stop":
            self.stop_requested.emit(job)
        elif job.action == "Undo":
            self.undo_requested.emit(job)
        else:
            QGuiApplication.clipboard().setText(job.report)
            self.message.emit("The error is on the clipboard.")
