"""Presenter of the comparison: bar, readout, errors and wipe line of the preview follow the comparison job."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout

from exr_inspector_app.gui.preview.comparison import second_image, strings
from exr_inspector_app.gui.preview.comparison.both_readout import BothReadout
from exr_inspector_app.gui.preview.comparison.comparison_bar import ComparisonBar, fitting_gain
from exr_inspector_app.gui.preview.comparison.comparison_job import (
    COLOR_LAYER_KINDS,
    ComparisonJob,
    ComparisonState,
    Reference,
)
from exr_inspector_app.gui.preview.comparison.comparison_keys import ComparisonKeys
from exr_inspector_app.gui.preview.comparison.figure_row import FigureRow
from exr_inspector_app.gui.preview.comparison.names import name_images
from exr_inspector_app.gui.preview.comparison.second_image import Mode
from exr_inspector_app.gui.preview.comparison.wipe_line import WipeLine
from exr_inspector_app.gui.preview.preview_job import ExactPixels, PreviewJob
from exr_inspector_app.gui.preview.preview_pane import PreviewPane

PREVIOUS = "previous version"


class ComparisonPresenter(QObject):
    """Owner of the widgets of the comparison, which the preview shows while there is a reference."""

    show_requested = Signal(str)  # path of a file that should be selected
    closed = Signal()
    reference_changed = Signal()
    layer_step_requested = Signal(int)

    def __init__(self, preview: PreviewPane, preview_job: PreviewJob, job: ComparisonJob) -> None:
        super().__init__(preview)
        self._preview, self._preview_job, self._job = preview, preview_job, job
        self._canvas, self._second = preview.canvas, preview.canvas.second
        self.bar, self.row, self.readout = ComparisonBar(), FigureRow(), BothReadout()
        self.line = WipeLine(self._canvas)
        self.keys = ComparisonKeys(preview, self)
        self._had_exposure = True  # when the comparison began
        self._color_gain = second_image.DEFAULT_GAIN
        self._data_layer: object = None  # for which a gain was chosen
        for widget, before in ((self.bar, preview.bar), (self.readout, preview.readout), (self.row, self.readout)):
            holder = before.parentWidget()
            rows = holder.layout() if holder is not None else None
            assert isinstance(rows, QVBoxLayout)
            rows.insertWidget(rows.indexOf(before) + 1, widget)
        for widget in (self.bar, self.row, self.readout):
            widget.hide()
        self._connect()

    def _connect(self) -> None:
        bar, second, keys, canvas = self.bar, self._second, self.keys, self._canvas
        self._preview_job.changed.connect(self._job.follow)
        self._preview_job.pixel_read.connect(self._show_exact)
        self._job.changed.connect(self._show)
        self._job.changed.connect(self.reference_changed)
        bar.reference_selected.connect(self._select_reference)
        bar.mode_selected.connect(second.set_mode)
        bar.gain_selected.connect(self._set_gain)
        bar.swap_requested.connect(self.swap)
        bar.close_requested.connect(self.close)
        keys.flipped.connect(second.set_flipped)
        keys.mode_requested.connect(second.set_mode)
        keys.layer_step_requested.connect(self.layer_step_requested)
        second.changed.connect(self._on_second_changed)
        self.line.moved.connect(second.set_wipe)
        self.row.pixel_requested.connect(canvas.center_on)
        canvas.probe_moved.connect(lambda x, y: self.readout.show_probe((x, y)))
        canvas.renderer.rendered.connect(self._apply_settings)

    @property
    def is_active(self) -> bool:
        """Whether images are compared."""
        return self._job.state.reference is not None

    @property
    def reference(self) -> Reference | None:
        """The image that the shown one is compared with."""
        return self._job.state.reference

    def compare(self, reference: Reference, mode: Mode | None = None) -> None:
        """Compare the shown image with a reference."""
        if mode is not None:
            self._second.set_mode(mode)
        self._job.hold(reference)

    @Slot()
    def compare_with_previous(self) -> None:
        """Compare every shown image with that of the previous version of its file."""
        self.compare(Reference(PREVIOUS, is_previous=True))

    @Slot()
    def hold(self) -> None:
        """Make the shown image the reference of all that are shown later."""
        shown = self._preview_job.shown
        if shown.file is not None and shown.pyramid is not None:
            self.compare(Reference(shown.file.path, shown.layer))

    @Slot()
    def close(self) -> None:
        """End the comparison."""
        self._job.release()
        self.closed.emit()

    @Slot()
    def swap(self) -> None:
        """Make the shown image the reference, and show the reference."""
        loaded, shown = self._job.state.loaded, self._preview_job.shown
        if loaded is None or shown.file is None:
            return
        self._job.hold(Reference(shown.file.path, shown.layer))
        if loaded.file.path == shown.file.path:
            self._preview_job.select_layer(loaded.layer)
        else:
            self.show_requested.emit(loaded.file.path)

    @Slot(object)
    def _select_reference(self, reference: Reference | None) -> None:
        if reference is None:
            self.hold()
        else:
            self.compare(reference)

    @Slot(object)
    def _show(self, state: ComparisonState) -> None:
        """Show the images and errors of a comparison, or end it."""
        is_active, preview, loaded, shown = state.reference is not None, self._preview, state.loaded, state.shown
        if is_active != (not self.bar.isHidden()):
            self._show_widgets(is_active)
        names = ("", "")
        if loaded is not None and shown.file is not None and shown.layer is not None:
            names = name_images((loaded.file, loaded.layer), (shown.file, shown.layer))
            part = loaded.file.parts[loaded.layer.part]
            self.readout.readouts[0].show_image(loaded.pyramid, part)
            self.readout.readouts[1].show_image(shown.pyramid, shown.part)
            self.readout.show_probe(preview.canvas.probe)
        self.bar.show_images(state.reference, names)
        self._second.note = state.note
        self._second.show_reference(
            loaded.pyramid if loaded else None,
            loaded.space if loaded else None,
            (f"{strings.A}  {names[0]}", f"{strings.B}  {names[1]}"),
        )
        if not state.is_loading:
            self._second.show_difference(state.difference)
            self._fit_gain(state)
        if state.figures is not None:
            self.row.show_figures(state.figures)
        else:
            self.row.show_message(state.failure or (strings.COMPARING if state.is_loading else ""))
        self._apply_settings()

    def _fit_gain(self, state: ComparisonState) -> None:
        """Choose a gain for the differences of a data layer, and return to that of colors after it."""
        layer = state.shown.layer
        if layer is None or state.difference is None:
            return
        data_layer = None if layer.kind in COLOR_LAYER_KINDS else layer.identity
        if data_layer != self._data_layer:
            self._data_layer = data_layer
            self._second.set_gain(self._color_gain if data_layer is None else fitting_gain(state.typical))

    @Slot(object)
    def _set_gain(self, gain: float) -> None:
        if self._data_layer is None:
            self._color_gain = gain
        self._second.set_gain(gain)

    def _show_widgets(self, is_active: bool) -> None:
        """Show the widgets of the comparison in place of readout and histogram, or the reverse."""
        preview = self._preview
        self._had_exposure = preview.exposure_panel.isVisible() if is_active else self._had_exposure
        for widget in (self.bar, self.row, self.readout):
            widget.setVisible(is_active)
        preview.readout.setVisible(not is_active)
        preview.exposure_panel.setVisible(not is_active and self._had_exposure)
        self.keys.set_active(is_active)

    @Slot()
    def _on_second_changed(self) -> None:
        """Show mode and wipe line."""
        second = self._second
        self.bar.show_mode(second.mode)
        self.bar.show_gain(second.gain)
        if second.has_wipe:
            self.line.show_at(second.wipe)
        else:
            self.line.hide()

    @Slot()
    def _apply_settings(self) -> None:
        """Paint the swatches with the view settings of the canvas."""
        if self.is_active and self._preview_job.shown.pyramid is not None:
            settings = self._canvas.settings
            reference = self._second.reference_settings(settings, self._preview_job.shown.pyramid)
            for readout, applied in zip(self.readout.readouts, (reference, settings), strict=True):
                readout.apply_settings(applied)
            self.readout.update()

    @Slot(object)
    def _show_exact(self, exact: ExactPixels) -> None:
        self.readout.readouts[1].show_exact(exact)
        self.readout.update()
