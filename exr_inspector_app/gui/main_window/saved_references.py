"""References of a saved session: the image that others are compared with, and the file of the Similar pane."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot

from exr_inspector_app.gui.preview.comparison.comparison_job import Reference
from exr_inspector_app.gui.preview.comparison.comparison_presenter import PREVIOUS, ComparisonPresenter
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_controller import SessionController
from exr_inspector_app.gui.similar.similar_presenter import SimilarPresenter


class SavedReferences(QObject):
    """Restores both references once their files are read, and reports changes."""

    changed = Signal()

    def __init__(
        self, files: SessionController, comparison: ComparisonPresenter, similar: SimilarPresenter, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._comparison, self._similar = comparison, similar
        self._awaited_image = self._awaited_file = ""
        comparison.reference_changed.connect(self.changed)
        similar.reference_changed.connect(self.changed)
        # Queued: `changed` is also emitted while the file gets its record.
        files.changed.connect(self._search_awaited, Qt.ConnectionType.QueuedConnection)
        files.cleared.connect(lambda: self.restore("", ""))

    @property
    def image(self) -> str:
        """Path of the reference image, or PREVIOUS; empty for none."""
        reference = self._comparison.reference
        return self._awaited_image or (reference.path if reference else "")

    @property
    def file(self) -> str:
        """Path of the file that others are compared with in the Similar pane; empty for none, or a published one."""
        return self._awaited_file or self._similar.reference_path

    def restore(self, image: str, file: str) -> None:
        """Restore the references once their files are shown and read."""
        self._awaited_image, self._awaited_file = image, file

    def show_image(self) -> None:
        """Compare the image that is shown now with the restored reference."""
        path, self._awaited_image = self._awaited_image, ""
        if path:
            self._comparison.compare(Reference(path, is_previous=path == PREVIOUS))

    @Slot(object)
    def _search_awaited(self, entries: list[SessionFile]) -> None:
        for entry in entries if self._awaited_file else ():
            if entry.path == self._awaited_file and entry.record is not None:
                self._awaited_file = ""
                self._similar.search_file(entry)
                return
