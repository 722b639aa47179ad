"""Pixel diff job: compares all layers of two files, and emits each result as soon as it is measured."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import StopCheck, measure_progress
from exr_inspector_app.errors import DecodeCancelledError, PixelsError
from exr_inspector_app.exr.inspect import inspect_file
from exr_inspector_app.exr.paths import local_path
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.gui.compare import strings
from exr_inspector_app.gui.tasks.job import Job
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.gui.tasks.task_runner import Emit
from exr_inspector_app.model import ExrFile
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.layer_pairs import pair_layers
from exr_inspector_app.services.pixel_diff import LayerDifference, diff_layers
from exr_inspector_app.text.escape import escape_control

KIND = "Compare pixels"


@dataclass(frozen=True, slots=True, eq=False)
class PixelDiff:
    """Results of two files so far.

    Attributes:
        paths: The reference A and the file B; empty before the first comparison.
        results: One per layer.
        total: Number of layers of both files.
        is_running: Results are missing.
        failure: Sentence why the files cannot be compared, else "".
    """

    paths: tuple[str, ...] = ()
    results: tuple[LayerDifference, ...] = ()
    total: int = 0
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
        self.diff = PixelDiff()

    def compare(self, a: str, b: str) -> None:
        """Compare all layers of two files."""
        self.stop()
        self._show(PixelDiff((a, b), is_running=True))

        def work(stop: StopCheck, emit: Emit) -> None:
            roots = self._backend.config.roots
            _compare(local_path(a, roots), local_path(b, roots), stop, emit)

        names = (escape_control(path.replace("\\", "/").rpartition("/")[2]) for path in (a, b))
        job = Job(strings.COMPARE_PIXELS, strings.both_files(*names), kind=KIND, shows_unit=True)
        self._job = job.op(work).each(self._add).success(self._end).failure(self._fail)
        job.run_in_background(self._jobs, supersede=True)

    def stop(self) -> None:
        """Stop the running comparison; its results so far stay."""
        if self._job is not None and self._job.is_running:
            self._job.discard(strings.STOPPED)
            self._show(replace(self.diff, is_running=False))

    def _add(self, job: Job, event: LayerDifference | int) -> None:
        if job is not self._job:
            return
        if isinstance(event, int):
            self._show(replace(self.diff, total=event))
        else:
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


def _compare(a: str, b: str, stop: StopCheck, emit: Emit) -> None:
    """Emit the number of layers, then each result with the progress."""
    files = _read(a), _read(b)
    pairs, started = pair_layers(*files), time.monotonic()
    emit(len(pairs))
    with closing(Decoder()) as decoder:
        try:
            for done, result in enumerate(diff_layers(files, decoder, pairs, stop=stop), 1):
                emit(result)
                emit(measure_progress("layers", done, len(pairs), started))
        except DecodeCancelledError:
            return
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
