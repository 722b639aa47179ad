"""Status bar: the running job or the last result at the left, the publish targets at the right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QWidget

from exr_inspector_app.contracts import Progress
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.publish.target_label import TargetLabel
from exr_inspector_app.gui.publish.target_state import Target
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.tasks.job import Job, JobState
from exr_inspector_app.gui.tasks.strings import RETRY, UNDO, format_rate
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button

FULL_WIDTH = 1120  # px below which targets fold to their names or marks
_GLYPHS = {JobState.DONE: ("done", "ok"), JobState.FAILED: ("failed", "err"), JobState.STOPPED: ("info", "t2")}


class StatusBar(QWidget):
    """Bar with progress, rate and Stop while a job runs; a result or a message takes the same place."""

    stop_requested = Signal()
    undo_requested = Signal()
    activity_requested = Signal()
    retry_requested = Signal(object)  # Job
    target_requested = Signal(str)  # where

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(28)
        self._mark = _Mark()
        self._text, self._rate = _ElidedText(), _ElidedText()
        self._text.setText(strings.READY)
        self._text.setFont(theme.ui_font(12, theme.MEDIUM))
        self._rate.setProperty("rank", "2")
        self._rate.setFont(theme.ui_font(12))
        self.progress_bar = QProgressBar()
        self.progress_bar.setMinimumWidth(64)
        self.progress_bar.setMaximumWidth(144)
        self.progress_bar.setTextVisible(False)
        self.stop = make_button(strings.STOP, "stop", "ghost", height=BAR_HEIGHT)
        self._undo = make_button(strings.UNDO, "undo", "ghost", height=BAR_HEIGHT)
        self.retry = make_button("", "refresh", "ghost", height=BAR_HEIGHT)
        self._job: Job | None = None  # whose start or result is shown
        self._show = make_button(strings.SHOW, "", "ghost", height=BAR_HEIGHT)
        self.targets = {where: TargetLabel(where) for where in ("vast", "local")}
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(10)
        for widget in (
            self._mark,
            self._text,
            self.progress_bar,
            self._rate,
            self.stop,
            self.retry,
            self._undo,
            self._show,
        ):
            row.addWidget(widget)
        row.addStretch()
        for target_label in self.targets.values():
            row.addWidget(target_label)
            target_label.target_requested.connect(self.target_requested)
        self.stop.clicked.connect(self.stop_requested)
        self._undo.clicked.connect(self.undo_requested)
        self._show.clicked.connect(self.activity_requested)
        self.retry.clicked.connect(self._request_retry)
        self._arrange(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the targets in a narrow window."""
        super().resizeEvent(event)
        for label in self.targets.values():
            label.set_folded(self.width() < FULL_WIDTH)

    @property
    def text(self) -> str:
        """The text at the left."""
        return self._text.text()

    @Slot(object)
    def show_started(self, job: Job) -> None:
        """Show a job at once, with Stop, although its first progress may take seconds."""
        if job.is_running:
            self._job = job
            self._mark.show_icon("activity", "t2")
            self._text.setText(f"{job.title}…")
            self.progress_bar.setRange(0, max(job.total, 1))
            self.progress_bar.setValue(0)
            self._rate.setText("")
            self._arrange(True)
            self.stop.setVisible(job.is_cancellable)

    @Slot(object)
    def show_changed(self, job: Job) -> None:
        """Show the reason why a job waits, and the end of a job whose result is not announced."""
        if job is not self._job:
            return
        if job.is_running:
            self._rate.setText(job.figures)
        elif job.is_quiet or job.state is JobState.STOPPED:
            self.show_message(job.result)

    @Slot(object)
    def show_progress(self, progress: Progress) -> None:
        """Show the progress of a running job."""
        self._mark.show_icon("activity", "t2")
        self._text.setText(strings.PROGRESS[progress.what].format(f"{progress.done:,}", f"{progress.total:,}"))
        self.progress_bar.setRange(0, max(progress.total, 1))
        self.progress_bar.setValue(progress.done)
        self._rate.setText(format_rate(progress))
        self._arrange(True)

    @Slot(object)
    def show_result(self, job: Job) -> None:
        """Show the result of a job, with Undo after a publish."""
        if not job.result:
            return
        self._mark.show_icon(*_GLYPHS.get(job.state, ("info", "t2")))
        self._text.setText(job.result)
        self._arrange(False)
        self._job = job
        self._undo.setVisible(UNDO in job.actions)
        self.retry.setVisible(RETRY in job.actions)
        self.retry.setText(job.action_text(RETRY))
        self._show.setVisible(job.state is JobState.FAILED)

    @Slot(str)
    def show_message(self, message: str) -> None:
        """Show a sentence."""
        self._mark.show_icon("info", "t2")
        self._text.setText(message)
        self._arrange(False)

    def show_target(self, target: Target, *, is_chosen: bool) -> None:
        """Show a target with its health and size; the chosen one is highlighted."""
        self.targets[target.where].show_target(target, is_chosen)

    @Slot()
    def _request_retry(self) -> None:
        if self._job is not None:
            self.retry_requested.emit(self._job)

    def _arrange(self, is_running: bool) -> None:
        for widget in (self.progress_bar, self._rate, self.stop):
            widget.setVisible(is_running)
        for button in (self.retry, self._undo, self._show):
            button.setVisible(False)


class _ElidedText(QLabel):
    """Label that is elided at its end where it does not fit; its tooltip holds the whole text then."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """Return the size of the whole text."""
        return QSize(round(self._advance()) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return a small width, so that buttons and targets keep theirs."""
        return QSize(min(40, self.sizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, elided."""
        self.setToolTip(self.text() if self._advance() > self.width() else "")
        painter = QPainter(self)
        token = "t2" if self.property("rank") else "t1"
        paint.text(painter, QRectF(self.rect()), self.text(), self.font(), token)
        painter.end()

    def _advance(self) -> float:
        return QFontMetricsF(self.font()).horizontalAdvance(self.text())


class _Mark(QWidget):
    """Icon before the text."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(16, 16)
        self._glyph, self._token = "info", "t2"

    def show_icon(self, glyph: str, token: str) -> None:
        self._glyph, self._token = glyph, token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        icons.paint(painter, self._glyph, QRectF(0, 0, 16, 16), self._token)
        painter.end()
