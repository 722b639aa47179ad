"""The pictures of published files for lists: asked for together, kept small in number, painted where they are."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from exr_inspector_app.contracts import Preview
from exr_inspector_app.gui.tasks.task_runner import Failure, Stop, TaskRunner
from exr_inspector_app.services.backend import Backend

KEPT = 4000  # pictures in memory; each is at most 48 KB as it is stored, and not much more when it is shown
SIZE = 160  # pixels of the longer side that are kept: enough for a list at 200 %


class StoredThumbnails(QObject):
    """What a list shows beside its rows; `changed` tells that more has come."""

    changed = Signal()

    def __init__(self, core: Backend, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._tasks = tasks
        self._asked: set[str] = set()
        self._images: OrderedDict[str, QImage] = OrderedDict()

    def get(self, file_id: str) -> QImage | None:
        """The picture of a published file or of its sequence; None where there is none, or not yet."""
        return self._images.get(file_id)

    def ask(self, file_ids: Sequence[str]) -> None:
        """The pictures that have not been asked for yet are fetched."""
        wanted = [file_id for file_id in file_ids if file_id not in self._asked]
        if not wanted:
            return
        self._asked.update(wanted)

        def work(stop: Stop) -> dict[str, QImage]:
            return _images(self._core.previews(wanted))

        self._tasks.run("Stored pictures", work, self._fetched, self._failed)

    def forget(self) -> None:
        """Pictures may have changed: they are asked for anew, and shown as they were until they come."""
        self._asked.clear()

    def _fetched(self, images: dict[str, QImage]) -> None:
        if images:
            self._images.update(images)
            while len(self._images) > KEPT:
                self._asked.discard(self._images.popitem(last=False)[0])
            self.changed.emit()

    def _failed(self, failure: Failure) -> None:
        """Rows keep their glyphs; whatever is wrong with the library, the list itself tells."""


def _images(previews: dict[str, Preview]) -> dict[str, QImage]:
    """The pictures that can be read, at most SIZE pixels long."""
    found: dict[str, QImage] = {}
    decoded: dict[str, QImage] = {}  # by the file that was pictured, for the frames of a sequence
    for file_id, preview in previews.items():
        if preview.file_id not in decoded:
            decoded[preview.file_id] = _small(QImage.fromData(preview.thumbnail))
        if not decoded[preview.file_id].isNull():
            found[file_id] = decoded[preview.file_id]
    return found


def _small(image: QImage) -> QImage:
    if max(image.width(), image.height()) <= SIZE:
        return image
    return image.scaled(SIZE, SIZE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
