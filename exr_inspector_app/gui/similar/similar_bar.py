"""Toolbar of the Similar pane: pinned reference, way of comparing, filter chips and actions."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QWidget

from exr_inspector_app.gui.filters.add_filter import AddFilterPopup
from exr_inspector_app.gui.filters.filter_chips import FilterChips
from exr_inspector_app.gui.filters.filter_set import FilterSet
from exr_inspector_app.gui.similar import strings
from exr_inspector_app.gui.similar.search_state import SearchState
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.formatting import escape_tooltip
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button, make_icon_button
from exr_inspector_app.gui.widgets.fields import SegmentedControl
from exr_inspector_app.gui.widgets.menu import Menu
from exr_inspector_app.text.escape import escape_control

LABEL_WIDTH, BUTTON_WIDTH = 1150, 960  # minimum widths of the bar for its label, and for all buttons
MIN_WIDTH = 560
MIN_NAME_WIDTH, MAX_NAME_WIDTH = 130, 420  # of the reference


class SimilarBar(QWidget):
    """Bar that shows the reference and offers the way of comparing, filters, Compare and Export."""

    help_requested = Signal()

    def __init__(self, filters: FilterSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filters = filters
        self._path, self._more = "", 0  # of the reference, and how many more files belong to it
        self._with, self.name, self._by = QLabel(strings.REFERENCE_LABEL), QLabel(), QLabel(strings.MODE_LABEL)
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setFont(theme.ui_font(13, theme.MEDIUM))
        for label in (self._with, self._by):
            label.setProperty("rank", "2")
        self.segments = SegmentedControl([*strings.MODES.items(), ("blend", strings.BLEND)])
        for mode, tooltip in strings.MODE_TOOLTIPS.items():
            self.segments.set_tooltip(mode, tooltip)
        self._add = make_button(strings.ADD_FILTER, "plus", "ghost", height=BAR_HEIGHT)
        self._add.setAccessibleName(strings.ADD_FILTER)
        self._add.setToolTip(strings.ADD_FILTER_TOOLTIP)
        self.chips = FilterChips(self._add)
        self.popup = AddFilterPopup(self)
        self.saved = make_icon_button("bookmark", strings.SAVED_FILTERS)
        self.compare = make_button(strings.COMPARE, "compare", "ghost", height=BAR_HEIGHT)
        self.compare.setToolTip(strings.COMPARE_TOOLTIP)
        self.export = make_button(strings.EXPORT, "export", "ghost", height=BAR_HEIGHT)
        self.export.setToolTip(strings.EXPORT_TOOLTIP)
        self.more = make_icon_button("more", strings.MORE)
        self.menu, self.exact = self._make_menu()
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 8, 0)
        row.setSpacing(8)
        for part in (self._with, _PinIcon(), self.name, self._by, self.segments):
            row.addWidget(part)
        row.addSpacing(4)
        row.addWidget(self.chips, 1)
        row.addWidget(self.saved)
        row.addWidget(self.compare)
        row.addWidget(self.export)
        row.addWidget(self.more)
        self._fixed = (self._with, self._by, self.segments, self.saved, self.compare, self.export, self.more)
        self.more.clicked.connect(lambda: self.menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft())))
        self._add.clicked.connect(lambda: self.popup.show_below(self._add))
        self.popup.added.connect(filters.add)
        self.chips.removed.connect(filters.remove)
        filters.changed.connect(self._follow)

    def show_reference(self, search: SearchState | None) -> None:
        """Show the reference of `search` and how it is compared; hide the bar without one."""
        self.setVisible(search is not None)
        if search is None:
            return
        for button in (self.compare, self.export):
            button.setEnabled(bool(search.hits))
        self._path, self._more = escape_control(search.reference.path), search.more
        self.name.setToolTip(escape_tooltip(strings.reference_tooltip(self._path, self._more)))
        self.segments.set_current(search.by)
        self._fit()

    def _make_menu(self) -> tuple[QMenu, QAction]:
        """Return the overflow menu and its Exact search entry."""
        menu = Menu(self)
        menu.setToolTipsVisible(True)
        exact = menu.addAction(strings.EXACT_SEARCH)
        exact.setCheckable(True)
        exact.setToolTip(strings.EXACT_TOOLTIP)
        menu.addSeparator()
        rows = ((self.compare, "compare", strings.COMPARE_ACTION), (self.export, "export", strings.EXPORT_ACTION))
        for button, glyph, text in rows:
            action = menu.addAction(icons.icon(glyph), text, button.click)
            menu.aboutToShow.connect(lambda button=button, action=action: action.setEnabled(button.isEnabled()))
        menu.addSeparator()
        menu.addAction(strings.HELP, self.help_requested.emit)
        return menu, exact

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the parts to the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Hide labels first, then buttons that the menu repeats, then shorten the path."""
        width = self.width()
        self._with.setVisible(width >= LABEL_WIDTH and not self._filters.conditions)
        for button in (self.compare, self.export):
            button.setVisible(width >= BUTTON_WIDTH)
        text = strings.ADD_FILTER if width >= BUTTON_WIDTH else ""
        if text != self._add.text():
            self._add.setText(text)
            self.chips.set_conditions(self._filters.conditions)
        visible = [widget for widget in self._fixed if not widget.isHidden()]
        used = sum(widget.sizeHint().width() for widget in (*visible, self.chips)) + 8 * (len(visible) + 5)
        available = min(max(width - used, MIN_NAME_WIDTH), MAX_NAME_WIDTH)
        suffix = strings.more_references(self._more)
        available -= self.name.fontMetrics().horizontalAdvance(suffix)
        self.name.setText(paint.shorten_path(self._path, self.name.font(), available) + suffix)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size at which the bar is usable."""
        return QSize(MIN_WIDTH, super().minimumSizeHint().height())

    @Slot()
    def _follow(self) -> None:
        self.chips.set_conditions(self._filters.conditions)
        self._fit()


class _PinIcon(QWidget):
    """Pin before the name of the reference."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        icons.paint(painter, "pin", QRectF(0, 0, 16, 16), "accent")
        painter.end()
