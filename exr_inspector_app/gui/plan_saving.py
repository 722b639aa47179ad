"""The plan of a publish as a table, for those who decide before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from exr_inspector_app.gui.models.activity import ActivityModel, Job, State
from exr_inspector_app.gui.models.plan import Group, Line
from exr_inspector_app.gui.tasks import Failure, Stop, Tasks
from exr_inspector_app.gui.words import several
from exr_inspector_app.report import plain

COLUMNS = ("status", "file_path", "published", "reason")
_KINDS = "Tables (*.csv);;JSON (*.json)"


class PlanSaving(QObject):
    """Asks for a name and writes the plan there in the background."""

    said = Signal(str)
    bug = Signal(object)  # Failure with a report

    def __init__(self, tasks: Tasks, activity: ActivityModel, window: QWidget) -> None:
        super().__init__(window)
        self._tasks, self._activity, self._window = tasks, activity, window

    @Slot(object)
    def ask_name(self, lines: Sequence[Line]) -> None:
        """A dialog, beside which everything goes on; what is saved is the plan as it is now."""
        dialog = QFileDialog(self._window, "Save plan", "plan.csv", _KINDS)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda chosen: self.save(Path(chosen), lines))
        dialog.open()

    def save(self, out: Path, lines: Sequence[Line]) -> None:
        """The plan is written, a row a file; Activity tells how it went."""
        job = self._activity.add(Job("Save plan", plain(str(out))))

        def work(stop: Stop) -> int:
            from exr_inspector_app.persistence.export import export_rows  # Arrow takes 40 ms: not before it is needed

            return export_rows(out, COLUMNS, [row for line in lines for row in rows_of(line)])

        def done(count: int) -> None:
            job.state, job.result = State.DONE, f"Saved the plan of {several(count, 'file')} as {plain(out.name)}"
            self._over(job)

        def failed(failure: Failure) -> None:
            job.state, job.result, job.report = State.FAILED, failure.sentence, failure.report or failure.sentence
            self._over(job)
            if failure.report:
                self.bug.emit(failure)

        self._tasks.run("Save plan", work, done, failed)

    def _over(self, job: Job) -> None:
        self._activity.changed(job)
        self.said.emit(job.result)


def rows_of(line: Line) -> list[tuple[str, ...]]:
    """A row for each file of a line of the plan."""
    published = {Group.PRESENT: "refreshed", Group.FAILED: "no"}.get(line.group, "yes")
    if line.group is Group.INCOMPLETE and not line.is_included:
        published = "no"
    paths = [plain(record.identity.file_path) for record in line.records] or [line.tip]
    return [(line.group.value, path, published, line.reason) for path in paths]
