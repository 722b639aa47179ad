"""What happens in the session: rows come and go with its files, and with them the actions that make sense."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.layout import Layout
from exr_inspector_app.gui.main_window.toolbar import Toolbar
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_pane import SessionPane

_NEED_FILES = (
    *("filter", "publish", "read_all", "read_again", "measure", "retry", "remove", "clear"),
    *("copy_path", "look_up"),
)
_OF_ROWS = ("similar", "compare", "read_again", "measure", "copy_path", "remove")


class SessionPresenter(QObject):
    """Connects the session list to the controller; the start page is seen while there are no files."""

    def __init__(
        self,
        whole: Layout,
        controller: Controller,
        session: SessionPane,
        model: SessionModel,
        actions: Actions,
        toolbar: Toolbar,
    ) -> None:
        super().__init__(whole)
        self._whole, self._controller, self._actions, self._toolbar = whole, controller, actions, toolbar
        self._session, self._model = session, model
        controller.added.connect(self._add)
        controller.changed.connect(model.change)
        controller.removed.connect(self._remove)
        session.menu_wanted.connect(self._open_menu)
        session.removal_wanted.connect(controller.remove)
        actions.connect(
            copy_path=self._copy_paths,
            read_all=lambda: controller.read_again(list(controller.session)),
            read_again=lambda: controller.read_again(session.entries()),
            measure=lambda: controller.measuring.measure(session.entries()),
            retry=controller.retry_failed,
            remove=lambda: controller.remove(session.entries()),
            clear=controller.clear,
            stop=controller.stop,
            look_up=controller.look_up_again,
        )
        self._arrange()

    @Slot(object)
    def _add(self, entries: list[SessionFile]) -> None:
        if entries:
            self._model.add(entries, self._controller.session.given)
            self._arrange()
            if self._controller.selection is None:
                self._session.select_first()

    @Slot(object)
    def _remove(self, entries: list[SessionFile]) -> None:
        self._model.remove(entries)
        self._arrange()

    def _arrange(self) -> None:
        """The start page while the session is empty, otherwise the panes; actions that make sense."""
        files = len(self._controller.session)
        self._session.show_count(files)
        self._whole.show_start(not files)
        for name in _NEED_FILES:
            self._actions[name].setEnabled(bool(files))
        toolbar, why = self._toolbar, "" if files else "Open some files first"
        for button, words in (
            (toolbar.publish, "Publish: show the plan  Ctrl+P"),
            (toolbar.similar, "Find files similar to the selected one  Ctrl+L"),
            (toolbar.compare, "Compare the headers of the selected files  Ctrl+D"),
        ):
            button.setEnabled(bool(files))
            button.setToolTip(why or words)

    @Slot(object, object)
    def _open_menu(self, entries: list[SessionFile], place: QPoint) -> None:
        menu = QMenu(self._whole)
        for name in _OF_ROWS:
            menu.addAction(self._actions[name])
        menu.exec(place)

    def _copy_paths(self) -> None:
        text = "\n".join(entry.path for entry in self._session.entries())
        QGuiApplication.clipboard().setText(text.encode("utf-8", "replace").decode())
