"""Presenter of the overlays on the image: marks of pixels, the pixel grid, and the minimap."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.color.space_names import LINEAR
from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.exr.parser.part_color import part_space
from exr_inspector_app.exr.picture import COLOR_KINDS
from exr_inspector_app.exr.pixels.value_text import MAX_HALF
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.preview.overlay.marks_bar import MarksBar
from exr_inspector_app.gui.preview.overlay.marks_layer import MarksLayer
from exr_inspector_app.gui.preview.overlay.minimap import Minimap
from exr_inspector_app.gui.preview.overlay.pixel_grid import PixelGrid
from exr_inspector_app.gui.preview.overlay.pixel_marks import (
    ALL_MARKS,
    Mark,
    MarkRules,
    PixelMarks,
    find_marks,
    has_marks,
)
from exr_inspector_app.gui.preview.preview_job import PreviewJob, PreviewState
from exr_inspector_app.gui.preview.preview_pane import PreviewPane
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid
from exr_inspector_app.gui.tasks.task_runner import TaskRunner

MARKS_KIND = "Marked pixels"
_ID_KINDS = ("cryptomatte", "id")
_ALPHA = ("a", "alpha")


class OverlayPresenter(QObject):
    """Finds the marks of each image in a worker thread, and connects chips, keys and layers."""

    def __init__(
        self, window: QWidget, actions: Actions, tasks: TaskRunner, preview_job: PreviewJob, pane: PreviewPane
    ) -> None:
        super().__init__(window)
        self._tasks, self._pane, self._job = tasks, pane, preview_job
        self._pyramid: MipPyramid | None = None
        self._marks = PixelMarks({})
        self.bar = MarksBar()
        self.layer, self.minimap = MarksLayer(self), Minimap(tasks, self)
        self.grid = PixelGrid(tasks, self.layer, self)
        self.layer.kinds = self.bar.kinds
        for layer in (self.layer, self.grid, self.minimap):
            pane.canvas.add_layer(layer)
        pane.readout.set_chips(self.bar)
        self.bar.kinds_changed.connect(self._show_kinds)
        pane.bar.non_finite.toggled.connect(self._show_non_finite)
        preview_job.changed.connect(self._on_state)
        actions.connect(
            mark_negative=self.bar.chips[Mark.NEGATIVE].toggle,
            mark_clipped=self.bar.chips[Mark.CLIPPED].toggle,
            next_mark=lambda: self.jump(1),
            previous_mark=lambda: self.jump(-1),
            pixel_grid=self._toggle_grid,
            minimap=self._toggle_minimap,
        )

    @Slot(object)
    def _show_kinds(self, kinds: Mark) -> None:
        self.layer.kinds = kinds
        self._pane.canvas.update()

    @Slot(bool)
    def _show_non_finite(self, is_shown: bool) -> None:
        """Show or hide the marks of NaN and infinite values, of a reference image too."""
        self._pane.canvas.shows_non_finite = is_shown
        self.bar.set_non_finite(is_shown)
        self._pane.canvas.update()

    def _toggle_grid(self) -> None:
        self.grid.is_enabled = not self.grid.is_enabled
        self._pane.canvas.update()

    def _toggle_minimap(self) -> None:
        self.minimap.is_enabled = not self.minimap.is_enabled
        self._pane.canvas.update()

    @Slot(object)
    def _on_state(self, state: PreviewState) -> None:
        """Find the marks of a new image; those of the image before stay with it until then."""
        pyramid = state.pyramid
        if pyramid is self._pyramid:
            return
        self._pyramid, part = pyramid, state.part
        self.grid.show_types({channel.name: channel.type for channel in part.channels} if part else {})
        rules = _rules_of(state, pyramid) if pyramid else MarkRules(Mark(0), MAX_HALF, ())
        if pyramid is None or pyramid.picture.is_draft or not has_marks(pyramid.special, rules):
            self._tasks.drop(MARKS_KIND)
            self._show_marks(PixelMarks({}))
            return
        pixels = pyramid.picture.pixels

        def work(stop: StopCheck) -> PixelMarks:
            return find_marks(pixels, rules, stop)

        def fail(_sentence: str) -> None:
            self._show_marks(PixelMarks({}))

        self._tasks.run(MARKS_KIND, work, self._show_marks, fail, supersede=True)

    def _show_marks(self, marks: PixelMarks) -> None:
        is_other, self._marks = bool(marks.levels or self._marks.levels), marks
        self.layer.show_marks(self._pyramid, marks)
        self.bar.show_marks(marks)
        if is_other:
            self._pane.canvas.update()

    def jump(self, step: int) -> None:
        """Move the probe to the next or previous pixel with shown marks, or with any marks if none is shown."""
        pyramid, canvas = self._pyramid, self._pane.canvas
        if pyramid is None:
            return
        kinds = Mark(sum(mark for mark in Mark if mark & self.bar.kinds and self._marks.counts.get(mark)))
        picture = pyramid.picture
        data, (across, down) = picture.data_window, picture.scale
        start = (-1, 0)
        if canvas.probe is not None:
            start = (int((canvas.probe[0] - data.min_x) / across), int((canvas.probe[1] - data.min_y) / down))
        position = self._marks.find(start, kinds or ALL_MARKS, step)
        if position is not None:
            canvas.center_on(data.min_x + int(position[0] * across), data.min_y + int(position[1] * down))


def _rules_of(state: PreviewState, pyramid: MipPyramid) -> MarkRules:
    """Return the rules for marks of an image: colors at the maximum of their encoding are clipped.

    An infinite depth means no surface; negative data are usual.
    """
    kind = pyramid.picture.selection.kind if pyramid.picture.selection else "colour"
    colors = tuple(index for index, letter in enumerate(pyramid.letters) if letter.lower() not in _ALPHA)
    if kind in _ID_KINDS:
        return MarkRules(Mark(0), MAX_HALF, colors)
    if kind not in COLOR_KINDS:
        return MarkRules(Mark.NAN if kind == "depth" else Mark.NAN | Mark.INF, MAX_HALF, colors)
    is_linear = state.part is None or part_space(state.part).curve == LINEAR
    return MarkRules(ALL_MARKS, MAX_HALF if is_linear else 1.0, colors or (0,))
