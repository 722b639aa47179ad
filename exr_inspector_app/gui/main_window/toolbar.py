"""Toolbar under the menu bar: open, publish, find similar, compare, search, help."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets.buttons import FORM_HEIGHT, Button, make_button, make_icon_button
from exr_inspector_app.gui.widgets.fields import SearchField

HEIGHT = 44
FULL_WIDTH = 1120  # px below which buttons fold to their icons, and Publish to its verb
_SEARCH_WIDTHS = (150, 332)  # px
_CHEVRON = 18  # px at the right of a button with a menu
_END = 26  # px of the right end of a split button


class Toolbar(QWidget):
    """Bar whose only filled button is Publish, which is grey while the sheet is open."""

    def __init__(self, open_menu: QMenu, target_menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.open = _MenuButton(strings.OPEN, "folder", open_menu)
        self.publish = SplitButton(strings.PUBLISH, "publish", "filled", target_menu)
        self.similar = make_button(strings.FIND_SIMILAR, "similar", "ghost")
        self.compare = make_button(strings.COMPARE, "compare", "ghost")
        self.search = SearchField(strings.SEARCH, "Ctrl F")
        self.search.setMinimumWidth(_SEARCH_WIDTHS[0])
        self.search.setMaximumWidth(_SEARCH_WIDTHS[1])
        self._target, self._is_folded = "", False
        self.search.setAcceptDrops(False)  # dropped paths are opened by the window
        self.shortcuts = make_icon_button("keyboard", strings.KEYBOARD_SHORTCUTS)
        self.settings = make_icon_button("settings", strings.SETTINGS)
        self.help = make_icon_button("info", strings.HELP)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(12)
        row.addWidget(self.open)
        row.addWidget(_Divider())
        row.addWidget(self.publish)
        row.addWidget(self.similar)
        row.addWidget(self.compare)
        row.addStretch()
        row.addWidget(self.search, 1000)
        row.addWidget(self.shortcuts)
        row.addWidget(self.settings)
        row.addWidget(self.help)

    def focus_search(self) -> None:
        """Focus the search field with its text selected."""
        self.search.setFocus()
        self.search.selectAll()

    def connect_actions(self, actions: Actions) -> None:
        """Trigger an action with each button."""
        buttons = {
            "publish": self.publish,
            "similar": self.similar,
            "compare": self.compare,
            "shortcuts": self.shortcuts,
            "window_help": self.help,
        }
        for name, button in buttons.items():
            button.clicked.connect(actions[name].trigger)

    def name_target(self, target: str) -> None:
        """Show the target on the publish button."""
        self._target = target
        self._show_labels()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold labels in a narrow window; they stay in tooltips and accessible names."""
        super().resizeEvent(event)
        is_folded = self.width() < FULL_WIDTH
        if is_folded != self._is_folded:
            self._is_folded = is_folded
            self._show_labels()

    def _show_labels(self) -> None:
        full = strings.publish_to(self._target) if self._target else strings.PUBLISH
        self.publish.setText(strings.PUBLISH if self._is_folded else full)
        self.publish.setAccessibleName(full)
        for button, label in ((self.similar, strings.FIND_SIMILAR), (self.compare, strings.COMPARE)):
            button.setText("" if self._is_folded else label)
            button.setAccessibleName(label)
        self.search.setPlaceholderText(strings.SEARCH_SHORT if self._is_folded else strings.SEARCH)

    def fill_publish(self, is_filled: bool) -> None:
        """Paint the publish button filled, or grey while the sheet is open."""
        self.publish.set_appearance("filled" if is_filled else "normal", "publish")


class _MenuButtonBase(Button):
    """Button that leaves its right end for a chevron."""

    def _paint_label(self, painter: QPainter) -> tuple[float, str]:
        """Paint background, icon and text; return the vertical middle and the color token of the text."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_background(painter)
        middle, token = self.height() / 2, self._token()
        icons.paint(painter, self._glyph, QRectF(12, middle - 8, 16, 16), token)
        paint.text(painter, QRectF(36, 0, self.width() - 36, self.height()), self.text(), self._font(), token)
        return middle, token


class _MenuButton(_MenuButtonBase):
    """Button that opens a menu, with a chevron."""

    def __init__(self, text: str, glyph: str, menu: QMenu) -> None:
        super().__init__(text, glyph, "normal", FORM_HEIGHT, None)
        self.setAccessibleName(text)
        self.setMenu(menu)

    def sizeHint(self) -> QSize:
        """Return the size with room for the chevron."""
        return super().sizeHint() + QSize(_CHEVRON, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint icon, text and chevron."""
        painter = QPainter(self)
        middle, _ = self._paint_label(painter)
        icons.paint(painter, "chevron-down", QRectF(self.width() - 26, middle - 7, 14, 14), "t2")
        painter.end()


class SplitButton(_MenuButtonBase):
    """Split button whose right end opens a menu; so does Alt+Down."""

    def __init__(self, text: str, glyph: str, kind: str, menu: QMenu) -> None:
        super().__init__(text, glyph, kind, FORM_HEIGHT, None)
        self._menu = menu

    def sizeHint(self) -> QSize:
        """Return the size with room for the right end."""
        return super().sizeHint() + QSize(_END, 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the menu at the right end; elsewhere, press the button."""
        if event.position().x() >= self.width() - _END and self.isEnabled():
            self._open_menu()
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the menu with Alt+Down."""
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._open_menu()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint icon and text, a line, and a chevron."""
        painter = QPainter(self)
        middle, token = self._paint_label(painter)
        if self.isEnabled():
            end, line = self.width() - _END, QColor(theme.tokens().color(token))
            line.setAlphaF(0.3)
            painter.fillRect(QRectF(end, 5, 1, self.height() - 10), line)
            icons.paint(painter, "chevron-down", QRectF(end + _END / 2 - 7, middle - 7, 14, 14), token)
        painter.end()

    def _open_menu(self) -> None:
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))


class _Divider(QWidget):
    """Short line between groups of buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(1, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.tokens().color("line2"))
        painter.end()
