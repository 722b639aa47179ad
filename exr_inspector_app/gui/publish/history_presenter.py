"""Presenter of the publish history: the sheet, and the action that names and undoes the newest publish."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from exr_inspector_app.contracts import PublishSummary
from exr_inspector_app.gui.publish import history_strings as strings
from exr_inspector_app.gui.publish.history_sheet import HistorySheet
from exr_inspector_app.gui.publish.publish_history import PublishHistory
from exr_inspector_app.gui.publish.publish_job import PublishJob
from exr_inspector_app.gui.publish.strings import NOTHING_TO_UNDO
from exr_inspector_app.gui.publish.targets import Targets


class HistoryPresenter(QObject):
    """Owner of the sheet; connects it and the action Undo to the history and the publish job."""

    closed = Signal()  # the sheet
    opened = Signal()
    message = Signal(str)
    files_requested = Signal(str)  # publish_id: show its files in the library

    def __init__(
        self,
        history: PublishHistory,
        publishing: PublishJob,
        targets: Targets,
        actions: tuple[QAction, QAction],
        overlay: QWidget,
    ) -> None:
        """Create the hidden sheet.

        Args:
            history: Loader of the publishes.
            publishing: Job that undoes them.
            targets: Targets; the sheet shows the publishes of the chosen one.
            actions: The action that undoes the newest publish, and the one that opens the sheet.
            overlay: Widget that the sheet covers.
        """
        super().__init__(overlay)
        self._history, self._publishing, self._targets, self._undo = history, publishing, targets, actions[0]
        self.sheet = HistorySheet(overlay)
        self.sheet.cancelled.connect(self._close)
        self.sheet.retry_requested.connect(self.open_sheet)
        self.sheet.undo_requested.connect(self._undo_publish)
        self.sheet.show_requested.connect(self._show_files)
        self._undo.triggered.connect(self.undo_newest)
        actions[1].triggered.connect(self.open_sheet)
        history.loaded.connect(self.sheet.show_publishes)
        history.failed.connect(self.sheet.show_failure)
        history.newest_changed.connect(self._name_action)
        publishing.finished.connect(self._reload)
        targets.chosen.connect(self._on_target_chosen)
        targets.answered.connect(self._on_answer)

    @Slot()
    def open_sheet(self) -> None:
        """Open the sheet, and read the history of the chosen target."""
        self.sheet.open_sheet(self._targets.current, self._history.publisher)
        self.opened.emit()
        self._history.load()

    @Slot()
    def undo_newest(self) -> None:
        """Undo the publish that the action names; while it names none, the last one of this window."""
        if self._publishing.is_running:
            self.message.emit(strings.PUBLISH_IS_RUNNING)
        elif self._history.newest is not None:
            self._publishing.undo_publish(self._history.newest)
        elif not self._publishing.undo_last():
            self.message.emit(NOTHING_TO_UNDO)

    @Slot(object)
    def _undo_publish(self, publish: PublishSummary) -> None:
        if self._publishing.is_running:
            self.message.emit(strings.PUBLISH_IS_RUNNING)
        else:
            self._publishing.undo_publish(publish)

    @Slot(object)
    def _show_files(self, publish: PublishSummary) -> None:
        self._close()
        self.files_requested.emit(publish.publish_id)

    @Slot()
    def _reload(self) -> None:
        """Reload the publishes after a publish or an undo."""
        self._history.load_newest()
        if self.sheet.isVisible():
            self._history.load()

    @Slot()
    def _on_target_chosen(self) -> None:
        """Read the history of the chosen target; the newest publish follows once it has answered."""
        self._history.clear()
        if self.sheet.isVisible():
            self.open_sheet()

    @Slot()
    def _on_answer(self) -> None:
        """Read the newest publish once the target has files; an empty or failing one is not queried."""
        if self._targets.current.files:
            self._history.load_newest_of_target()

    @Slot()
    def _name_action(self) -> None:
        newest = self._history.newest
        self._undo.setText(strings.undo_action(newest) if newest else strings.UNDO_LAST)

    @Slot()
    def _close(self) -> None:
        self._history.drop()
        self.sheet.hide()
        self.closed.emit()
