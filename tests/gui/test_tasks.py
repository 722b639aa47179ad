"""Background operations: order, errors, stop, superseding, slices, shutdown."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from exr_inspector_app.errors import StoreError
from exr_inspector_app.gui.tasks import event_queue
from exr_inspector_app.gui.tasks.task_runner import Failure, Stop, TaskRunner


def nothing(_: object) -> None:
    """A callback that is not asked for."""


def test_a_result_arrives_on_the_gui_thread(qtbot: QtBot, tasks: TaskRunner) -> None:
    got: list[tuple[int, threading.Thread]] = []
    tasks.run("add", lambda stop: 40 + 2, lambda n: got.append((n, threading.current_thread())), nothing)
    qtbot.waitUntil(lambda: bool(got))
    assert got == [(42, threading.main_thread())]


def test_twenty_thousand_events_arrive_in_order_and_success_comes_last(qtbot: QtBot, tasks: TaskRunner) -> None:
    got: list[object] = []
    tasks.run_iter("count", lambda stop: iter(range(20_000)), got.append, got.append, nothing)
    with qtbot.waitSignal(tasks.idle, timeout=20_000):
        pass
    assert got == [*range(20_000), None]


def test_the_event_loop_turns_while_slow_events_are_delivered(
    qtbot: QtBot, tasks: TaskRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_queue, "TIME_SLICE_S", 0.0)  # over after one event
    got: list[int] = []
    turns: list[int] = []
    timer = QTimer()
    timer.timeout.connect(lambda: turns.append(len(got)))
    timer.start(0)
    tasks.run_iter("count", lambda stop: iter(range(50)), lambda n: got.append(n), nothing, nothing)
    with qtbot.waitSignal(tasks.idle, timeout=20_000):
        pass
    timer.stop()
    assert got == list(range(50))
    assert len(set(turns)) > 10  # other things happened between the events


def test_a_known_error_is_its_sentence_and_no_report(qtbot: QtBot, tasks: TaskRunner) -> None:
    def work(stop: Stop) -> None:
        raise StoreError("The library is held by process 4711; close it and try again.")

    got: list[Failure] = []
    tasks.run("look up", work, nothing, got.append)
    qtbot.waitUntil(lambda: bool(got))
    assert got == [Failure("The library is held by process 4711; close it and try again.")]


def test_a_bug_keeps_its_traceback(qtbot: QtBot, tasks: TaskRunner) -> None:
    def events(stop: Stop) -> Iterator[int]:
        yield 1
        raise ZeroDivisionError("by hand")

    seen: list[int] = []
    got: list[Failure] = []
    tasks.run_iter("Inspect", events, seen.append, nothing, got.append)
    qtbot.waitUntil(lambda: bool(got))
    assert seen == [1]
    assert "Inspect" in got[0].sentence
    assert "ZeroDivisionError: by hand" in (got[0].report or "")
    assert "test_tasks.py" in (got[0].report or "")


def test_a_stopped_operation_still_says_how_far_it_came(qtbot: QtBot, tasks: TaskRunner) -> None:
    def events(stop: Stop) -> Iterator[str]:
        yield "started"
        while not stop():
            time.sleep(0)
        yield "stopped"

    got: list[str] = []
    task = tasks.run_iter(
        "wait", events, lambda word: (got.append(word), task.stop()), lambda _: got.append("over"), nothing
    )
    qtbot.waitUntil(lambda: "over" in got)
    assert got == ["started", "stopped", "over"]


def test_what_a_request_says_arrives_before_its_result(qtbot: QtBot, tasks: TaskRunner) -> None:
    def work(stop: Stop, say: Callable[[int], None]) -> str:
        for number in range(3):
            say(number)
        return "over"

    got: list[object] = []
    tasks.run_with_progress("compare", work, got.append, got.append, nothing)
    qtbot.waitUntil(lambda: "over" in got)
    assert got == [0, 1, 2, "over"]


def test_a_superseded_request_says_nothing_any_more(qtbot: QtBot, tasks: TaskRunner) -> None:
    release = threading.Event()
    entered = threading.Event()

    def slow(stop: Stop) -> str:
        entered.set()
        release.wait(10)
        return "old"

    got: list[str] = []
    tasks.run("similar", slow, got.append, nothing, supersede=True)
    assert entered.wait(10)
    tasks.run("similar", lambda stop: "new", got.append, nothing, supersede=True)
    qtbot.waitUntil(lambda: bool(got))
    release.set()
    if tasks._running:
        with qtbot.waitSignal(tasks.idle, timeout=10_000):
            pass
    assert got == ["new"]


def test_requests_of_another_kind_are_not_superseded(qtbot: QtBot, tasks: TaskRunner) -> None:
    got: list[str] = []
    tasks.run("count", lambda stop: "count", got.append, nothing)
    tasks.run("similar", lambda stop: "similar", got.append, nothing, supersede=True)
    qtbot.waitUntil(lambda: len(got) == 2)
    assert sorted(got) == ["count", "similar"]


def test_closing_joins_every_worker_and_delivers_nothing_afterwards(qtbot: QtBot) -> None:
    tasks = TaskRunner()
    started = threading.Event()

    def events(stop: Stop) -> Iterator[int]:
        started.set()
        while not stop():
            yield 1

    got: list[object] = []
    tasks.run_iter("endless", events, nothing, got.append, got.append)
    assert started.wait(10)
    tasks.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("window-task")]
    qtbot.wait(0)
    assert got == []


def test_an_exception_in_a_callback_does_not_lose_later_events(qtbot: QtBot, tasks: TaskRunner) -> None:
    got: list[int] = []

    def event(number: int) -> None:
        if number == 3:
            raise RuntimeError("a bug in a view")
        got.append(number)

    with qtbot.captureExceptions() as caught:
        tasks.run_iter("count", lambda stop: iter(range(6)), event, nothing, nothing)
        with qtbot.waitSignal(tasks.idle, timeout=10_000):
            pass
    assert got == [0, 1, 2, 4, 5]
    assert [str(error[1]) for error in caught] == ["a bug in a view"]


def test_a_worker_that_keeps_pace_waits_while_what_was_said_is_shown(qtbot: QtBot, tasks: TaskRunner) -> None:
    begun = threading.Event()
    paced: list[bool] = []

    def read(stop: Stop) -> None:
        begun.wait(10)
        tasks.pace()
        paced.append(True)

    def show(_: object) -> None:
        begun.set()
        time.sleep(0.1)  # the window is busy
        assert not paced

    with qtbot.waitSignal(tasks.idle):
        tasks.run("Read", read, nothing, nothing)
        tasks.run("Look up", lambda stop: None, show, nothing)
    assert paced
