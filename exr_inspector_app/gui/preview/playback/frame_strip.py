"""Frame strip: playback buttons, frame number, frame rate, and the track of the frames."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QIntValidator, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.playback.frame_track import FrameTrack
from exr_inspector_app.gui.preview.playback.frames import Frames
from exr_inspector_app.gui.preview.playback.playback_clock import DEFAULT_RATE, FRAME_RATES, FrameRange, PlaybackClock
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.widgets.buttons import make_icon_button
from exr_inspector_app.gui.widgets.dropdown import Dropdown

HEIGHT = 36  # px
MIN_FULL_WIDTH = 560  # px; a narrower strip has no buttons for first and last frame, in and out point


class FrameStrip(QWidget):
    """Strip of a sequence's frames; emits `frame_requested` with the file of the frame to show."""

    frame_requested = Signal(object)  # SessionFile

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a strip without frames."""
        super().__init__(parent)
        self.setProperty("pane", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._frames = Frames()
        self._entry: SessionFile | None = None
        self._range: FrameRange | None = None  # that the user has chosen
        self._clock: PlaybackClock | None = None  # while frames are played
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
        self.rate = Dropdown("", strings.FRAME_RATE, (64, 84))
        self.rate.setToolTip(strings.FRAME_RATE_TOOLTIP)
        self.rate.set_options([("", [(rate, strings.frame_rate(rate)) for rate in FRAME_RATES])])
        self.rate.setCurrentIndex(FRAME_RATES.index(DEFAULT_RATE))
        self.in_point = _make_toggle(strings.IN_POINT, strings.IN_TOOLTIP)
        self.out_point = _make_toggle(strings.OUT_POINT, strings.OUT_TOOLTIP)
        self.dropped = QLabel()
        self.dropped.setProperty("rank", "2")
        self.dropped.setFont(theme.ui_font(12))
        self.dropped.setToolTip(strings.DROPPED_TOOLTIP)
        self.dropped.hide()
        self.track = FrameTrack()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._play_next)
        self.first.clicked.connect(lambda: self.step_to(0))
        self.last.clicked.connect(lambda: self.step_to(-1))
        self.play.toggled.connect(self._on_play_toggled)
        self.rate.option_selected.connect(self._restart)
        self.in_point.clicked.connect(self.toggle_in_point)
        self.out_point.clicked.connect(self.toggle_out_point)
        self.number.returnPressed.connect(self._on_number_entered)
        self.track.number_requested.connect(self._go_to)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(4)
        for button in (self.first, self.play, self.last):
            row.addWidget(button)
        row.addSpacing(4)
        row.addWidget(self.number)
        row.addSpacing(12)
        row.addWidget(self.track, 1)
        row.addSpacing(8)
        row.addWidget(self.dropped)
        for control in (self.in_point, self.out_point, self.rate):
            row.addWidget(control)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the room of a narrow strip to the track; the keys of the buttons remain."""
        super().resizeEvent(event)
        for button in (self.first, self.last, self.in_point, self.out_point):
            button.setVisible(event.size().width() >= MIN_FULL_WIDTH)

    def show_frames(self, frames: Frames, entry: SessionFile | None) -> None:
        """Show frames and the current one; the strip is hidden for fewer than two frames."""
        is_other = frames.numbers != self._frames.numbers
        self._frames, self._entry = frames, entry
        number = frames.number_of(entry)
        self.setVisible(len(frames.numbers) > 1)
        self.number.setText("" if number is None else str(number))
        self.track.show_frames(frames, number)
        if is_other:
            self.dropped.hide()
            self.set_range(None)
        if len(frames.numbers) < 2:
            self.play.setChecked(False)

    def show_cached(self, cached: Sequence[bool]) -> None:
        """Mark the frames that are in memory: one value per frame."""
        self.track.show_cached(cached)

    @property
    def is_playing(self) -> bool:
        """True while frames are played."""
        return self.play.isChecked()

    @property
    def upcoming(self) -> list[SessionFile]:
        """The other frames, in the order in which they are shown next: those of the range, from the current one on."""
        frames, entries = self._played_range, self._frames.entries
        if self._entry not in entries or not entries:
            return []
        played = list(entries[frames.first : frames.last + 1])
        index = entries.index(self._entry) - frames.first
        start = index + 1 if 0 <= index < len(played) else 0
        return [entry for entry in (*played[start:], *played[:start]) if entry is not self._entry]

    def step(self, steps: int) -> None:
        """Go forward by frames, or back if negative, wrapping around."""
        self._request(self._frames.step(self._entry, steps))

    def step_to(self, index: int) -> None:
        """Go to the frame at an index: 0 is the first, -1 the last."""
        if self._frames.entries:
            self._request(self._frames.entries[index])

    @Slot()
    def toggle_in_point(self) -> None:
        """Play from the current frame on, or from the first one again."""
        index, frames = self._index, self._played_range
        if index is not None:
            is_set = self._range is not None and index == frames.first
            last = frames.last if frames.last >= index else self._whole_range.last
            self.set_range(FrameRange(0 if is_set else index, last))

    @Slot()
    def toggle_out_point(self) -> None:
        """Play up to the current frame, or up to the last one again."""
        index, frames = self._index, self._played_range
        if index is not None:
            is_set = self._range is not None and index == frames.last
            first = frames.first if frames.first <= index else 0
            self.set_range(FrameRange(first, self._whole_range.last if is_set else index))

    def set_range(self, frames: FrameRange | None) -> None:
        """Play some frames, None for all."""
        self._range = None if frames == self._whole_range else frames
        self.in_point.setChecked(self._range is not None and self._range.first > 0)
        self.out_point.setChecked(self._range is not None and self._range.last < self._whole_range.last)
        self.track.show_range(self._range)
        self._restart()

    @property
    def _whole_range(self) -> FrameRange:
        return FrameRange(0, len(self._frames.entries) - 1)

    @property
    def _index(self) -> int | None:
        """Index of the current frame."""
        return self._frames.entries.index(self._entry) if self._entry in self._frames.entries else None

    @property
    def _played_range(self) -> FrameRange:
        return self._range or self._whole_range

    def schedule_next(self) -> None:
        """Start the timer of the next frame during playback; call it when a frame is shown."""
        if self._clock is None:
            return
        self.dropped.setVisible(self._clock.dropped > 0)
        self.dropped.setText(strings.dropped_frames(self._clock.dropped))
        self._timer.start(round(1000 * self._clock.seconds_to_next))

    def _request(self, entry: SessionFile | None) -> None:
        if entry is not None and entry is not self._entry:
            self.frame_requested.emit(entry)

    @Slot()
    def _play_next(self) -> None:
        if self._clock is None or not self.isVisible() or not self._frames.entries:
            return
        entry = self._frames.entries[self._clock.advance()]
        if entry is self._entry:  # the only frame of the range
            self.schedule_next()
        else:
            self._request(entry)

    @Slot(bool)
    def _on_play_toggled(self, is_playing: bool) -> None:
        self.play.setIcon(icons.icon("stop" if is_playing else "play"))
        self.play.setAccessibleName(strings.STOP_PLAYING if is_playing else strings.PLAY)
        self._clock = None
        self._timer.stop()
        if is_playing:
            self.dropped.hide()
            self._restart(is_playing=True)

    @Slot()
    def _restart(self, _rate: object = None, *, is_playing: bool = False) -> None:
        """Restart the clock while frames are played: the rate or the range has changed."""
        if self._frames.entries and (is_playing or self._clock is not None):
            index = self._index
            rate = FRAME_RATES[max(self.rate.currentIndex(), 0)]
            self._clock = PlaybackClock(self._played_range, -1 if index is None else index, rate)
            self._timer.start(round(1000 * self._clock.seconds_to_next))

    @Slot()
    def _on_number_entered(self) -> None:
        self._request(self._frames.find_nearest(int(self.number.text() or 0)))

    @Slot(object)
    def _go_to(self, number: Frame) -> None:
        self._request(self._frames.find_nearest(number))


def _make_toggle(text: str, tooltip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setAccessibleName(tooltip.partition(";")[0])
    button.setToolTip(tooltip)
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
