"""What happens on the page of compared headers: it shows them, with the pictures of their files."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.compare.compare_job import Comparison
from exr_inspector_app.gui.compare.compare_pane import ComparePane
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.widgets.tab_dock import COMPARE, TabDock


class ComparePresenter(QObject):
    """Makes the page, and connects it with the controller."""

    def __init__(self, dock: TabDock, controller: Controller, window: QWidget) -> None:
        super().__init__(window)
        self._dock, self._controller = dock, controller
        self.page = ComparePane(self._picture_of)
        dock.add("Compare", self.page, self.page.bar, at_right=False)
        comparing, heads = controller.comparing, self.page.table.header().viewport()
        comparing.changed.connect(self._show)
        self.page.removed.connect(comparing.remove)
        self.page.cleared.connect(lambda: comparing.compare(()))
        self.page.retry_wanted.connect(comparing.again)
        for arrived in (controller.stored_pictures.changed, controller.file_pictures.arrived):
            arrived.connect(heads.update)

    def _picture_of(self, path: str) -> QImage | None:
        """The picture of a compared file: its own, or the stored one where the file is out of reach."""
        subjects = self._controller.comparing.comparison.subjects
        file_id = next((one.file_id for one in subjects if one.path == path), "")
        return self._controller.file_pictures.of(path) or self._controller.stored_pictures.get(file_id)

    @Slot(object)
    def _show(self, comparison: Comparison) -> None:
        self.page.show_comparison(comparison)
        self._dock.count(COMPARE, len(comparison.subjects))
        self._controller.stored_pictures.ask([one.file_id for one in comparison.subjects if one.file_id])
