"""Frame track: line from the first to the last frame with marks of missing, damaged, cached and played frames."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.playback.frames import Frames
from exr_inspector_app.gui.preview.playback.playback_clock import FrameRange
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.style.paint.hatch import paint_hatch

_CACHE_OFFSET, _CACHE_HEIGHT = 9, 2  # px below the middle of the track


class FrameTrack(QWidget):
    """Track from the first to the last frame; a click or drag emits `number_requested`."""

    number_requested = Signal(object)  # Frame

    def __init__(self) -> None:
        """Create a track without frames."""
        super().__init__()
        self._frames = Frames()
        self._number: Frame | None = None
        self._cached: Sequence[bool] = ()  # for each frame
        self._range: FrameRange | None = None
        self.setMinimumWidth(80)
        self.setAccessibleName(strings.FRAMES)

    def show_frames(self, frames: Frames, number: Frame | None) -> None:
        """Show frames, with the current one marked."""
        if frames.numbers != self._frames.numbers:
            self._cached = ()
        self._frames, self._number = frames, number
        self._describe()

    def show_cached(self, cached: Sequence[bool]) -> None:
        """Mark the frames that are in memory: one value per frame."""
        if list(cached) != list(self._cached):
            self._cached = cached
            self._describe()

    def show_range(self, frames: FrameRange | None) -> None:
        """Show the frames that are played, None for all."""
        self._range = frames
        self._describe()

    def _describe(self) -> None:
        frames = self._frames
        missing = int(self._span()[1]) - int(self._span()[0]) + 1 - len({int(frame) for frame in frames.numbers})
        facts = [strings.frame_summary(len(frames.damaged), len(frames.unusual), missing)]
        if self._range is not None:
            facts.append(strings.played_range(frames.numbers[self._range.first], frames.numbers[self._range.last]))
        self.setToolTip(", ".join(filter(None, facts)))
        facts.append(strings.cached_frames(sum(self._cached), len(frames.numbers)))
        self.setAccessibleDescription(", ".join(filter(None, facts)))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the frame under the pointer."""
        self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go to the frame under the pointer."""
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
        """Paint the groove, its marks, and the number of the last frame."""
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
        self._paint_cached(painter, groove)
        for before, after in zip(self._frames.numbers, self._frames.numbers[1:], strict=False):
            if after - before > 1:
                left, right = self._x(before) + 1, self._x(after) - 1
                gap = QRectF(left, groove.top() - 3, max(right - left, 2), groove.height() + 6)
                paint_hatch(painter, gap, t.color("panel"), t.color("t3"))
        for numbers, token in ((self._frames.unusual, "warn"), (self._frames.damaged, "err")):
            for number in numbers:
                mark = QRectF(self._x(number) - 1.5, groove.top() - 2, 3, groove.height() + 4)
                painter.fillRect(mark, t.color(token))
        self._paint_range(painter, groove)
        if self._number is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(t.color("err" if self._number in self._frames.damaged else "t1"))
            painter.drawRoundedRect(QRectF(self._x(self._number) - 2, groove.top() - 6, 4, groove.height() + 12), 2, 2)
        room = QRectF(groove.right() + 8, 0, self.width() - groove.right() - 8, self.height())
        paint.text(painter, room, str(self._span()[1]), theme.mono_font(12), "t3", "right")
        painter.end()

    def _paint_cached(self, painter: QPainter, groove: QRectF) -> None:
        """Paint a line below the frames that are in memory; each takes the room halfway to its neighbors."""
        numbers, y = self._frames.numbers, groove.center().y() + _CACHE_OFFSET
        for index, (number, is_cached) in enumerate(zip(numbers, self._cached, strict=False)):
            if is_cached:
                left = (self._x(numbers[max(index - 1, 0)]) + self._x(number)) / 2
                right = (self._x(number) + self._x(numbers[min(index + 1, len(numbers) - 1)])) / 2
                painter.fillRect(QRectF(left, y, max(right - left, 1), _CACHE_HEIGHT), theme.tokens().color("accent"))

    def _paint_range(self, painter: QPainter, groove: QRectF) -> None:
        """Paint brackets around the frames that are played."""
        if self._range is None:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.tokens().color("accent"))
        for index, direction in ((self._range.first, 1), (self._range.last, -1)):
            x = self._x(self._frames.numbers[index]) - 1 - 2 * direction
            painter.drawRect(QRectF(x, groove.top() - 7, 2, groove.height() + 14))
            for y in (groove.top() - 7, groove.bottom() + 5):
                painter.drawRect(QRectF(x if direction > 0 else x - 3, y, 5, 2))
