"""Probe job: reads pixels and regions of the shown file in the decoder; the newest request supersedes earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.exr.pixels.probe_requests import measure_region, read_probe
from exr_inspector_app.exr.pixels.probe_values import PartValues
from exr_inspector_app.gui.preview.preview_job import ExactPixels, PreviewJob
from exr_inspector_app.gui.preview.probe.probe_names import ChannelNames, ObjectNames
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.model import Box2i, ChannelStats

VALUES_KIND, REGION_KIND, PINS_KIND = "Values at the pixel", "Statistics of the region", "Pinned probes"


class FileValues(NamedTuple):
    """Values of all channels of a file at one pixel, or the sentence with the reason of a failure."""

    path: str
    position: tuple[int, int]
    parts: tuple[PartValues, ...]
    names: ChannelNames
    failure: str = ""


class RegionStatistics(NamedTuple):
    """Statistics of the channels of the shown layer in a region, or the sentence with the reason of a failure."""

    region: Box2i
    channels: tuple[ChannelStats, ...]
    failure: str = ""


class ProbeJob(QObject):
    """Reader of the file that `PreviewJob` shows, with its decoder."""

    values_read = Signal(object)  # FileValues
    region_measured = Signal(object)  # RegionStatistics
    pins_read = Signal(object)  # list of ExactPixels of the image that is shown

    def __init__(self, preview: PreviewJob, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._preview, self._tasks = preview, tasks
        self._names = ObjectNames()
        preview.decoding.connect(self.drop)

    def read_values(self, position: tuple[int, int]) -> None:
        """Read all channels of all parts at a pixel, at full size."""
        file = self._preview.shown.file
        if file is None or self._preview.shown.is_loading:
            return

        decoder = self._preview.decoder

        def work(stop: StopCheck) -> FileValues:
            parts = read_probe(decoder, file.path, position, stop)
            return FileValues(file.path, position, parts, self._names.read(file, parts))

        def fail(sentence: str) -> None:
            self.values_read.emit(FileValues(file.path, position, (), {}, sentence))

        self._tasks.run(VALUES_KIND, work, self.values_read.emit, fail, supersede=True)

    def measure(self, region: Box2i) -> None:
        """Measure the channels of the layer that is shown inside a region."""
        request = self._preview.shown_request
        if request is None:
            return

        def succeed(channels: tuple[ChannelStats, ...]) -> None:
            self.region_measured.emit(RegionStatistics(region, channels))

        def fail(sentence: str) -> None:
            self.region_measured.emit(RegionStatistics(region, (), sentence))

        work = partial(measure_region, self._preview.decoder, request, region)
        self._tasks.run(REGION_KIND, work, succeed, fail, supersede=True)

    def read_pins(self, positions: Sequence[tuple[int, int]]) -> None:
        """Read the values of the file at pinned probes, if the image that is shown was reduced or rounded."""
        request = self._preview.shown_request
        if request is None or not positions or self._preview.has_exact_pixels:
            self._tasks.drop(PINS_KIND)
            return
        decoder = self._preview.decoder

        def work(stop: StopCheck) -> list[ExactPixels]:
            read = ((at, decoder.pixel(request, at, stop)) for at in positions)
            return [ExactPixels(at, values) for at, values in read if values is not None]

        def fail(_sentence: str) -> None:
            """Keep the values of the reduced image."""

        self._tasks.run(PINS_KIND, work, self.pins_read.emit, fail, supersede=True)

    def drop(self) -> None:
        """Cancel all requests: another image is about to be decoded, or the window closes."""
        for kind in (VALUES_KIND, REGION_KIND, PINS_KIND):
            self._tasks.drop(kind)
