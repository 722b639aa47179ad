"""Rail of the inspector: a narrow bar with one button per tab, in place of the inspector in a small window."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QToolButton, QVBoxLayout, QWidget

from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets.tabs import CountTabBar

WIDTH = 40  # px
_GLYPHS = {
    InspectorPage.STRUCTURE: "layers",
    InspectorPage.ATTRIBUTES: "list",
    InspectorPage.CHECKS: "warning",
    InspectorPage.OBJECTS: "cube",
}


class InspectorRail(QWidget):
    """Bar whose buttons open the inspector over the preview, and close it again."""

    page_requested = Signal(int)  # InspectorPage
    close_requested = Signal()

    def __init__(self, tabs: CountTabBar, parent: QWidget | None = None) -> None:
        """Create a bar for the pages of `tabs`, whose titles and counts it shows."""
        super().__init__(parent)
        self.setProperty("pane", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(strings.INSPECTOR_RAIL)
        self._tabs, self._is_open = tabs, False
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(8)
        for page, glyph in _GLYPHS.items():
            button = _RailButton(glyph)
            button.setCheckable(True)
            self._group.addButton(button, page)
            column.addWidget(button)
        column.addStretch()
        self._toggle = _RailButton("chevron-left")
        column.addWidget(self._toggle)
        self._group.idClicked.connect(self._on_clicked)
        self._toggle.clicked.connect(self._on_toggle)
        tabs.currentChanged.connect(self._update)
        tabs.count_changed.connect(self._update)
        self._update()

    def show_open(self, is_open: bool) -> None:
        """Mark the page of the open inspector, or none."""
        self._is_open = is_open
        self._update()

    def button(self, page: int) -> QToolButton:
        """Return the button of a page."""
        button = self._group.button(page)
        assert isinstance(button, QToolButton)
        return button

    @Slot(int)
    def _on_clicked(self, page: int) -> None:
        if self._is_open and page == self._tabs.currentIndex():
            self.close_requested.emit()
        else:
            self.page_requested.emit(page)

    @Slot()
    def _on_toggle(self) -> None:
        if self._is_open:
            self.close_requested.emit()
        else:
            self.page_requested.emit(self._tabs.currentIndex())

    @Slot()
    def _update(self) -> None:
        for page in _GLYPHS:
            button = self._group.button(page)
            assert isinstance(button, _RailButton)
            button.setChecked(self._is_open and page == self._tabs.currentIndex())
            button.show_page(self._tabs.tabText(page), *self._tabs.count_of(page))
        self._toggle.show_glyph("chevron-right" if self._is_open else "chevron-left")
        self._toggle.show_page(strings.CLOSE_INSPECTOR if self._is_open else strings.OPEN_INSPECTOR)


class _RailButton(QToolButton):
    """Button with an icon and a badge."""

    def __init__(self, glyph: str) -> None:
        super().__init__()
        self.setFixedSize(28, 28)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._badge = ""
        self.show_glyph(glyph)

    def show_glyph(self, glyph: str) -> None:
        """Set the icon."""
        self.setIcon(icons.icon(glyph))

    def show_page(self, name: str, count: str = "", token: str = "") -> None:
        """Set the name, with its count as a badge if that has a color."""
        self.setAccessibleName(name)
        self.setToolTip(name)
        self._badge, self._token = (count, token) if token else ("", "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._badge:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = self._badge if len(self._badge) < 3 else "99+"
        width = paint.badge_width(text)
        painter.fillRect(QRectF(self.width() - width, 0, width, 14), theme.tokens().color("panel"))
        paint.badge(painter, self.width() - width, 7, text, self._token)
        painter.end()
