"""Publish job: makes the plan, publishes the chosen records, undoes a publish, and then creates thumbnails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import (
    Event,
    FilePublished,
    FileReread,
    Plan,
    PlanStatus,
    PreviewStored,
    PublishSummary,
    Record,
    RunFinished,
    StopCheck,
    StoreWaiting,
)
from exr_inspector_app.gui.publish import history_strings, strings
from exr_inspector_app.gui.publish.plan_lines import Failed, PlanLine, make_lines
from exr_inspector_app.gui.session.remedies import remedy, with_remedy
from exr_inspector_app.gui.session.session import Session, SessionFile
from exr_inspector_app.gui.tasks.job import Job, JobFailure, JobState
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.gui.tasks.task_runner import TaskRunner, emit_each
from exr_inspector_app.persistence.query.derived_columns import parse_template
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.preview_generator import Candidate, to_candidate

KIND, PLAN_KIND, PREVIEWS_KIND = "Publish", "Plan", "Thumbnails"


class PublishJob(QObject):
    """Job of the publish sheet; at most one publish runs, and only the last one can be undone."""

    planned = Signal(object)  # list[PlanLine]
    plan_failed = Signal(str)  # a sentence
    entries_changed = Signal(object)  # list[SessionFile]
    reread = Signal(object)  # list[SessionFile]: they had changed on disk
    finished = Signal(object)  # Job: a publish or an undo has ended, well or not
    faulted = Signal(str, str)  # Where, and the sentence of the fault of a publish; empty after one without
    previews_stored = Signal()  # the published files have their thumbnails

    def __init__(self, backend: Backend, tasks: TaskRunner, jobs: JobRunner, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._jobs = jobs
        self._session = session
        self._undoable: Job | None = None
        self._published_to: Backend | None = None  # target of that job, which may not be the chosen one any more
        self._last: Job | None = None  # publish

    @property
    def job(self) -> Job | None:
        """The publish that runs."""
        return next(iter(self._jobs.running(KIND)), None)

    @property
    def is_running(self) -> bool:
        """True while records are being published."""
        return self.job is not None

    def prepare(self, entries: Sequence[SessionFile] | None = None) -> None:
        """Make the plan for these files, or for all of the session, and emit `planned`."""
        chosen = list(self._session) if entries is None else [entry for entry in entries if entry in self._session]
        inspected = [item for entry in chosen if (item := entry.record or entry.unpublishable)]

        def work(stop: StopCheck) -> Plan:
            return self._backend.plan_publish(inspected, stop)

        on_plan = partial(self._on_plan, chosen)
        self._tasks.run(PLAN_KIND, work, on_plan, self.plan_failed.emit, supersede=True)

    def drop_plan(self) -> None:
        """Drop a plan that is still being made."""
        self._tasks.drop(PLAN_KIND)

    def plan_lines(self, plan: Plan, entries: Iterable[SessionFile]) -> list[PlanLine]:
        """Return the rows of the sheet: the plan of the store, and those of the files that cannot be read."""
        failed = [Failed(entry.path, with_remedy(*_problem(entry))) for entry in entries if entry.problems]
        return make_lines(plan, failed, parse_template(self._backend.config.path_template))

    def publish(self, records: Sequence[Record], target: str, note: str = "") -> None:
        """Start a job that publishes the records, with a note on new ones; does nothing while another runs."""
        self._publish(records, target, replace(self._backend), note)  # keeps its target if another is chosen later

    def retry_last(self) -> bool:
        """Publish the files that the last publish did not; return False without such files."""
        return self._last is not None and not self.is_running and self._last.retry()

    def _publish(self, records: Sequence[Record], target: str, backend: Backend, note: str) -> None:
        if self.is_running or not records:
            return
        candidates = dict(enumerate(map(to_candidate, records)))
        lacking = {record.payload["file"]["path"]: record for record in records}
        refused: dict[str, str] = {}

        def work(stop: StopCheck) -> Iterator[Event]:
            for event in backend.publish(list(records), stop, note or None):
                if isinstance(event, FileReread):
                    _update_candidate(candidates, event)
                elif isinstance(event, FilePublished):
                    _set_file_id(candidates, event)
                yield event

        def end(job: Job) -> None:
            if lacking:
                records = tuple(lacking.values())
                job.offer_retry(lambda: self._publish(records, target, backend, note), len(records))
            self.finished.emit(job)

        def succeed(job: Job, _: None) -> None:
            self._create_previews(backend, list(candidates.values()))
            end(job)

        def fail(job: Job, sentence: str) -> None:
            self.faulted.emit(backend.where, sentence)
            end(job)

        job = Job(strings.publish_to(target), strings.publish_detail(len(records), note), kind=KIND, total=len(records))
        self._last = job
        job.op(emit_each(work)).each(partial(self._on_event, backend, lacking, refused)).success(succeed).failure(fail)
        job.run_in_background(self._jobs)

    def undo_last(self) -> bool:
        """Undo the last publish; return False without one that can be undone."""
        if self._undoable is None or self._undoable.publish_id is None:
            return False
        self.undo(self._undoable)
        return True

    def undo(self, job: Job) -> None:
        """Start a job that removes the files of a publish from the library."""
        publish_id = job.publish_id
        if publish_id is None:
            return
        backend = self._published_to if job is self._undoable and self._published_to else self._backend
        job.publish_id, job.shown_publish_id = None, ""
        job.notify()

        def offer_again() -> None:
            job.publish_id = job.shown_publish_id = publish_id
            job.notify()

        self._undo(publish_id, job.title, backend, offer_again)

    def undo_publish(self, publish: PublishSummary) -> None:
        """Start a job that removes the files of a publish of any run from the chosen target."""
        job = self._undoable
        if job is not None and job.publish_id == publish.publish_id:
            self.undo(job)
        else:
            self._undo(publish.publish_id, history_strings.detail(publish), replace(self._backend), lambda: None)

    def _undo(self, publish_id: str, detail: str, backend: Backend, on_failure: Callable[[], None]) -> None:
        def work(stop: StopCheck, emit: object) -> int:
            with backend.store() as store:
                return store.undo(publish_id)

        def succeed(undo: Job, count: int) -> None:
            undo.end(strings.undone(count))
            self.finished.emit(undo)

        def fail(undo: Job, sentence: str) -> None:
            on_failure()  # it can be tried again
            self.finished.emit(undo)

        undo = Job(strings.UNDO, detail, is_cancellable=False).op(work)
        undo.success(succeed).failure(fail).run_in_background(self._jobs)

    def _on_plan(self, entries: Sequence[SessionFile], plan: Plan) -> None:
        differing = self._session.apply_disk_states(plan)
        self.entries_changed.emit([*differing, *self._session.apply_plan(plan.items)])
        self.reread.emit(differing)
        self.planned.emit(self.plan_lines(plan, entries))

    def _on_event(
        self, backend: Backend, lacking: dict[str, Record], refused: dict[str, str], job: Job, event: Event
    ) -> None:
        match event:
            case FileReread(file=file, record=record):
                lacking.pop(file.path, None)
                if record is not None:
                    lacking[file.path] = record
                entry = self._session.get(file.path)
                if entry is not None:
                    entry.set_disk_state(file, record)
                    self.entries_changed.emit([entry])
                    self.reread.emit([entry])
            case FilePublished(path=path, result=result):
                reason = result.error or result.message
                if result.status == "error":
                    job.add_failure(path, reason, self._remedy(path))
                    refused[path] = reason  # whether that is a fault of the file is known at the end
                else:
                    lacking.pop(path, None)
                    self._apply_result(path, "")
            case StoreWaiting(sentence, files):
                job.figures = strings.waiting(files, sentence)
                job.notify()
            case RunFinished():
                for path, reason in refused.items():
                    if reason != event.fault:
                        self._apply_result(path, reason)
                self._end(job, event, backend)
            case _:
                pass

    def _remedy(self, path: str) -> str:
        """Return the remedy for a file that the publish has read again and found damaged or gone."""
        entry = self._session.get(path)
        return remedy(entry.problems[0].code) if entry is not None and entry.problems else ""

    def _apply_result(self, path: str, refusal: str) -> None:
        entry = self._session.get(path)
        if entry is None or entry.problems:
            return  # it was removed, or is gone or damaged, which the publish has found
        entry.failure = refusal
        if not refusal:
            entry.status = PlanStatus.PRESENT
        self.entries_changed.emit([entry])

    def _end(self, job: Job, finished: RunFinished, backend: Backend) -> None:
        """Set the result of a publish and make it the one that can be undone."""
        counts = finished.counts
        added = counts.get("inserted", 0)
        result = strings.published(added, counts.get("present", 0), finished.failed, job.elapsed, finished.fault)
        job.end(result, is_stopped=finished.stopped)
        self.faulted.emit(backend.where, finished.fault)
        job.publish_id = finished.publish_id if added else None
        job.shown_publish_id = job.publish_id or ""
        if job.publish_id:
            if self._undoable is not None and self._undoable.publish_id:
                self._undoable.publish_id = None
                self._undoable.notify()
            self._undoable, self._published_to = job, backend

    def _create_previews(self, backend: Backend, candidates: Sequence[Candidate]) -> None:
        """Create thumbnails of published files; files without one become a row in Activity."""
        failures: list[JobFailure] = []

        def work(stop: StopCheck) -> Iterator[Event]:
            return backend.make_previews(candidates, stop)

        self._tasks.run_iter(
            PREVIEWS_KIND,
            work,
            partial(_collect_failure, failures),
            lambda _: self._on_previews(failures),
            lambda _: self.previews_stored.emit(),
        )

    def _on_previews(self, failures: list[JobFailure]) -> None:
        if failures:
            report = "\n".join(map(str, failures))
            detail = strings.no_thumbnails(len(failures))
            self._jobs.add_ended(
                Job(strings.THUMBNAILS, detail, JobState.FAILED, result=str(failures[0]), report=report)
            )
        self.previews_stored.emit()


def _problem(entry: SessionFile) -> tuple[str, str]:
    """Return message and code of the first problem of a file."""
    problem = entry.problems[0]
    return problem.message, problem.code


def _update_candidate(candidates: dict[int, Candidate], event: FileReread) -> None:
    """Replace the candidate of a file that was read again; drop that of a file that cannot be published."""
    candidates.pop(event.index, None)
    if event.record is not None:
        candidates[event.index] = to_candidate(event.record)


def _set_file_id(candidates: dict[int, Candidate], event: FilePublished) -> None:
    """Set the id of a published file: the roots of the target may give it another one than those of the settings."""
    if event.index in candidates and event.result.file_id:
        candidates[event.index] = candidates[event.index]._replace(file_id=event.result.file_id)


def _collect_failure(failures: list[JobFailure], event: Event) -> None:
    if isinstance(event, PreviewStored) and event.error:
        failures.append(JobFailure(event.path, event.error))
