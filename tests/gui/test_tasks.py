"""Task runner: order, errors, bugs, stop, superseding, time slices, shutdown."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import StoreError
from exr_inspector_app.gui.tasks import event_queue
from exr_inspector_app.gui.tasks.repaint_filter import RepaintFilter
from exr_inspector_app.gui.tasks.task_runner import Failure, TaskRunner


def ignore(_: object) -> None:
    """Do nothing."""


def test_result_arrives_on_the_gui_thread(qtbot: QtBot, tasks: TaskRunner) -> None:
    results: list[tuple[int, threading.Thread]] = []
    tasks.run("add", lambda stop: 40 + 2, lambda n: results.append((n, threading.current_thread())), ignore)
    qtbot.waitUntil(lambda: bool(results))
    assert results == [(42, threading.main_thread())]


def test_events_arrive_in_order_and_success_last(qtbot: QtBot, tasks: TaskRunner) -> None:
    received: list[object] = []
    tasks.run_iter("count", lambda stop: iter(range(20_000)), received.append, received.append, ignore)
    with qtbot.waitSignal(tasks.idle):
        pass
    assert received == [*range(20_000), None]


def test_event_loop_runs_between_slow_events(qtbot: QtBot, tasks: TaskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_queue, "TIME_SLICE_S", 0.0)  # over after one event
    received: list[int] = []
    turns: list[int] = []
    timer = QTimer()
    timer.timeout.connect(lambda: turns.append(len(received)))
    timer.start(0)
    tasks.run_iter("count", lambda stop: iter(range(50)), received.append, ignore, ignore)
    with qtbot.waitSignal(tasks.idle):
        pass
    timer.stop()
    assert received == list(range(50))
    assert len(set(turns)) > 10  # the event loop ran between the events


def test_known_error_is_a_sentence_without_bug(qtbot: QtBot, tasks: TaskRunner) -> None:
    def work(stop: StopCheck) -> None:
        raise StoreError("The library is held by process 4711; close it and try again.")

    bugs: list[Failure] = []
    sentences: list[str] = []
    tasks.bug.connect(bugs.append)
    task = tasks.run("look up", work, ignore, sentences.append)
    qtbot.waitUntil(lambda: bool(sentences))
    assert sentences == ["The library is held by process 4711; close it and try again."]
    assert (bugs, task.failure) == ([], Failure(sentences[0]))


def test_bug_is_emitted_once_before_its_handler_runs(qtbot: QtBot, tasks: TaskRunner) -> None:
    def events(stop: StopCheck) -> Iterator[int]:
        yield 1
        raise ZeroDivisionError("by hand")

    items: list[int] = []
    calls: list[object] = []
    tasks.bug.connect(calls.append)
    tasks.run_iter("Inspect", events, items.append, ignore, calls.append)
    qtbot.waitUntil(lambda: len(calls) == 2)
    bug, sentence = calls
    assert items == [1]
    assert sentence == "Inspect stopped: internal error (ZeroDivisionError)."
    assert isinstance(bug, Failure)
    assert bug.sentence == sentence
    assert "ZeroDivisionError: by hand" in (bug.report or "")
    assert "test_tasks.py" in (bug.report or "")


def test_bug_of_a_superseded_task_is_emitted(qtbot: QtBot, tasks: TaskRunner) -> None:
    entered, release = threading.Event(), threading.Event()

    def fail(stop: StopCheck) -> None:
        entered.set()
        release.wait(10)
        raise ZeroDivisionError("by hand")

    bugs: list[Failure] = []
    sentences: list[str] = []
    tasks.bug.connect(bugs.append)
    tasks.run("similar", fail, ignore, sentences.append)
    assert entered.wait(10)
    tasks.drop("similar")
    release.set()
    qtbot.waitUntil(lambda: bool(bugs))
    assert len(bugs) == 1
    assert sentences == []


def test_stopped_task_still_reports_its_events(qtbot: QtBot, tasks: TaskRunner) -> None:
    def events(stop: StopCheck) -> Iterator[str]:
        yield "started"
        while not stop():
            time.sleep(0)
        yield "stopped"

    received: list[str] = []

    def take(event: str) -> None:
        received.append(event)
        task.stop()

    task = tasks.run_iter("wait", events, take, lambda _: received.append("over"), ignore)
    qtbot.waitUntil(lambda: "over" in received)
    assert received == ["started", "stopped", "over"]


def test_progress_arrives_before_the_result(qtbot: QtBot, tasks: TaskRunner) -> None:
    def work(stop: StopCheck, emit: Callable[[int], None]) -> str:
        for number in range(3):
            emit(number)
        return "over"

    received: list[object] = []
    tasks.run_with_progress("compare", work, received.append, received.append, ignore)
    qtbot.waitUntil(lambda: "over" in received)
    assert received == [0, 1, 2, "over"]


@pytest.mark.parametrize("is_discarded", [False, True])
def test_result_of_a_superseded_or_discarded_task_is_dropped(
    qtbot: QtBot, tasks: TaskRunner, is_discarded: bool
) -> None:
    release = threading.Event()
    entered = threading.Event()

    def slow(stop: StopCheck, emit: Callable[[str], None]) -> str:
        entered.set()
        release.wait(10)
        emit("old item")
        return "old"

    results: list[str] = []
    task = tasks.run_with_progress("similar", slow, results.append, results.append, ignore, supersede=True)
    assert entered.wait(10)
    if is_discarded:
        task.discard()
    tasks.run("similar", lambda stop: "new", results.append, ignore, supersede=not is_discarded)
    qtbot.waitUntil(lambda: bool(results))
    release.set()
    if not tasks.is_idle:
        with qtbot.waitSignal(tasks.idle):
            pass
    assert results == ["new"]


def test_tasks_of_another_kind_are_not_superseded(qtbot: QtBot, tasks: TaskRunner) -> None:
    results: list[str] = []
    tasks.run("count", lambda stop: "count", results.append, ignore)
    tasks.run("similar", lambda stop: "similar", results.append, ignore, supersede=True)
    qtbot.waitUntil(lambda: len(results) == 2)
    assert sorted(results) == ["count", "similar"]


def test_close_joins_every_worker_and_delivers_nothing_afterwards(qtbot: QtBot) -> None:
    tasks = TaskRunner()
    started = threading.Event()

    def events(stop: StopCheck) -> Iterator[int]:
        started.set()
        while not stop():
            yield 1

    results: list[object] = []
    tasks.run_iter("endless", events, ignore, results.append, results.append)
    assert started.wait(10)
    tasks.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("window-task")]
    tasks.run("late", lambda stop: results.append("ran"), results.append, results.append)
    assert tasks.running() == []
    qtbot.wait(0)
    assert results == []


def test_close_leaves_a_worker_that_does_not_stop(qtbot: QtBot) -> None:
    tasks = TaskRunner()
    is_released, delivered = threading.Event(), list[object]()
    tasks.run("wait", lambda stop: is_released.wait(30.0), delivered.append, delivered.append)
    assert not tasks.close(0.05)
    is_released.set()
    assert tasks.close()
    qtbot.wait(20)
    assert delivered == []


def test_exception_in_a_handler_keeps_later_events(qtbot: QtBot, tasks: TaskRunner) -> None:
    received: list[int] = []

    def event(number: int) -> None:
        if number == 3:
            raise RuntimeError("a bug in a view")
        received.append(number)

    with qtbot.captureExceptions() as caught:
        tasks.run_iter("count", lambda stop: iter(range(6)), event, ignore, ignore)
        with qtbot.waitSignal(tasks.idle):
            pass
    assert received == [0, 1, 2, 4, 5]
    assert [str(error[1]) for error in caught] == ["a bug in a view"]


def test_paced_worker_waits_while_events_are_shown(qtbot: QtBot, tasks: TaskRunner) -> None:
    begun = threading.Event()
    paced: list[bool] = []

    def read(stop: StopCheck) -> None:
        begun.wait(10)
        tasks.pace()
        paced.append(True)

    def show(_: object) -> None:
        begun.set()
        time.sleep(0.1)  # the window is busy
        assert not paced

    with qtbot.waitSignal(tasks.idle):
        tasks.run("Read", read, ignore, ignore)
        tasks.run("Look up", lambda stop: None, show, ignore)
    assert paced


def test_workers_wait_while_the_window_repaints(qtbot: QtBot, tasks: TaskRunner) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    RepaintFilter(window, tasks)
    paced, results = threading.Event(), list[bool]()

    def work(stop: StopCheck) -> None:
        tasks.pace()
        paced.set()

    def repaint() -> None:
        QApplication.sendEvent(window, QEvent(QEvent.Type.UpdateRequest))
        tasks.run("pace", work, lambda _: results.append(True), ignore)
        results.append(paced.wait(0.05))  # the event loop does not turn in here

    QTimer.singleShot(0, repaint)
    qtbot.waitUntil(lambda: len(results) == 2)
    assert results == [False, True]
