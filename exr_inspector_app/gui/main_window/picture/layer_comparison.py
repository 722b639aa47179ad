"""Comparison of all layers in the window: which two files, and the layer or pixel that a row leads to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from exr_inspector_app.exr.sequences.frame_number import plain_frame
from exr_inspector_app.gui.compare.compare_presenter import ComparePresenter
from exr_inspector_app.gui.compare.compare_tabs import PIXELS
from exr_inspector_app.gui.compare.pixel_diff_job import PixelDiffJob
from exr_inspector_app.gui.preview.canvas import Canvas
from exr_inspector_app.gui.preview.comparison.comparison_job import ComparisonJob, Reference
from exr_inspector_app.gui.preview.comparison.comparison_presenter import ComparisonPresenter
from exr_inspector_app.gui.preview.comparison.second_image import Mode
from exr_inspector_app.gui.preview.preview_job import PreviewJob, PreviewState
from exr_inspector_app.services.layer_pairs import FileLayer
from exr_inspector_app.services.pixel_diff import LayerDifference


class LayerComparison(QObject):
    """Connects the pixels page of the Compare pane to the preview."""

    def __init__(
        self,
        services: tuple[PreviewJob, ComparisonJob, PixelDiffJob],
        compare: ComparePresenter,
        presenter: ComparisonPresenter,
        canvas: Canvas,
        show_file: Callable[[str], None],
        may_open: Callable[[str], bool],
    ) -> None:
        super().__init__(presenter)
        self._preview, self._comparison, self._pixel_diff = services
        self._compare, self._presenter, self._canvas = compare, presenter, canvas
        self._show_file, self._may_open = show_file, may_open
        self._pending: tuple[LayerDifference, bool] | None = None  # to show once its file is, and whether at a pixel
        pixels, job = compare.pixels, self._pixel_diff
        for changed in (job.changed, self._comparison.changed, compare.changed):
            changed.connect(self._update)
        self._preview.changed.connect(self._on_shown)
        compare.tabs.page_chosen.connect(self._on_page_chosen)
        pixels.compare_requested.connect(self.compare)
        pixels.frames_requested.connect(self.compare_frames)
        for field in (pixels.step, presenter.row.step):
            field.changed.connect(self._set_step)
        pixels.stop_requested.connect(job.stop)
        pixels.layer_requested.connect(lambda result: self._request(result, at_pixel=False))
        pixels.pixel_requested.connect(lambda result: self._request(result, at_pixel=True))
        presenter.layer_step_requested.connect(self._step)

    @property
    def pair(self) -> tuple[str, str] | None:
        """Paths of the files to compare: reference and shown file, or two files of the Compare pane."""
        loaded, shown = self._comparison.state.loaded, self._preview.shown.file
        subjects = self.compared_paths
        b = shown.path if shown is not None else ""
        if loaded is not None and b and loaded.file.path != b:
            return loaded.file.path, b
        if b in subjects or len(subjects) == 1:
            others = [path for path in subjects if path != b]
            return (others[0], b) if others and b else None
        return (subjects[0], subjects[1]) if len(subjects) > 1 else None

    @property
    def compared_paths(self) -> list[str]:
        """Files of the Compare pane that may be opened: no paths of a shared database on unknown hosts."""
        return [subject.path for subject in self._compare.subjects if self._may_open(subject.path)]

    @Slot()
    def compare(self) -> None:
        """Compare all layers of the two files."""
        if (pair := self.pair) is not None:
            self._pixel_diff.compare(*pair)

    @Slot()
    def compare_frames(self) -> None:
        """Compare all frames of the sequences of the two files."""
        if (pair := self.pair) is not None:
            self._pixel_diff.compare_frames(*pair)

    @Slot(float)
    def _set_step(self, step: float) -> None:
        """Count pixels above another difference, in the table and below the image."""
        for field in (self._compare.pixels.step, self._presenter.row.step):
            field.show_value(step)
        self._pixel_diff.step = step
        self._comparison.set_step(step)
        self._pixel_diff.repeat()

    @Slot(str)
    def _on_page_chosen(self, page: str) -> None:
        """Compare when the page is opened for two files that are not compared yet."""
        if page == PIXELS and self.pair not in (None, self._pixel_diff.diff.paths):
            self.compare()

    @Slot()
    def _update(self) -> None:
        pair = self.pair
        has_frames = pair is not None and all(self._has_frame(path) for path in pair)
        self._compare.pixels.show_diff(self._pixel_diff.diff, can_compare=pair is not None, has_frames=has_frames)

    def _has_frame(self, path: str) -> bool:
        """Return whether a file is a frame of a sequence, by its header or by its name."""
        loaded = self._comparison.state.loaded
        files = (self._preview.shown.file, loaded.file if loaded is not None else None)
        known = next((file for file in files if file is not None and file.path == path), None)
        return plain_frame(path) is not None if known is None else known.frame_number is not None

    def _paths_of(self, result: LayerDifference, *, at_pixel: bool) -> tuple[str, ...]:
        """Return both files of a row: of a sequence the frame with the first or with the largest difference."""
        frames = result.frames
        frame = (frames.first if at_pixel else frames.largest) if frames else None
        return frame.paths if frame else self._pixel_diff.diff.paths

    def _request(self, result: LayerDifference, *, at_pixel: bool) -> None:
        """Show a layer of the second file, or of the first if the second does not have it."""
        paths, shown = self._paths_of(result, at_pixel=at_pixel), self._preview.shown
        path = paths[0] if result.pair.b is None else paths[1]
        self._pending = (result, at_pixel)
        if shown.file is not None and shown.file.path == path:
            self._on_shown(shown)
        else:
            self._show_file(path)

    @Slot(object)
    def _on_shown(self, shown: PreviewState) -> None:
        """Show the requested layer once its file is shown, with its difference if both files have it."""
        if self._pending is None or shown.file is None or shown.is_loading:
            return
        result, at_pixel = self._pending
        paths = self._paths_of(result, at_pixel=at_pixel)
        is_alone = result.pair.a is None or result.pair.b is None
        layer = result.pair.b or result.pair.layer
        if shown.file.path != (paths[0] if result.pair.b is None else paths[1]):
            return
        self._pending = None
        self._select(layer, shown)
        if is_alone:
            self._presenter.close()
            return
        loaded = self._comparison.state.loaded
        if loaded is None or loaded.file.path != paths[0]:
            self._presenter.compare(Reference(paths[0]), Mode.DIFFERENCE)
        else:
            self._canvas.second.set_mode(Mode.DIFFERENCE)
        if at_pixel and result.figures is not None and result.figures.first is not None:
            self._canvas.center_on(*result.figures.first)

    def _select(self, layer: FileLayer, shown: PreviewState) -> None:
        """Show a layer unless it is shown."""
        key = (layer.part.index, layer.channels)
        match = next((other for other in shown.layers if (other.part, other.channels) == key), None)
        if match is not None and match != shown.layer:
            self._preview.select_layer(match)

    @Slot(int)
    def _step(self, step: int) -> None:
        """Show the difference of the previous or next changed layer."""
        pixels, shown = self._compare.pixels, self._preview.shown.layer
        changed = [result for result in pixels.model.in_order() if result.figures and result.is_changed]
        if not changed or shown is None:
            return
        keys = [(r.pair.b.part.index, r.pair.b.channels) for r in changed if r.pair.b is not None]
        key = (shown.part, shown.channels)
        at = (keys.index(key) + step) % len(keys) if key in keys else 0 if step > 0 else -1
        pixels.select(changed[at])
        self._request(changed[at], at_pixel=False)
