"""Presenter of the publish sheet: from its plan to the publish, its undo, and the question on quitting."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from exr_inspector_app.contracts import Record
from exr_inspector_app.gui.publish import strings
from exr_inspector_app.gui.publish.plan_lines import PlanLine
from exr_inspector_app.gui.publish.publish_job import PublishJob
from exr_inspector_app.gui.publish.publish_sheet import PublishSheet
from exr_inspector_app.gui.publish.targets import Targets
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.widgets.save_dialog import open_save_dialog
from exr_inspector_app.gui.widgets.strings import PLAN_NAME_FILTER
from exr_inspector_app.services.backend import Where


class PublishPresenter(QObject):
    """Owner of the sheet; connects it to the publish job and the targets."""

    opened = Signal()  # the sheet
    closed = Signal()
    message = Signal(str)
    history_requested = Signal()
    target_requested = Signal(str)  # where
    export_requested = Signal(object, object)  # Path, Sequence[PlanLine]

    def __init__(self, publishing: PublishJob, targets: Targets, overlay: QWidget) -> None:
        super().__init__(overlay)
        self._publishing = publishing
        self._targets = targets
        self._entries: Sequence[SessionFile] | None = None  # of the plan; None for the whole session
        self.sheet = PublishSheet(overlay)
        self.sheet.publish_requested.connect(self._publish)
        self.sheet.cancelled.connect(self._close)
        self.sheet.message.connect(self.message)
        self.sheet.retry_requested.connect(lambda: self.start_with(self._entries))
        self.sheet.save_requested.connect(self._save)
        self.sheet.history_requested.connect(self._show_history)
        self.sheet.target_requested.connect(self._change_target)
        publishing.planned.connect(self.sheet.show_plan)
        publishing.plan_failed.connect(self.sheet.show_failure)

    @Slot()
    def start(self) -> None:
        """Open the sheet with the plan of the whole session, unless a publish is running."""
        self.start_with(None)

    def start_with(self, entries: Sequence[SessionFile] | None) -> None:
        """Open the sheet with the plan of these files, or of all, unless a publish is running."""
        if self._publishing.is_running:
            self.message.emit(strings.ALREADY_RUNNING)
            return
        self.sheet.open_sheet(self._targets.current, [target for target in self._targets.all if target.is_set_up])
        self.opened.emit()
        self._entries = entries
        self._publishing.prepare(entries)

    @Slot()
    def undo(self) -> None:
        """Undo the last publish of this window, whose result is shown."""
        if not self._publishing.undo_last():
            self.message.emit(strings.NOTHING_TO_UNDO)

    def confirm_quit(self, window: QWidget) -> bool:
        """Return True if no publish is running, or the user chooses to stop it."""
        if not self._publishing.is_running:
            return True
        job = self._publishing.job
        box = QMessageBox(window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(strings.QUIT)
        box.setText(strings.QUIT_QUESTION)
        box.setInformativeText(strings.published_so_far(job.counted if job else ""))
        stay = box.addButton(strings.KEEP_PUBLISHING, QMessageBox.ButtonRole.RejectRole)
        leave = box.addButton(strings.STOP_AND_QUIT, QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(stay)
        box.exec()
        return box.clickedButton() is leave

    @Slot(str)
    def _change_target(self, where: Where) -> None:
        """Choose another target, and make its plan."""
        self.target_requested.emit(where)
        self.start_with(self._entries)

    @Slot(object)
    def _save(self, lines: Sequence[PlanLine]) -> None:
        def export(out: Path) -> None:
            self.export_requested.emit(out, lines)

        open_save_dialog(self.sheet, "plan.csv", PLAN_NAME_FILTER, export, strings.SAVE_PLAN)

    @Slot(object, str)
    def _publish(self, records: Sequence[Record], note: str) -> None:
        self._close()
        self.sheet.note.clear()
        self._publishing.publish(records, self._targets.current.name, note)

    @Slot()
    def _show_history(self) -> None:
        self._close()
        self.history_requested.emit()

    @Slot()
    def release(self) -> None:
        """Drop the plan of a closed sheet, which would keep the records of a cleared session."""
        if not self.sheet.isVisible():
            self.sheet.model.show_plan([])

    @Slot()
    def _close(self) -> None:
        self._publishing.drop_plan()
        self.sheet.hide()
        self.closed.emit()
