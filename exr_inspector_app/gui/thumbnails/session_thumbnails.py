"""LRU cache of thumbnails of session files: requested when they are painted, created in the background."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.exr.pixels.decoded_picture import RgbImage
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.gui.thumbnails.qt_image import crop, to_qimage
from exr_inspector_app.ingest.reader_pool import STALL_TIMEOUT_S, run_with_timeout
from exr_inspector_app.services.backend import Backend

KIND = "Session thumbnails"
INSPECT_KIND = "Inspect"  # thumbnails wait while tasks of this kind run
MAX_THUMBNAILS = 1000  # in memory, 40 KB each
MAX_BATCH = 24  # of one task: rows that have been scrolled past are not waited for
REQUEST_DELAY_MS, BUSY_DELAY_MS = 60, 400  # before a task starts; and again while files are inspected
_WIDTH, _HEIGHT = 142, 80  # px of a thumbnail in a list at 200 %


class SessionThumbnails(QObject):
    """Cache of thumbnails by path, from the cache on disk or decoded from the pixels."""

    arrived = Signal()  # lists have something new to paint

    def __init__(self, backend: Backend, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._images: OrderedDict[str, QImage | str] = OrderedDict()  # a sentence: there is no thumbnail
        self._requested: OrderedDict[str, None] = OrderedDict()  # in the order of painting
        self._is_running = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._start)

    def get(self, path: str) -> QImage | None:
        """Return the thumbnail of a file; if it is unknown, request it, and emit `arrived` later."""
        if path in self._images:
            self._images.move_to_end(path)
            image = self._images[path]
            return None if isinstance(image, str) else image
        self._requested[path] = None
        self._requested.move_to_end(path)
        if not self._is_running and not self._timer.isActive():
            self._timer.start(REQUEST_DELAY_MS)
        return None

    def failure(self, path: str) -> str:
        """Return the sentence why a file has no thumbnail; empty if it has one or is waiting."""
        image = self._images.get(path)
        return image if isinstance(image, str) else ""

    @property
    def is_waiting(self) -> bool:
        """True while requested thumbnails have not arrived."""
        return self._is_running or self._timer.isActive()

    def invalidate(self, path: str) -> None:
        """Create the thumbnail of a changed file again when it is painted next."""
        self._images.pop(path, None)

    @Slot()
    def _start(self) -> None:
        """Start a task for the rows that were painted last; inspecting files comes first."""
        if self._tasks.is_closed:
            return
        if self._tasks.running(INSPECT_KIND):
            self._timer.start(BUSY_DELAY_MS)
            return
        paths = list(self._requested)[-MAX_BATCH:]
        self._requested.clear()
        if not paths:
            return
        self._is_running = True

        def work(stop: StopCheck) -> Iterator[tuple[str, QImage | str]]:
            return _create(self._backend, paths, stop)

        self._tasks.run_iter(KIND, work, self._on_image, self._on_end, self._on_end)

    def _on_image(self, result: tuple[str, QImage | str]) -> None:
        path, image = result
        self._images[path] = image
        if len(self._images) > MAX_THUMBNAILS:
            self._images.popitem(last=False)
        self.arrived.emit()

    def _on_end(self, _result: object) -> None:
        """Start the next batch; after a failure, rows keep their glyphs."""
        self._is_running = False
        if self._requested:
            self._timer.start(REQUEST_DELAY_MS)


def _create(backend: Backend, paths: list[str], stop: StopCheck) -> Iterator[tuple[str, QImage | str]]:
    """Yield each path with its thumbnail, ready to be painted, or the sentence why it has none.

    The sentence is empty if the storage is silent.
    """
    silent: list[str] = []
    with closing(Decoder()) as decoder:
        for path, image in backend.thumbnails(_responding(paths, silent, stop), decoder, stop):
            yield path, crop(to_qimage(image), _WIDTH, _HEIGHT) if isinstance(image, RgbImage) else image
    yield from ((path, "") for path in silent)


def _responding(paths: list[str], silent: list[str], stop: StopCheck) -> Iterator[str]:
    """Yield the paths whose storage responds; wait for at most one file per folder, and add the rest to `silent`."""
    folders: set[str] = set()
    for path in paths:
        folder = os.path.dirname(path)
        if folder not in folders and run_with_timeout(os.path.exists, path, stop, STALL_TIMEOUT_S) is None:
            folders.add(folder)
        if folder in folders:
            silent.append(path)
        else:
            yield path
