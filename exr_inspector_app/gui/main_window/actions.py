"""Every action with its words, glyph and key, and the menus that hold them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from exr_inspector_app.gui.publish.targets import NAMES
from exr_inspector_app.gui.session.sort_filter import Order
from exr_inspector_app.gui.settings.window_state import Scheme
from exr_inspector_app.gui.style import icons

# name: words, glyph, key
_ACTIONS = {
    "open_files": ("Open &files…", "file", "Ctrl+O"),
    "open_folder": ("Open f&older…", "folder", "Ctrl+Shift+O"),
    "sample": ("Open the &sample", "play", ""),
    "paste": ("&Paste paths", "download", "Ctrl+V"),
    "reopen": ("&Reopen last session", "undo", "Ctrl+Shift+T"),
    "forget_recent": ("Forget recent paths", "", ""),
    "quit": ("&Quit", "", "Ctrl+Q"),
    "find": ("&Search channels and attributes", "search", "Ctrl+F"),
    "filter": ("&Filter the session", "filter", "Ctrl+Shift+F"),
    "copy_path": ("Copy &path", "copy", ""),
    "read_again": ("&Read again", "refresh", "F5"),
    "measure": ("&Measure pixels", "curve", ""),
    "read_all": ("Read all &again", "refresh", ""),
    "open_folders": ("&Open all folders", "chevron-down", ""),
    "close_folders": ("C&lose all folders", "chevron-right", ""),
    "retry": ("Retry &failed", "refresh", "Ctrl+R"),
    "remove": ("Re&move from session", "close", ""),
    "clear": ("&Clear session", "", ""),
    "stop": ("&Stop", "stop", "Ctrl+."),
    "publish": ("&Publish…", "publish", "Ctrl+P"),
    "undo": ("&Undo last publish", "undo", ""),
    "settings": ("&Settings…", "settings", "Ctrl+Shift+P"),
    "similar": ("Find &similar", "similar", "Ctrl+L"),
    "compare": ("&Compare headers", "compare", "Ctrl+D"),
    "look_up": ("&Look up again", "refresh", ""),
    "window_help": ("exr-inspector &help", "info", "F1"),
    "similar_help": ("What &similar means", "similar", ""),
    "vast_help": ("&VAST Database", "database", ""),
    "shortcuts": ("&Keyboard shortcuts", "keyboard", "Ctrl+/"),
    "commands": ("&All commands…", "search", "Ctrl+K"),
    "next_pane": ("Next pane", "", "F6"),
    "previous_pane": ("Previous pane", "", "Shift+F6"),
    "dock": ("Fold or open the &dock", "", "Ctrl+J"),
    "maximise": ("&Maximise the dock", "expand", "Ctrl+Shift+J"),
    "full": ("Picture in the &whole window", "expand", "F11"),
}
_MENUS = (
    ("&File", ("open_files", "open_folder", "paste", "", "reopen", "RECENT", "sample", "", "quit")),
    ("&Edit", ("copy_path", "find", "", "settings")),
    ("&Session", ("filter", "ORDERS", "", "read_again", "measure", "retry", "stop", "", "remove", "clear")),
    ("&View", ("SCHEMES", "", "PANES", "", "next_pane", "previous_pane", "dock", "maximise", "full")),
    ("&Library", ("publish", "undo", "TARGETS", "", "similar", "compare", "look_up")),
    ("&Help", ("window_help", "similar_help", "vast_help", "shortcuts", "commands")),
)
PANES = ("Session", "Preview", "Structure", "Attributes", "Checks", "Similar", "Library", "Compare", "Activity")


class Actions:
    """The window's actions by name, its menu bar, and the menu of recent paths."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._made: dict[str, QAction] = {name: self._make(*facts) for name, facts in _ACTIONS.items()}
        self.panes = [self._make(f"Go to {pane}", "", f"Ctrl+{key}") for key, pane in enumerate(PANES, 1)]
        self.schemes = {scheme: self._make(scheme.value.capitalize(), "", "") for scheme in Scheme}
        self.orders = {order: self._make(_order_words(order), "", "") for order in Order}
        self.turned = self._make("Sort the other way round", "", "")
        self.turned.setCheckable(True)
        self.targets = {where: self._make(f"Publish to {name}", "", "") for where, name in NAMES.items()}
        for choices in (self.schemes.values(), self.targets.values(), self.orders.values()):
            group = QActionGroup(window)
            for action in choices:
                action.setCheckable(True)
                group.addAction(action)
        self.recent = QMenu("Open re&cent", window)
        self.sort_menu = QMenu("S&ort", window)
        self.sort_menu.setIcon(icons.icon("sort"))
        self.sort_menu.addActions(list(self.orders.values()))
        self.sort_menu.addSeparator()
        self.sort_menu.addAction(self.turned)
        for title, names in _MENUS:
            self._fill(window.menuBar().addMenu(title), names)

    def __getitem__(self, name: str) -> QAction:
        return self._made[name]

    def all(self) -> list[QAction]:
        """Every action, in the order of the menus' words."""
        orders = [*self.orders.values(), self.turned]
        return [*self._made.values(), *orders, *self.panes, *self.schemes.values(), *self.targets.values()]

    def connect(self, **slots: Callable[[], object]) -> None:
        """Each named action calls its slot."""
        for name, slot in slots.items():
            self._made[name].triggered.connect(lambda _checked=False, slot=slot: slot())

    def open_menu(self) -> QMenu:
        """What the toolbar's Open button unfolds."""
        menu = QMenu(self._window)
        self._fill(menu, ("open_files", "open_folder", "paste", "", "reopen", "RECENT"))
        return menu

    def session_menu(self) -> QMenu:
        """What the session's last button unfolds."""
        menu = QMenu(self._window)
        self._fill(menu, ("open_folders", "close_folders", "", "read_all", "retry", "look_up", "", "clear"))
        return menu

    def target_menu(self) -> QMenu:
        """What the end of the publish button unfolds."""
        menu = QMenu(self._window)
        self._fill(menu, ("TARGETS", "", "settings"))
        return menu

    def _make(self, words: str, glyph: str, key: str) -> QAction:
        action = QAction(words, self._window)
        if glyph:
            action.setIcon(icons.icon(glyph))
        if key:
            action.setShortcut(QKeySequence(key))
        return action

    def _fill(self, menu: QMenu, names: tuple[str, ...]) -> None:
        for name in names:
            if name == "RECENT":
                menu.addMenu(self.recent)
            elif name == "SCHEMES":
                menu.addActions(list(self.schemes.values()))
            elif name == "ORDERS":
                menu.addMenu(self.sort_menu)
            elif name == "TARGETS":
                menu.addActions(list(self.targets.values()))
            elif name == "PANES":
                menu.addActions(self.panes)
            elif name:
                menu.addAction(self._made[name])
            else:
                menu.addSeparator()


def _order_words(order: Order) -> str:
    return f"Sort {'' if order is Order.ADDED else 'by '}{order.value.lower()}"
