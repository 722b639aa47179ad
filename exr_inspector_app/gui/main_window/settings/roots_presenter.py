"""Presenter of the roots in the settings sheet: reads those of the chosen target, and saves them there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.publish.targets import Targets
from exr_inspector_app.gui.settings.roots_editor import RootsEditor
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.path_roots import KeysChangeError, change_roots, disagreement

ROOTS_KIND = "Roots"


class RootsPresenter(QObject):
    """Connects the editor with the target that was chosen when the sheet was opened."""

    def __init__(self, editor: RootsEditor, targets: Targets, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._editor, self._targets, self._tasks = editor, targets, tasks

    def load(self) -> None:
        """Read the roots of the chosen target in a worker."""
        backend = Backend(self._targets.config, self._targets.current.where)

        def work(stop: StopCheck) -> tuple[tuple[Root, ...] | None, str]:
            with backend.store() as store:
                return store.roots(), disagreement(store, backend.config, backend.where)

        self._editor.clear()
        self._tasks.run(ROOTS_KIND, work, self._on_loaded, self._editor.show_failure, supersede=True)

    def drop(self) -> None:
        """Drop roots that are still being read."""
        self._tasks.drop(ROOTS_KIND)

    def saving(self) -> Callable[[StopCheck], str]:
        """Return the function that saves the edited roots, for a worker.

        It returns a sentence if published files would get other keys, and then changes nothing unless the user has
        chosen to rekey them. It does nothing if the roots were not edited.

        Raises:
            ConfigError: A row is invalid.
        """
        if not self._editor.is_changed:
            return lambda stop: ""
        backend = Backend(self._targets.config, self._targets.current.where)
        roots, rekey = self._editor.roots, self._editor.rekey.isChecked()

        def work(stop: StopCheck) -> str:
            try:
                with backend.store() as store:
                    for _ in change_roots(store, roots, rekey=rekey):
                        if stop():
                            break
            except KeysChangeError as error:
                return strings.keys_would_change(error.example)
            return ""

        return work

    def _on_loaded(self, loaded: tuple[tuple[Root, ...] | None, str]) -> None:
        self._editor.set_roots(*loaded)
