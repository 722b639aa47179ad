"""Presenter of the session: rows follow its files, and actions are enabled when they make sense."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QGuiApplication

from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.layout import Layout
from exr_inspector_app.gui.main_window.toolbar import Toolbar
from exr_inspector_app.gui.session.problem_steps import next_problem
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_controller import SessionController
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.gui.widgets.menu import Menu

_NEED_FILES = (
    *("filter", "publish", "publish_selected", "publish_listed"),
    *("read_all", "read_again", "measure", "retry", "remove", "clear"),
    *("copy_path", "copy_nuke", "copy_rv", "copy_range", "copy_missing", "reveal", "look_up"),
    *("compare_version", "hold", "save_session", "next_problem", "previous_problem"),
)
_OF_ROWS = (
    "similar",
    "compare",
    "compare_version",
    "hold",
    "publish_selected",
    "read_again",
    "measure",
    "watch",
    "reveal",
    "view_frame",
    "copy_path",
    "remove",
)


class SessionPresenter(QObject):
    """Connects the session list to the session controller; shows the start page while there are no files."""

    check_library_requested = Signal()
    stop_requested = Signal()
    retry_requested = Signal()
    message = Signal(str)  # for the status bar

    def __init__(
        self,
        layout: Layout,
        files: SessionController,
        session: SessionPane,
        model: SessionModel,
        actions: Actions,
        toolbar: Toolbar,
    ) -> None:
        super().__init__(layout)
        self._layout, self._files, self._actions, self._toolbar = layout, files, actions, toolbar
        self._session, self._model = session, model
        files.added.connect(self._add)
        files.opened.connect(self._show_opened)
        files.changed.connect(model.change)
        files.removed.connect(self._remove)
        session.menu_requested.connect(self._open_menu)
        session.remove_requested.connect(files.remove)
        actions.connect(
            copy_path=self._copy_paths,
            read_all=lambda: files.reload(list(files.session)),
            read_again=lambda: files.reload(session.entries()),
            measure=lambda: files.statistics.measure(session.entries()),
            retry=self.retry_requested.emit,
            remove=lambda: files.remove(session.entries()),
            clear=files.clear,
            stop=self.stop_requested.emit,
            next_problem=lambda: self._step_to_problem(1),
            previous_problem=lambda: self._step_to_problem(-1),
            look_up=self.check_library_requested.emit,
        )
        self._update()

    @Slot(object)
    def _add(self, entries: list[SessionFile]) -> None:
        if entries:
            self._model.add(entries, self._files.session.roots)
            self._update()
            if self._files.selection is None:
                self._session.select_first()

    @Slot(object)
    def _show_opened(self, entry: SessionFile) -> None:
        """Select the row of a file and scroll to it; the panes show this very frame."""
        self._session.select(entry)
        self._files.select(entry)

    @Slot(object)
    def _remove(self, entries: list[SessionFile]) -> None:
        self._model.remove(entries)
        self._update()

    def _update(self) -> None:
        """Show the start page or the panes, and enable the actions that make sense."""
        files = len(self._files.session)
        self._session.show_count(files)
        self._layout.show_start(not files)
        for name in _NEED_FILES:
            self._actions[name].setEnabled(bool(files))
        toolbar = self._toolbar
        for button, tooltip in (
            (toolbar.publish, strings.PUBLISH_TOOLTIP),
            (toolbar.similar, strings.SIMILAR_TOOLTIP),
            (toolbar.compare, strings.COMPARE_TOOLTIP),
        ):
            button.setEnabled(bool(files))
            button.setToolTip(tooltip if files else strings.NO_FILES_TOOLTIP)

    @Slot(object, object)
    def _open_menu(self, entries: list[SessionFile], position: QPoint) -> None:
        menu = Menu(self._layout)
        for name in _OF_ROWS:
            menu.addAction(self._actions[name])
            if name == "copy_path":
                menu.addMenu(self._actions.copy_menu)
        menu.exec(position)

    def _step_to_problem(self, step: int) -> None:
        """Select the next file with a problem; its frame is shown, and its row is scrolled to."""
        problem = next_problem(self._model, self._files.selection, step)
        if problem is None:
            self.message.emit(strings.NO_PROBLEM)
        else:
            self._show_opened(problem)

    def _copy_paths(self) -> None:
        text = "\n".join(entry.path for entry in self._session.entries())
        QGuiApplication.clipboard().setText(text.encode("utf-8", "replace").decode())
