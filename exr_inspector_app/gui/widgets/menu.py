"""Menu whose mnemonics are underlined only while Alt is held."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QApplication,
    QMenu,
    QMenuBar,
    QProxyStyle,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QWidget,
)


class _MenuStyle(QProxyStyle):
    """Style of menus only: Qt asks a style for hints so often that a whole window would take 40 ms longer."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,
    ) -> int:
        if hint == QStyle.StyleHint.SH_UnderlineShortcut:
            return int(bool(QApplication.queryKeyboardModifiers() & Qt.KeyboardModifier.AltModifier))
        return super().styleHint(hint, option, widget, returnData)


@cache
def _style() -> _MenuStyle:
    """Return the style that all menus share; the application owns it, since a widget does not own its style."""
    style = _MenuStyle()
    style.setParent(QApplication.instance())
    return style


class Menu(QMenu):
    """Menu with the style of menus."""

    def __init__(self, parent: QWidget, title: str = "") -> None:
        super().__init__(title, parent)
        self.setStyle(_style())

    def add_submenu(self, title: str, icon: QIcon | None = None) -> Menu:
        """Add a menu; PySide6 before 6.11 deletes one that `addMenu` creates when `QAction.menu` has returned it."""
        submenu = Menu(self, title)
        if icon is not None:
            submenu.setIcon(icon)
        self.addMenu(submenu)
        return submenu


def style_menu_bar(bar: QMenuBar) -> None:
    """Give a menu bar the style of menus."""
    bar.setStyle(_style())
