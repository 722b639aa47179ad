"""Frame strip: playback buttons, frame number, and a track that marks missing and damaged frames."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QIntValidator, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.frames import Frames
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.paint.hatch import paint_hatch
from exr_inspector_app.gui.widgets.buttons import make_icon_button

HEIGHT = 36  # px
FRAME_INTERVAL_MS = 1000 // 24  # of playback, if decoding keeps up


class FrameStrip(QWidget):
    """Strip of a sequence's frames; emits `frame_requested` with the file of the frame to show."""

    frame_requested = Signal(object)  # SessionFile

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._frames = Frames()
        self._entry: SessionFile | None = None
        self.first = make_icon_button("first", strings.FIRST_FRAME)
        self.play = make_icon_button("play", strings.PLAY)
        self.last = make_icon_button("last", strings.LAST_FRAME)
        self.first.setToolTip(strings.with_shortcut(strings.FIRST_FRAME, "Home"))
        self.play.setToolTip(strings.PLAY_TOOLTIP)
        self.last.setToolTip(strings.with_shortcut(strings.LAST_FRAME, "End"))
        self.play.setCheckable(True)
        self.number = QLineEdit()
        self.number.setFixedWidth(52)
        self.number.setStyleSheet("QLineEdit { min-height: 22px; padding: 0 6px; }")
        self.number.setValidator(QIntValidator(self))
        self.number.setAccessibleName(strings.FRAME)
        self.number.setToolTip(strings.FRAME_TOOLTIP)
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
        self._timer.timeout.connect(self._play_next)
        self.first.clicked.connect(lambda: self.step_to(0))
        self.last.clicked.connect(lambda: self.step_to(-1))
        self.play.toggled.connect(self._on_play_toggled)
        self.number.returnPressed.connect(self._on_number_entered)
        self.track.number_requested.connect(self._go_to)

    def show_frames(self, frames: Frames, entry: SessionFile | None) -> None:
        """Show frames and the current one; the strip is hidden for fewer than two frames."""
        self._frames, self._entry = frames, entry
        number = frames.number_of(entry)
        self.setVisible(len(frames.numbers) > 1)
        self.number.setText("" if number is None else str(number))
        self.track.show_frames(frames, number)
        if len(frames.numbers) < 2:
            self.play.setChecked(False)

    def step(self, steps: int) -> None:
        """Go forward by frames, or back if negative, wrapping around."""
        self._request(self._frames.step(self._entry, steps))

    def step_to(self, index: int) -> None:
        """Go to the frame at an index: 0 is the first, -1 the last."""
        if self._frames.entries:
            self._request(self._frames.entries[index])

    def schedule_next(self) -> None:
        """Start the timer of the next frame during playback; call it when a frame is shown."""
        if self.play.isChecked():
            self._timer.start()

    def _request(self, entry: SessionFile | None) -> None:
        if entry is not None and entry is not self._entry:
            self.frame_requested.emit(entry)

    @Slot()
    def _play_next(self) -> None:
        if self.play.isChecked() and self.isVisible():
            self.step(1)

    @Slot(bool)
    def _on_play_toggled(self, is_playing: bool) -> None:
        self.play.setIcon(icons.icon("stop" if is_playing else "play"))
        self.play.setAccessibleName(strings.STOP_PLAYING if is_playing else strings.PLAY)
        if is_playing:
            self._play_next()
        else:
            self._timer.stop()

    @Slot()
    def _on_number_entered(self) -> None:
        self._request(self._frames.find_nearest(int(self.number.text() or 0)))

    @Slot(object)
    def _go_to(self, number: Frame) -> None:
        self._request(self._frames.find_nearest(number))


class _FrameTrack(QWidget):
    """Track from the first to the last frame; a click or drag emits `number_requested`."""

    number_requested = Signal(object)  # Frame

    def __init__(self) -> None:
        super().__init__()
        self._frames = Frames()
        self._number: Frame | None = None
        self.setMinimumWidth(80)
        self.setAccessibleName(strings.FRAMES)

    def show_frames(self, frames: Frames, number: Frame | None) -> None:
        """Show frames, with the current one marked."""
        self._frames, self._number = frames, number
        missing = int(self._span()[1]) - int(self._span()[0]) + 1 - len({int(frame) for frame in frames.numbers})
        self.setToolTip(strings.frame_summary(len(frames.damaged), len(frames.unusual), missing))
        self.setAccessibleDescription(self.toolTip())
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._seek(event.position().x())

    def _seek(self, x: float) -> None:
        groove = self._groove()
        first, last = self._span()
        share = min(max((x - groove.left()) / max(groove.width(), 1), 0), 1)
        self.number_requested.emit(round(first + share * (last - first)))

    def _span(self) -> tuple[Frame, Frame]:
        numbers = self._frames.numbers
        return (numbers[0], numbers[-1]) if numbers else (0, 0)

    def _groove(self) -> QRectF:
        label = 12 + 8.0 * len(str(self._span()[1]))
        return QRectF(4, self.height() / 2 - 2, max(self.width() - label - 12, 20), 4)

    def _x(self, number: Frame) -> float:
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
