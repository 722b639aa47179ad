"""Commands of the panes for the command palette: one per button, also of pages that are not shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton, QWidget

from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage, InspectorPane
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.command_words import GROUP, SYNONYMS
from exr_inspector_app.gui.preview.preview_pane import PreviewPane
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.gui.widgets.tab_dock import TabDock


@dataclass(frozen=True, slots=True)
class CommandPane:
    """Pane with its title in the palette, its widgets, and what makes it visible."""

    title: str
    widgets: tuple[QWidget, ...]
    show: Callable[[], object] = lambda: None


class PaneCommands(QObject):
    """Source of actions that press the buttons of the panes; they are made again each time the palette opens."""

    def __init__(self, actions: Actions, panes: list[CommandPane], parent: QObject) -> None:
        super().__init__(parent)
        self._actions, self.panes = actions, panes
        self._made: list[QAction] = []

    def actions(self) -> list[QAction]:
        """Return the actions of the window, and one per enabled button whose text none of them has."""
        known = {_plain(action.text()) for action in self._actions.all()}
        for action in self._made:
            action.deleteLater()
        self._made = []
        for pane in self.panes:
            texts = set(known)
            for button in pane_buttons(pane):
                text = button_text(button)
                if _plain(text) not in texts and button.isEnabled():
                    texts.add(_plain(text))
                    self._made.append(self._make(pane, button, text))
        return [*self._actions.all(), *self._made]

    def _make(self, pane: CommandPane, button: QAbstractButton, text: str) -> QAction:
        action = QAction(button.icon(), text.replace("&", "&&"), self)
        action.setProperty(GROUP, pane.title)
        action.setProperty(SYNONYMS, button.toolTip())

        def press() -> None:
            pane.show()
            button.click()

        action.triggered.connect(press)
        return action


def pane_buttons(pane: CommandPane) -> list[QAbstractButton]:
    """Return the buttons of a pane that the keyboard reaches, of pages that are not shown, too."""
    buttons: dict[QAbstractButton, None] = {}
    for widget in pane.widgets:
        for button in (*widget.findChildren(QPushButton), *widget.findChildren(QToolButton)):
            if button.isVisibleTo(widget) and button.focusPolicy() != Qt.FocusPolicy.NoFocus and button_text(button):
                buttons[button] = None
    return list(buttons)


def button_text(button: QAbstractButton) -> str:
    """Return what a button does, as a screen reader says it."""
    return (button.accessibleName() or button.text() or button.toolTip().split("  ")[0]).replace("&", "").strip()


def _plain(text: str) -> str:
    return text.replace("&", "").rstrip("…").strip().casefold()


def list_panes(
    session: SessionPane, preview: PreviewPane, inspector: InspectorPane, dock: TabDock
) -> list[CommandPane]:
    """Return the panes of the window with their titles."""
    pages = (inspector.structure, inspector.attributes, inspector.checks, inspector.objects)
    panes = [CommandPane("Session", (session,)), CommandPane("Preview", (preview,))]
    panes += [
        CommandPane(page.name.capitalize(), (widget,), partial(inspector.show_page, page))
        for page, widget in zip(InspectorPage, pages, strict=True)
    ]
    for page, title in enumerate(("Similar", "Library", "Compare", "Activity")):
        panes.append(CommandPane(title, dock.page_widgets(page), partial(dock.show_page, page)))
    return panes
