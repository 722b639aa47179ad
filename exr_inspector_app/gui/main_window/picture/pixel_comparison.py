"""Comparison of pixels in the window: actions, the references to choose from, and files to show."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.dock_pages import DockPages
from exr_inspector_app.gui.main_window.picture.layer_comparison import LayerComparison
from exr_inspector_app.gui.main_window.picture.version_comparison import VersionComparison
from exr_inspector_app.gui.preview.comparison.comparison_job import ComparisonState, Reference
from exr_inspector_app.gui.preview.comparison.comparison_presenter import PREVIOUS, ComparisonPresenter
from exr_inspector_app.gui.preview.comparison.names import file_title
from exr_inspector_app.gui.preview.preview_pane import PreviewPane
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.session.strings import HOSTS_REFUSED


class PixelComparison(QObject):
    """Connects the comparison of the preview to actions, session, and the Compare pane."""

    def __init__(
        self, window: QWidget, actions: Actions, controller: Controller, pages: DockPages, preview: PreviewPane
    ) -> None:
        super().__init__(window)
        self._controller, self._actions, self._pages = controller, actions, pages
        self.presenter = ComparisonPresenter(preview, controller.preview, controller.comparison)
        self.presenter.show_requested.connect(self._show_file)
        self.layers = LayerComparison(
            controller, pages.compare_presenter, self.presenter, preview.canvas, self._show_file
        )
        pages.menus.image_comparison_requested.connect(self._compare_with)
        controller.comparison.changed.connect(self._on_changed)
        controller.compare.changed.connect(self._update_choices)
        self._versions = VersionComparison(
            *(controller.files, controller.tasks),
            *(self.presenter.compare_with_previous, pages.compare_presenter.add),
            self,
        )
        actions.connect(
            compare_version=self._versions.compare,
            hold=self.presenter.hold,
            end_comparison=self.presenter.close,
        )
        actions["end_comparison"].setEnabled(False)
        self._update_choices()

    @Slot(str)
    def _show_file(self, path: str) -> None:
        """Select a file in the session, or open it."""
        entry = next((entry for entry in self._controller.session if entry.path == path), None)
        if entry is None:
            self._pages.open_requested.emit([path])
        else:
            self._controller.files.select(entry)

    @Slot(object)
    def _compare_with(self, subject: FileRef) -> None:
        """Compare the shown image with that of a match or of a published file."""
        if self.layers.may_open(subject.path):
            self.presenter.compare(Reference(subject.path))
        else:
            self._pages.message.emit(HOSTS_REFUSED)

    @Slot(object)
    def _on_changed(self, state: ComparisonState) -> None:
        self._actions["end_comparison"].setEnabled(state.reference is not None)

    @Slot()
    def _update_choices(self) -> None:
        """Offer the files of the Compare pane as references."""
        others = [(Reference(path), file_title(path)) for path in self.layers.compared_paths]
        self.presenter.bar.show_choices(Reference(PREVIOUS, is_previous=True), others)
