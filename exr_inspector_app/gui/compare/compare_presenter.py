"""Presenter of the Compare pane: shows the comparison with the thumbnails of its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.compare.compare_job import CompareJob, Comparison
from exr_inspector_app.gui.compare.compare_pane import ComparePane
from exr_inspector_app.gui.compare.compare_tabs import CompareTabs
from exr_inspector_app.gui.compare.pixel_diff_pane import PixelDiffPane
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.thumbnails.session_thumbnails import SessionThumbnails
from exr_inspector_app.gui.thumbnails.stored_thumbnails import StoredThumbnails
from exr_inspector_app.gui.widgets.tab_dock import COMPARE, TabDock


class ComparePresenter(QObject):
    """Owner of the pane; connects it to the compare job."""

    message = Signal(str)
    changed = Signal()  # the compared files

    def __init__(
        self,
        dock: TabDock,
        compare: CompareJob,
        session_thumbnails: SessionThumbnails,
        stored_thumbnails: StoredThumbnails,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._dock, self._compare = dock, compare
        self._session_thumbnails, self._stored_thumbnails = session_thumbnails, stored_thumbnails
        self.page, self.pixels = ComparePane(self._thumbnail), PixelDiffPane()
        self.tabs = CompareTabs(self.page, self.pixels)
        dock.add_page("Compare", self.tabs, self.tabs.bar, align_right=False)
        self.pixels.message.connect(self.message)
        compare.changed.connect(self._show)
        self.page.remove_requested.connect(compare.remove)
        self.page.clear_requested.connect(lambda: compare.compare(()))
        self.page.retry_requested.connect(compare.reload)
        self.page.message.connect(self.message)
        update: Callable[[], None] = self.page.table.header().viewport().update
        stored_thumbnails.changed.connect(update)
        session_thumbnails.arrived.connect(update)

    @Slot(list)
    def add(self, subjects: Sequence[FileRef]) -> None:
        """Compare several files with each other, or add a single one to the comparison, and show the pane."""
        self._dock.show_page(COMPARE)
        if len(subjects) > 1:
            self._compare.compare(subjects)
        else:
            self._compare.add(subjects)

    @property
    def subjects(self) -> Sequence[FileRef]:
        """The compared files."""
        return self._compare.comparison.subjects

    def _thumbnail(self, path: str) -> QImage | None:
        """Return the thumbnail of a compared file; the stored one if the file itself cannot be read."""
        file_id = next((subject.file_id for subject in self.subjects if subject.path == path), "")
        return self._session_thumbnails.get(path) or self._stored_thumbnails.get(file_id)

    @Slot(object)
    def _show(self, comparison: Comparison) -> None:
        self.page.show_comparison(comparison)
        self._dock.set_quiet(COMPARE, is_quiet=not comparison.subjects)
        self._dock.set_count(COMPARE, len(comparison.subjects))
        self._stored_thumbnails.request([subject.file_id for subject in comparison.subjects if subject.file_id])
        self.changed.emit()
