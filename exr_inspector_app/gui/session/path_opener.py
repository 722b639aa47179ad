"""Path opener: task that resolves opened, dropped, pasted or typed text into paths of this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, NamedTuple, TypeAlias

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.exr import ResolvedPaths, resolve_paths
from exr_inspector_app.exr.paths import resolve_argument
from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.session import absolute_paths
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.ingest.reader_pool import READ_TIMEOUT_S, STALL_TIMEOUT_S, run_with_timeout
from exr_inspector_app.services.backend import Backend

KIND = "Open"

OpenedCallback: TypeAlias = Callable[[list[str]], None]


class PathText(NamedTuple):
    """Text of a drop or of the clipboard that may name paths."""

    text: str
    form: Literal["text", "uri-list"]


class PathOpener(QObject):
    """Resolver of opened paths; it works in a task, since it reads folders."""

    resolved = Signal(object)  # list[str]: absolute paths, folders and sequences
    refused = Signal(str)  # a sentence about text that names no file

    def __init__(self, backend: Backend, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks

    @property
    def is_running(self) -> bool:
        """True while paths are being resolved."""
        return bool(self._tasks.running(KIND))

    def open_paths(self, paths: Sequence[str], on_opened: OpenedCallback | None = None) -> None:
        """Resolve each path by itself and emit them; a missing one is emitted as it is.

        Args:
            paths: Files, folders and sequences in any notation, as a dialog, an argument or a setting has them.
            on_opened: Called with the paths before they are emitted.
        """
        if paths:
            self._run(partial(_resolve_each, list(paths), self._backend.config.roots), on_opened)

    def open_texts(self, texts: Sequence[PathText], on_opened: OpenedCallback | None = None) -> None:
        """Resolve the first of the texts that names paths and emit these; see `open_paths`."""
        if texts:
            self._run(partial(_resolve_texts, list(texts), self._backend.config.roots), on_opened)

    def drop(self) -> None:
        """Drop the paths that are still being resolved."""
        self._tasks.drop(KIND)

    def _run(self, work: Callable[[StopCheck], ResolvedPaths], on_opened: OpenedCallback | None) -> None:
        self._tasks.run(KIND, work, partial(self._on_resolved, on_opened), self.refused.emit)

    def _on_resolved(self, on_opened: OpenedCallback | None, resolved: ResolvedPaths) -> None:
        if resolved.sources:
            if on_opened is not None:
                on_opened(resolved.sources)
            self.resolved.emit(resolved.sources)
        for sentence in resolved.refused:
            self.refused.emit(sentence)


def _resolve_each(paths: list[str], roots: Sequence[Root], stop: StopCheck) -> ResolvedPaths:
    """Resolve paths; those on storage that does not answer soon are left to the inspection, which reports them."""

    def resolve(_path: str) -> ResolvedPaths:
        each = [resolve_argument(path, roots) for path in paths]
        sources = [source for resolved in each for source in resolved.sources]
        refused = [sentence for resolved in each for sentence in resolved.refused]
        return ResolvedPaths([], list(dict.fromkeys(refused)), absolute_paths(sources))

    resolved = run_with_timeout(resolve, paths[0], stop, STALL_TIMEOUT_S)
    return resolved or ResolvedPaths([], [], absolute_paths(paths))


def _resolve_texts(texts: list[PathText], roots: Sequence[Root], stop: StopCheck) -> ResolvedPaths:
    """Resolve texts until one names paths; without any, return the sentences about the first one."""

    def resolve(_path: str) -> ResolvedPaths:
        first: ResolvedPaths | None = None
        for text, form in texts:
            resolved = resolve_paths(text, form=form, roots=roots)
            if resolved.paths:
                return ResolvedPaths([], resolved.refused, absolute_paths(resolved.sources))
            first = first or resolved
        return first or ResolvedPaths()

    return run_with_timeout(resolve, "", stop) or ResolvedPaths([], [strings.no_answer(READ_TIMEOUT_S)])
