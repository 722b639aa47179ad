"""The dock at the bottom: tabs with counts, the tools of the shown tab, and ways to fold it and to maximise it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.style import icons
from exr_inspector_app.gui.widgets.buttons import icon_button
from exr_inspector_app.gui.widgets.tabs import Tabs

BAR, LEAST, USUAL = 36, 204, 288
SIMILAR, LIBRARY, COMPARE, ACTIVITY = range(4)  # the window's pages, in the order that they are added
_NO_LIMIT = 16_777_215  # QWIDGETSIZE_MAX


class TabDock(QWidget):
    """Pages with a tab and a bar of their own; a click on the current tab folds and opens."""

    folded = Signal(bool)
    entered = Signal(int)  # the page that has taken the place of the one that the keyboard was in
    maximised = Signal(bool)  # all the room between toolbar and status bar, or not

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        self._tabs, self._pages, self._tools = Tabs("Dock", (), BAR), QStackedWidget(), QStackedWidget()
        self._grow = icon_button("expand", "Maximise the dock  Ctrl+Shift+J")
        self.is_maximised = False
        self._bar = QWidget()
        self._bar.setFixedHeight(BAR)
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self._tabs)
        row.addWidget(self._tools, 1)
        row.addWidget(self._grow)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._pages, 1)
        self._tabs.currentChanged.connect(self._chosen)
        self._tabs.tabBarClicked.connect(self._clicked)
        self._grow.clicked.connect(self._toggle)
        self.setMinimumHeight(LEAST)

    def add(self, title: str, page: QWidget, tools: QWidget, at_right: bool) -> None:
        """A page with its tab, and its tools, which stand at the right or fill the bar."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        if at_right:
            row.addStretch()
        row.addWidget(tools, int(not at_right))
        self._pages.addWidget(page)
        self._tools.addWidget(holder)
        self._tabs.add(title)

    def count(self, place: int, count: int, token: str = "") -> None:
        """The figure behind a tab's title, as a badge with a token; none for zero."""
        self._tabs.figure(place, count, token)

    @property
    def is_folded(self) -> bool:
        """True while only the tabs are seen."""
        return self.maximumHeight() == BAR

    def show_page(self, place: int) -> None:
        """The page is seen."""
        self._tabs.setCurrentIndex(place)
        self.fold(False)

    @property
    def place(self) -> int:
        """The page that is seen, or would be."""
        return self._tabs.currentIndex()

    def maximise(self, is_maximised: bool) -> None:
        """The dock takes all the room, or its own."""
        if is_maximised != self.is_maximised:
            self.fold(False)
            self.is_maximised = is_maximised
            self._name_button()
            self.maximised.emit(is_maximised)

    def fold(self, is_folded: bool) -> None:
        """Only the tabs are seen, or everything."""
        if is_folded == self.is_folded:
            return
        if is_folded:
            self.maximise(False)
        self._tabs.fold(is_folded)
        self._pages.setVisible(not is_folded)
        self._tools.setVisible(not is_folded)
        self.setMinimumHeight(BAR if is_folded else LEAST)
        self.setMaximumHeight(BAR if is_folded else _NO_LIMIT)
        self._name_button()
        self.folded.emit(is_folded)

    @Slot(int)
    def _chosen(self, place: int) -> None:
        focus = QApplication.focusWidget()
        had = focus is not None and self._pages.isAncestorOf(focus)
        self._pages.setCurrentIndex(place)
        self._tools.setCurrentIndex(place)
        if had:
            self.entered.emit(place)

    @Slot(int)
    def _clicked(self, place: int) -> None:
        if place >= 0:
            self.fold(place == self.place and not self.is_folded)

    @Slot()
    def _toggle(self) -> None:
        """Opens a folded dock, otherwise maximises it or gives the room back."""
        if self.is_folded:
            self.fold(False)
        else:
            self.maximise(not self.is_maximised)

    def _name_button(self) -> None:
        """The button says what it does now."""
        glyph, name = "expand", "Maximise the dock  Ctrl+Shift+J"
        if self.is_folded:
            glyph, name = "chevron-up", "Open the dock  Ctrl+J"
        elif self.is_maximised:
            glyph, name = "collapse", "Give the room back  Ctrl+Shift+J"
        self._grow.setIcon(icons.icon(glyph))
        self._grow.setToolTip(name)
        self._grow.setAccessibleName(name.split("  ")[0])
