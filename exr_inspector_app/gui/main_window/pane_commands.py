"""Commands of the panes for the command palette: one per button and menu entry, also of pages that are not shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage, InspectorPane
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.command_words import GROUP, SYNONYMS
from exr_inspector_app.gui.main_window.dock_pages import DockPages
from exr_inspector_app.gui.preview.preview_pane import PreviewPane
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.gui.widgets.tab_dock import TabDock


@dataclass(frozen=True, slots=True)
class CommandPane:
    """Pane with its title in the palette, its widgets, and what makes it visible.

    Attributes:
        make_menu: Creates the menu of the selected rows, or returns None.
        button_menus: Returns the filled menus of buttons, which stay.
    """

    title: str
    widgets: tuple[QWidget, ...]
    show: Callable[[], object] = lambda: None
    make_menu: Callable[[], QMenu | None] = lambda: None
    button_menus: Callable[[], list[QMenu]] = list


class PaneCommands(QObject):
    """Source of actions that press the buttons of the panes and trigger the entries of their menus.

    They are made again each time the palette opens.
    """

    def __init__(self, actions: Actions, panes: list[CommandPane], parent: QObject) -> None:
        super().__init__(parent)
        self._actions, self.panes = actions, panes
        self._made: list[QAction] = []
        self._menus: list[QMenu] = []  # of selected rows

    def actions(self) -> list[QAction]:
        """Return the actions of the window, and one per enabled button or entry whose text none of them has."""
        known = {_plain(action.text()) for action in self._actions.all()}
        for old in (*self._made, *self._menus):
            old.deleteLater()
        self._made, self._menus = [], []
        for pane in self.panes:
            texts = set(known)
            for button in pane_buttons(pane):
                text = button_text(button)
                if _plain(text) not in texts and button.isEnabled():
                    texts.add(_plain(text))
                    self._made.append(self._make(pane, text, button.icon(), button.toolTip(), button.click))
            menus = pane.button_menus()
            if (menu := pane.make_menu()) is not None:
                self._menus.append(menu)
                menus.append(menu)
            for text, entry in (pair for menu in menus for pair in menu_entries(menu)):
                if _plain(text) not in texts and entry.isEnabled():
                    texts.add(_plain(text))
                    self._made.append(self._make(pane, text, entry.icon(), entry.toolTip(), entry.trigger))
        return [*self._actions.all(), *self._made]

    def _make(self, pane: CommandPane, text: str, icon: QIcon, tooltip: str, run: Callable[[], object]) -> QAction:
        action = QAction(icon, text.replace("&", "&&"), self)
        action.setProperty(GROUP, pane.title)
        action.setProperty(SYNONYMS, tooltip)

        def press() -> None:
            pane.show()
            run()

        action.triggered.connect(press)
        return action


def pane_buttons(pane: CommandPane) -> list[QAbstractButton]:
    """Return the buttons of a pane that the keyboard reaches, of pages that are not shown, too."""
    buttons: dict[QAbstractButton, None] = {}
    for widget in pane.widgets:
        for button in widget.findChildren(QAbstractButton):
            if button.isVisibleTo(widget) and button.focusPolicy() != Qt.FocusPolicy.NoFocus and button_text(button):
                buttons[button] = None
    return list(buttons)


def menu_entries(menu: QMenu, prefix: str = "") -> list[tuple[str, QAction]]:
    """Return the entries of a menu and of those in it, each with its text."""
    entries: list[tuple[str, QAction]] = []
    for action in menu.actions():
        below = action.menu()
        if isinstance(below, QMenu):
            entries += menu_entries(below, f"{action.text()}: ")
        elif not action.isSeparator():
            entries.append((prefix + action.text().replace("&&", "&"), action))
    return entries


def button_text(button: QAbstractButton) -> str:
    """Return the accessible name of a button."""
    return (button.accessibleName() or button.text() or button.toolTip().split("  ")[0]).replace("&", "").strip()


def _plain(text: str) -> str:
    return text.replace("&", "").rstrip("…").strip().casefold()


def list_panes(
    session: SessionPane, preview: PreviewPane, inspector: InspectorPane, dock: TabDock, below: DockPages
) -> list[CommandPane]:
    """Return the panes of the window with their titles; `below` are the pages of the dock."""
    pages = (inspector.structure, inspector.attributes, inspector.checks, inspector.objects)
    menus: tuple[Callable[[], QMenu | None], ...] = (
        inspector.structure.tree.make_menu,
        inspector.attributes.table.make_copy_menu,
        inspector.checks.list.make_menu,
        lambda: None,
    )
    panes = [CommandPane("Session", (session,)), CommandPane("Preview", (preview,))]
    panes += [
        CommandPane(page.name.capitalize(), (widget,), partial(inspector.show_page, page), make_menu)
        for page, widget, make_menu in zip(InspectorPage, pages, menus, strict=True)
    ]
    for page, title in enumerate(("Similar", "Library", "Compare", "Activity")):
        widgets, show = dock.page_widgets(page), partial(dock.show_page, page)
        panes.append(
            CommandPane(title, widgets, show, partial(below.make_menu, page), partial(below.button_menus, page))
        )
    return panes
