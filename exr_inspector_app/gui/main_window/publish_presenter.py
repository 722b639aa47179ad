"""From the publish button over the sheet to the publish, its undo, and the question on quitting."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from exr_inspector_app.contracts import Record
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.status_bar import StatusBar
from exr_inspector_app.gui.main_window.toolbar import Toolbar
from exr_inspector_app.gui.publish.plan_lines import PlanLine
from exr_inspector_app.gui.publish.publish_sheet import PublishSheet
from exr_inspector_app.gui.tasks.task_runner import Failure
from exr_inspector_app.gui.widgets.save_dialog import PLAN_NAME_FILTER, open_save_dialog
from exr_inspector_app.services.backend import Where


class PublishPresenter(QObject):
    """Opens, places and closes the sheet, and starts what it decides."""

    closed = Signal()  # the sheet
    target_wanted = Signal(str)  # where
    bug = Signal(object)  # Failure with a report

    def __init__(
        self, whole: QWidget, controller: Controller, actions: Actions, toolbar: Toolbar, status: StatusBar
    ) -> None:
        super().__init__(whole)
        self._controller = controller
        self._toolbar = toolbar
        self._status = status
        self.sheet = PublishSheet(whole)
        self.sheet.published.connect(self._publish)
        self.sheet.cancelled.connect(self._close)
        self.sheet.copied.connect(status.say)
        self.sheet.retry_wanted.connect(self.start)
        self.sheet.save_wanted.connect(self._save)
        self.sheet.target_wanted.connect(self._change_target)
        actions.connect(publish=self.start, undo=self.undo)
        toolbar.publish.clicked.connect(actions["publish"].trigger)
        status.undo_wanted.connect(self.undo)
        controller.publishing.planned.connect(self.sheet.show_plan)
        controller.publishing.plan_failed.connect(self._plan_failed)

    def start(self) -> None:
        """The sheet opens and waits for its plan."""
        if self._controller.publishing.is_running:
            self._status.say("A publish is running; wait until it is over.")
            return
        targets = self._controller.targets
        self._toolbar.fill_publish(False)
        self.sheet.open(targets.current, [one for one in targets.all if one.is_set_up])
        self.place()
        self._controller.publishing.prepare()

    def place(self) -> None:
        """The sheet is at the right, between toolbar and status bar."""
        self.sheet.place(self._toolbar.height(), self._status.height())

    def undo(self) -> None:
        """The last publish is taken back."""
        for job in self._controller.activity.jobs():
            if job.publish_id:
                self._controller.publishing.undo(job)
                return
        self._status.say("There is no publish to undo.")

    def may_quit(self, window: QWidget) -> bool:
        """True where nothing is being published, or the person wants to stop it halfway."""
        publishing = self._controller.publishing
        if not publishing.is_running:
            return True
        done = publishing.job.counted if publishing.job else ""
        box = QMessageBox(window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Quit")
        box.setText("Publishing is not finished.")
        box.setInformativeText(f"{done} files are published. What is published so far stays published.")
        stay = box.addButton("Keep publishing", QMessageBox.ButtonRole.RejectRole)
        leave = box.addButton("Stop and quit", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(stay)
        box.exec()
        return box.clickedButton() is leave

    @Slot(str)
    def _change_target(self, where: Where) -> None:
        """Another place, another plan."""
        self.target_wanted.emit(where)
        self.start()

    @Slot(object)
    def _save(self, lines: Sequence[PlanLine]) -> None:
        """The plan goes to a file, as it is now."""
        save = self._controller.exporting.plan
        open_save_dialog(self.sheet, "plan.csv", PLAN_NAME_FILTER, lambda out: save(out, lines), "Save plan")

    @Slot(object)
    def _publish(self, records: Sequence[Record]) -> None:
        self._close()
        self._controller.publish(records)

    @Slot()
    def _close(self) -> None:
        self._controller.publishing.forget_plan()
        self.sheet.hide()
        self._toolbar.fill_publish(True)
        self.closed.emit()

    @Slot(object)
    def _plan_failed(self, failure: Failure) -> None:
        self.sheet.show_failure(failure.sentence)
        if failure.report:
            self.bug.emit(failure)
