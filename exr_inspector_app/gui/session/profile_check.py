"""Profile check of the session: applies the chosen profile to inspected files in the background."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.config import resource
from exr_inspector_app.config.atomic_file import write_file
from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.exr.sequences.grouping import group_sequences
from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.session import FileContents, Session, SessionFile
from exr_inspector_app.gui.tasks.job import Job
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.gui.tasks.task_runner import Emit, TaskRunner
from exr_inspector_app.model import ExrFile
from exr_inspector_app.persistence.query.derived_columns import PathTemplate, parse_template
from exr_inspector_app.rules import Checker, Outcome, Profile, check, load_profile
from exr_inspector_app.rules.profile import Ignore, Rules, When
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.check_report import html_page
from exr_inspector_app.text.escape import escape_control

LOAD_KIND, CHECK_KIND = "Load profile", strings.CHECK
SHIPPED = {  # sources of the shipped profiles with their names
    "shipped:lighting_delivery": "Lighting delivery",
    "shipped:plate": "Plate",
    "shipped:aces_container": "ACES container",
}
_FILES_PER_PAUSE = 20

Checked = list[tuple[SessionFile, FileContents, tuple[Outcome, ...]]]


class ProfileCheck(QObject):
    """Checker of the session; files that change are checked again by `refresh`.

    Attributes:
        source: Path of the profile or a key of SHIPPED; empty for none.
    """

    chosen = Signal(str, str)  # source and name; both are empty for no profile
    changed = Signal(object)  # list[SessionFile]: those with other outcomes
    failed = Signal(str)  # a sentence
    report_requested = Signal()  # of the job of the last check; the receiver chooses a path for `write_report`

    def __init__(self, backend: Backend, tasks: TaskRunner, jobs: JobRunner, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._backend, self._tasks, self._jobs, self._session = backend, tasks, jobs, session
        self._profile: Profile | None = None
        self._ignored: dict[str, str] = {}  # reason by code, until another profile is chosen
        self.source = ""

    @Slot(str)
    def choose(self, source: str) -> None:
        """Load a profile in the background and apply it; an empty source removes the outcomes."""
        if not source:
            self._tasks.drop(LOAD_KIND)
            self._apply("", None)
            return
        path = resource(f"profiles/{source.removeprefix('shipped:')}.toml") if source in SHIPPED else Path(source)
        self._tasks.run(
            LOAD_KIND,
            lambda _: load_profile(path),
            lambda profile: self._apply(source, profile),
            self.failed.emit,
            supersede=True,
        )

    def _apply(self, source: str, profile: Profile | None) -> None:
        self.source, self._profile, self._ignored = source, profile, {}
        self.chosen.emit(source, SHIPPED.get(source, profile.name) if profile else "")
        self._check_again()

    def ignore(self, code: str, reason: str) -> None:
        """Ignore the findings of a code in this session."""
        self._ignored[code] = reason
        self._check_again()

    def restore(self, code: str) -> None:
        """Undo `ignore`."""
        if self._ignored.pop(code, None) is not None:
            self._check_again()

    def _check_again(self) -> None:
        self._tasks.drop(CHECK_KIND)
        for job in self._jobs.running(CHECK_KIND):
            job.discard()
        entries = [entry for entry in self._session if entry.checked is not None]
        for entry in entries:
            entry.set_outcomes(None, ())
        if self._profile is None:
            self.changed.emit(entries)
        self._check(is_job=True)

    @Slot()
    def refresh(self) -> None:
        """Check the files that were inspected or measured since they were checked, unless a job does so."""
        if not self._jobs.running(CHECK_KIND):
            self._check(is_job=False)

    def _check(self, *, is_job: bool) -> None:
        """Check the pending files in the background, as a job of Activity if the user started the check."""
        if self._profile is None:
            return
        inspected = [entry for entry in self._session if entry.record or entry.unpublishable]
        pending = {entry for entry in inspected if not entry.is_checked}
        if not pending:
            return
        checker = Checker(self._with_ignored(self._profile), self._template(), self._backend.config.roots)

        def work(stop: StopCheck) -> Checked:
            return list(_check_sequences(checker, inspected, pending, self._tasks, stop))

        if not is_job:
            self._tasks.run(CHECK_KIND, work, self._store, self.failed.emit, supersede=True)
            return
        name = SHIPPED.get(self.source, self._profile.name)
        job = Job(CHECK_KIND, strings.checked_files(len(inspected), escape_control(name)), is_quiet=True)
        job.total = len(inspected)
        job.op(lambda stop, _emit: work(stop)).success(self._end).failure(
            lambda _, sentence: self.failed.emit(sentence)
        )
        job.run_in_background(self._jobs)

    def write_report(self, path: str) -> None:
        """Save the outcomes of the session as an HTML page, in a job."""
        if self._profile is None:
            return
        profile, template, roots = self._with_ignored(self._profile), self._template(), self._backend.config.roots
        entries = [entry for entry in self._session if entry.is_checked]

        def work(stop: StopCheck, _emit: Emit) -> None:
            files = [file for entry in entries if not stop() and (file := entry.file)]
            page = html_page(check(files, profile, template=template, roots=roots, has_pixels=True))
            write_file(Path(path), page.encode())

        job = Job(strings.SAVE_REPORT, escape_control(path)).op(work)
        job.success(lambda job, _: job.end(strings.saved_report(path))).run_in_background(self._jobs)

    def _end(self, job: Job, results: Checked) -> None:
        job.done = len(results)
        job.offer_report(self.report_requested.emit)
        job.end(strings.rules_result([outcome for _, _, outcomes in results for outcome in outcomes]))
        self._store(results)

    def _with_ignored(self, profile: Profile) -> Profile:
        """Return the profile with the exceptions of this session, which apply to all files and win."""
        ignored = {code: Ignore(reason) for code, reason in self._ignored.items()}
        return replace(profile, whens=(*profile.whens, When((), {}, (), Rules(ignore=ignored)))) if ignored else profile

    def _template(self) -> PathTemplate:
        try:
            return parse_template(self._backend.config.path_template)
        except ConfigError:  # reported where the library is opened
            return PathTemplate()

    def _store(self, results: Checked) -> None:
        changed = []
        for entry, contents, outcomes in results:
            if entry in self._session and entry.contents.is_same(contents):
                entry.set_outcomes(contents, outcomes)
                changed.append(entry)
        self.changed.emit(changed)
        self.refresh()


def _check_sequences(
    checker: Checker, entries: Sequence[SessionFile], pending: set[SessionFile], tasks: TaskRunner, stop: StopCheck
) -> Iterator[tuple[SessionFile, FileContents, tuple[Outcome, ...]]]:
    """Yield the outcomes of all files of the sequences with a pending one, followed by those of the sequence."""
    by_path = {entry.path: entry for entry in entries}
    interned: dict[tuple[Outcome, ...], tuple[Outcome, ...]] = {}  # frames mostly have equal outcomes
    for sequence in group_sequences(by_path, {path: entry.frame for path, entry in by_path.items()}):
        members = [by_path[path] for path in sequence.paths]
        if stop() or pending.isdisjoint(members):
            continue
        files: list[tuple[SessionFile, FileContents, ExrFile]] = []
        for number, entry in enumerate(members):
            if number % _FILES_PER_PAUSE == 0:
                tasks.pace()
            contents = entry.contents
            if file := entry.file:
                files.append((entry, contents, file))
        if stop() or not files:
            continue
        verdicts = checker.check_sequences([file for _, _, file in files])
        shared = tuple(outcome for verdict in verdicts for outcome in verdict.outcomes)
        for entry, contents, file in files:
            outcomes = checker.check_file(file) + shared
            yield entry, contents, interned.setdefault(outcomes, outcomes)
