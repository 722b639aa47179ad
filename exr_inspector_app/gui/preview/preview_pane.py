"""Preview pane: canvas, toolbar, level selector, readout, frame strip, and exposure panel."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from exr_inspector_app.color.configuration import Configuration
from exr_inspector_app.color.file_space import choose_space
from exr_inspector_app.color.processor import DisplayChoice
from exr_inspector_app.exr.parser.part_color import part_space
from exr_inspector_app.exr.pixels.color_maps import ColorMap
from exr_inspector_app.exr.sequences.grouping import SequenceKey, sequence_member
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.canvas import Canvas
from exr_inspector_app.gui.preview.color.display_transform import (
    Background,
    ColorSettings,
    DisplayTransform,
    ViewSettings,
)
from exr_inspector_app.gui.preview.color.exposure_panel import ExposurePanel
from exr_inspector_app.gui.preview.level_selector import LevelSelector
from exr_inspector_app.gui.preview.playback.frame_strip import FrameStrip
from exr_inspector_app.gui.preview.playback.frames import Frames
from exr_inspector_app.gui.preview.preview_job import PreviewState
from exr_inspector_app.gui.preview.probe.pixel_readout import PixelReadout
from exr_inspector_app.gui.preview.probe.probe_area import ProbeArea
from exr_inspector_app.gui.preview.toolbar import FIT, PreviewToolbar
from exr_inspector_app.gui.preview.view_transform import shown_aspect
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.gui.widgets.rows import make_hairline, stack_rows
from exr_inspector_app.text.escape import escape_control

PROBE_DEBOUNCE_MS = 120  # before the exact values at the probe are requested
LOADING_DELAY_MS = 250  # before the loading status appears


class PreviewPane(QWidget):
    """Pane that shows a `PreviewState` and emits the user's requests."""

    layer_selected = Signal(object)  # Layer
    layer_step_requested = Signal(int)
    state_shown = Signal()
    level_selected = Signal(object)  # (across, down)
    frame_requested = Signal(object)  # SessionFile
    exact_pixel_requested = Signal(int, int)  # x and y of the probe
    configuration_requested = Signal(str)  # source of `ConfigurationChoice`
    view_chosen = Signal(object)  # DisplayChoice
    isolated = Signal(object)  # frozenset of the IDs that are shown while others are dimmed
    space_chosen = Signal(str, str)  # folder, and name of the space or OWN_SPACE

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        """Create an empty pane.

        Args:
            tasks: Runs the conversion to the colors of the display.
            parent: Parent widget.
        """
        super().__init__(parent)
        self.setProperty("pane", "true")
        self._settings = ViewSettings()
        self.color = ColorSettings()  # of images; data layers are shown without it
        self.spaces_by_folder: dict[str, str] = {}  # that the user has chosen
        self._state = PreviewState()
        self._is_data = True
        self._layer_of_range: tuple[SequenceKey, tuple[str, str, str]] | None = None  # whose typed range is kept
        self.bar, self.canvas, self.readout = PreviewToolbar(), Canvas(tasks), PixelReadout()
        self.probes = ProbeArea()
        self.levels, self.strip, self.exposure_panel = LevelSelector(), FrameStrip(), ExposurePanel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._above = stack_rows(self.bar, self.levels)
        self._below = stack_rows(
            *(self.readout, self.probes, make_hairline(), self.strip, make_hairline(), self.exposure_panel)
        )
        column.addWidget(self._above)
        column.addWidget(self.canvas, 1)
        column.addWidget(self._below)
        self._loading_timer = QTimer(self)
        self._loading_timer.setSingleShot(True)
        self._loading_timer.setInterval(LOADING_DELAY_MS)
        self._loading_timer.timeout.connect(self._show_loading)
        self._probe_timer = QTimer(self)
        self._probe_timer.setSingleShot(True)
        self._probe_timer.setInterval(PROBE_DEBOUNCE_MS)
        self._probe_timer.timeout.connect(self._request_exact_pixel)
        self._connect()
        self.strip.show_frames(Frames(), None)
        self.show_state(PreviewState())

    def _connect(self) -> None:
        self.bar.layer_selected.connect(self.layer_selected)
        self.levels.level_selected.connect(self.level_selected)
        self.bar.channels_changed.connect(lambda channels: self._apply(replace(self._settings, channels=channels)))
        colors = self.bar.colors
        colors.curve_selected.connect(self._set_display)
        colors.view_selected.connect(self._set_view)
        colors.configuration_selected.connect(self.configuration_requested)
        colors.space_selected.connect(self._set_space)
        self.bar.zoom_selected.connect(self._set_zoom)
        self.bar.windows.toggled.connect(self._update_overlays)
        self.canvas.probe_moved.connect(self._on_probe_moved)
        self.canvas.zoomed.connect(lambda: self.bar.show_zoom(self.canvas.percent, is_fitted=self.canvas.is_fitted))
        self.canvas.frame_step_requested.connect(self.strip.step)
        self.strip.frame_requested.connect(self.frame_requested)
        self.exposure_panel.changed.connect(self._set_exposure)
        self.exposure_panel.range.changed.connect(lambda limits: self._apply(replace(self._settings, limits=limits)))
        self.exposure_panel.range.map_selected.connect(self._set_map)
        self.canvas.scale_reset_requested.connect(self.reset_exposure)

    @property
    def state(self) -> PreviewState:
        """Shown file, layers, layer, and image."""
        return self._state

    @Slot(object)
    def show_state(self, state: PreviewState) -> None:
        """Show an image, its loading status, or the reason of its absence."""
        is_new = state.pyramid is not self._state.pyramid
        self._state = state
        self.bar.show_layers(state.layers, state.layer)
        self.levels.show_levels(state.levels, state.level)
        if is_new or state.pyramid is None:
            part = state.part
            self._show_look(state)
            self._show_space(state)
            self.canvas.show_image(state.pyramid, shown_aspect(part))
            self.readout.show_image(state.pyramid, part)
            self.readout.show_probe(self.canvas.probe)
            self._probe_timer.start()
            if not (state.pyramid and state.pyramid.picture.is_draft):  # it would change twice in a moment
                self.exposure_panel.histogram.show_image(state.pyramid)
        self.canvas.show_message(*_make_message(state))
        if state.is_loading:
            self._loading_timer.start()
        else:
            self._loading_timer.stop()
            self.canvas.show_status(state.pyramid.picture.warning if state.pyramid else "")
            self.strip.schedule_next()
        self.state_shown.emit()

    def show_alone(self, is_alone: bool) -> None:
        """Show the canvas without the rows above and below it, and focus it; or show these rows again."""
        self._above.setVisible(not is_alone)
        self._below.setVisible(not is_alone)
        if is_alone:
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_look(self, state: PreviewState) -> None:
        """Show the range of a data layer; typed bounds stay for the same layer of the same sequence."""
        look = state.pyramid.look if state.pyramid else None
        layer = None
        if state.file is not None and state.layer is not None:
            layer = (sequence_member(state.file.path, state.file.frame_number)[0], state.layer.identity)
        if state.pyramid is not None and layer != self._layer_of_range:
            self._layer_of_range = layer
            self._settings = replace(self._settings, limits=None, color_map=None, isolated=frozenset())
            self.isolated.emit(frozenset())
        self.exposure_panel.show_look(look, self._settings.limits)
        self.exposure_panel.range.show_map(look, self._settings.color_map)

    @Slot(int, int)
    def _on_probe_moved(self, x: int, y: int) -> None:
        self.readout.show_probe((x, y))
        self._probe_timer.start()

    @Slot()
    def _request_exact_pixel(self) -> None:
        """Request the file's values at the probe, which a reduced image does not hold."""
        if self.canvas.probe is not None:
            self.exact_pixel_requested.emit(*self.canvas.probe)

    def show_frames(self, frames: Frames) -> None:
        """Show the frames of the selected sequence."""
        self.strip.show_frames(frames, self._state.entry)

    @Slot()
    def _show_loading(self) -> None:
        name = self._state.entry.path.replace("\\", "/").rpartition("/")[2] if self._state.entry else ""
        text = strings.loading_file(escape_control(name)[:80]) if self._state.pyramid else ""
        self.canvas.show_status(text, is_lasting=True)

    @Slot(object)
    def _set_display(self, display: DisplayTransform) -> None:
        self.bar.colors.show_curve(display)
        self._apply(replace(self._settings, display=display))

    @Slot(float, float, bool)
    def _set_exposure(self, exposure: float, gamma: float, is_dragging: bool) -> None:
        offset = self.exposure_panel.offset.value
        settings = replace(self._settings, exposure=exposure, gamma=gamma, offset=offset)
        self._apply(settings, is_dragging=is_dragging)

    def _apply(self, settings: ViewSettings, *, is_dragging: bool = False) -> None:
        self._settings = settings
        self.canvas.apply_settings(settings, is_dragging=is_dragging)
        self.readout.apply_settings(settings)

    def isolate(self, numbers: frozenset[int]) -> None:
        """Dim all objects but these; show all for none."""
        self._apply(replace(self._settings, isolated=numbers))
        self.isolated.emit(numbers)

    @Slot(object)
    def _set_map(self, color_map: ColorMap | None) -> None:
        """Show a data layer in a color map, None for that of its look."""
        self._apply(replace(self._settings, color_map=color_map))
        look = self._state.pyramid.look if self._state.pyramid else None
        self.exposure_panel.range.show_map(look, color_map)

    @Slot(object)
    def _set_view(self, choice: DisplayChoice) -> None:
        self.color = replace(self.color, choice=choice)
        self.bar.colors.show_view(choice)
        self._settings = replace(self._settings, display=DisplayTransform.SRGB)
        self._apply_color()
        self.view_chosen.emit(choice)

    @Slot(object)
    def _set_space(self, name: str) -> None:
        """Show the files of this folder in another space, or in their own."""
        folder = _folder_of(self._state)
        self.spaces_by_folder[folder] = name
        self._show_space(self._state)
        self._apply_color()
        self.space_chosen.emit(folder, name)

    def show_configuration(self, configuration: Configuration, choice: DisplayChoice) -> None:
        """Show images in a view of another configuration."""
        self.color = replace(self.color, configuration=configuration, choice=choice)
        self._settings = replace(self._settings, display=DisplayTransform.SRGB)
        self.show_color_choices()
        self._apply_color()

    def show_color_choices(self) -> None:
        """Show configuration and view in the menu."""
        self.bar.colors.show_configuration(self.color.configuration, self.color.choice)
        if self.color.configuration.is_colorimetric:
            self.bar.colors.show_curve(self._settings.display)

    def _show_space(self, state: PreviewState) -> None:
        """Take over the file space of a new image before it is shown; the image before keeps its colors."""
        own = shown = None
        if state.part is not None and state.layer is not None and state.layer.is_color:
            own = shown = part_space(state.part)
            chosen = self.spaces_by_folder.get(_folder_of(state))
            if chosen:
                shown = choose_space(chosen, own.primaries)
            self.color = replace(self.color, space=shown)
        self._is_data = own is None
        self.bar.colors.show_space(own, shown)
        self._settings = replace(self._settings, color=ColorSettings() if self._is_data else self.color)
        self.canvas.settings = self._settings
        self.readout.apply_settings(self._settings)

    def _apply_color(self) -> None:
        self._apply(replace(self._settings, color=ColorSettings() if self._is_data else self.color))

    @Slot(object)
    def _set_zoom(self, zoom: object) -> None:
        if zoom == FIT or not isinstance(zoom, float):
            self.canvas.fit()
        else:
            self.canvas.set_percent(zoom)

    @Slot()
    def _update_overlays(self) -> None:
        self.canvas.shows_windows = self.bar.windows.isChecked()
        self.canvas.update()

    def hideEvent(self, event: QHideEvent) -> None:
        """Request no values for a window that is closed, whose tasks end with it."""
        self._probe_timer.stop()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle the keys that lists need for themselves; all others are shortcuts of actions."""
        shortcuts: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Down: lambda: self.layer_step_requested.emit(1),
            Qt.Key.Key_Up: lambda: self.layer_step_requested.emit(-1),
            Qt.Key.Key_PageDown: lambda: self.levels.step(1),
            Qt.Key.Key_PageUp: lambda: self.levels.step(-1),
            Qt.Key.Key_Space: self.strip.play.toggle,
            Qt.Key.Key_I: self.strip.toggle_in_point,
            Qt.Key.Key_O: self.strip.toggle_out_point,
            Qt.Key.Key_Home: lambda: self.strip.step_to(0),
            Qt.Key.Key_End: lambda: self.strip.step_to(-1),
            Qt.Key.Key_Backspace: self.reset_exposure,
        }
        if self.bar.full.isChecked():
            shortcuts[Qt.Key.Key_Escape] = lambda: self.bar.full.setChecked(False)
        if self._settings.isolated:
            shortcuts[Qt.Key.Key_Escape] = lambda: self.isolate(frozenset())
        slot = shortcuts.get(Qt.Key(event.key()))
        if slot is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        else:
            slot()

    @property
    def background(self) -> Background:
        """Background of transparent pixels; black if alpha is not applied."""
        return self._settings.background if "A" in self._settings.channels else Background.BLACK

    def show_over(self, background: Background) -> None:
        """Show the image over a background; over black, its colors are as stored."""
        if background is Background.BLACK:
            self.bar.show_channels("RGB")
        else:
            self._settings = replace(self._settings, background=background)
            self.bar.show_channels("RGBA")

    def reset_exposure(self) -> None:
        """Reset exposure, gamma, offset, and range and color map of data."""
        self._set_map(None)
        self.exposure_panel.offset.reset()
        self.exposure_panel.range.reset()
        self.exposure_panel.exposure.reset()
        self.exposure_panel.gamma.reset()


def _make_message(state: PreviewState) -> tuple[str, str, str]:
    """Return glyph, title, and detail of the message that replaces a missing image."""
    if state.failure:
        return "failed", strings.NO_IMAGE, state.failure
    if state.entry is None:
        return "image", strings.NO_FILE_SELECTED, strings.SELECT_FOR_IMAGE
    if state.is_loading:
        return "image", strings.LOADING, strings.LOADING_IMAGE
    if state.pyramid is None:
        return "warning", strings.NO_IMAGE, escape_control(state.entry.unreached) or strings.DAMAGED_HEADER
    return "image", "", ""


def _folder_of(state: PreviewState) -> str:
    return os.path.dirname(state.file.path) if state.file else ""
