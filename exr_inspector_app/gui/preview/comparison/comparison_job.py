"""Comparison job: decodes the reference of the shown image, and measures their difference in the background."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.color.file_space import FileSpace
from exr_inspector_app.config import Root
from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.inspect import inspect_file
from exr_inspector_app.exr.parser.part_color import part_space
from exr_inspector_app.exr.paths import local_path
from exr_inspector_app.exr.pixels.decoded_picture import Picture
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.sequences.grouping import sequence_member
from exr_inspector_app.gui.preview.comparison import strings
from exr_inspector_app.gui.preview.layers import Layer, find_picture_layer, list_layers, match_layer
from exr_inspector_app.gui.preview.picture_loader import picture_request
from exr_inspector_app.gui.preview.preview_job import PreviewState
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid, build_pyramid
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.model import ExrFile
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.file_versions import previous_version, with_frame
from exr_inspector_app.services.picture_difference import (
    DEFAULT_STEP,
    DifferenceFigures,
    Floats,
    describe_windows,
    measure_difference,
)

KIND = "Comparison"
MAX_SAMPLES = 1_000_000  # sample for the typical difference
COLOR_LAYER_KINDS = ("color", "luminance")
_LARGEST = np.float32(65504)  # the largest half, in place of the difference between a number and NaN or infinity


@dataclass(frozen=True, slots=True)
class Reference:
    """Image to compare the shown one with; in another file, its layer and frame follow those of the shown image.

    Attributes:
        path: The file, or with `is_previous` the file whose previous version is the reference.
        layer: Layer to compare with another layer of the same file; None for the picture.
    """

    path: str
    layer: Layer | None = None
    is_previous: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LoadedReference:
    """Decoded reference."""

    file: ExrFile
    layer: Layer
    pyramid: MipPyramid

    @property
    def space(self) -> FileSpace | None:
        """File space of a color layer."""
        return part_space(self.file.parts[self.layer.part]) if self.layer.kind in COLOR_LAYER_KINDS else None


@dataclass(frozen=True, slots=True, eq=False)
class ComparisonState:
    """State of the comparison: a reference that is being decoded, its images and errors, or the reason for none."""

    reference: Reference | None = None
    shown: PreviewState = field(default_factory=PreviewState)
    loaded: LoadedReference | None = None
    difference: MipPyramid | None = None
    figures: DifferenceFigures | None = None
    typical: float = 0.0  # difference of a changed pixel
    note: str = ""
    is_loading: bool = False
    failure: str = ""


class ComparisonJob(QObject):
    """Owner of the reference and of a separate decoder, which starts with the first comparison."""

    changed = Signal(object)  # ComparisonState

    def __init__(self, backend: Backend, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._backend, self._tasks = backend, tasks
        self._decoder = Decoder()
        self._cache: tuple[tuple[object, ...], LoadedReference] | None = None  # the reference decoded last
        self._shown = PreviewState()
        self._step = DEFAULT_STEP
        self.state = ComparisonState()

    def hold(self, reference: Reference) -> None:
        """Compare the shown image with a reference."""
        self.state = ComparisonState(reference, self._shown, self.state.loaded)
        self._start()

    def release(self) -> None:
        """End the comparison."""
        self._tasks.drop(KIND)
        self._cache = None
        self._show(ComparisonState())

    def set_step(self, step: float) -> None:
        """Count pixels with a difference above this one as changed."""
        self._step = step
        if self.state.reference is not None:
            self._start()

    @Slot(object)
    def follow(self, shown: PreviewState) -> None:
        """Compare another shown image with the reference."""
        is_new = shown.pyramid is not self._shown.pyramid or shown.layer != self._shown.layer
        self._shown = shown
        if self.state.reference is None or shown.is_loading or not is_new:
            return
        if shown.pyramid is None:
            self._tasks.drop(KIND)
            self._show(replace(self.state, shown=shown, loaded=None, difference=None, figures=None, is_loading=False))
        else:
            self._start()

    def close(self) -> None:
        """Cancel decoding and end the process of the decoder."""
        self._tasks.drop(KIND)
        self._decoder.cancel()
        self._decoder.close()

    def _start(self) -> None:
        reference, shown = self.state.reference, self._shown
        if reference is None or shown.pyramid is None or shown.is_loading:
            self._show(replace(self.state, shown=shown))
            return
        pending = ComparisonState(reference, shown, self.state.loaded, is_loading=True)
        self._show(pending)
        step = self._step

        def work(stop: StopCheck) -> ComparisonState:
            try:
                loaded = self._load(reference, shown, stop)
                return _compare(replace(pending, loaded=loaded, is_loading=False), step)
            except MemoryError as error:
                raise PixelsError(strings.OUT_OF_MEMORY) from error

        def fail(sentence: str) -> None:
            self._show(replace(pending, loaded=None, is_loading=False, failure=sentence))

        self._tasks.run(KIND, work, self._show, fail, supersede=True)

    def _load(self, reference: Reference, shown: PreviewState, stop: StopCheck) -> LoadedReference:
        """Return the decoded reference of the shown image.

        Raises:
            PixelsError: The reference does not exist or cannot be decoded.
        """
        file, layer = _find_reference(reference, shown, self._backend.config.roots)
        key = (file.path, file.size_bytes, file.mtime, layer, shown.level)
        if self._cache is not None and self._cache[0] == key:
            return self._cache[1]
        picture = self._decoder.picture(picture_request(file, layer, shown.level), stop)
        loaded = LoadedReference(file, layer, build_pyramid(picture))
        self._cache = (key, loaded)
        return loaded

    def _show(self, state: ComparisonState) -> None:
        self.state = state
        self.changed.emit(state)


def _find_reference(reference: Reference, shown: PreviewState, roots: Sequence[Root]) -> tuple[ExrFile, Layer]:
    """Return file and layer of the reference, in the frame and layer of the shown image if it is another file.

    Raises:
        PixelsError: There is no such file or layer.
    """
    assert shown.file is not None
    path = local_path(reference.path, roots)
    if reference.is_previous:
        version = previous_version(shown.file.path)
        if version is None:
            raise PixelsError(strings.NO_PREVIOUS_VERSION)
        path = version
    file = inspect_file(path)
    is_same = (
        sequence_member(file.path, file.frame_number)[0] == sequence_member(shown.file.path, shown.file.frame_number)[0]
    )
    if not is_same and file.frame_number != shown.file.frame_number:
        path = with_frame(path, file.frame_number, shown.file.frame_number)
        file = inspect_file(path) if path != file.path and os.path.isfile(path) else file
    if not file.parts:
        raise PixelsError(file.errors[0].message if file.errors else strings.NO_REFERENCE)
    layers = list_layers(file)
    if file.path == shown.file.path and reference.layer is not None:
        layer = match_layer(layers, reference.layer)
    else:
        layer = match_layer(layers, shown.layer) if shown.layer else find_picture_layer(layers, file)
    if layer is None:
        raise PixelsError(strings.no_layer(shown.layer.title if shown.layer else ""))
    return file, layer


def _compare(state: ComparisonState, step: float) -> ComparisonState:
    """Return the state with difference and errors; images that cannot be subtracted are shown without."""
    loaded, shown = state.loaded, state.shown.pyramid
    assert loaded is not None
    assert shown is not None
    a, b = loaded.pyramid.picture, shown.picture
    pairs = _common_channels(loaded.pyramid.letters, shown.letters)
    if not pairs:
        return replace(state, note=strings.NO_COMMON_CHANNELS)
    try:
        meter, first, second = measure_difference(a, b, pairs, step)
        note = describe_windows(a.data_window, b.data_window)
    except PixelsError as error:
        return replace(state, note=error.sentence)
    figures = meter.figures()
    pixels = np.stack([_subtract(first[..., x], second[..., y]) for x, y in pairs], axis=2)
    difference = Picture(
        pixels=pixels,
        channels=tuple(b.channels[index] for _, index in pairs),
        data_window=figures.box,
        display_window=b.display_window,
        scale=b.scale,
        factor=b.factor,
        missing=(),
        warning="",
    )
    note = note or (strings.means(b.factor) if b.factor > 1 else "")
    typical = _typical_error(meter.errors)
    return replace(state, difference=build_pyramid(difference), figures=figures, typical=typical, note=note)


def _typical_error(errors: Floats) -> float:
    """Return the difference that one of ten changed pixels exceeds, 0 without any."""
    step = max(1, int((errors.size / MAX_SAMPLES) ** 0.5))
    samples = errors[::step, ::step]
    samples = samples[(samples > 0) & np.isfinite(samples)]
    return float(np.percentile(samples, 90)) if samples.size else 0.0


def _common_channels(first: tuple[str, ...], second: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return the indexes of channels with the same component name, or of the only channel of both."""
    if len(first) == len(second) == 1:
        return [(0, 0)]
    indexes = {letter.lower(): index for index, letter in enumerate(first)}
    return [(indexes[letter.lower()], at) for at, letter in enumerate(second) if letter.lower() in indexes]


def _subtract(first: Floats, second: Floats) -> Floats:
    """Return the absolute difference; 0 where both are NaN or the same infinity, the largest half where one is."""
    exact = np.float64 if np.uint32 in (first.dtype, second.dtype) else np.float32
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(second.astype(exact) - first.astype(exact)).astype(np.float32)
        is_same = (first == second) | (np.isnan(first) & np.isnan(second))
    error[is_same] = 0
    return np.where(np.isfinite(error), error, _LARGEST)
