"""The preview: the picture of the selected file between its tools and its figures."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from exr_inspector_app.gui.preview.canvas import Canvas
from exr_inspector_app.gui.preview.display_transform import DisplayTransform, ViewSettings
from exr_inspector_app.gui.preview.exposure_panel import ExposurePanel
from exr_inspector_app.gui.preview.frame_strip import FrameStrip
from exr_inspector_app.gui.preview.frames import Frames
from exr_inspector_app.gui.preview.level_selector import LevelSelector
from exr_inspector_app.gui.preview.pixel_readout import PixelReadout
from exr_inspector_app.gui.preview.preview_job import PreviewState
from exr_inspector_app.gui.preview.toolbar import FIT, PreviewToolbar
from exr_inspector_app.text.escape import escape_control

REST_MS = 120  # after which the probe has come to rest
PATIENCE_MS = 250  # before it is said that a picture is on its way


class PreviewPane(QWidget):
    """Shows what `show` is told; the signals tell what a person wants instead."""

    layer_chosen = Signal(object)  # Layer
    level_chosen = Signal(object)  # (across, down)
    frame_wanted = Signal(object)  # Entry
    pixel_wanted = Signal(int, int)  # the probe has come to rest here

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        self._look = ViewSettings()
        self._shown = PreviewState()
        self.bar, self.canvas, self.readout = PreviewToolbar(), Canvas(), PixelReadout()
        self.levels, self.strip, self.grade = LevelSelector(), FrameStrip(), ExposurePanel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.levels)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.readout)
        for below in (self.strip, self.grade):
            column.addWidget(_hairline())
            column.addWidget(below)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(PATIENCE_MS)
        self._wait.timeout.connect(self._say_loading)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._rested)
        self._connect()
        self.strip.show_frames(Frames(), None)
        self.show_picture(PreviewState())

    def _connect(self) -> None:
        self.bar.layer_chosen.connect(self.layer_chosen)
        self.levels.chosen.connect(self.level_chosen)
        self.bar.shown_changed.connect(lambda shown: self._change(replace(self._look, shown=shown)))
        self.bar.display_chosen.connect(self._display)
        self.bar.zoom_chosen.connect(self._zoom)
        self.bar.odd.toggled.connect(self._mark)
        self.bar.windows.toggled.connect(self._mark)
        self.canvas.probed.connect(self._probe)
        self.canvas.zoomed.connect(lambda: self.bar.show_zoom(self.canvas.is_fitted, self.canvas.percent))
        self.canvas.stepped.connect(self.strip.step)
        self.strip.wanted.connect(self.frame_wanted)
        self.grade.changed.connect(self._grade)

    @Slot(object)
    def show_picture(self, shown: PreviewState) -> None:
        """A picture, one on its way, or why there is none."""
        is_new = shown.prepared is not self._shown.prepared
        self._shown = shown
        self.bar.show_layers(shown.layers, shown.layer)
        self.levels.show_levels(shown.levels, shown.level)
        if is_new or shown.prepared is None:
            part = shown.part
            aspect = part.pixel_aspect_ratio if part and part.pixel_aspect_ratio else 1.0
            self.canvas.show_picture(shown.prepared, aspect if 0.05 < aspect < 20 else 1.0)
            self.readout.show_picture(shown.prepared, part)
            self.readout.show_probe(self.canvas.probe)
            self._rest.start()
            self.grade.histogram.show_picture(shown.prepared)
        self.canvas.say(*_words(shown))
        if shown.is_loading:
            self._wait.start()
        else:
            self._wait.stop()
            self.canvas.be_busy(shown.prepared.picture.warning if shown.prepared else "")
            self.strip.shown()

    @Slot(int, int)
    def _probe(self, x: int, y: int) -> None:
        self.readout.show_probe((x, y))
        self._rest.start()

    @Slot()
    def _rested(self) -> None:
        """A picture that was made smaller does not tell the file's own numbers at the probe."""
        if self.canvas.probe is not None:
            self.pixel_wanted.emit(*self.canvas.probe)

    def show_frames(self, frames: Frames) -> None:
        """The frames of the selected row."""
        self.strip.show_frames(frames, self._shown.entry)

    @Slot()
    def _say_loading(self) -> None:
        name = self._shown.entry.path.replace("\\", "/").rpartition("/")[2] if self._shown.entry else ""
        self.canvas.be_busy(f"Loading {escape_control(name)[:80]}" if self._shown.prepared else "")

    @Slot(object)
    def _display(self, display: DisplayTransform) -> None:
        self._change(replace(self._look, display=display))

    @Slot(float, float, bool)
    def _grade(self, exposure: float, gamma: float, is_dragging: bool) -> None:
        self._change(replace(self._look, exposure=exposure, gamma=gamma), is_dragging)

    def _change(self, look: ViewSettings, is_dragging: bool = False) -> None:
        self._look = look
        self.canvas.show_look(look, is_dragging)
        self.readout.show_look(look)

    @Slot(object)
    def _zoom(self, chosen: object) -> None:
        if chosen == FIT or not isinstance(chosen, float):
            self.canvas.fit()
        else:
            self.canvas.set_percent(chosen)

    @Slot()
    def _mark(self) -> None:
        self.canvas.shows_odd = self.bar.odd.isChecked()
        self.canvas.shows_windows = self.bar.windows.isChecked()
        self.canvas.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the picture; each has its control."""
        canvas, exposure = self.canvas, self.grade.exposure
        slots = {
            Qt.Key.Key_F: canvas.fit,
            Qt.Key.Key_1: lambda: canvas.set_percent(100),
            Qt.Key.Key_Plus: lambda: canvas.zoom(1),
            Qt.Key.Key_Equal: lambda: canvas.zoom(1),
            Qt.Key.Key_Minus: lambda: canvas.zoom(-1),
            Qt.Key.Key_N: self.bar.odd.toggle,
            Qt.Key.Key_W: self.bar.windows.toggle,
            Qt.Key.Key_PageDown: lambda: self.levels.step(1),
            Qt.Key.Key_PageUp: lambda: self.levels.step(-1),
            Qt.Key.Key_Space: self.strip.play.toggle,
            Qt.Key.Key_Home: lambda: self.strip.step_to(0),
            Qt.Key.Key_End: lambda: self.strip.step_to(-1),
            Qt.Key.Key_BracketLeft: lambda: exposure.set(exposure.value - 0.5),
            Qt.Key.Key_BracketRight: lambda: exposure.set(exposure.value + 0.5),
            Qt.Key.Key_Backspace: self.reset_look,
        }
        slot = slots.get(Qt.Key(event.key()))
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        elif event.text().upper() in tuple("RGBA"):
            self.bar.solo(event.text().upper())
        elif slot is not None:
            slot()
        else:
            super().keyPressEvent(event)

    def reset_look(self) -> None:
        """Exposure and gamma as they were."""
        self.grade.exposure.reset()
        self.grade.gamma.reset()


def _words(shown: PreviewState) -> tuple[str, str, str]:
    """What is said in place of a picture: glyph, title, sentence."""
    if shown.failure:
        return "failed", "No picture", shown.failure
    if shown.entry is None:
        return "image", "No file selected", "Select a file in the session to see its picture."
    if shown.is_loading:
        return "image", "Loading", "The picture is being read."
    if shown.prepared is None:
        unread = "Not enough of this file's header could be read to decode its pixels."
        return "warning", "No picture", escape_control(shown.entry.unreached) or unread
    return "image", "", ""


def _hairline() -> QFrame:
    line = QFrame()
    line.setProperty("hairline", "true")
    return line
