"""Activity pane: table of background jobs with progress, result and action."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from exr_inspector_app.gui.activity import job_model, strings
from exr_inspector_app.gui.activity.errors_dialog import ErrorsDialog
from exr_inspector_app.gui.activity.job_model import JOB_ROLE, ActivityModel
from exr_inspector_app.gui.activity.log_dialog import LogDialog
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.tasks.job import Job, JobState
from exr_inspector_app.gui.tasks.strings import COPY, ERRORS, LOG, REPORT, RETRY, RUN_AGAIN, SHOW, STOP, UNDO
from exr_inspector_app.gui.widgets.buttons import make_button
from exr_inspector_app.gui.widgets.menu import Menu
from exr_inspector_app.gui.widgets.placeholder import Placeholder
from exr_inspector_app.gui.widgets.table import INSET, TableView

Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT = 36
MAX_DETAIL_CHARS = 500
FULL_WIDTH = 1180  # minimum width of the view for full column widths
PROGRESS_WIDTH, NARROW_PROGRESS_WIDTH, RESULT_WIDTH, MIN_RESULT_WIDTH = 248, 168, 480, 120
MIN_TITLE_WIDTH, STARTED_WIDTH, ACTION_WIDTH = 220, 104, 248
WIDE_WIDTH, WIDE_ACTION_WIDTH = 1480, 408  # room for all actions of a publish, and the minimum width for it
_GLYPHS = {
    JobState.RUNNING: ("spinner", "accent"),
    JobState.DONE: ("done", "ok"),
    JobState.STOPPED: ("stop", "t3"),
    JobState.FAILED: ("failed", "err"),
}
_ACTION_GLYPHS = {
    STOP: "stop", RETRY: "refresh", UNDO: "undo", ERRORS: "list", COPY: "copy", SHOW: "database", REPORT: "download",
    RUN_AGAIN: "refresh", LOG: "activity",
}  # fmt: skip


class ActivityDelegate(QStyledItemDelegate):
    """Delegate for the columns of a job."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the row height."""
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell of a job."""
        job: Job = index.data(JOB_ROLE)
        rect = QRectF(option.rect).adjusted(0, 0, -8, 0)
        column = index.column()
        if column == job_model.JOB:
            _paint_title(painter, rect, job, paint.tertiary_token(option))
        elif column == job_model.PROGRESS:
            _paint_progress(painter, rect, job)
        elif column == job_model.RESULT:
            token = "t1" if job.state is JobState.FAILED else "t2"
            text = (job.result or job.figures).replace("\n", " ")
            paint.text(painter, rect, text, theme.ui_font(12), token)
        elif column == job_model.STARTED:
            paint.text(painter, rect, str(index.data()), theme.ui_font(12), "t2")
        else:
            _paint_actions(painter, rect, job)


def action_boxes(job: Job, rect: QRectF) -> list[tuple[str, QRectF]]:
    """Return the actions of a job and their boxes from left to right; those that do not fit are in the menu."""
    metrics, left = QFontMetricsF(theme.ui_font(12, theme.MEDIUM)), rect.left() + 8
    boxes: list[tuple[str, QRectF]] = []
    for action in job.actions:
        width = 24 + metrics.horizontalAdvance(job.action_text(action)) + 12
        if boxes and left + width > rect.right() + 8:
            break
        boxes.append((action, QRectF(left, rect.top(), width, rect.height())))
        left += width
    return boxes


def _paint_actions(painter: QPainter, rect: QRectF, job: Job) -> None:
    for action, box in action_boxes(job, rect):
        icons.paint(painter, _ACTION_GLYPHS[action], QRectF(box.left(), rect.center().y() - 8, 16, 16), "t2")
        text = job.action_text(action)
        paint.text(painter, box.adjusted(24, 0, 8, 0), text, theme.ui_font(12, theme.MEDIUM), "t1")


def _paint_title(painter: QPainter, rect: QRectF, job: Job, detail_token: str) -> None:
    middle = rect.center().y()
    glyph, token = _GLYPHS[job.state]
    icons.paint(painter, glyph, QRectF(rect.left() + INSET, middle - 8, 16, 16), token)
    area = rect.adjusted(44, 0, 0, 0)
    title_rect = QRectF(area.left(), middle - 17, area.width(), 18)
    paint.text(painter, title_rect, job.title, theme.ui_font(13, theme.MEDIUM), "t1")
    detail = paint.shorten_path(job.detail[:MAX_DETAIL_CHARS], theme.ui_font(11), area.width())
    detail_rect = QRectF(area.left(), middle, area.width(), 16)
    paint.text(painter, detail_rect, detail, theme.ui_font(11), detail_token)
    paint.hairline(painter, area.left(), rect.right() + 4000, rect.bottom())


def _paint_progress(painter: QPainter, rect: QRectF, job: Job) -> None:
    """Paint a progress bar and the count while the job runs, then the count alone."""
    if job.state is not JobState.RUNNING or not job.total:
        paint.text(painter, rect, job.counted, theme.ui_font(12), "t2")
        return
    groove = QRectF(rect.left(), rect.center().y() - 2, 120, 4)
    paint.progress_bar(painter, groove, job.done / job.total, theme.tokens().color("accent"))
    paint.text(painter, rect.adjusted(132, 0, 0, 0), job.counted, theme.ui_font(12), "t1")


class ActivityView(TableView):
    """View of jobs; a click on an action, Enter for the first one, or the menu triggers the actions of a job."""

    action_triggered = Signal(object, str)  # Job, action

    def __init__(self, model: ActivityModel, parent: QWidget | None = None) -> None:
        super().__init__(strings.VIEW_NAME, parent)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(ActivityDelegate(self))
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._set_column_widths(FULL_WIDTH)
        self.copy = self.copy_report
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new width."""
        super().resizeEvent(event)
        self._set_column_widths(self.viewport().width())

    def _set_column_widths(self, width: int) -> None:
        """Narrow progress and result, but not the title, in a narrow window."""
        progress, result = PROGRESS_WIDTH, RESULT_WIDTH
        if width < FULL_WIDTH:
            progress = NARROW_PROGRESS_WIDTH
            rest = width - progress - STARTED_WIDTH - ACTION_WIDTH
            result = max(min(rest // 2, rest - MIN_TITLE_WIDTH), MIN_RESULT_WIDTH)
        actions = WIDE_ACTION_WIDTH if width >= WIDE_WIDTH else ACTION_WIDTH
        self.set_widths(0, progress, result, STARTED_WIDTH, actions)

    @Slot()
    def copy_report(self) -> None:
        """Copy the report of the selected job, or its result."""
        job = self._model.job(self.currentIndex())
        if job:
            QGuiApplication.clipboard().setText(job.report or job.result)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Trigger an action that is clicked."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        job = self._model.job(index)
        if job is None or event.button() != Qt.MouseButton.LeftButton or index.column() != job_model.ACTION:
            return
        rect = QRectF(self.visualRect(index)).adjusted(0, 0, -8, 0)
        for action, box in action_boxes(job, rect):
            if box.contains(event.position()):
                self.action_triggered.emit(job, action)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Trigger the first action of the current row on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            job = self._model.job(self.currentIndex())
            if job and job.actions:
                self.action_triggered.emit(job, job.actions[0])
            return
        super().keyPressEvent(event)

    @Slot(QPoint)
    def _open_menu(self, position: QPoint) -> None:
        """Open a menu with all actions of a job."""
        menu = self.make_menu(self.indexAt(position))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if not menu.isEmpty():
            menu.popup(self.viewport().mapToGlobal(position))

    def make_menu(self, index: QModelIndex | None = None) -> QMenu:
        """Create the menu with the actions of a job, by default of the current one."""
        menu, job = Menu(self), self._model.job(index or self.currentIndex())
        if job is None:
            return menu
        for action in job.menu_actions:
            entry = menu.addAction(icons.icon(_ACTION_GLYPHS[action]), job.action_text(action))
            entry.triggered.connect(lambda _checked=False, action=action: self.action_triggered.emit(job, action))
        return menu


class ActivityPane(QWidget):
    """Pane with the table of jobs; `bar` holds its buttons for the dock."""

    stop_requested = Signal(object)  # Job
    undo_requested = Signal(object)  # Job
    retry_requested = Signal()
    files_requested = Signal(str)  # publish_id
    message = Signal(str)

    def __init__(self, model: ActivityModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.view, self.notice = ActivityView(model), Placeholder()
        self.notice.show_message("activity", strings.EMPTY, strings.EMPTY_HINT)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.notice)
        self._pages.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self.bar = QWidget()
        retry = make_button(strings.RETRY_FAILED, "refresh", "ghost")
        clear = make_button(strings.CLEAR_FINISHED, "check", "ghost")
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(retry)
        row.addWidget(clear)
        retry.clicked.connect(self.retry_requested)
        clear.clicked.connect(model.clear_finished)
        self.view.action_triggered.connect(self._run_action)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._show_page)
        self._show_page()

    @property
    def running(self) -> int:
        """Number of running jobs."""
        return sum(job.state is JobState.RUNNING for job in self._model.jobs())

    @property
    def failed(self) -> int:
        """Number of listed jobs that failed."""
        return sum(job.state is JobState.FAILED for job in self._model.jobs())

    @Slot()
    def _show_page(self) -> None:
        self._pages.setCurrentWidget(self.view if self._model.rowCount() else self.notice)

    @Slot(object, str)
    def _run_action(self, job: Job, action: str) -> None:
        if action == STOP:
            self.stop_requested.emit(job)
        elif action == RETRY:
            job.retry()
        elif action == UNDO:
            self.undo_requested.emit(job)
        elif action == ERRORS:
            ErrorsDialog(job, self).show()
        elif action == SHOW:
            self.files_requested.emit(job.shown_publish_id)
        elif action == REPORT:
            job.save_report()
        elif action == RUN_AGAIN:
            job.repeat()
        elif action == LOG:
            LogDialog(job, self).show()
        else:
            QGuiApplication.clipboard().setText(job.report)
            self.message.emit(strings.ERROR_COPIED)
