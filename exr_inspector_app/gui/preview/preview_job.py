"""Preview job: decodes the image of the selected file in the background; the newest request supersedes earlier ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.chunks.levels import LevelSize, level_sizes
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.sequences.grouping import SequenceKey, sequence_member
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.layer_choices import LayerChoices
from exr_inspector_app.gui.preview.layers import Layer, find_picture_layer, list_layers, match_layer
from exr_inspector_app.gui.preview.picture_loader import LoadedPicture, LoadRequest, PictureLoader, picture_request
from exr_inspector_app.gui.preview.playback.prefetcher import Prefetcher
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid
from exr_inspector_app.gui.preview.rendering.pyramid_cache import PyramidCache
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.tasks.task_runner import Emit, TaskRunner
from exr_inspector_app.model import ExrFile, Part

MAX_REQUESTS = 500  # for neighbors of images that are remembered
MAX_SEQUENCES = 1000  # whose layers are remembered
KIND, PIXEL_KIND = "Preview", "Pixel"
FIRST_ROUNDED = 2**24  # whole numbers from here on are rounded in the float32 of a decoded image


@dataclass(frozen=True, slots=True)
class PreviewState:
    """State of the preview: an image, an image that is being decoded, or the reason for a missing one."""

    entry: SessionFile | None = None
    file: ExrFile | None = None
    layers: tuple[Layer, ...] = ()
    layer: Layer | None = None
    is_layer_selected: bool = False  # by the user or by an earlier frame; otherwise a black image gives way
    level: tuple[int, int] = (0, 0)  # of the part, across and down
    pyramid: MipPyramid | None = None  # while another image is being decoded: the previous one
    is_loading: bool = False
    failure: str = ""

    @property
    def part(self) -> Part | None:
        """The part of the selected layer."""
        return self.file.parts[self.layer.part] if self.file and self.layer else None

    @property
    def levels(self) -> tuple[LevelSize, ...]:
        """The levels of the part of the selected layer."""
        return tuple(level_sizes(self.part)) if self.part else ()


class _DefaultLayer(NamedTuple):
    """Layer in which the first frame of a sequence was shown."""

    path: str
    layer: Layer


class ExactPixels(NamedTuple):
    """Values of the file at one pixel of an image that was reduced."""

    probe: tuple[int, int]
    values: tuple[float, ...]


class PreviewJob(QObject):
    """Owner of the decoder and of the preview state, which follows the selected file, layer and level."""

    changed = Signal(object)  # PreviewState
    pixel_read = Signal(object)  # ExactPixels of the image that is shown
    decoding = Signal()  # another image is about to be decoded, or the job is closed
    failed = Signal(str, str)  # path of the file whose pixels cannot be shown, and the sentence

    def __init__(self, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._decoder = Decoder()
        self.cache = PyramidCache()
        self._loader = PictureLoader(self._decoder, self.cache)
        self._idle_decoder = Decoder()  # decodes ahead, so that no request of the user waits for it
        self.prefetcher = Prefetcher(tasks, PictureLoader(self._idle_decoder, self.cache), self)
        self.prefetcher.advanced.connect(self._show_prefetched)
        self.prefetcher.ended.connect(self._decode_awaited)
        self._requests: dict[tuple[str, str | None, Layer], LoadRequest | None] = {}  # of `request_for`
        self._awaited: LoadRequest | None = None  # that the prefetcher is decoding
        self._choices = LayerChoices()
        self._default_layers: dict[SequenceKey, _DefaultLayer] = {}  # shown layer of sequences without a selected one
        self._key: tuple[object, ...] = ()
        self.choose_step: Callable[[Part], int] | None = None  # of the level that the canvas will show
        self.shown = PreviewState()

    def show_entry(self, entry: SessionFile | None, file: ExrFile | None) -> None:
        """Decode the image of a file, in the layer that the user selected before for its sequence or set-up."""
        if entry is None or file is None or not file.parts:
            is_waiting = bool(entry and entry.is_waiting)
            pyramid = self.shown.pyramid if is_waiting else None  # stays while the file is being read
            self._show_nothing(PreviewState(entry, file, pyramid=pyramid, is_loading=is_waiting))
            return
        if file.header_hash is None:  # the decoder would fail with a technical sentence
            self._show_nothing(PreviewState(entry, file, failure=strings.UNFINISHED_HEADER))
            return
        layers = tuple(list_layers(file))
        selected = self._choices.find(file, layers) or self._layer_of_sequence(file, layers)
        layer = selected or find_picture_layer(layers, file)
        self._decode(PreviewState(entry, file, layers, layer, selected is not None, pyramid=self.shown.pyramid))

    def _layer_of_sequence(self, file: ExrFile, layers: tuple[Layer, ...]) -> Layer | None:
        """Return the layer that another frame of the sequence was shown in, so that black frames do not switch it."""
        default_layer = self._default_layers.get(_sequence_key(file))
        return match_layer(layers, default_layer.layer) if default_layer and default_layer.path != file.path else None

    def _keep_layer(self, file: ExrFile, layer: Layer) -> None:
        """Keep the layer in which the first frame of a sequence was shown."""
        if len(self._default_layers) >= MAX_SEQUENCES:
            self._default_layers.pop(next(iter(self._default_layers)))
        self._default_layers[_sequence_key(file)] = _DefaultLayer(file.path, layer)

    def select_layer(self, layer: Layer) -> None:
        """Show this layer, also in the other frames and in later files of the same layers."""
        self._choices.add(self.shown.file, self.shown.layers, layer)
        self._decode(replace(self.shown, layer=layer, is_layer_selected=True))

    def select_level(self, level: tuple[int, int]) -> None:
        """Show this level of the current part."""
        self.shown = replace(self.shown, level=level)
        self._decode(self.shown)

    @property
    def decoder(self) -> Decoder:
        """Decoder of the images."""
        return self._decoder

    @property
    def shown_request(self) -> PictureRequest | None:
        """Request for the pixels of the image that is shown, None without one or while another is being decoded."""
        shown = self.shown
        if shown.is_loading or shown.pyramid is None or shown.file is None or shown.layer is None:
            return None
        return picture_request(shown.file, shown.layer, shown.level)

    @property
    def has_exact_pixels(self) -> bool:
        """Whether the image that is shown holds all values as stored: it is not reduced or rounded."""
        shown = self.shown
        if shown.pyramid is None or shown.file is None or shown.layer is None:
            return False
        is_whole = _has_whole_numbers(shown.file, shown.layer)
        return shown.pyramid.picture.factor == 1 and (shown.pyramid.is_exact or not is_whole)

    def read_pixel(self, x: int, y: int) -> None:
        """Read the values of the file at this pixel, if the image that is shown was reduced or rounded."""
        request, pyramid = self.shown_request, self.shown.pyramid
        if request is None or self.has_exact_pixels:
            return

        def succeed(values: tuple[float, ...] | None) -> None:
            if values is not None and self.shown.pyramid is pyramid:
                self.pixel_read.emit(ExactPixels((x, y), values))

        def fail(_sentence: str) -> None:
            """Keep the values of the reduced image."""

        work = partial(self._decoder.pixel, request, (x, y))
        self._tasks.run(PIXEL_KIND, work, succeed, fail, supersede=True)

    def reload(self) -> None:
        """Decode the same image again."""
        if self.shown.file is not None:
            self.cache.remove_file(self.shown.file.path)
        self._key = ()
        self._decode(self.shown)

    def close(self) -> None:
        """Cancel decoding and end the process of the decoder."""
        self.decoding.emit()
        self._tasks.drop(KIND)
        self.prefetcher.stop()
        self._tasks.drop(PIXEL_KIND)
        for decoder in (self._decoder, self._idle_decoder):
            decoder.cancel()
            decoder.close()

    def _show_nothing(self, state: PreviewState) -> None:
        self._key = ()
        self._awaited = None
        self.prefetcher.stop()
        self._tasks.drop(KIND)
        self._show(state)

    def _level_of(self, state: PreviewState) -> tuple[int, int]:
        """Return the selected level if the state shows the same part of the same file as before."""
        before, after = (
            (shown.file and shown.file.path, shown.layer and shown.layer.part, shown.levels)
            for shown in (self.shown, state)
        )
        return self.shown.level if before == after else (0, 0)

    def _decode(self, state: PreviewState) -> None:
        """Decode the image unless it is shown or being decoded already."""
        assert state.entry is not None
        assert state.file is not None
        layer, file = state.layer, state.file
        state = replace(state, level=self._level_of(state))
        if layer is None:
            self._show_nothing(replace(state, pyramid=None, failure=strings.NO_CHANNELS))
            return
        key = (file.path, file.size_bytes, file.mtime, layer, state.level, state.is_layer_selected)
        if key == self._key:
            self._show(replace(self.shown, entry=state.entry, file=file, layers=state.layers))
            return
        self._key = key
        self._awaited = None
        step = self._step_of(file, layer) if state.level == (0, 0) else 1
        request = LoadRequest(file, state.layers, layer, state.level, state.is_layer_selected, step)
        requested = replace(state, is_loading=True, failure="")
        self._tasks.drop(PIXEL_KIND)
        loaded = self._loader.cached(request)
        if loaded is not None:
            self.prefetcher.stop()
            self._tasks.drop(KIND)
            self.shown = requested
            self._show_loaded(request, loaded)
            return
        self._show(requested)
        if self.prefetcher.stop(keep=request):
            self._tasks.drop(KIND)
            self._awaited = request
            return
        self._load(request)

    def _step_of(self, file: ExrFile, layer: Layer) -> int:
        """Return the step of the level in which a layer will be shown."""
        return self.choose_step(file.parts[layer.part]) if self.choose_step else 1

    def _load(self, request: LoadRequest) -> None:
        """Decode the image that the state shows as loading."""

        def work(stop: StopCheck, emit: Emit) -> LoadedPicture:
            try:
                return self._loader.load(request, stop, emit)
            except MemoryError as error:
                raise PixelsError(strings.OUT_OF_MEMORY) from error

        def show_draft(draft: MipPyramid) -> None:
            self._show(replace(self.shown, pyramid=draft))

        def fail(sentence: str) -> None:
            self._show(replace(self.shown, pyramid=None, is_loading=False, failure=sentence))
            self.failed.emit(request.file.path, sentence)

        succeed = partial(self._show_loaded, request)
        self.decoding.emit()
        self._tasks.run_with_progress(KIND, work, show_draft, succeed, fail, supersede=True)

    def _show_loaded(self, request: LoadRequest, loaded: LoadedPicture) -> None:
        if not request.is_layer_selected:
            self._keep_layer(request.file, loaded.layer)
        self._show(replace(self.shown, layer=loaded.layer, pyramid=loaded.pyramid, is_loading=False, failure=""))

    @Slot()
    def _show_prefetched(self) -> None:
        """Show the awaited image once the prefetcher has decoded it."""
        loaded = self._loader.cached(self._awaited) if self._awaited else None
        if self._awaited is not None and loaded is not None:
            request, self._awaited = self._awaited, None
            self._show_loaded(request, loaded)

    @Slot()
    def _decode_awaited(self) -> None:
        """Decode the awaited image if the prefetcher could not."""
        self._show_prefetched()
        if self._awaited is not None:
            request, self._awaited = self._awaited, None
            self._load(request)

    def request_for(self, entry: SessionFile) -> LoadRequest | None:
        """Return the request for a file of the same sequence in the layer that is shown, None if it has no pixels."""
        file, layer = entry.file, self.shown.layer
        if layer is None or file is None or file.header_hash is None or entry.is_failed:
            return None
        key = (file.path, file.mtime, layer)
        if key not in self._requests:
            if len(self._requests) >= MAX_REQUESTS:
                self._requests.clear()
            layers = tuple(list_layers(file))
            same = match_layer(layers, layer)
            step = self._step_of(file, same) if same else 1
            self._requests[key] = LoadRequest(file, layers, same, step=step) if same else None
        return self._requests[key]

    @property
    def current_request(self) -> LoadRequest | None:
        """The request for the image that is shown, None without one."""
        shown = self.shown
        if shown.file is None or shown.layer is None or shown.pyramid is None:
            return None
        return LoadRequest(shown.file, shown.layers, shown.layer)

    def _show(self, state: PreviewState) -> None:
        self.shown = state
        self.prefetcher.shown = state.pyramid
        self.changed.emit(state)


def _has_whole_numbers(file: ExrFile, layer: Layer) -> bool:
    return any(channel.type == "uint" and channel.name in layer.channels for channel in file.parts[layer.part].channels)


def _sequence_key(file: ExrFile) -> SequenceKey:
    return sequence_member(file.path, file.frame_number)[0]
