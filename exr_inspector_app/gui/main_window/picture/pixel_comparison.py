"""Comparison of pixels in the window: actions, the references to choose from, and files to show."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.compare.pixel_diff_job import PixelDiffJob
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.dock_pages import DockPages
from exr_inspector_app.gui.main_window.picture.layer_comparison import LayerComparison
from exr_inspector_app.gui.preview.comparison.comparison_job import ComparisonJob, ComparisonState, Reference
from exr_inspector_app.gui.preview.comparison.comparison_presenter import PREVIOUS, ComparisonPresenter
from exr_inspector_app.gui.preview.comparison.names import file_title
from exr_inspector_app.gui.preview.preview_job import PreviewJob
from exr_inspector_app.gui.preview.preview_pane import PreviewPane
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_controller import SessionController
from exr_inspector_app.gui.session.strings import HOSTS_REFUSED


class PixelComparison(QObject):
    """Connects the comparison of the preview to actions, session, and the Compare pane."""

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        services: tuple[SessionController, PreviewJob, ComparisonJob, PixelDiffJob],
        pages: DockPages,
        preview: PreviewPane,
        follow: Callable[[SessionFile], None],
    ) -> None:
        """Create a presenter.

        Args:
            window: Parent widget.
            actions: Actions of the window.
            services: Session, and jobs of the image and its comparison.
            pages: Pages of the dock.
            preview: The preview.
            follow: Selects the row of a file in the session.
        """
        super().__init__(window)
        self._follow = follow
        self._files, shown, comparison, pixel_diff = services
        self._actions, self._pages = actions, pages
        self.presenter = ComparisonPresenter(preview, shown, comparison)
        self.presenter.show_requested.connect(self._show_file)
        self.layers = LayerComparison(
            (shown, comparison, pixel_diff),
            *(pages.compare_presenter, self.presenter, preview.canvas),
            *(self._show_file, self._may_open),
        )
        pages.menus.image_comparison_requested.connect(self._compare_with)
        comparison.changed.connect(self._on_changed)
        pages.compare_presenter.changed.connect(self._update_choices)
        actions.connect(
            compare_version=self._compare_version, hold=self.presenter.hold, end_comparison=self.presenter.close
        )
        actions["end_comparison"].setEnabled(False)
        self._update_choices()

    @Slot(str)
    def _show_file(self, path: str) -> None:
        """Select a file in the session, or open it."""
        entry = self._files.session.get(path)
        if entry is None:
            self._pages.open_requested.emit([path])
        else:
            self._files.select(entry)
            self._follow(entry)

    @Slot()
    def _compare_version(self) -> None:
        """Compare the shown image, and the header of its file; the preview reports if there is no earlier one."""
        self.presenter.compare_with_previous()
        self._pages.versions.compare()

    def _may_open(self, path: str) -> bool:
        """Return False for a path that the user has not opened, on a host outside the roots of the settings."""
        return self._files.session.get(path) is not None or self._pages.outgoing.may_open(path)

    @Slot(object)
    def _compare_with(self, subject: FileRef) -> None:
        """Compare the shown image with that of a match or of a published file."""
        if self._may_open(subject.path):
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
