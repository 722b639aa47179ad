"""Presenter of named sessions: saves, opens, renames and deletes them from the Session menu, in a worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QInputDialog, QMenu, QMessageBox

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.session_saver import SessionSaver
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.session_controller import SessionController
from exr_inspector_app.gui.settings.named_sessions import (
    NamedSession,
    clean_name,
    delete_session,
    list_sessions,
    load_named,
    rename_session,
    save_named,
)
from exr_inspector_app.gui.settings.saved_session import SavedSession
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.text.escape import escape_control

LIST_KIND, KIND = "Saved sessions", "Saved session"


class NamedSessionsPresenter(QObject):
    """Fills the menus with the sessions, last used first, and runs the chosen command."""

    def __init__(self, window: MainWindow, files: SessionController, tasks: TaskRunner, saver: SessionSaver) -> None:
        super().__init__(window)
        self._window, self._files, self._tasks, self._saver = window, files, tasks, saver
        self._names: list[str] = []
        self._current = ""  # name of the session that was saved or opened last
        self._menus = window.actions_.session_menus
        window.actions_.connect(save_session=self._ask_name)
        self._menus["OPEN_SESSION"].aboutToShow.connect(self.refresh)
        self._show(())
        window.painted.connect(self.refresh, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def refresh(self) -> None:
        """List the sessions again, since another window may have saved some."""
        show_message = self._window.status.show_message
        self._tasks.run(LIST_KIND, lambda _: list_sessions(), self._show, show_message, supersede=True)

    def _show(self, sessions: Sequence[NamedSession]) -> None:
        self._names = [session.name for session in sessions]
        slots = {"OPEN_SESSION": self.open, "RENAME_SESSION": self._ask_new_name, "DELETE_SESSION": self._ask_delete}
        for key, slot in slots.items():
            menu = self._menus[key]
            _fill(menu, sessions, slot, has_counts=key == "OPEN_SESSION")
            menu.menuAction().setEnabled(bool(sessions))

    def _run(self, work: Callable[[], object], done: Callable[[], None]) -> None:
        """Change the stored sessions in a worker, then list them again."""

        def change(stop: StopCheck) -> None:
            work()

        def finish(_: None) -> None:
            done()
            self.refresh()

        self._tasks.run(KIND, change, finish, self._window.status.show_message)

    # Saving

    def _ask_name(self) -> None:
        self._prompt(strings.SAVE_SESSION_TITLE, self._current, self.save)

    @Slot(str)
    def save(self, entered: str) -> None:
        """Save the session as it is shown; ask before another one of this name is replaced."""
        name = clean_name(entered)
        state, files = self._saver.state, len(self._files.session)

        def store() -> None:
            self._run(lambda: save_named(name, state, files), lambda: self._set_current(name, strings.session_saved))

        if name and name in self._names and name != self._current:
            question = strings.replace_question(escape_control(name))
            self._ask(strings.SAVE_SESSION_TITLE, question, "", strings.REPLACE, store)
        elif name:
            store()

    def _set_current(self, name: str, sentence: Callable[[str], str]) -> None:
        self._current = name
        self._window.status.show_message(sentence(escape_control(name)))

    # Opening

    def open(self, name: str) -> None:
        """Replace the session by a named one."""
        self._tasks.run(
            KIND,
            lambda _: load_named(name),
            lambda saved: self._open(name, saved),
            self._window.status.show_message,
            supersede=True,
        )

    def _open(self, name: str, saved: SavedSession) -> None:
        previous = self._files.session.roots
        if previous:
            self._window.open_actions.keep_session(previous)
        self._files.clear()
        self._saver.show_session(saved)
        self._current = name
        self._window.status.show_message(strings.session_opened(escape_control(name), bool(previous)))
        self.refresh()

    # Renaming and deleting

    def _ask_new_name(self, name: str) -> None:
        self._prompt(strings.RENAME_SESSION_TITLE, name, lambda entered: self.rename(name, entered))

    def rename(self, name: str, entered: str) -> None:
        """Rename a session; ask before another one is replaced."""
        new_name = clean_name(entered)

        def finish() -> None:
            self._current = new_name if self._current == name else self._current
            sentence = strings.session_renamed(escape_control(name), escape_control(new_name))
            self._window.status.show_message(sentence)

        def store() -> None:
            self._run(lambda: rename_session(name, new_name), finish)

        if new_name in self._names and new_name != name:
            question = strings.replace_question(escape_control(new_name))
            self._ask(strings.RENAME_SESSION_TITLE, question, "", strings.REPLACE, store)
        elif new_name and new_name != name:
            store()

    def _ask_delete(self, name: str) -> None:
        question = strings.delete_question(escape_control(name))
        self._ask(
            strings.DELETE_SESSION_TITLE, question, strings.DELETE_NOTE, strings.DELETE, lambda: self.delete(name)
        )

    def delete(self, name: str) -> None:
        """Delete a session; its files stay."""
        sentence = strings.session_deleted(escape_control(name))
        self._run(lambda: delete_session(name), lambda: self._window.status.show_message(sentence))

    # Dialogs, which do not block

    def _prompt(self, title: str, name: str, slot: Callable[[str], None]) -> None:
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(title)
        dialog.setLabelText(strings.SESSION_NAME)
        dialog.setTextValue(name)
        dialog.textValueSelected.connect(slot)
        dialog.open()

    def _ask(self, title: str, question: str, note: str, button: str, slot: Callable[[], None]) -> None:
        box = QMessageBox(QMessageBox.Icon.Question, title, question, QMessageBox.StandardButton.Cancel, self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(note)
        box.addButton(button, QMessageBox.ButtonRole.AcceptRole)
        box.accepted.connect(slot)
        box.open()


def _fill(menu: QMenu, sessions: Sequence[NamedSession], slot: Callable[[str], None], *, has_counts: bool) -> None:
    """Fill a menu with the sessions."""
    menu.clear()
    for session in sessions:
        name = escape_control(session.name).replace("&", "&&")
        action = menu.addAction(strings.session_entry(name, session.files) if has_counts else name)
        action.triggered.connect(lambda _checked=False, name=session.name: slot(name))
