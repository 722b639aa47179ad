"""Publish targets: the local library and the VAST Database, which one is chosen, and their health."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from exr_inspector_app.config import Config
from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import KnownError, StoreError
from exr_inspector_app.gui.publish import strings
from exr_inspector_app.gui.publish.target_state import Target, TargetCause, cause_of
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.services.backend import Backend, Where
from exr_inspector_app.services.path_roots import disagreement

NAMES: dict[Where, str] = {"local": strings.LOCAL_NAME, "vast": strings.VAST_NAME}
_KINDS: dict[Where, str] = {"local": "Library", "vast": "VAST"}  # of the tasks that query them


POLL_INTERVAL_MS = 30_000  # between two queries of the targets that are set up


class Targets(QObject):
    """Registry of both targets; choosing one changes the target of the backend."""

    changed = Signal(object)  # Target that has answered or failed
    chosen = Signal(object)  # Target
    answered = Signal()  # a query has ended
    contents_changed = Signal()  # the chosen target responds again, or another process has published to it

    def __init__(self, backend: Backend, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._targets: dict[Where, Target] = {where: self._make(where) for where in NAMES}
        self._publish_faults: dict[Where, str] = {}  # of the last publish; a query does not find them
        self._polls: set[Where] = set()  # targets whose last query is a poll
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_INTERVAL_MS)
        self._timer.timeout.connect(self.poll)

    def start_polling(self) -> None:
        """Query the targets regularly, since servers stop and other processes publish."""
        self._timer.start()

    @property
    def config(self) -> Config:
        """The configuration of the backend."""
        return self._backend.config

    @property
    def current(self) -> Target:
        """The chosen target, which is published to and searched."""
        return self._targets[self._backend.where]

    @property
    def all(self) -> list[Target]:
        """Both targets, the local library first."""
        return list(self._targets.values())

    @property
    def is_waiting(self) -> bool:
        """True while the chosen target is being queried; not during a poll, whose end may emit nothing."""
        where = self._backend.where
        return where not in self._polls and bool(self._tasks.running(_KINDS[where]))

    def choose(self, where: Where) -> None:
        """Choose a target, if it is set up, and query it."""
        if where == self._backend.where or not self._targets[where].is_set_up:
            return
        self._backend.where = where
        self.chosen.emit(self.current)
        self.query()

    def configure(self, config: Config) -> None:
        """Apply a changed configuration; if the chosen target is no longer set up, choose the local library."""
        for kind in _KINDS.values():
            self._tasks.drop(kind)
        self._backend.config = config
        self._targets = {where: self._make(where) for where in NAMES}
        if not self.current.is_set_up:
            self._backend.where = "local"
        for target in self.all:
            self.changed.emit(target)
        self.chosen.emit(self.current)
        self.query()

    def query(self) -> None:
        """Query the number of files of the chosen target; query the other one once, to show its health."""
        for where, target in self._targets.items():
            is_current = where == self._backend.where
            if target.is_set_up and (is_current or (target.files is None and not target.failure)):
                self._query(where)

    @Slot()
    def poll(self) -> None:
        """Query all targets that are set up; emit only changes."""
        for where, target in self._targets.items():
            if target.is_set_up and not self._tasks.running(_KINDS[where]):
                self._query(where, is_poll=True)

    @Slot(str, str)
    def set_publish_fault(self, where: Where, sentence: str) -> None:
        """Keep the fault that ended a publish until the next one ends without; empty clears it."""
        self._publish_faults[where] = sentence
        target = self._targets[where]
        if target.write_failure != sentence:
            self._targets[where] = replace(target, write_failure=sentence)
            self.changed.emit(self._targets[where])

    @Slot(str)
    def set_failure(self, sentence: str) -> None:
        """Mark the chosen target as failed, after another operation on it has failed."""
        self._fail(self._backend.where, sentence)

    def _query(self, where: Where, *, is_poll: bool = False) -> None:
        backend = Backend(self._backend.config, where)
        unknown = self._make(where)
        (self._polls.add if is_poll else self._polls.discard)(where)

        def work(stop: StopCheck) -> Target:
            try:
                return _query_target(backend, unknown)
            except KnownError as error:
                return replace(unknown, failure=error.sentence, cause=cause_of(error))

        on_answer = self._on_poll if is_poll else self._on_answer
        self._tasks.run(_KINDS[where], work, on_answer, self._on_failure(where), supersede=True)

    def _on_poll(self, target: Target) -> None:
        """Emit a target that has changed; the rows of files follow the chosen one."""
        before = self._targets[target.where]
        if self._with_publish_fault(target) == before:
            return
        self._on_answer(target)
        is_changed = (target.files, target.failure) != (before.files, before.failure)
        if target.where == self._backend.where and is_changed and not target.failure:
            self.contents_changed.emit()

    def _on_answer(self, target: Target) -> None:
        self._targets[target.where] = self._with_publish_fault(target)
        self.changed.emit(self._targets[target.where])
        self.answered.emit()

    def _with_publish_fault(self, target: Target) -> Target:
        fault = self._publish_faults.get(target.where, "")
        return replace(target, write_failure=fault) if fault else target

    def _on_failure(self, where: Where) -> Callable[[str], None]:
        return lambda sentence: self._fail(where, sentence)

    def _fail(self, where: Where, sentence: str) -> None:
        cause = TargetCause.UNAVAILABLE
        self._targets[where] = replace(self._targets[where], files=None, failure=sentence, cause=cause)
        self.changed.emit(self._targets[where])
        self.answered.emit()

    def _make(self, where: Where) -> Target:
        """Return a target that has not been queried."""
        backend = Backend(self._backend.config, where)
        is_set_up = where == "local" or backend.config.vast is not None
        return Target(where, NAMES[where], backend.location, is_set_up=is_set_up)


def _query_target(backend: Backend, unknown: Target) -> Target:
    """Return a target with its number of files, and whether it can be written."""
    with backend.store() as store:
        note = disagreement(store, backend.config, backend.where)
        target = replace(unknown, name=store.target, files=store.count(), note=note)
        try:
            store.require_writable()
        except StoreError as error:
            return replace(target, write_failure=error.sentence)
    return target
