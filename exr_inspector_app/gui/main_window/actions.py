"""Actions of the window with their icons and keys, and the menus that contain them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from exr_inspector_app.gui.main_window import command_words, strings
from exr_inspector_app.gui.main_window.picture import picture_strings
from exr_inspector_app.gui.publish.targets import NAMES
from exr_inspector_app.gui.session.columns import Column
from exr_inspector_app.gui.session.sort_filter import Order
from exr_inspector_app.gui.settings.window_state import Scheme
from exr_inspector_app.gui.style import icons
from exr_inspector_app.gui.widgets.menu import Menu, style_menu_bar

_PANELS = ("dock", "maximise", "exposure", "full")
_PUBLISH = ("publish", "publish_selected", "publish_listed", "publish_history")
_SESSION = (
    *("filter", "ORDERS", "GROUPINGS", "COLUMNS", "", "read_again", "measure", "watch", "reveal", "retry", "stop"),
    *("", "next_problem", "previous_problem"),
    *("", "save_session", "OPEN_SESSION", "RENAME_SESSION", "DELETE_SESSION", "", "remove", "clear"),
)
_MENUS = (
    ("file", ("open_files", "open_folder", "paste", "", "reopen", "RECENT", "sample", "", "quit")),
    ("edit", ("undo", "publish_history", "", "copy_path", "COPY_AS", "find", "", "settings")),
    ("session", _SESSION),
    ("view", ("PICTURE", "", "SCHEMES", "", "PANES", "", "next_pane", "previous_pane", *_PANELS)),
    ("library", (*_PUBLISH, "TARGETS", "", "similar", "compare", "COMPARISON", "look_up")),
    ("help", ("window_help", "similar_help", "vast_help", "shortcuts", "commands")),
)
_COPY_AS = ("copy_nuke", "copy_rv", "copy_range", "copy_missing")
_COMPARISON = ("compare_version", "hold", "end_comparison")


class Actions:
    """Actions by name, the menu bar, and the menu of recent paths."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        made = {**strings.ACTIONS, **picture_strings.ACTIONS}
        self._made: dict[str, QAction] = {name: self._make(*facts) for name, facts in made.items()}
        self.panes = [self._make(strings.go_to(pane), "", f"Ctrl+{key}") for key, pane in enumerate(strings.PANES, 1)]
        self.schemes = {scheme: self._make(scheme.value.capitalize(), "", "") for scheme in Scheme}
        self.orders = {order: self._make(_sort_text(order), "", "") for order in Order}
        self.reverse = self._make(strings.REVERSE_ORDER, "", "")
        self.reverse.setCheckable(True)
        self.groupings = {grouping: self._make(text, "", "") for grouping, text in strings.GROUPINGS.items()}
        self.columns = {column: self._make(strings.show_column(column.value), "", "") for column in Column}
        self.targets = {where: self._make(strings.publish_to(name), "", "") for where, name in NAMES.items()}
        self._describe()
        self._make_menus()
        self._fill_menu_bar()

    def _describe(self) -> None:
        """Set names and synonyms, and group the choices."""
        for name, action in self._made.items():
            action.setObjectName(name)
        command_words.describe(
            [*self._made.values(), *self.targets.values()],
            [*self.orders.values(), self.reverse, *self.groupings.values(), *self.columns.values()],
            [*self.panes, *self.schemes.values()],
        )
        self.orders[Order.ISSUES].setProperty(command_words.SYNONYMS, "problems first errors warnings worst findings")
        choice_groups = (self.schemes.values(), self.targets.values(), self.orders.values(), self.groupings.values())
        for choices in choice_groups:
            group = QActionGroup(self._window)
            for action in choices:
                action.setCheckable(True)
                group.addAction(action)
        for action in (self._made["exposure"], *self.columns.values()):
            action.setCheckable(True)
        self._made["exposure"].setChecked(True)

    def _make_menus(self) -> None:
        """Create the menus that several others hold."""
        window = self._window
        self.recent = Menu(window, strings.OPEN_RECENT)
        self.sort_menu = Menu(window, strings.SORT_MENU)
        self.sort_menu.setIcon(icons.icon("sort"))
        self.sort_menu.addActions(list(self.orders.values()))
        self.sort_menu.addSeparator()
        self.sort_menu.addAction(self.reverse)
        self.copy_menu = Menu(window, strings.COPY_AS)
        self.copy_menu.setIcon(icons.icon("copy"))
        self.copy_menu.addActions([self._made[name] for name in _COPY_AS])
        self.group_menu = Menu(window, strings.GROUP_MENU)
        self.group_menu.addActions(list(self.groupings.values()))
        self.column_menu = Menu(window, strings.COLUMN_MENU)
        self.column_menu.addActions(list(self.columns.values()))
        self.session_menus = {name: Menu(window, title) for name, title in strings.SESSION_MENUS.items()}
        self.picture_menu = Menu(window, picture_strings.PICTURE_MENU)
        self._picture_menus: dict[str, QMenu] = {}
        for name, (title, names) in picture_strings.SUBMENUS.items():
            menu = Menu(window, title)
            self._fill(menu, names)
            self._picture_menus[name] = menu
        self._fill(self.picture_menu, picture_strings.MENU)

    def _fill_menu_bar(self) -> None:
        window = self._window
        for bar_menu, names in _MENUS:
            menu = Menu(window, strings.MENUS[bar_menu])
            window.menuBar().addMenu(menu)
            self._fill(menu, names)
        style_menu_bar(window.menuBar())

    def __getitem__(self, name: str) -> QAction:
        return self._made[name]

    def all(self) -> list[QAction]:
        """Return all actions, for the command palette."""
        orders = [*self.orders.values(), self.reverse, *self.groupings.values(), *self.columns.values()]
        return [*self._made.values(), *orders, *self.panes, *self.schemes.values(), *self.targets.values()]

    def connect(self, **slots: Callable[[], object]) -> None:
        """Connect each named action to its slot."""
        for name, slot in slots.items():
            self._made[name].triggered.connect(lambda _checked=False, slot=slot: slot())

    def open_menu(self) -> QMenu:
        """Return the menu of the Open button."""
        menu = Menu(self._window)
        self._fill(menu, ("open_files", "open_folder", "paste", "", "reopen", "RECENT"))
        return menu

    def session_menu(self) -> QMenu:
        """Return the menu of the last button of the session bar."""
        menu = Menu(self._window)
        groups = ("GROUPINGS", "COLUMNS", "open_folders", "close_folders", "")
        self._fill(menu, (*groups, "read_all", "retry", "look_up", "", "clear"))
        return menu

    def target_menu(self) -> QMenu:
        """Return the menu of the publish button."""
        menu = Menu(self._window)
        self._fill(menu, ("TARGETS", "", "settings"))
        return menu

    def _make(self, text: str, glyph: str, keys: str) -> QAction:
        action = QAction(text, self._window)
        if glyph:
            action.setIcon(icons.icon(glyph))
        action.setShortcuts([QKeySequence(key) for key in keys.split()])
        return action

    def _fill(self, menu: QMenu, names: tuple[str, ...]) -> None:
        """Fill a menu with actions, submenus in capitals, and separators."""
        submenus = {
            "RECENT": self.recent,
            "ORDERS": self.sort_menu,
            "COPY_AS": self.copy_menu,
            "GROUPINGS": self.group_menu,
            "COLUMNS": self.column_menu,
            "PICTURE": self.picture_menu,
            **self.session_menus,
            **self._picture_menus,
        }
        groups = {
            "SCHEMES": list(self.schemes.values()),
            "TARGETS": list(self.targets.values()),
            "PANES": self.panes,
            "COMPARISON": [self._made[made] for made in _COMPARISON],
        }
        for name in names:
            if name in submenus:
                menu.addMenu(submenus[name])
            elif name in groups:
                menu.addActions(groups[name])
            elif name:
                menu.addAction(self._made[name])
            else:
                menu.addSeparator()


def _sort_text(order: Order) -> str:
    return strings.sort_order(order.value, is_key=order is not Order.ADDED)
