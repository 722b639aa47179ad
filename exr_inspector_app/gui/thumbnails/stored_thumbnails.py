"""Cache of the stored thumbnails of published files, for lists: requested in batches, evicted by age."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.gui.thumbnails.qt_image import shrink, to_qimage
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.stored_thumbnails import decode_stored

KIND = "Stored thumbnails"
MAX_THUMBNAILS = 4000  # in memory; each is at most 48 KB as stored, and not much more as an image
DECODER_MEMORY_MB = 512
MAX_SIDE_PX = 160  # of the longer side: enough for a list at 200 %


class StoredThumbnails(QObject):
    """Cache by file_id; `changed` is emitted when requested thumbnails have arrived."""

    changed = Signal()

    def __init__(self, backend: Backend, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._requested: set[str] = set()
        self._images: OrderedDict[str, QImage] = OrderedDict()
        self._decoder = Decoder(DECODER_MEMORY_MB)

    def get(self, file_id: str) -> QImage | None:
        """Return the thumbnail of a published file or of its sequence; None until it has arrived, or without one."""
        return self._images.get(file_id)

    def request(self, file_ids: Sequence[str]) -> None:
        """Fetch the thumbnails that have not been requested yet."""
        missing = [file_id for file_id in file_ids if file_id not in self._requested]
        if not missing:
            return
        self._requested.update(missing)

        def work(stop: StopCheck) -> dict[str, QImage]:
            with self._backend.store() as store:
                previews = store.previews(missing)
            images = decode_stored(previews, self._decoder, stop)
            converted = {id(image): shrink(to_qimage(image), MAX_SIDE_PX) for image in images.values()}
            return {file_id: converted[id(image)] for file_id, image in images.items()}

        self._tasks.run(KIND, work, self._on_images, self._on_failure)

    def close(self) -> None:
        """End the process of the decoder."""
        self._decoder.cancel()
        self._decoder.close()

    def invalidate(self) -> None:
        """Let all thumbnails be requested again; the cached ones are shown until then."""
        self._requested.clear()

    def _on_images(self, images: dict[str, QImage]) -> None:
        if images:
            self._images.update(images)
            while len(self._images) > MAX_THUMBNAILS:
                self._requested.discard(self._images.popitem(last=False)[0])
            self.changed.emit()

    def _on_failure(self, _sentence: str) -> None:
        """Keep the icons; the list itself reports errors of the library."""
