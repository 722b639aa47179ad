"""What a person's actions do: each starts a background operation, each answer changes the session."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.contracts import Record
from exr_inspector_app.gui.activity.job_model import ActivityModel, Job, JobState
from exr_inspector_app.gui.compare.compare_job import CompareJob
from exr_inspector_app.gui.export.export_job import ExportJob
from exr_inspector_app.gui.inspector.file_details import FileDetailsLoader
from exr_inspector_app.gui.library.maintenance_jobs import MaintenanceJobs
from exr_inspector_app.gui.library.page_loader import PageLoader
from exr_inspector_app.gui.preview.preview_job import PreviewJob
from exr_inspector_app.gui.publish.publish_job import PublishJob
from exr_inspector_app.gui.publish.targets import Target, Targets
from exr_inspector_app.gui.session.change_coalescer import ChangeCoalescer
from exr_inspector_app.gui.session.file_watcher import FileWatcher
from exr_inspector_app.gui.session.folder_watcher import FolderWatcher
from exr_inspector_app.gui.session.inspect_job import InspectJob
from exr_inspector_app.gui.session.session import Session, SessionFile, absolute_paths
from exr_inspector_app.gui.session.statistics_job import StatisticsJob
from exr_inspector_app.gui.similar.search_controller import SearchController
from exr_inspector_app.gui.similar.search_state import Way
from exr_inspector_app.gui.tasks.task_runner import Failure, TaskRunner
from exr_inspector_app.gui.thumbnails.session_thumbnails import SessionThumbnails
from exr_inspector_app.gui.thumbnails.stored_thumbnails import StoredThumbnails
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.text.escape import escape_control


class Controller(QObject):
    """The session, its jobs and its target; views listen and call, and never touch the core."""

    added = Signal(object)  # list[Entry]
    changed = Signal(object)  # list[Entry]
    removed = Signal(object)  # list[Entry]
    selected = Signal(object)  # Entry | None
    target_changed = Signal(object)  # Target
    progressed = Signal(object)  # Progress
    ended = Signal(object)  # Job, for the status bar
    bug = Signal(object)  # Failure with a report
    settled = Signal()  # every file has been read and looked up

    def __init__(self, core: Backend, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._core = core
        self.tasks = tasks
        self.session = Session()
        self.activity = ActivityModel(self)
        self.targets = Targets(core, tasks, self)
        self.selection: SessionFile | None = None
        self.inspecting = InspectJob(core, tasks, self.session, self.activity, self)
        self.publishing = PublishJob(core, tasks, self.session, self.activity, self)
        self.searching = SearchController(core, tasks, self.activity, self)
        self.renewing = MaintenanceJobs(core, tasks, self.activity, self)
        self.measuring = StatisticsJob(core, tasks, self.activity, self)
        self.stored_pictures = StoredThumbnails(core, tasks, self)
        self.file_pictures = SessionThumbnails(core, tasks, self)
        self.comparing = CompareJob(core, tasks, self)
        self.browsing = PageLoader(core, tasks, self)
        self.exporting = ExportJob(core, tasks, self.activity, self)
        self.previewing = PreviewJob(tasks, self)
        self.facts = FileDetailsLoader(tasks, self)
        self.watching = FileWatcher(core, tasks, self.session, self)
        self.arrivals = FolderWatcher(tasks, self.session, self)
        self._touched = ChangeCoalescer(self.session, self)
        self._connect()

    @property
    def target(self) -> Target:
        """The place that is published to and looked into."""
        return self.targets.current

    def _connect(self) -> None:
        self._connect_files()
        inspecting, publishing, searching, renewing = self.inspecting, self.publishing, self.searching, self.renewing
        measuring = self.measuring
        for progressed in (inspecting.progressed, publishing.progressed, searching.progressed, renewing.progressed):
            progressed.connect(self.progressed)
        for ended in (inspecting.ended, searching.ended, self.exporting.ended, renewing.ended, measuring.ended):
            ended.connect(self._end)
        measuring.progressed.connect(self.progressed)
        for bug in (self.targets.bug, self.previewing.bug, self.facts.bug, self.watching.bug, self.arrivals.bug):
            bug.connect(self.bug)
        self.targets.changed.connect(self.target_changed)
        self.targets.chosen.connect(self._target_chosen)
        self.targets.answered.connect(self._tell_settled)
        inspecting.looked_up.connect(self._library_answered)
        inspecting.look_up_failed.connect(self.targets.fail)
        publishing.ended.connect(self._published)
        renewing.changed.connect(searching.again)
        self.previewing.failed.connect(self._not_pictured)

    def _connect_files(self) -> None:
        """What happens to the files of the session."""
        self.inspecting.added.connect(self.added)
        self.inspecting.touched.connect(self._touched.add)
        self.publishing.entries_changed.connect(self._touched.add)
        self.measuring.touched.connect(self._touched.add)
        self.tasks.drained.connect(self._touched.tell_in_time)
        self._touched.changed.connect(self._tell_changed)
        self.watching.went_on.connect(self.inspecting.go_on)
        self.watching.went_on.connect(lambda entry: self.file_pictures.forget(entry.path))
        self.changed.connect(self.watching.note)
        self.removed.connect(self.watching.forget)
        self.arrivals.found.connect(lambda paths: self.inspecting.inspect(paths, "New files"))
        self.removed.connect(self.arrivals.forget)

    @property
    def viewer(self) -> str:
        """The command of the settings that shows a picture; empty where none is named."""
        return self._core.config.viewer

    def close(self) -> None:
        """Nothing is read for the window any more, and no process is left."""
        self.watching.close()
        self.arrivals.close()
        self.previewing.close()

    # What a person does

    def open_paths(self, paths: Sequence[str]) -> None:
        """Files, folders and patterns are inspected and join the session."""
        if paths:
            given = absolute_paths(paths)
            self.session.give(given)
            self.inspecting.inspect(given, "Inspect")

    def read_again(self, entries: Sequence[SessionFile]) -> None:
        """The files of these entries are inspected anew."""
        for entry in entries:
            self.file_pictures.forget(entry.path)
        if entries:
            self.inspecting.inspect([entry.path for entry in entries], "Read again")

    def retry_failed(self) -> None:
        """Every file that could not be read or published is tried again."""
        self.read_again(self.session.failed())

    def select(self, entry: SessionFile | None) -> None:
        """The inspector shows this file."""
        if entry is not self.selection:
            self.selection = entry
            self.selected.emit(entry)

    def find_similar(self, by: Way | None = None) -> None:
        """The selected file becomes the reference of the similar list."""
        if self.selection is not None:
            self.searching.find(self.selection, by)

    def publish(self, records: Sequence[Record]) -> None:
        """The chosen records of the plan are published."""
        self.publishing.publish(records, self.target.name)

    def remove(self, entries: Sequence[SessionFile]) -> None:
        """The entries leave the session; nothing happens to their files."""
        gone = [entry for entry in entries if entry in self.session]
        self.session.remove(gone)
        for entry in gone:
            self._touched.forget(entry)
            self.inspecting.forget(entry)
        self.removed.emit(gone)
        if self.selection in gone:
            self.select(None)

    def clear(self) -> None:
        """The session is empty; what was being read or measured is stopped."""
        self.inspecting.drop()
        self.measuring.stop(None)
        self.searching.forget()
        self.remove(list(self.session))
        self.session.clear()
        self.arrivals.forget_all()

    def stop(self, job: Job | None = None) -> None:
        """The job, or everything that runs, stops at its next stopping point."""
        for one in (self.inspecting, self.publishing, self.searching, self.exporting, self.renewing, self.measuring):
            one.stop(job)

    # What the target says

    def ask_target(self) -> None:
        """Name, place and size of the target are looked up."""
        self.targets.ask()

    def look_up_again(self) -> None:
        """The library is asked again, about itself and about every file."""
        self.ask_target()
        self.inspecting.look_up_all()

    @Slot(object)
    def _target_chosen(self, target: Target) -> None:
        """What the other place said of the files is void."""
        self.publishing.forget_plan()
        self.searching.forget()
        for entry in self.session:
            entry.status = None
        self._touched.add(list(self.session))
        self._touched.tell()
        self.target_changed.emit(target)
        self.inspecting.look_up_all()

    @Slot()
    def _library_answered(self) -> None:
        if self.target.failure:
            self.ask_target()  # it answers again
        self._tell_settled()

    # What the background says

    @Slot(object, object)
    def _published(self, job: Job, failure: Failure | None) -> None:
        self._end(job, failure)
        self.searching.refresh()
        self.look_up_again()

    @Slot(object, object)
    def _end(self, job: Job, failure: Failure | None) -> None:
        """A job is over: its row and the status bar say how."""
        if failure:
            job.state, job.result, job.figures = JobState.FAILED, failure.sentence, ""
            job.report = failure.report or failure.sentence
            if failure.report:
                self.bug.emit(failure)
        self.activity.changed(job)
        self.ended.emit(job)
        self._tell_settled()

    @Slot(str, str)
    def _not_pictured(self, path: str, sentence: str) -> None:
        """Pixels that cannot be shown are told of in Activity, once a file."""
        job = Job(
            "Preview",
            escape_control(path),
            JobState.FAILED,
            result=sentence,
            report=f"{escape_control(path)}: {sentence}",
        )
        if all((one.detail, one.result) != (job.detail, job.result) for one in self.activity.jobs()):
            self.activity.add(job)

    @property
    def is_settled(self) -> bool:
        """True where every file has been read and looked up and the target has answered."""
        return self.inspecting.is_settled and not self.targets.is_asking

    def _tell_settled(self) -> None:
        if self.is_settled:
            self._touched.tell()
            self.settled.emit()

    @Slot(object)
    def _tell_changed(self, entries: list[SessionFile]) -> None:
        self.changed.emit(entries)
        if self.selection in entries:
            self.selected.emit(self.selection)
