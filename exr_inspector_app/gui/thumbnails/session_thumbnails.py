"""Pictures of the session's files: asked for by what is painted, so of visible rows, and made in the background."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.gui.tasks.task_runner import Failure, Stop, TaskRunner
from exr_inspector_app.ingest.reader_pool import STALL_TIMEOUT_S, patiently
from exr_inspector_app.services.backend import Backend

MOST = 1000  # pictures in memory, 40 KB each
AT_ONCE = 24  # of one background operation: rows that have been scrolled past are not waited for
WAIT_MS, BUSY_MS = 60, 400  # before pictures are asked for; and again while files are inspected
_WIDTH, _HEIGHT = 142, 80  # of a picture in a list at 200 %


class SessionThumbnails(QObject):
    """The pictures of files by path, from the cache on disk or from their pixels."""

    arrived = Signal()  # lists have something new to paint

    def __init__(self, core: Backend, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._core = core
        self._tasks = tasks
        self._known: OrderedDict[str, QImage | None] = OrderedDict()  # None: there is no picture
        self._wanted: OrderedDict[str, None] = OrderedDict()  # the last painted last
        self._runs = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._ask)

    def of(self, path: str) -> QImage | None:
        """The picture of a file; where it is not known yet, it is asked for and `arrived` tells."""
        if path in self._known:
            self._known.move_to_end(path)
            return self._known[path]
        self._wanted[path] = None
        self._wanted.move_to_end(path)
        if not self._runs and not self._timer.isActive():
            self._timer.start(WAIT_MS)
        return None

    @property
    def is_waiting(self) -> bool:
        """True while pictures that were asked for are on their way."""
        return self._runs or self._timer.isActive()

    def forget(self, path: str) -> None:
        """The file has changed; its picture is made anew when it is next painted."""
        self._known.pop(path, None)

    @Slot()
    def _ask(self) -> None:
        """The rows painted last are asked for; inspecting files comes first."""
        if self._tasks.is_closed:
            return
        if self._tasks.running("Inspect"):
            self._timer.start(BUSY_MS)
            return
        wanted = list(self._wanted)[-AT_ONCE:]
        self._wanted.clear()
        if not wanted:
            return
        self._runs = True
        core = self._core

        def work(stop: Stop) -> Iterator[tuple[str, QImage | None]]:
            return _pictures(core, wanted, stop)

        self._tasks.stream("Pictures", work, self._take, self._over, self._failed)

    def _take(self, found: tuple[str, QImage | None]) -> None:
        path, image = found
        self._known[path] = image
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        self.arrived.emit()

    def _over(self, _: None) -> None:
        self._runs = False
        if self._wanted:
            self._timer.start(WAIT_MS)

    def _failed(self, failure: Failure) -> None:
        """Rows keep their glyphs; a list without pictures is no reason to trouble anybody."""
        self._over(None)


def _pictures(core: Backend, paths: list[str], stop: Stop) -> Iterator[tuple[str, QImage | None]]:
    """Each path with its picture, ready to be painted; None where its pixels cannot be read."""
    silent: list[str] = []
    with closing(Decoder()) as decoder:
        for path, data in core.thumbnails(_answering(paths, silent, stop), decoder, stop):
            yield path, None if data is None else _image(data)
    yield from ((path, None) for path in silent)


def _answering(paths: list[str], silent: list[str], stop: Stop) -> Iterator[str]:
    """The paths whose storage answers; of a folder that does not, no second file is waited for."""
    folders: set[str] = set()
    for path in paths:
        folder = os.path.dirname(path)
        if folder not in folders and patiently(os.path.exists, path, stop, STALL_TIMEOUT_S) is None:
            folders.add(folder)
        if folder in folders:
            silent.append(path)
        else:
            yield path


def _image(data: bytes) -> QImage | None:
    """The picture, small enough to keep many and large enough to fill its place."""
    image = QImage.fromData(data)
    if image.isNull():
        return None
    fill, smooth = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    return image.scaled(_WIDTH, _HEIGHT, fill, smooth).copy(*_middle(image))


def _middle(image: QImage) -> tuple[int, int, int, int]:
    """The part of a picture scaled to fill that is kept."""
    scale = max(_WIDTH / image.width(), _HEIGHT / image.height())
    width, height = round(image.width() * scale), round(image.height() * scale)
    return (width - _WIDTH) // 2, (height - _HEIGHT) // 2, _WIDTH, _HEIGHT
