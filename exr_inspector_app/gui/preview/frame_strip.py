"""The frames of a sequence: first, play, last, the number, and a track that shows what is missing or damaged."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QIntValidator, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from exr_inspector_app.gui.preview.frames import Frames
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.paint.hatch import paint_hatch
from exr_inspector_app.gui.widgets.buttons import make_icon_button

HEIGHT = 36
FRAME_INTERVAL_MS = 1000 // 24  # between two frames while they are played, if decoding keeps up


class FrameStrip(QWidget):
    """`wanted` tells the entry of the frame that a person goes to."""

    frame_requested = Signal(object)  # Entry

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._frames = Frames()
        self._entry: SessionFile | None = None
        self.first = make_icon_button("first", "First frame")
        self.play = make_icon_button("play", "Play")
        self.last = make_icon_button("last", "Last frame")
        self.first.setToolTip("First frame  Home")
        self.play.setToolTip("Play or stop  Space")
        self.last.setToolTip("Last frame  End")
        self.play.setCheckable(True)
        self.number = QLineEdit()
        self.number.setFixedWidth(52)
        self.number.setStyleSheet("QLineEdit { min-height: 22px; padding: 0 6px; }")
        self.number.setValidator(QIntValidator(self))
        self.number.setAccessibleName("Frame")
        self.number.setToolTip("Frame; Enter goes to the nearest one there is")
        self.track = _FrameTrack()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(4)
        for button in (self.first, self.play, self.last):
            row.addWidget(button)
        row.addSpacing(4)
        row.addWidget(self.number)
        row.addSpacing(12)
        row.addWidget(self.track, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FRAME_INTERVAL_MS)
        self._timer.timeout.connect(self._next)
        self.first.clicked.connect(lambda: self.step_to(0))
        self.last.clicked.connect(lambda: self.step_to(-1))
        self.play.toggled.connect(self._played)
        self.number.returnPressed.connect(self._typed)
        self.track.frame_requested.connect(self._sought)

    def show_frames(self, frames: Frames, entry: SessionFile | None) -> None:
        """These frames, and the one that is looked at; hidden where there are fewer than two."""
        self._frames, self._entry = frames, entry
        number = frames.number_of(entry)
        self.setVisible(len(frames.numbers) > 1)
        self.number.setText("" if number is None else str(number))
        self.track.show_frames(frames, number)
        if len(frames.numbers) < 2:
            self.play.setChecked(False)

    def step(self, steps: int) -> None:
        """Some frames on, round the ends."""
        self._want(self._frames.step(self._entry, steps))

    def step_to(self, place: int) -> None:
        """The first (0) or last (-1) frame."""
        if self._frames.entries:
            self._want(self._frames.entries[place])

    def shown(self) -> None:
        """The frame's picture is seen: while playing, the next one may come."""
        if self.play.isChecked():
            self._timer.start()

    def _want(self, entry: SessionFile | None) -> None:
        if entry is not None and entry is not self._entry:
            self.frame_requested.emit(entry)

    @Slot()
    def _next(self) -> None:
        if self.play.isChecked() and self.isVisible():
            self.step(1)

    @Slot(bool)
    def _played(self, is_on: bool) -> None:
        self.play.setIcon(icons.icon("stop" if is_on else "play"))
        self.play.setAccessibleName("Stop playing" if is_on else "Play")
        if is_on:
            self._next()
        else:
            self._timer.stop()

    @Slot()
    def _typed(self) -> None:
        self._want(self._frames.at(int(self.number.text() or 0)))

    @Slot(int)
    def _sought(self, number: int) -> None:
        self._want(self._frames.at(number))


class _FrameTrack(QWidget):
    """One line from the first to the last frame."""

    frame_requested = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._frames = Frames()
        self._number: int | None = None
        self.setMinimumWidth(80)
        self.setAccessibleName("Frames")

    def show_frames(self, frames: Frames, number: int | None) -> None:
        """These frames, one of them current."""
        self._frames, self._number = frames, number
        words = [f"{len(frames.damaged)} damaged"] if frames.damaged else []
        words += [f"{len(frames.unusual)} odd or unfinished"] if frames.unusual else []
        missing = self._span()[1] - self._span()[0] + 1 - len(frames.numbers)
        words += [f"{missing:,} missing"] if missing > 0 else []
        self.setToolTip(", ".join(words))
        self.setAccessibleDescription(self.toolTip())
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._seek(event.position().x())

    def _seek(self, x: float) -> None:
        groove = self._groove()
        first, last = self._span()
        part = min(max((x - groove.left()) / max(groove.width(), 1), 0), 1)
        self.frame_requested.emit(round(first + part * (last - first)))

    def _span(self) -> tuple[int, int]:
        numbers = self._frames.numbers
        return (numbers[0], numbers[-1]) if numbers else (0, 0)

    def _groove(self) -> QRectF:
        label = 12 + 8.0 * len(str(self._span()[1]))
        return QRectF(4, self.height() / 2 - 2, max(self.width() - label - 12, 20), 4)

    def _x(self, number: int) -> float:
        first, last = self._span()
        groove = self._groove()
        return groove.left() + groove.width() * (number - first) / max(last - first, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        groove = self._groove()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.color("ctl"))
        painter.drawRoundedRect(groove, 2, 2)
        if self._number is not None:
            painter.setBrush(t.color("t2"))
            painter.drawRoundedRect(QRectF(groove.topLeft(), QPointF(self._x(self._number), groove.bottom())), 2, 2)
        for before, after in zip(self._frames.numbers, self._frames.numbers[1:], strict=False):
            if after - before > 1:
                left, right = self._x(before) + 1, self._x(after) - 1
                gap = QRectF(left, groove.top() - 3, max(right - left, 2), groove.height() + 6)
                paint_hatch(painter, gap, t.color("panel"), t.color("t3"))
        for numbers, token in ((self._frames.unusual, "warn"), (self._frames.damaged, "err")):
            for number in numbers:
                mark = QRectF(self._x(number) - 1.5, groove.top() - 2, 3, groove.height() + 4)
                painter.fillRect(mark, t.color(token))
        if self._number is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(t.color("err" if self._number in self._frames.damaged else "t1"))
            painter.drawRoundedRect(QRectF(self._x(self._number) - 2, groove.top() - 6, 4, groove.height() + 12), 2, 2)
        room = QRectF(groove.right() + 8, 0, self.width() - groove.right() - 8, self.height())
        paint.text(painter, room, str(self._span()[1]), theme.mono_font(12), "t3", "right")
        painter.end()
