"""Prefetcher: fills the cache with the neighbors of the shown picture while nothing else is decoded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import DecodeCancelledError, PixelsError
from exr_inspector_app.gui.preview.layers import Layer
from exr_inspector_app.gui.preview.picture_loader import LoadRequest, PictureLoader, layer_bytes_per_pixel
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid
from exr_inspector_app.gui.preview.rendering.pyramid_cache import pyramid_key
from exr_inspector_app.gui.tasks.task_runner import Emit, TaskRunner

KIND = "Prefetch"
IDLE_DELAY_MS = 300  # after the last request of the user
MAX_CACHE_SHARE = 0.75  # that prefetched pictures may take, so that shown ones stay

LayersRequest: TypeAlias = tuple[LoadRequest, tuple[Layer, ...]]


class _Queue:
    """Requests of a prefetcher, the next one first, and the layers that follow. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frames: tuple[LoadRequest, ...] = ()
        self._layers: LayersRequest | None = None
        self._is_closed = False
        self.current: LoadRequest | None = None  # that is being decoded

    def replace(self, frames: Sequence[LoadRequest], layers: LayersRequest | None) -> bool:
        """Replace the requests; return False if the task has ended and takes none."""
        with self._lock:
            self._frames, self._layers = tuple(frames), layers
            return not self._is_closed

    def take(self) -> LoadRequest | LayersRequest | None:
        """Return the next request; close an empty queue and return None."""
        with self._lock:
            if self._frames:
                self.current, self._frames = self._frames[0], self._frames[1:]
                return self.current
            layers, self.current, self._layers = self._layers, None, None
            self._is_closed = layers is None
            return layers

    def close(self) -> None:
        """Take no further requests."""
        with self._lock:
            self.current, self._is_closed = None, True


class Prefetcher(QObject):
    """Owner of the task that decodes ahead; every other request of the user stops it."""

    advanced = Signal()  # a picture was added to the cache
    ended = Signal()

    def __init__(self, tasks: TaskRunner, loader: PictureLoader, parent: QObject) -> None:
        """Create a prefetcher without requests."""
        super().__init__(parent)
        self._tasks, self._loader = tasks, loader
        self._scheduled: tuple[Sequence[LoadRequest], LayersRequest | None] = ((), None)
        self.shown: MipPyramid | None = None  # whose levels are reduced of other pictures, too
        self._queue: _Queue | None = None  # of the running task
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._start)

    @property
    def is_busy(self) -> bool:
        """True while pictures are decoded ahead, or will be after the delay."""
        return self._queue is not None or self._timer.isActive()

    def schedule(
        self, frames: Sequence[LoadRequest], layers_of: LoadRequest | None = None, *, delay_ms: int = IDLE_DELAY_MS
    ) -> None:
        """Replace the requests, and start after a delay; a picture that is being decoded is finished.

        Args:
            frames: Pictures to decode, the next one first.
            layers_of: A picture whose file has other layers, which follow.
            delay_ms: Time without another request of the user.
        """
        self._scheduled = (frames, (layers_of, _other_layers(layers_of)) if layers_of else None)
        self._timer.start(delay_ms)

    def stop(self, keep: LoadRequest | None = None) -> bool:
        """Stop decoding ahead; return True if the picture `keep` is being decoded, which then is finished."""
        self._timer.stop()
        current = self._queue.current if self._queue else None
        if self._queue and current and keep and current.key == keep.key:
            self._queue.replace((), None)
            return True
        self._tasks.drop(KIND)
        self._queue = None
        return False

    @Slot()
    def _start(self) -> None:
        if self._queue is not None and self._queue.replace(*self._scheduled):
            return
        if not any(self._scheduled):
            return
        queue = self._queue = _Queue()
        queue.replace(*self._scheduled)

        def work(stop: StopCheck, emit: Emit) -> None:
            try:
                self._work(queue, stop, emit)
            finally:
                queue.close()

        def end(_result: object) -> None:
            self._queue = None if self._queue is queue else self._queue
            self.ended.emit()

        self._tasks.run_with_progress(KIND, work, self._on_item, end, end)

    def _work(self, queue: _Queue, stop: StopCheck, emit: Emit) -> None:
        budget = self._loader.cache.max_bytes * MAX_CACHE_SHARE
        while not stop() and (request := queue.take()) is not None:
            if not isinstance(request, LoadRequest):
                if self._load_layers(*request, budget, stop):
                    emit(None)
                continue
            budget -= _decoded_bytes(request, request.layer)
            if budget < 0:
                return
            if self._loader.cached(request) is None and _try(partial(self._load, request, stop)):
                emit(None)

    def _load(self, request: LoadRequest, stop: StopCheck) -> None:
        pyramid, shown = self._loader.load(request, stop).pyramid, self.shown
        if shown is not None:
            pyramid.reduce_like(shown)

    def _load_layers(self, request: LoadRequest, layers: tuple[Layer, ...], budget: float, stop: StopCheck) -> bool:
        """Decode as many layers in one pass as the budget allows; return whether there are any."""
        chosen = []
        for layer in layers:
            size = _decoded_bytes(request, layer)
            if pyramid_key(request.file, layer) not in self._loader.cache and size <= budget:
                budget -= size
                chosen.append(layer)
        return bool(chosen) and _try(partial(self._loader.load_layers, request.file, chosen, stop, self.shown))

    def _on_item(self, _item: object) -> None:
        self.advanced.emit()


def _try(load: Callable[[], object]) -> bool:
    """Return whether a picture was decoded; a failure is reported when the user selects that picture."""
    try:
        load()
    except (DecodeCancelledError, PixelsError, MemoryError):
        return False
    return True


def _other_layers(request: LoadRequest) -> tuple[Layer, ...]:
    """Return the other layers of the part, the next ones first; none of deep parts, whose layers share nothing."""
    layers = [layer for layer in request.layers if layer.part == request.layer.part]
    if request.file.parts[request.layer.part].is_deep or request.layer not in layers:
        return ()
    index = layers.index(request.layer)
    return (*layers[index + 1 :], *layers[:index])


def _decoded_bytes(request: LoadRequest, layer: Layer) -> int:
    box = request.file.parts[layer.part].data_window
    pixels = box.width * box.height if box else 0
    return pixels * layer_bytes_per_pixel(request.file, layer) * 4 // 3
