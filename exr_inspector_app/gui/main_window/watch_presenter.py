"""Presenter of the watched rows: the action that watches the selected ones, their mark, and notices on the desktop."""

from __future__ import annotations

import os
from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.desktop_notifier import DesktopNotifier
from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.render_state import Notice, render_name
from exr_inspector_app.gui.session.render_watch import RenderWatch
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_controller import SessionController
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_nodes import NODE, GroupNode, Node, listed_rows
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.gui.tasks.job import Job, JobState
from exr_inspector_app.gui.tasks.job_runner import JobRunner
from exr_inspector_app.text.escape import escape_control

ACTION = "watch"


class WatchPresenter(QObject):
    """Connects the watch to the session list, the status bar and the desktop."""

    message = Signal(str)  # for the status bar

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        services: tuple[SessionController, JobRunner],
        pane: SessionPane,
        model: SessionModel,
    ) -> None:
        super().__init__(window)
        self._window, self._action, self._pane, self._model = window, actions[ACTION], pane, model
        self._files, self._jobs = services
        self._last: SessionFile | None = None  # of the last notice
        self._awaited: set[str] = set()  # paths of a restored session that are watched once they are found
        self.watch = RenderWatch(self._files, self._rows_of, self)
        self.notifier = DesktopNotifier(window)
        self._action.setCheckable(True)
        self._action.setEnabled(False)
        self._action.triggered.connect(self._toggle)
        pane.view.delegate.is_watched = self._is_watched
        pane.view.selectionModel().selectionChanged.connect(self._update_action)
        self.watch.changed.connect(self._on_changed)
        self.watch.noticed.connect(self._on_notice)
        self.notifier.activated.connect(self._show_last)
        # Queued, so that the rows of the files are there.
        self._files.added.connect(self._watch_awaited, Qt.ConnectionType.QueuedConnection)
        self._files.cleared.connect(self._awaited.clear)

    @property
    def paths(self) -> tuple[str, ...]:
        """Watched files and folders, including those of a restored session that are not found yet."""
        return tuple(dict.fromkeys([*self.watch.paths, *sorted(self._awaited)]))

    def restore(self, paths: Iterable[str]) -> None:
        """Watch the rows of these files, and these folders, once they are in the session."""
        self._awaited.update(paths)

    @Slot(object)
    def _watch_awaited(self, added: list[SessionFile]) -> None:
        if self._awaited:
            entries = [entry for entry in added if entry.path in self._awaited]
            opened = {row.opened for entry in added if (row := self._model.row_of(entry))}
            folders = [folder for folder in opened if os.path.join(folder, "") in self._awaited]
            self._awaited -= {entry.path for entry in entries} | {os.path.join(folder, "") for folder in folders}
            if entries or folders:
                self.watch.watch(entries, folders)

    def _rows_of(self, entries: Iterable[SessionFile], folders: Iterable[str]) -> list[list[SessionFile]]:
        """Return the files of the rows of some files, and of the rows in some folders."""
        wanted = set(folders)
        rows = {row: None for _, below in self._model.all_rows() for row in below if row.opened in wanted}
        rows.update({row: None for entry in entries if (row := self._model.row_of(entry))})
        return [row.entries for row in rows]

    def _selected(self) -> tuple[list[Node], list[str]]:
        """Return the selected rows, a frame as its sequence and a group of a tree as its rows; and opened folders."""
        rows, folders = dict[Node, None](), list[str]()
        for index in self._pane.view.selectionModel().selectedRows():
            node: Node = index.data(NODE)
            if isinstance(node, GroupNode) and node.is_opened_folder:
                folders.append(node.name)
            elif isinstance(node, GroupNode):
                rows.update(dict.fromkeys(listed_rows(node)))
            elif row := (node if node.key else node.parent):
                rows[row] = None
        return list(rows), folders

    def _is_watched(self, node: Node) -> bool:
        return self.watch.is_watched(node.entries, node.opened)

    @Slot()
    def _toggle(self) -> None:
        """Watch the selected rows and folders, or watch them no more if all of them are watched."""
        rows, folders = self._selected()
        entries = [entry for row in rows for entry in row.entries]
        is_watched = not self._are_watched(rows, folders)
        if is_watched:
            self.watch.watch([row.entries[0] for row in rows if row.entries], folders)
        else:
            self.watch.unwatch(entries, [*folders, *(row.opened for row in rows)])
        names = [render_name(row.entries) for row in rows if row.entries]
        names += [escape_control(os.path.basename(folder) or folder) for folder in folders]
        self.message.emit(strings.watching(strings.paths_detail(names), is_watched) if names else "")

    def _are_watched(self, rows: list[Node], folders: list[str]) -> bool:
        nodes = [self._is_watched(row) for row in rows] + [self.watch.is_watched((), folder) for folder in folders]
        return bool(nodes) and all(nodes)

    @Slot()
    def _update_action(self) -> None:
        rows, folders = self._selected()
        self._action.setEnabled(bool(rows or folders))
        self._action.setChecked(self._are_watched(rows, folders))

    @Slot()
    def _on_changed(self) -> None:
        self._update_action()
        self._pane.view.viewport().update()
        self.notifier.show_icon(strings.watched_count(self.watch.count) if self.watch.count else "")

    @Slot(object)
    def _on_notice(self, notice: Notice) -> None:
        self._last = notice.entry
        text = f"{notice.title}. {notice.detail}".removesuffix(". ")
        path = escape_control(notice.entry.path)
        self._jobs.add_ended(Job(strings.WATCH, path, JobState.DONE, result=text))
        self.message.emit(text)
        self.notifier.notify(notice.title, notice.detail or path, is_problem=notice.is_problem)

    @Slot()
    def _show_last(self) -> None:
        """Come to the front with the file of the last notice."""
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized | Qt.WindowState.WindowActive)
        window.raise_()
        window.activateWindow()
        if self._last is not None and self._last in self._files.session:
            self._pane.select(self._last)
            self._files.select(self._last)
