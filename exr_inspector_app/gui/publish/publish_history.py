"""Publish history: loader of the publishes of the chosen target, and of the newest one that Undo removes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.contracts import PublishSummary, StopCheck
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.services.backend import Backend, Where

KIND, NEWEST_KIND = "Publish history", "Newest publish"
MAX_LISTED = 200
_MAX_OWN = 5  # newest publishes of this user; the first one that can be undone is named


class PublishHistory(QObject):
    """Loader that reads the store itself, so that publishes of earlier runs and of other processes are in it."""

    loaded = Signal(object)  # Sequence[PublishSummary], newest first
    failed = Signal(str)  # a sentence
    newest_changed = Signal()

    def __init__(self, backend: Backend, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._newest: PublishSummary | None = None
        self._known_target: tuple[Where, str] | None = None

    @property
    def publisher(self) -> str:
        """Name of this user, who can undo the publishes of this name."""
        return self._backend.config.publisher

    @property
    def newest(self) -> PublishSummary | None:
        """Newest publish of this user that can be undone; None while unknown or without one."""
        return self._newest

    def load(self) -> None:
        """Read the publishes of all users, and emit `loaded` or `failed`."""

        def work(stop: StopCheck) -> Sequence[PublishSummary]:
            with self._backend.store() as store:
                return store.publishes(MAX_LISTED)

        self._tasks.run(KIND, work, self.loaded.emit, self.failed.emit, supersede=True)

    def drop(self) -> None:
        """Drop a list that is still being read."""
        self._tasks.drop(KIND)

    def clear(self) -> None:
        """Drop the newest publish, which is that of another target."""
        self._tasks.drop(NEWEST_KIND)
        self._known_target = None
        self._set_newest(None)

    def load_newest(self) -> None:
        """Read the newest publish of this user again; until then it is unknown."""
        self._set_newest(None)
        self._known_target = self._target

        def work(stop: StopCheck) -> PublishSummary | None:
            with self._backend.store() as store:
                own = store.publishes(_MAX_OWN, self.publisher)
            return next((publish for publish in own if publish.removable), None)

        self._tasks.run(NEWEST_KIND, work, self._set_newest, lambda _: self.clear(), supersede=True)

    @Slot()
    def load_newest_of_target(self) -> None:
        """Read the newest publish if the target is another one than before, or has failed then."""
        if self._known_target != self._target:
            self.load_newest()

    @property
    def _target(self) -> tuple[Where, str]:
        return self._backend.where, self._backend.location

    def _set_newest(self, newest: PublishSummary | None) -> None:
        if newest != self._newest:
            self._newest = newest
            self.newest_changed.emit()
