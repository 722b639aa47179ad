"""Background job, as shown in Activity: one operation with progress, result, failures and cancel.

The model is Anki's CollectionOp. A feature describes the operation once and starts it:

    Job("Export list", str(path)).op(write_rows).success(report_count).run_in_background(runner)

`write_rows(stop, emit)` runs in a worker; `emit_each` adapts a generator. Handlers are called on the GUI thread and get
the job as their first argument, so that `run_again` can start the same operation as a new job.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from exr_inspector_app.contracts import Progress, StopCheck
from exr_inspector_app.gui.tasks import strings
from exr_inspector_app.gui.tasks.task_runner import Emit, Task
from exr_inspector_app.text.escape import escape_control

if TYPE_CHECKING:
    from exr_inspector_app.gui.tasks.job_runner import JobRunner

Work: TypeAlias = Callable[[StopCheck, Emit], Any]
Handler: TypeAlias = Callable[["Job", Any], None]
FailureHandler: TypeAlias = Callable[["Job", str], None]


_RUN_FIELDS = (  # state of one run, which `run_again` resets
    *("state", "done", "total", "unit", "figures", "result", "report", "publish_id", "started"),
    "shown_publish_id",
    *("failures", "log", "retry_count", "_on_retry", "_on_report", "_started", "_task"),
)


class JobState(StrEnum):
    """State of a job; all but RUNNING are final."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class JobFailure:
    """File that a job could not process, and why; the job itself continues."""

    path: str
    message: str
    remedy: str = ""  # remedy for the user, if the message has none

    def __str__(self) -> str:
        return f"{escape_control(self.path)}: {escape_control(f'{self.message} {self.remedy}'.strip())}"


@dataclass(frozen=True, slots=True)
class JobLogEntry:
    """Log line of a job."""

    time: datetime
    message: str


def _ignore(_job: Job, _value: Any) -> None:
    """Do nothing: the default handler."""


