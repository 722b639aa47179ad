"""The places that can be published to, which of them is chosen, and how each answered last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.config import Config
from exr_inspector_app.gui.tasks.task_runner import Failure, Stop, TaskRunner
from exr_inspector_app.services.backend import Backend, Where

NAMES: dict[Where, str] = {"local": "Local library", "vast": "VAST Database"}
_KINDS: dict[Where, str] = {"local": "Library", "vast": "VAST"}  # of the background operations here


@dataclass(frozen=True, slots=True)
class Target:
    """One place that can be published to, as far as it answered."""

    where: Where
    name: str
    place: str
    files: int | None = None
    failure: str = ""
    is_set_up: bool = True


class Targets(QObject):
    """The local library and the VAST Database; `core` works on the one that is chosen."""

    changed = Signal(object)  # Target, whichever answered
    chosen = Signal(object)  # Target
    answered = Signal()  # nothing is being asked any more
    bug = Signal(object)  # Failure with a report

    def __init__(self, core: Backend, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._tasks = tasks
        self._known: dict[Where, Target] = {where: self._unasked(where) for where in NAMES}

    @property
    def config(self) -> Config:
        """What the core was told."""
        return self._core.config

    @property
    def current(self) -> Target:
        """The place that is published to and looked into."""
        return self._known[self._core.where]

    @property
    def all(self) -> list[Target]:
        """Every place, the local library first."""
        return list(self._known.values())

    @property
    def is_asking(self) -> bool:
        """True while an answer of the chosen place is on its way."""
        return bool(self._tasks.running(_KINDS[self._core.where]))

    def choose(self, where: Where) -> None:
        """From now on everything goes to this place."""
        if where == self._core.where or not self._known[where].is_set_up:
            return
        self._core.where = where
        self.chosen.emit(self.current)
        self.ask()

    def configure(self, config: Config) -> None:
        """Places and settings are these from now on; a place that is no more is left for the local library."""
        for kind in _KINDS.values():
            self._tasks.drop(kind)
        self._core.config = config
        self._known = {where: self._unasked(where) for where in NAMES}
        if not self.current.is_set_up:
            self._core.where = "local"
        for target in self.all:
            self.changed.emit(target)
        self.chosen.emit(self.current)
        self.ask()

    def ask(self) -> None:
        """The chosen place is asked how many files it holds; the other one once, to know whether it answers."""
        for where, target in self._known.items():
            is_current = where == self._core.where
            if target.is_set_up and (is_current or (target.files is None and not target.failure)):
                self._ask(where)

    @Slot(object)
    def fail(self, failure: Failure) -> None:
        """The chosen place did not answer to something else that it was asked."""
        self._failed(self._core.where)(failure)

    def _ask(self, where: Where) -> None:
        core = Backend(self._core.config, where)

        def work(stop: Stop) -> Target:
            with core.store() as store:
                return Target(where, store.target, core.location, store.count())

        self._tasks.run(_KINDS[where], work, self._answered, self._failed(where), supersede=True)

    def _answered(self, target: Target) -> None:
        self._known[target.where] = target
        self.changed.emit(target)
        self.answered.emit()

    def _failed(self, where: Where) -> Callable[[Failure], None]:
        def failed(failure: Failure) -> None:
            self._known[where] = replace(self._known[where], files=None, failure=failure.sentence)
            self.changed.emit(self._known[where])
            if failure.report:
                self.bug.emit(failure)
            self.answered.emit()

        return failed

    def _unasked(self, where: Where) -> Target:
        """A place that nobody asked yet."""
        core = Backend(self._core.config, where)
        return Target(where, NAMES[where], core.location, is_set_up=where == "local" or core.config.vast is not None)
