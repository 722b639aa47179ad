"""Pixel diff job: compares all layers of two files, or of all frames of their sequences, and emits results at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import StopCheck, measure_progress
from exr_inspector_app.errors import DecodeCancelledError, PixelsError
from exr_inspector_app.exr.inspect import inspect_file
from exr_inspector_app.exr.paths import local_path
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.sequences.grouping import format_ranges
from exr_inspector_app.gui.compare import strings
from exr_inspector_app.gui.tasks.job import Job
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.gui.tasks.task_runner import Emit
from exr_inspector_app.model import ExrFile
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.layer_pairs import pair_layers
from exr_inspector_app.services.picture_difference import DEFAULT_STEP
from exr_inspector_app.services.pixel_diff import LayerDifference, diff_layers
from exr_inspector_app.services.sequence_diff import SequenceResult, common_frames, diff_sequences
from exr_inspector_app.text.escape import escape_control

KIND = "Compare pixels"
Compare: TypeAlias = Callable[[tuple[str, str], float, StopCheck, Emit], None]


class LayerCount(NamedTuple):
    """Number of layers of two files."""

    total: int


class FrameCount(NamedTuple):
    """Numbers of frames that two sequences have in common, and that one of them has alone."""

    common: int
    others: int


@dataclass(frozen=True, slots=True, eq=False)
class PixelDiff:
    """Results of two files, or of all frames of their sequences, so far.

    Attributes:
        paths: The reference A and the file B; empty before the first comparison.
        results: One per layer.
        total: Number of layers of both files; 0 for sequences.
        frame_count: Number of frames that are compared; 0 for two files.
        note: Sentence about frames that are left out, else "".
        is_running: Results are missing.
        failure: Sentence why the files cannot be compared, else "".
    """

    paths: tuple[str, ...] = ()
    results: tuple[LayerDifference, ...] = ()
    total: int = 0
    frame_count: int = 0
    note: str = ""
    is_running: bool = False
    failure: str = ""

    @property
    def changed_count(self) -> int:
        """Number of layers that changed, or are in one file only."""
        return sum(result.is_changed for result in self.results)


class PixelDiffJob(QObject):
    """Owner of the results; a new comparison stops the one before."""

    changed = Signal(object)  # PixelDiff

    def __init__(self, backend: Backend, jobs: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._backend, self._jobs = backend, jobs
        self._job: Job | None = None
        self.step = DEFAULT_STEP  # above which a pixel counts as changed
        self.diff = PixelDiff()

    def compare(self, a: str, b: str) -> None:
        """Compare all layers of two files."""
        self._start(a, b, compare_files)

    def compare_frames(self, a: str, b: str) -> None:
        """Compare all layers of all frames that the sequences of two files have in common."""
        self._start(a, b, compare_frames)

    def repeat(self) -> None:
        """Repeat the last comparison with another step."""
        if self.diff.paths:
            (self.compare_frames if self.diff.frame_count else self.compare)(*self.diff.paths)

    def _start(self, a: str, b: str, compare: Compare) -> None:
        self.stop()
        self._show(PixelDiff((a, b), frame_count=int(compare is compare_frames), is_running=True))
        step = self.step

        def work(stop: StopCheck, emit: Emit) -> None:
            roots = self._backend.config.roots
            compare((local_path(a, roots), local_path(b, roots)), step, stop, emit)

        names = (escape_control(path.replace("\\", "/").rpartition("/")[2]) for path in (a, b))
        job = Job(strings.COMPARE_PIXELS, strings.both_files(*names), kind=KIND, shows_unit=True)
        self._job = job.op(work).each(self._add).success(self._end).failure(self._fail)
        job.run_in_background(self._jobs, supersede=True)

    def stop(self) -> None:
        """Stop the running comparison; its results so far stay."""
        if self._job is not None and self._job.is_running:
            self._job.discard(strings.STOPPED)
            self._show(replace(self.diff, is_running=False))

    def _add(self, job: Job, event: LayerDifference | LayerCount | FrameCount | SequenceResult) -> None:
        if job is not self._job:
            return
        match event:
            case LayerCount():
                self._show(replace(self.diff, total=event.total))
            case FrameCount():
                self._show(replace(self.diff, frame_count=event.common, note=strings.other_frames(event.others)))
            case SequenceResult():
                left_out = strings.skipped_frames(format_ranges(event.skipped)) if event.skipped else self.diff.note
                self._show(replace(self.diff, results=event.layers, note=left_out))
            case _:
                self._show(replace(self.diff, results=(*self.diff.results, event)))

    def _end(self, job: Job, _: None) -> None:
        job.end(strings.layers_compared(len(self.diff.results), self.diff.changed_count, job.elapsed))
        self._show(replace(self.diff, is_running=False))

    def _fail(self, job: Job, sentence: str) -> None:
        if job is self._job:
            self._show(replace(self.diff, is_running=False, failure=sentence))

    def _show(self, diff: PixelDiff) -> None:
        self.diff = diff
        self.changed.emit(diff)


def compare_files(paths: tuple[str, str], step: float, stop: StopCheck, emit: Emit) -> None:
    """Emit the number of layers, then each result with the progress."""
    files = _read(paths[0]), _read(paths[1])
    pairs, started = pair_layers(*files), time.monotonic()
    emit(LayerCount(len(pairs)))
    with _decoding() as decoder:
        for done, result in enumerate(diff_layers(files, decoder, pairs, step=step, stop=stop), 1):
            emit(result)
            emit(measure_progress("layers", done, len(pairs), started))


def compare_frames(paths: tuple[str, str], step: float, stop: StopCheck, emit: Emit) -> None:
    """Emit the number of frames, then the results so far with the progress after each."""
    for path in paths:
        _read(path)
    try:
        frames, others = common_frames(*paths)
    except OSError as error:
        raise PixelsError(strings.cannot_list(error.strerror or "")) from error
    if not frames:
        raise PixelsError(strings.NO_COMMON_FRAME)
    started = time.monotonic()
    emit(FrameCount(len(frames), others))
    with _decoding() as decoder:
        for done, result in enumerate(diff_sequences(frames, decoder, step=step, stop=stop), 1):
            emit(result)
            emit(measure_progress("frames", done, len(frames), started))


@contextmanager
def _decoding() -> Iterator[Decoder]:
    """Provide a decoder, and end quietly when the comparison is stopped."""
    with closing(Decoder()) as decoder, suppress(DecodeCancelledError):
        try:
            yield decoder
        except MemoryError as error:
            raise PixelsError(strings.OUT_OF_MEMORY) from error


def _read(path: str) -> ExrFile:
    """Return the header of a file.

    Raises:
        PixelsError: No part of it can be read.
    """
    file = inspect_file(path)
    if not file.parts:
        raise PixelsError(file.errors[0].message if file.errors else strings.CANNOT_COMPARE)
    return file
