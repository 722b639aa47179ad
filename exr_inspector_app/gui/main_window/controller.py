"""Controller: composition of the services of the window, and the connections between features."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.exr.pixels.decoder_limits import limit_decoders
from exr_inspector_app.gui.activity.job_model import ActivityModel
from exr_inspector_app.gui.compare.compare_job import CompareJob
from exr_inspector_app.gui.compare.pixel_diff_job import PixelDiffJob
from exr_inspector_app.gui.export.export_job import ExportJob
from exr_inspector_app.gui.inspector.file_details import FileDetailsLoader
from exr_inspector_app.gui.library.maintenance_jobs import MaintenanceJobs
from exr_inspector_app.gui.library.page_loader import PageLoader
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.preview.comparison.comparison_job import ComparisonJob
from exr_inspector_app.gui.preview.objects_job import ObjectsJob
from exr_inspector_app.gui.preview.palette.layer_thumbnails import LayerThumbnails
from exr_inspector_app.gui.preview.preview_job import PreviewJob
from exr_inspector_app.gui.preview.probe.probe_job import ProbeJob
from exr_inspector_app.gui.publish.publish_history import PublishHistory
from exr_inspector_app.gui.publish.publish_job import KIND as PUBLISH_KIND
from exr_inspector_app.gui.publish.publish_job import PublishJob
from exr_inspector_app.gui.publish.targets import Targets
from exr_inspector_app.gui.session.profile_check import ProfileCheck
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_controller import SessionController
from exr_inspector_app.gui.similar.search_controller import SearchController
from exr_inspector_app.gui.tasks.job import Job, JobFailure, JobState
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.gui.thumbnails.session_thumbnails import SessionThumbnails
from exr_inspector_app.gui.thumbnails.stored_thumbnails import StoredThumbnails
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.text.escape import escape_control


class Controller(QObject):
    """Services of the window by feature; presenters get the ones that they use."""

    settled = Signal()  # all files are inspected, and the library has answered for them

    def __init__(self, backend: Backend, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.backend = backend
        self.tasks = tasks
        self.jobs = JobRunner(tasks, self)
        self.activity = ActivityModel(self)
        self.activity.watch(self.jobs)
        self.session_thumbnails = SessionThumbnails(backend, tasks, self)
        self.stored_thumbnails = StoredThumbnails(backend, tasks, self)
        self.files = SessionController(backend, tasks, self.jobs, self.session_thumbnails, self)
        self.session = self.files.session
        self.profile_check = ProfileCheck(backend, tasks, self.jobs, self.session, self)
        self.targets = Targets(backend, tasks, self)
        self.publishing = PublishJob(backend, tasks, self.jobs, self.session, self)
        self.history = PublishHistory(backend, tasks, self)
        self.search = SearchController(backend, self.jobs, self)
        self.maintenance = MaintenanceJobs(backend, self.jobs, self)
        self.compare = CompareJob(backend, tasks, self)
        self.pixel_diff = PixelDiffJob(backend, self.jobs, self)
        self.library_pages = PageLoader(backend, tasks, self)
        self.export = ExportJob(backend, self.jobs, self)
        self.preview = PreviewJob(tasks, self)
        self._limit_memory()
        self.probe = ProbeJob(self.preview, tasks, self)
        self.comparison = ComparisonJob(backend, tasks, self)
        self.layer_thumbnails = LayerThumbnails(tasks, self)
        self.objects = ObjectsJob(self.preview, tasks, self)
        self.file_details = FileDetailsLoader(tasks, self)
        self._connect()

    def _connect(self) -> None:
        files, targets, publishing = self.files, self.targets, self.publishing
        files.cleared.connect(self.search.clear)
        files.inspection.plan_applied.connect(self._on_plan)
        files.inspection.plan_failed.connect(targets.set_failure)
        targets.chosen.connect(self._on_target_chosen)
        targets.chosen.connect(self._limit_memory)
        targets.answered.connect(self._emit_settled)
        publishing.entries_changed.connect(files.changes.add)
        publishing.reread.connect(files.invalidate_thumbnails)
        publishing.finished.connect(self._on_published)
        publishing.faulted.connect(targets.set_publish_fault)
        targets.contents_changed.connect(files.inspection.plan_all)
        self.jobs.finished.connect(self._check_target)
        self.maintenance.changed.connect(self.search.rerun)
        self.preview.failed.connect(self._add_preview_failure)
        self.jobs.finished.connect(self._emit_settled)
        self.settled.connect(self.profile_check.refresh)
        files.statistics.changed.connect(self.profile_check.refresh)
        self.profile_check.changed.connect(self._on_checked)
        files.opener.refused.connect(self._emit_settled)

    @property
    def is_settled(self) -> bool:
        """True if all files are inspected, and the library and the target have answered."""
        return self.files.is_settled and not self.targets.is_waiting

    @Slot()
    def _limit_memory(self) -> None:
        """Bound the cache of pictures and the decoders by the settings."""
        settings = self.backend.config
        megabytes = settings.picture_cache_mb
        limit_decoders(settings.decoder_memory_mb, settings.decoder_threads)
        self.preview.cache.limit(None if megabytes is None else megabytes * 2**20)

    def close(self) -> None:
        """Stop all readers and end the processes of the decoders."""
        self.files.close()
        self.preview.close()
        self.comparison.close()
        self.layer_thumbnails.close()
        self.stored_thumbnails.close()

    @Slot()
    def retry_failed(self) -> None:
        """Retry failed files: publish those missing from the last publish, and inspect unreadable ones."""
        if not self.publishing.retry_last() or any(entry.problems for entry in self.session):
            self.files.reload_failed()

    @Slot()
    def check_library(self) -> None:
        """Query the target again, and the library for all files."""
        self.targets.query()
        self.files.inspection.plan_all()

    @Slot()
    def _on_target_chosen(self) -> None:
        """Drop everything that the other target answered."""
        self.publishing.drop_plan()
        self.search.clear()
        self.files.reset_status()
        self.files.inspection.plan_all()

    @Slot(object)
    def _on_checked(self, entries: list[SessionFile]) -> None:
        """Show the outcomes of the profile in the session and in the inspector."""
        self.files.changes.add(entries)
        self.files.changes.flush()

    @Slot()
    def _on_plan(self) -> None:
        if self.targets.current.failure:
            self.targets.query()  # it responds again
        self._emit_settled()

    @Slot(object)
    def _check_target(self, job: Job) -> None:
        """Query the targets after a job has failed, which may be their fault; a bug is not."""
        is_failed = job.state is JobState.FAILED and not job.has_bug
        if is_failed and job.kind != PUBLISH_KIND:  # a publish is followed by a query anyway
            self.targets.poll()

    @Slot()
    def _on_published(self) -> None:
        self.search.refresh()
        self.check_library()

    @Slot(str, str)
    def _add_preview_failure(self, path: str, sentence: str) -> None:
        """List a file whose pixels cannot be shown in Activity, once per file."""
        detail, report = escape_control(path), str(JobFailure(path, sentence))
        if all((job.detail, job.result) != (detail, sentence) for job in self.activity.jobs()):
            self.jobs.add_ended(Job(strings.PREVIEW, detail, JobState.FAILED, result=sentence, report=report))

    @Slot()
    def _emit_settled(self) -> None:
        if self.is_settled:
            self.files.changes.flush()
            self.settled.emit()
