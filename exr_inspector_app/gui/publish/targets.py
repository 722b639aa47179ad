"""Publish targets: the local library and the VAST Database, which one is chosen, and their health."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.config import Config
from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.gui.publish import strings
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.services.backend import Backend, Where
from exr_inspector_app.services.path_roots import disagreement

NAMES: dict[Where, str] = {"local": strings.LOCAL_NAME, "vast": strings.VAST_NAME}
_KINDS: dict[Where, str] = {"local": "Library", "vast": "VAST"}  # of the tasks that query them


@dataclass(frozen=True, slots=True)
class Target:
    """Target and its health: its number of files, or the sentence of its failure."""

    where: Where
    name: str
    location: str
    files: int | None = None
    failure: str = ""
    is_set_up: bool = True
    note: str = ""  # sentence about roots of the settings file that disagree with those of the target


class Targets(QObject):
    """Registry of both targets; choosing one changes the target of the backend."""

    changed = Signal(object)  # Target that has answered or failed
    chosen = Signal(object)  # Target
    answered = Signal()  # a query has ended

    def __init__(self, backend: Backend, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._targets: dict[Where, Target] = {where: self._make(where) for where in NAMES}

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
        """True while the chosen target is being queried."""
        return bool(self._tasks.running(_KINDS[self._backend.where]))

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

    @Slot(str)
    def set_failure(self, sentence: str) -> None:
        """Mark the chosen target as failed, after another operation on it has failed."""
        self._fail(self._backend.where, sentence)

    def _query(self, where: Where) -> None:
        backend = Backend(self._backend.config, where)

        def work(stop: StopCheck) -> Target:
            with backend.store() as store:
                note = disagreement(store, backend.config, where)
                return Target(where, store.target, backend.location, store.count(), note=note)

        self._tasks.run(_KINDS[where], work, self._on_answer, self._on_failure(where), supersede=True)

    def _on_answer(self, target: Target) -> None:
        self._targets[target.where] = target
        self.changed.emit(target)
        self.answered.emit()

    def _on_failure(self, where: Where) -> Callable[[str], None]:
        return lambda sentence: self._fail(where, sentence)

    def _fail(self, where: Where, sentence: str) -> None:
        self._targets[where] = replace(self._targets[where], files=None, failure=sentence)
        self.changed.emit(self._targets[where])
        self.answered.emit()

    def _make(self, where: Where) -> Target:
        """Return a target that has not been queried."""
        backend = Backend(self._backend.config, where)
        is_set_up = where == "local" or backend.config.vast is not None
        return Target(where, NAMES[where], backend.location, is_set_up=is_set_up)
