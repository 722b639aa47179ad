"""Jobs: events, progress, failures, cancel, discard, log, and running again."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from exr_inspector_app.contracts import Progress, StopCheck
from exr_inspector_app.errors import StoreError
from exr_inspector_app.gui.activity.activity_pane import ActivityPane
from exr_inspector_app.gui.activity.job_model import ActivityModel
from exr_inspector_app.gui.activity.log_dialog import LogDialog
from exr_inspector_app.gui.tasks.job import Job, JobState
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.gui.tasks.task_runner import Emit, TaskRunner, emit_each


@pytest.fixture
def runner(tasks: TaskRunner) -> JobRunner:
    return JobRunner(tasks)


def wait(qtbot: QtBot, runner: JobRunner) -> None:
    qtbot.waitUntil(lambda: not runner.running())


def count(stop: StopCheck, emit: Emit) -> int:
    """Emit two events with progress, and return 2."""
    for done, word in enumerate(("one", "two"), 1):
        emit(word)
        emit(Progress("inspect", done, 2, 10.0, None))
    return 2


def test_job_reports_events_progress_and_result(qtbot: QtBot, runner: JobRunner) -> None:
    words: list[str] = []
    seen: list[tuple[str, object]] = []
    runner.added.connect(lambda job: seen.append(("added", job)))
    runner.progressed.connect(lambda progress: seen.append(("progressed", progress.done)))
    runner.finished.connect(lambda job: seen.append(("finished", job)))
    job = Job("Count").op(count).each(lambda _, word: words.append(word))
    job.success(lambda job, number: job.end(f"Counted {number}")).run_in_background(runner)
    assert (job.state, job.actions, runner.running("Count")) == (JobState.RUNNING, ("Stop",), [job])
    wait(qtbot, runner)
    assert words == ["one", "two"]
    assert seen == [("added", job), ("progressed", 1), ("progressed", 2), ("finished", job)]
    assert (job.state, job.result, job.counted, job.actions) == (JobState.DONE, "Counted 2", "2 of 2", ())
    assert [entry.message for entry in job.log] == ["Count", "Counted 2"]


def test_job_without_success_handler_ends_as_done(qtbot: QtBot, runner: JobRunner) -> None:
    job = Job("Count").op(count).run_in_background(runner)
    wait(qtbot, runner)
    assert job.state is JobState.DONE


def test_job_with_failed_files_keeps_them_for_a_retry(qtbot: QtBot, runner: JobRunner) -> None:
    job = Job("Read").op(emit_each(lambda stop: iter(["/a.exr", "/b\x07.exr"])))
    job.each(lambda job, path: job.add_failure(path, "The file is empty."))
    job.success(lambda job, _: job.end("Read 2 files")).run_in_background(runner)
    wait(qtbot, runner)
    assert (job.state, job.actions) == (JobState.FAILED, ("Errors", "Copy"))
    assert [failure.path for failure in job.failures] == ["/a.exr", "/b\x07.exr"]
    assert job.report == "/a.exr: The file is empty.\n/b\\x07.exr: The file is empty."
    assert [entry.message for entry in job.log][1:] == [*job.report.split("\n"), "Read 2 files"]


def test_job_that_raises_a_known_error_fails_with_its_sentence(qtbot: QtBot, runner: JobRunner) -> None:
    def fail(stop: StopCheck, emit: Emit) -> None:
        raise StoreError("The library is damaged.")

    sentences: list[str] = []
    job = Job("Read").op(fail).failure(lambda _, sentence: sentences.append(sentence)).run_in_background(runner)
    wait(qtbot, runner)
    assert (job.state, job.result, job.report) == (JobState.FAILED, *["The library is damaged."] * 2)
    assert sentences == ["The library is damaged."]


def test_job_that_raises_a_bug_keeps_its_traceback(qtbot: QtBot, runner: JobRunner, tasks: TaskRunner) -> None:
    def fail(stop: StopCheck, emit: Emit) -> None:
        raise RuntimeError("by hand")

    bugs: list[object] = []
    tasks.bug.connect(bugs.append)
    job = Job("Read").op(fail).run_in_background(runner)
    wait(qtbot, runner)
    assert len(bugs) == 1
    assert job.result == "Read stopped: internal error (RuntimeError)."
    assert "RuntimeError: by hand" in job.report


def endless(stop: StopCheck) -> Iterator[int]:
    while not stop():
        yield 1


@pytest.mark.parametrize("is_all", [False, True])
def test_cancelled_job_ends_with_what_it_has_done(qtbot: QtBot, runner: JobRunner, is_all: bool) -> None:
    job = Job("Count").op(emit_each(endless)).each(lambda job, _: runner.cancel(None if is_all else job))
    job.success(lambda job, _: job.end("Counted some")).run_in_background(runner)
    wait(qtbot, runner)
    assert (job.state, job.result) == (JobState.STOPPED, "Stopped. Counted some")


def test_job_that_cannot_be_cancelled_ends_as_done(qtbot: QtBot, runner: JobRunner) -> None:
    release = threading.Event()
    job = Job("Undo", is_cancellable=False).op(lambda stop, emit: release.wait(10)).run_in_background(runner)
    job.cancel()
    release.set()
    wait(qtbot, runner)
    assert job.state is JobState.DONE


def test_discarded_job_drops_its_result(qtbot: QtBot, runner: JobRunner, tasks: TaskRunner) -> None:
    results: list[object] = []
    job = Job("Count").op(emit_each(endless)).success(lambda _, value: results.append(value))
    job.run_in_background(runner)
    job.discard("Replaced")
    assert (job.state, job.result, runner.running()) == (JobState.STOPPED, "Replaced", [])
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert results == []


def test_job_can_be_run_again(qtbot: QtBot, runner: JobRunner) -> None:
    first = Job("Count").op(count).success(lambda job, number: job.end(f"Counted {number}"))
    first.offer_repeat().run_in_background(runner)
    wait(qtbot, runner)
    second = first.run_again()
    assert second is not first
    wait(qtbot, runner)
    assert (second.result, second.done) == ("Counted 2", 2)


def test_activity_lists_jobs_and_drops_replaced_ones(qtbot: QtBot, runner: JobRunner) -> None:
    model = ActivityModel()
    model.watch(runner)
    first = Job("Find similar", "/a.exr", replaces_earlier=True).op(count).offer_repeat().run_in_background(runner)
    other = Job("Find similar", "/b.exr", replaces_earlier=True).op(count).run_in_background(runner)
    assert model.jobs() == (other, first)
    wait(qtbot, runner)
    again = first.run_again()
    assert model.jobs() == (again, other)
    wait(qtbot, runner)


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_menu_of_a_job_runs_it_again_and_shows_its_log(qtbot: QtBot, runner: JobRunner) -> None:
    model = ActivityModel()
    model.watch(runner)
    pane = ActivityPane(model)
    qtbot.addWidget(pane)
    job = Job("Count", "/a.exr").op(count).success(lambda job, number: job.end(f"Counted {number}"))
    job.offer_repeat().run_in_background(runner)
    assert job.menu_actions == ("Stop", "Log")
    wait(qtbot, runner)
    assert [entry.text() for entry in pane.view.make_menu(model.index(0, 0)).actions()] == ["Run again", "Log"]
    pane.view.action_triggered.emit(job, "Run again")
    wait(qtbot, runner)
    assert [listed.result for listed in model.jobs()] == ["Counted 2", "Counted 2"]
    assert model.jobs()[0].menu_actions == ("Run again", "Log")
    pane.view.action_triggered.emit(job, "Log")
    (dialog,) = pane.findChildren(LogDialog)
    lines = dialog.text.toPlainText().splitlines()
    assert [line.partition("  ")[2] for line in lines] == ["Count: /a.exr", "Counted 2"]
    dialog.close()
