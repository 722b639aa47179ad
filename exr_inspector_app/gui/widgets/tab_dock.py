"""Tabbed dock at the bottom of the window: pages with counts and tools, foldable and maximizable."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.style import icons
from exr_inspector_app.gui.widgets import strings
from exr_inspector_app.gui.widgets.buttons import make_icon_button
from exr_inspector_app.gui.widgets.tabs import CountTabBar

BAR_HEIGHT, MIN_HEIGHT, DEFAULT_HEIGHT = 36, 204, 288
SIMILAR, LIBRARY, COMPARE, ACTIVITY = range(4)  # pages of the window, in the order in which they are added
_MAX_WIDGET_HEIGHT = 16_777_215  # QWIDGETSIZE_MAX


class TabDock(QWidget):
    """Dock of pages, each with a tab and a tool bar; a click on the current tab folds or unfolds it."""

    folded_changed = Signal(bool)
    focus_page_changed = Signal(int)  # the new page, if the old one had the keyboard focus
    maximized_changed = Signal(bool)
    page_shown = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        self.tabs, self._pages, self._tools = (
            CountTabBar(strings.DOCK, (), BAR_HEIGHT),
            QStackedWidget(),
            QStackedWidget(),
        )
        self._grow = make_icon_button("expand", strings.MAXIMIZE_DOCK)
        self.is_maximized = False
        self._quiet_pages = {SIMILAR, COMPARE}  # until the user opens matches or a comparison
        self._bar = QWidget()
        self._bar.setFixedHeight(BAR_HEIGHT)
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.tabs)
        row.addWidget(self._tools, 1)
        row.addWidget(self._grow)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._pages, 1)
        self.tabs.currentChanged.connect(self._show_current)
        self.tabs.tabBarClicked.connect(self._on_tab_clicked)
        self._grow.clicked.connect(self._toggle)
        self.setMinimumHeight(MIN_HEIGHT)

    def add_page(self, title: str, page: QWidget, tools: QWidget, *, align_right: bool) -> None:
        """Add a page with its tab and its tools, which are right-aligned or fill the bar."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        if align_right:
            row.addStretch()
        row.addWidget(tools, int(not align_right))
        self._pages.addWidget(page)
        self._tools.addWidget(holder)
        self.tabs.add_title(title)

    def page_widgets(self, page: int) -> tuple[QWidget, ...]:
        """Return a page and its tools."""
        return tuple(widget for stack in (self._pages, self._tools) if (widget := stack.widget(page)) is not None)

    def set_count(self, page: int, count: int, token: str = "") -> None:
        """Show a count after a tab's title, as a badge if `token` is given; 0 hides it."""
        self.tabs.set_count(page, count, token)

    @property
    def is_folded(self) -> bool:
        """Whether only the tabs are visible."""
        return self.maximumHeight() == BAR_HEIGHT

    def show_page(self, page: int) -> None:
        """Switch to a page and unfold the dock."""
        self.tabs.setCurrentIndex(page)
        self.set_folded(is_folded=False)

    def set_quiet(self, page: int, *, is_quiet: bool) -> None:
        """Mark a page that has nothing to show; the dock folds when that happens to its current page."""
        was_quiet = page in self._quiet_pages
        (self._quiet_pages.add if is_quiet else self._quiet_pages.discard)(page)
        if is_quiet and not was_quiet and page == self.current_page and not self.is_maximized:
            self.set_folded(is_folded=True)

    @property
    def is_quiet(self) -> bool:
        """Whether the current page has nothing to show."""
        return self.current_page in self._quiet_pages

    def restore_page(self, page: int) -> None:
        """Switch to a page of an earlier run, and leave the dock folded if it is."""
        if 0 <= page < self.tabs.count():
            self.tabs.setCurrentIndex(page)

    @property
    def current_page(self) -> int:
        """Index of the current page, also while the dock is folded."""
        return self.tabs.currentIndex()

    def set_maximized(self, *, is_maximized: bool) -> None:
        """Maximize the dock between toolbar and status bar, or restore its height."""
        if is_maximized != self.is_maximized:
            self.set_folded(is_folded=False)
            self.is_maximized = is_maximized
            self._update_button()
            self.maximized_changed.emit(is_maximized)

    def set_folded(self, *, is_folded: bool) -> None:
        """Fold the dock to its tabs, or unfold it."""
        if is_folded == self.is_folded:
            return
        if is_folded:
            self.set_maximized(is_maximized=False)
        self.tabs.set_folded(is_folded=is_folded)
        self._pages.setVisible(not is_folded)
        self._tools.setVisible(not is_folded)
        self.setMinimumHeight(BAR_HEIGHT if is_folded else MIN_HEIGHT)
        self.setMaximumHeight(BAR_HEIGHT if is_folded else _MAX_WIDGET_HEIGHT)
        self._update_button()
        self.folded_changed.emit(is_folded)

    @Slot(int)
    def _show_current(self, page: int) -> None:
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self._pages.isAncestorOf(focus)
        self._pages.setCurrentIndex(page)
        self._tools.setCurrentIndex(page)
        self.page_shown.emit(page)
        if had_focus:
            self.focus_page_changed.emit(page)

    @Slot(int)
    def _on_tab_clicked(self, page: int) -> None:
        if page >= 0:
            self.set_folded(is_folded=page == self.current_page and not self.is_folded)

    @Slot()
    def _toggle(self) -> None:
        """Unfold a folded dock; otherwise maximize or restore it."""
        if self.is_folded:
            self.set_folded(is_folded=False)
        else:
            self.set_maximized(is_maximized=not self.is_maximized)

    def _update_button(self) -> None:
        """Set the button's glyph and tooltip to its current action."""
        glyph, name = "expand", strings.MAXIMIZE_DOCK
        if self.is_folded:
            glyph, name = "chevron-up", strings.UNFOLD_DOCK
        elif self.is_maximized:
            glyph, name = "collapse", strings.RESTORE_DOCK
        self._grow.setIcon(icons.icon(glyph))
        self._grow.setToolTip(name)
        self._grow.setAccessibleName(name.split("  ")[0])
