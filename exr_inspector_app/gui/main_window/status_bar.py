"""The status bar: what runs or what came of it at the left, the targets at the right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from exr_inspector_app.contracts import Progress
from exr_inspector_app.gui.activity.job_model import Job, JobState, format_rate
from exr_inspector_app.gui.publish.target_label import TargetLabel
from exr_inspector_app.gui.publish.targets import Target
from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button

_GLYPHS = {JobState.DONE: ("done", "ok"), JobState.FAILED: ("failed", "err"), JobState.STOPPED: ("info", "t2")}
_DOING = {
    "inspect": "Inspecting {} of {}", "publish": "Publishing {} of {}", "preview": "Picturing {} of {}",
    "reembed": "Computing {} of {} anew", "compare": "Comparing {} of {} rows",
    "read": "Reading {} of {} files", "measure": "Measuring {} of {}",
}  # fmt: skip


class StatusBar(QWidget):
    """Progress in the order bar, count, rate and time left, Stop; a result takes the same place."""

    stop_wanted = Signal()
    undo_wanted = Signal()
    show_wanted = Signal()
    target_wanted = Signal(str)  # where: the place a person pointed at

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(28)
        self._mark = _Mark()
        self._words, self._rate = QLabel("Ready. No files in this session."), QLabel()
        self._words.setFont(theme.ui_font(12, theme.MEDIUM))
        self._rate.setProperty("rank", "2")
        self._bar = QProgressBar()
        self._bar.setFixedWidth(144)
        self._bar.setTextVisible(False)
        self._stop = make_button("Stop", "stop", "ghost", height=BAR_HEIGHT)
        self._undo = make_button("Undo", "undo", "ghost", height=BAR_HEIGHT)
        self._show = make_button("Show", "", "ghost", height=BAR_HEIGHT)
        self._places = {where: TargetLabel(where) for where in ("vast", "local")}
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(10)
        for one in (self._mark, self._words, self._bar, self._rate, self._stop, self._undo, self._show):
            row.addWidget(one)
        row.addStretch()
        for place in self._places.values():
            row.addWidget(place)
            place.chosen.connect(self.target_wanted)
        for label in (self._words, self._rate):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._stop.clicked.connect(self.stop_wanted)
        self._undo.clicked.connect(self.undo_wanted)
        self._show.clicked.connect(self.show_wanted)
        self._arrange(False)

    @property
    def words(self) -> str:
        """What the bar says."""
        return self._words.text()

    @Slot(object)
    def show_progress(self, progress: Progress) -> None:
        """A job that runs."""
        self._mark.set("activity", "t2")
        self._words.setText(_DOING[progress.what].format(f"{progress.done:,}", f"{progress.total:,}"))
        self._bar.setRange(0, max(progress.total, 1))
        self._bar.setValue(progress.done)
        self._rate.setText(format_rate(progress))
        self._arrange(True)

    @Slot(object)
    def show_result(self, job: Job) -> None:
        """What came of a job; a publish can be undone from here."""
        if not job.result:
            return
        self._mark.set(*_GLYPHS.get(job.state, ("info", "t2")))
        self._words.setText(job.result)
        self._arrange(False)
        self._undo.setVisible(job.action == "Undo")
        self._show.setVisible(job.state is JobState.FAILED)

    def say(self, words: str) -> None:
        """A sentence on something small that was done."""
        self._mark.set("info", "t2")
        self._words.setText(words)
        self._arrange(False)

    def show_target(self, target: Target, is_chosen: bool) -> None:
        """A target with its health and size; the chosen one stands out."""
        self._places[target.where].show_target(target, is_chosen)

    def _arrange(self, runs: bool) -> None:
        for one in (self._bar, self._rate, self._stop):
            one.setVisible(runs)
        for other in (self._undo, self._show):
            other.setVisible(False)


class _Mark(QWidget):
    """The glyph before the words."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(16, 16)
        self._glyph, self._token = "info", "t2"

    def set(self, glyph: str, token: str) -> None:
        self._glyph, self._token = glyph, token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        icons.paint(painter, self._glyph, QRectF(0, 0, 16, 16), self._token)
        painter.end()
