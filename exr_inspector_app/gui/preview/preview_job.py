"""The picture of the selected file: decoded and prepared in the background, the newest wish wins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.chunks.levels import LevelSize, level_sizes
from exr_inspector_app.exr.pixels.decoder import Decoder, PictureRequest
from exr_inspector_app.gui.preview.layers import Layer, layers_of, same_layer
from exr_inspector_app.gui.preview.mip_pyramid import MipPyramid, prepare
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.tasks.task_runner import Failure, Stop, TaskRunner
from exr_inspector_app.model import ExrFile, Part

KIND = "Preview"
PIXEL = "Pixel"
MOST_PIXELS = 17_000_000  # shown at full size; a larger picture is made smaller to have about as many


@dataclass(frozen=True, slots=True)
class PreviewState:
    """What the preview shows: a picture, one on its way, or in words why there is none."""

    entry: SessionFile | None = None
    file: ExrFile | None = None
    layers: tuple[Layer, ...] = ()
    layer: Layer | None = None
    level: tuple[int, int] = (0, 0)  # of the part, across and down
    prepared: MipPyramid | None = None  # while another is on its way: the one before
    is_loading: bool = False
    failure: str = ""

    @property
    def part(self) -> Part | None:
        """The part that is looked at."""
        return self.file.parts[self.layer.part] if self.file and self.layer else None

    @property
    def levels(self) -> tuple[LevelSize, ...]:
        """The levels of the part that is looked at."""
        return tuple(level_sizes(self.part)) if self.part else ()


class ExactPixels(NamedTuple):
    """What the file has at one pixel of a picture that was made smaller."""

    probe: tuple[int, int]
    values: tuple[float, ...]


class PreviewJob(QObject):
    """Follows the selection and the chosen layer; `changed` tells what is to be seen."""

    changed = Signal(object)  # Shown
    pixel_read = Signal(object)  # Exact, of the picture that is shown
    failed = Signal(str, str)  # the path whose pixels cannot be shown, and why
    bug = Signal(object)  # Failure with a report

    def __init__(self, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._decoder = Decoder()
        self._wanted: Layer | None = None  # by a person, kept from file to file
        self._key: tuple[object, ...] = ()
        self.shown = PreviewState()

    def show_entry(self, entry: SessionFile | None, file: ExrFile | None) -> None:
        """The entry's picture, in the layer that was chosen before where it has it."""
        if entry is None or file is None or not file.parts:
            self._key = ()
            self._tasks.drop(KIND)
            self._tell(
                PreviewState(entry, file, prepared=self._kept(entry), is_loading=bool(entry and entry.is_waiting))
            )
            return
        if file.header_hash is None:  # a decoder would say the same, in words for programmers
            self._key = ()
            self._tasks.drop(KIND)
            self._tell(
                PreviewState(entry, file, failure="The header of this file has no end, so its pixels cannot be found.")
            )
            return
        layers = tuple(layers_of(file))
        self._decode(
            PreviewState(entry, file, layers, same_layer(layers, self._wanted, file), prepared=self.shown.prepared)
        )

    def choose(self, layer: Layer) -> None:
        """A person wants to see this layer, in other files too."""
        self._wanted = layer
        self._decode(replace(self.shown, layer=layer))

    def choose_level(self, level: tuple[int, int]) -> None:
        """A person wants to see this level, of this part alone."""
        self.shown = replace(self.shown, level=level)
        self._decode(self.shown)

    def read_pixel(self, x: int, y: int) -> None:
        """What the file has at this pixel is told, where the picture does not tell it."""
        shown = self.shown
        prepared, file, layer = shown.prepared, shown.file, shown.layer
        if shown.is_loading or prepared is None or prepared.picture.factor == 1 or file is None or layer is None:
            return
        request = _request(file, layer, shown.level)

        def done(values: tuple[float, ...] | None) -> None:
            if values is not None and self.shown.prepared is prepared:
                self.pixel_read.emit(ExactPixels((x, y), values))

        def failed(failure: Failure) -> None:  # the means are shown on
            if failure.report:
                self.bug.emit(failure)

        work = partial(self._decoder.pixel, request, (x, y))
        self._tasks.run(PIXEL, work, done, failed, supersede=True)

    def again(self) -> None:
        """The same picture is decoded anew."""
        self._key = ()
        self._decode(self.shown)

    def close(self) -> None:
        """Nothing is decoded any more and the decoder's process is gone."""
        self._tasks.drop(KIND)
        self._tasks.drop(PIXEL)
        self._decoder.cancel()
        self._decoder.close()

    def _kept(self, entry: SessionFile | None) -> MipPyramid | None:
        """The picture that stays while an entry is being read."""
        return self.shown.prepared if entry and entry.is_waiting else None

    def _level(self, shown: PreviewState) -> tuple[int, int]:
        """The level that a person chose, as long as it is the same part of the same file."""
        now, next_ = (
            (one.file and one.file.path, one.layer and one.layer.part, one.levels) for one in (self.shown, shown)
        )
        return self.shown.level if now == next_ else (0, 0)

    def _decode(self, shown: PreviewState) -> None:
        """Asks for the picture unless it is there or on its way already."""
        assert shown.entry is not None
        assert shown.file is not None
        layer, file = shown.layer, shown.file
        shown = replace(shown, level=self._level(shown))
        if layer is None:
            self._tasks.drop(KIND)
            self._key = ()
            self._tell(replace(shown, prepared=None, failure="This file has no channels to show."))
            return
        key = (file.path, file.size_bytes, file.mtime, layer, shown.level)
        if key == self._key:
            self._tell(replace(self.shown, entry=shown.entry, file=file, layers=shown.layers))
            return
        self._key = key
        request = _request(file, layer, shown.level)

        def work(stop: Stop) -> MipPyramid:
            try:
                return prepare(self._decoder.picture(request, stop))
            except MemoryError as error:
                raise PixelsError("There is not enough memory for this picture.") from error

        def done(prepared: MipPyramid) -> None:
            self._tell(replace(self.shown, prepared=prepared, is_loading=False, failure=""))

        def failed(failure: Failure) -> None:
            self._tell(replace(self.shown, prepared=None, is_loading=False, failure=failure.sentence))
            self.failed.emit(file.path, failure.sentence)
            if failure.report:
                self.bug.emit(failure)

        self._tell(replace(shown, is_loading=True, failure=""))
        self._tasks.drop(PIXEL)
        self._tasks.run(KIND, work, done, failed, supersede=True)

    def _tell(self, shown: PreviewState) -> None:
        self.shown = shown
        self.changed.emit(shown)


def _request(file: ExrFile, layer: Layer, level: tuple[int, int]) -> PictureRequest:
    """The whole level, smaller only where it would take very much memory."""
    part = file.parts[layer.part]
    size = next((one for one in level_sizes(part) if (one.x, one.y) == level), part.data_window)
    most = None
    if size and size.width * size.height > MOST_PIXELS:
        share = (MOST_PIXELS / (size.width * size.height)) ** 0.5
        most = (max(1, int(size.width * share)), max(1, int(size.height * share)))
    return PictureRequest(file.path, layer.part, layer.channels, level, most)