@dataclass(slots=True, eq=False)
class Job:
    """Operation that the user started, and its row in Activity.

    Attributes:
        title: Name of the operation, such as `Inspect`.
        detail: Files of the operation, escaped for display.
        state: RUNNING until the job has ended.
        done: Number of processed units.
        total: Number of all units; 0 while unknown.
        unit: Unit of `done` and `total` in `counted`; files by default.
        figures: Rate and time left while the job runs.
        result: One sentence once it has ended.
        report: Text for the Copy button: the failures, or the traceback of a bug.
        publish_id: Publish that the Undo button reverts, if any.
        shown_publish_id: Publish whose files the Show button lists in the library, if any.
        started: When it started, for display.
        kind: Kind of its task, for `TaskRunner.running`; the title by default.
        is_cancellable: False if the work has no stop check; cancelling such a job does nothing.
        is_quiet: True if success is shown in Activity only, not in the status bar.
        replaces_earlier: True if finished jobs with this title and detail leave the list when it starts.
        shows_unit: True if `unit` follows the progress events.
        failures: Files that could not be processed, in the order of failing.
        log: Its failures and its result with their times, for display.
        retry_count: Number of files that `retry` processes again.
    """

    title: str
    detail: str = ""
    state: JobState = JobState.RUNNING
    done: int = 0
    total: int = 0
    unit: str = ""
    figures: str = ""
    result: str = ""
    report: str = ""
    publish_id: str | None = None
    shown_publish_id: str = ""
    started: datetime = field(default_factory=datetime.now)
    kind: str = ""
    is_cancellable: bool = True
    is_quiet: bool = False
    replaces_earlier: bool = False
    shows_unit: bool = False
    failures: list[JobFailure] = field(default_factory=list)
    log: list[JobLogEntry] = field(default_factory=list)
    retry_count: int = 0
    _on_retry: Callable[[], None] | None = field(default=None, repr=False)
    _on_report: Callable[[], None] | None = field(default=None, repr=False)
    _on_repeat: Callable[[], object] | None = field(default=None, repr=False)
    _is_own_repeat: bool = field(default=False, repr=False)
    _started: float = field(default_factory=time.monotonic, repr=False)
    _work: Work | None = field(default=None, repr=False)
    _on_event: Handler = field(default=_ignore, repr=False)
    _on_success: Handler = field(default=_ignore, repr=False)
    _on_failure: FailureHandler = field(default=_ignore, repr=False)
    _on_cancel: Callable[[Job], None] | None = field(default=None, repr=False)
    _runner: JobRunner | None = field(default=None, repr=False)
    _task: Task | None = field(default=None, repr=False)

    # Describing and starting it

    def op(self, work: Work) -> Job:
        """Set the operation: `work(stop, emit)` runs in a worker and returns the result.

        Emitted `Progress` events update the job; all other events go to the handler of `each`.
        """
        self._work = work
        return self

    def each(self, handler: Handler) -> Job:
        """Set the handler of emitted events that are no `Progress`."""
        self._on_event = handler
        return self

    def success(self, handler: Handler) -> Job:
        """Set the handler of the result; it usually calls `end`."""
        self._on_success = handler
        return self

    def failure(self, handler: FailureHandler) -> Job:
        """Set a handler for an error that ended the job; it gets the sentence that is the result of the job."""
        self._on_failure = handler
        return self

    def cancellation(self, handler: Callable[[Job], None]) -> Job:
        """Set a handler that `cancel` calls instead of stopping the work."""
        self._on_cancel = handler
        return self

    def run_in_background(self, runner: JobRunner, *, supersede: bool = False) -> Job:
        """Start the job; with `supersede`, the results of earlier tasks of its kind are dropped."""
        runner.start(self, supersede=supersede)
        return self

    def offer_retry(self, operation: Callable[[], None], count: int) -> None:
        """Set the operation of `retry`: that of this job, for its `count` unprocessed files."""
        self._on_retry, self.retry_count = operation, count

    def offer_report(self, operation: Callable[[], None]) -> None:
        """Set the operation of `save_report`."""
        self._on_report = operation

    def offer_repeat(self, operation: Callable[[], object] | None = None) -> Job:
        """Let the user run the job again once it has ended, by `run_again` unless another operation is given."""
        self._on_repeat, self._is_own_repeat = operation or self.run_again, operation is None
        return self

    def release(self) -> None:
        """Drop operation and handlers, unless `run_again` needs them: Activity lists a job long after its files."""
        if not self._is_own_repeat:
            self._work, self._on_event, self._on_success, self._on_failure = None, _ignore, _ignore, _ignore

    def repeat(self) -> None:
        """Do the same again, if the job has ended and offers it."""
        if self._on_repeat is not None and not self.is_running:
            self._on_repeat()

    def save_report(self) -> None:
        """Save the report of the result, if the job offers one."""
        if self._on_report is not None:
            self._on_report()

    def retry(self) -> bool:
        """Process failed files again, once; return False if there is nothing to retry."""
        operation = self._on_retry
        if operation is None or self.is_running:
            return False
        self._on_retry = None
        self.notify()
        operation()
        return True

    def run_again(self) -> Job:
        """Start the operation as a new job; after the end of this one, only if `offer_repeat` was called for it."""
        if self._runner is None:
            raise RuntimeError("The job has not been started yet")
        fresh = Job(self.title, self.detail)
        job = replace(self, **{name: getattr(fresh, name) for name in _RUN_FIELDS})
        return job.run_in_background(self._runner)

    # While it runs

    @property
    def is_running(self) -> bool:
        """True until the job has ended."""
        return self.state is JobState.RUNNING

    @property
    def is_cancel_requested(self) -> bool:
        """True once the user cancelled the job."""
        return self._task is not None and self._task.is_stop_requested()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def add_failure(self, path: str, message: str, remedy: str = "") -> None:
        """Record a file that could not be processed; the job will end as FAILED unless it is cancelled."""
        self.failures.append(JobFailure(path, message, remedy))
        self.add_log(str(self.failures[-1]))

    def add_log(self, message: str) -> None:
        """Append a line to the log."""
        self.log.append(JobLogEntry(datetime.now(), message))

    def advance(self, progress: Progress) -> None:
        """Set count, total and rate from a progress event."""
        if self.shows_unit:
            self.unit = strings.progress_unit(progress)
        self.done, self.total, self.figures = progress.done, progress.total, strings.format_rate(progress)

    def cancel(self) -> None:
        """Ask the work to stop at its next stop check; the job then ends with its partial result."""
        if not self.is_running or not self.is_cancellable:
            return
        if self._on_cancel is not None:
            self._on_cancel(self)
        elif self._task is not None:
            self._task.stop()

    def discard(self, result: str = strings.STOPPED, *, is_announced: bool = False) -> None:
        """End the job as STOPPED now and drop what its work still emits and returns.

        Args:
            result: The sentence that becomes the result.
            is_announced: Emit `JobRunner.finished` too, so that the status bar shows the result.
        """
        if self._runner is not None and self.is_running:
            self._runner.discard(self, result, is_announced)

    def notify(self) -> None:
        """Emit `JobRunner.changed` after a field was set from outside."""
        if self._runner is not None:
            self._runner.changed.emit(self)

    # Its end

    def end(self, result: str, *, is_stopped: bool | None = None) -> None:
        """Set state, result and report from the result sentence and the failures.

        Args:
            result: The sentence, without the word Stopped.
            is_stopped: Whether the work ended early; by default, whether the job was cancelled.
        """
        stopped = self.is_cancel_requested if is_stopped is None else is_stopped
        self.state = JobState.STOPPED if stopped else JobState.FAILED if self.failures else JobState.DONE
        self.result = strings.stopped(result) if stopped else result
        self.report = self.failure_report

    @property
    def has_bug(self) -> bool:
        """True if a bug ended the job, not an error of a file, a disk or a server."""
        failure = self._task.failure if self._task else None
        return bool(failure and failure.report)

    @property
    def failure_report(self) -> str:
        """The failures, one per line."""
        return "\n".join(map(str, self.failures))

    # How it is shown

    @property
    def counted(self) -> str:
        """`687 of 1,048`, `12,000 of 100,000 rows`, or nothing while the total is unknown."""
        return strings.count_of_total(self.done, self.total, self.unit) if self.total else ""

    @property
    def actions(self) -> tuple[str, ...]:
        """Labels of the buttons in its row: Stop, or the actions on its result."""
        if self.is_running:
            return (strings.STOP,) if self.is_cancellable else ()
        offered = (
            (strings.RETRY, self._on_retry is not None),
            (strings.UNDO, bool(self.publish_id)),
            (strings.ERRORS, bool(self.failures)),
            (strings.COPY, bool(self.report)),
            (strings.SHOW, bool(self.shown_publish_id)),
            (strings.REPORT, self._on_report is not None),
        )
        return tuple(label for label, is_offered in offered if is_offered)

    @property
    def menu_actions(self) -> tuple[str, ...]:
        """Labels of the entries of its menu: those of its buttons, then rarely needed ones."""
        can_repeat = self._on_repeat is not None and not self.is_running
        offered = ((strings.RUN_AGAIN, can_repeat), (strings.LOG, bool(self.log)))
        return (*self.actions, *(label for label, is_offered in offered if is_offered))

    def action_text(self, action: str) -> str:
        """Return the text of a button, with the number of files that a retry processes."""
        return f"{action} {self.retry_count:,}" if action == strings.RETRY and self.retry_count else action

    def spoken(self) -> str:
        """Return the row as text for screen readers."""
        facts = (self.title, self.detail, self.state.value, self.counted, self.figures, self.result)
        return ", ".join(fact for fact in facts if fact)
