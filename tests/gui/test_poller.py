"""Poller: its readers end when it closes, even during a poll."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.session import poller
from exr_inspector_app.gui.session.poller import PendingChecks, Poller
from exr_inspector_app.gui.session.session import Session
from exr_inspector_app.gui.tasks.task_runner import TaskRunner

PollUntil = Callable[[Poller, Callable[[], bool]], None]


class OnePath(Poller):
    """Poller of one path, whose check is given."""

    kind = "Test"
    interval_ms = 1_000_000

    def __init__(self, tasks: TaskRunner, check: Callable[[], Any]) -> None:
        super().__init__(tasks, Session(), tasks)
        self.changes: list[Any] = []
        self._answer = check

    def _items(self) -> list[str]:
        return ["/a"]

    def _path(self, item: str) -> str:
        return item

    def _check(self, item: str) -> Any:
        return self._answer()

    def _on_change(self, change: Any) -> None:
        self.changes.append(change)


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("reader") and thread.is_alive()]


def test_readers_end_when_the_poller_closes_after_the_last_stop_check(
    qtbot: QtBot, tasks: TaskRunner, release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "MAX_POLL_S", 0.0)  # the check stays pending
    made = OnePath(tasks, lambda: release.wait(20))
    at_end, go_on = threading.Event(), threading.Event()
    real = Poller._poll

    def held(self: Poller, pending: PendingChecks, items: Any, stop: Any) -> Iterator[Any]:
        """Poll, and hold the worker where it has decided to keep its readers."""

        calls = 0

        def last_stop() -> bool:
            nonlocal calls
            calls += 1
            is_stopped = bool(stop())
            if calls == 2:  # the first one is in the loop
                at_end.set()
                go_on.wait(10)
            return is_stopped

        yield from real(self, pending, items, last_stop)

    monkeypatch.setattr(Poller, "_poll", held)
    made.tick()
    assert at_end.wait(10)
    made.close()
    go_on.set()
    qtbot.waitUntil(lambda: tasks.is_idle)
    release.set()
    qtbot.waitUntil(lambda: not readers())


def test_pending_check_is_reported_by_a_later_poll(
    qtbot: QtBot, tasks: TaskRunner, release: threading.Event, monkeypatch: pytest.MonkeyPatch, poll_until: PollUntil
) -> None:
    monkeypatch.setattr(poller, "MAX_POLL_S", 0.2)
    checks: list[bool] = []

    def check() -> str:
        checks.append(release.wait(20))
        return "changed"

    made = OnePath(tasks, check)
    made.tick()
    qtbot.waitUntil(lambda: not tasks.running("Test"))
    assert made.changes == []
    release.set()
    poll_until(made, lambda: bool(made.changes))
    assert made.changes == ["changed"]
    assert checks == [True]  # the one that was pending
    made.close()


def test_readers_end_after_a_bug_in_a_check(qtbot: QtBot, tasks: TaskRunner) -> None:
    def fail() -> None:
        raise RuntimeError("by hand")

    bugs: list[object] = []
    tasks.bug.connect(bugs.append)
    made = OnePath(tasks, fail)
    made.tick()
    qtbot.waitUntil(lambda: not tasks.running("Test"))
    assert len(bugs) == 1
    qtbot.waitUntil(lambda: not readers())
    made.close()


def test_closed_checks_ignore_further_calls() -> None:
    pending = PendingChecks(lambda item: item)
    pending.close()
    pending.add("/a", 1)
    assert (pending.count, pending.answers()) == (0, [])
    pending.close()
