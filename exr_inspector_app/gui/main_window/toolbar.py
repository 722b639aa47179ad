"""The bar under the menus: open, publish, find similar, compare, search, help."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets.buttons import FORM_HEIGHT, Button, make_button, make_icon_button, set_kind
from exr_inspector_app.gui.widgets.fields import SearchField

HEIGHT = 44
_CHEVRON = 18  # what it takes at the right of a button
_END = 26  # of a button that has two


class Toolbar(QWidget):
    """Its one filled button is Publish, which turns grey while the sheet is open."""

    def __init__(self, open_menu: QMenu, target_menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.open = _MenuButton("Open", "folder", open_menu)
        self.publish = SplitButton("Publish", "publish", "filled", target_menu)
        self.similar = make_button("Find similar", "similar", "ghost")
        self.compare = make_button("Compare", "compare", "ghost")
        self.search = SearchField("Search channels and attributes", "Ctrl F")
        self.search.setFixedWidth(332)
        self.search.setAcceptDrops(False)  # a dropped path opens, wherever it falls
        self.shortcuts = make_icon_button("keyboard", "Keyboard shortcuts")
        self.settings = make_icon_button("settings", "Settings")
        self.help = make_icon_button("info", "Help")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(12)
        row.addWidget(self.open)
        row.addWidget(_Divider())
        row.addWidget(self.publish)
        row.addWidget(self.similar)
        row.addWidget(self.compare)
        row.addStretch()
        row.addWidget(self.search)
        row.addWidget(self.shortcuts)
        row.addWidget(self.settings)
        row.addWidget(self.help)

    def name_target(self, target: str) -> None:
        """The publish button says where to."""
        self.publish.setText(f"Publish to {target}")
        self.publish.setAccessibleName(self.publish.text())

    def fill_publish(self, is_filled: bool) -> None:
        """Filled, or grey beside an open sheet."""
        set_kind(self.publish, "filled" if is_filled else "normal", "publish")


class _Unfolding(Button):
    """A button that leaves its right end for what it unfolds."""

    def _paint_words(self, painter: QPainter) -> tuple[float, str]:
        """Ground, glyph and words; the button's middle and the token of its words."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        middle, token = self.height() / 2, self._token()
        icons.paint(painter, self._glyph, QRectF(12, middle - 8, 16, 16), token)
        paint.text(painter, QRectF(36, 0, self.width() - 36, self.height()), self.text(), self._font(), token)
        return middle, token


class _MenuButton(_Unfolding):
    """A button that unfolds a menu, with a chevron that says so."""

    def __init__(self, words: str, glyph: str, menu: QMenu) -> None:
        super().__init__(words, glyph, "normal", FORM_HEIGHT, None)
        self.setAccessibleName(words)
        self.setMenu(menu)

    def sizeHint(self) -> QSize:
        """Wider by the chevron."""
        return super().sizeHint() + QSize(_CHEVRON, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Glyph, words, chevron."""
        painter = QPainter(self)
        middle, _ = self._paint_words(painter)
        icons.paint(painter, "chevron-down", QRectF(self.width() - 26, middle - 7, 14, 14), "t2")
        painter.end()


class SplitButton(_Unfolding):
    """A button whose right end, behind a line, unfolds a menu; so does Alt+Down."""

    def __init__(self, words: str, glyph: str, kind: str, menu: QMenu) -> None:
        super().__init__(words, glyph, kind, FORM_HEIGHT, None)
        self._menu = menu

    def sizeHint(self) -> QSize:
        """Wider by its right end."""
        return super().sizeHint() + QSize(_END, 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The right end unfolds the menu, the rest is the button."""
        if event.position().x() >= self.width() - _END and self.isEnabled():
            self._unfold()
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._unfold()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Glyph and words, a line, a chevron."""
        painter = QPainter(self)
        middle, token = self._paint_words(painter)
        if self.isEnabled():
            end, line = self.width() - _END, QColor(theme.tokens().color(token))
            line.setAlphaF(0.3)
            painter.fillRect(QRectF(end, 5, 1, self.height() - 10), line)
            icons.paint(painter, "chevron-down", QRectF(end + _END / 2 - 7, middle - 7, 14, 14), token)
        painter.end()

    def _unfold(self) -> None:
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))


class _Divider(QWidget):
    """A short line between groups of buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(1, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.tokens().color("line2"))
        painter.end()
