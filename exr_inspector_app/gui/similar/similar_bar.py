"""The bar of the similar list: the pinned reference, how it is compared, and under which filter."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QWidget

from exr_inspector_app.gui.filters.add_filter import AddFilterPopup
from exr_inspector_app.gui.filters.filter_chips import FilterChips
from exr_inspector_app.gui.filters.filter_set import FilterSet
from exr_inspector_app.gui.similar.blend_bar import WAYS
from exr_inspector_app.gui.similar.search_state import SearchState
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.tooltips import escape_tooltip
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button, make_icon_button
from exr_inspector_app.gui.widgets.fields import SegmentedControl
from exr_inspector_app.text.escape import escape_control

ROOMY, WIDE, NARROWEST = 1150, 960, 560  # widths from which on there are words, and all buttons; the least
LEAST_NAME, LONGEST_NAME = 130, 420  # of the reference, beside everything else
_WAYS = {
    "metadata": "What the header says of renderer, settings, layers and format",
    "channels": "Which layers and channels there are, whatever programs call them",
    "look": "How the pictures look, in any exposure, size, crop or grade",
    "blend": "All three together, each by the share of its slider",
}


class SimilarBar(QWidget):
    """What everything is compared with and how, the filter that holds for hits, Compare and Export."""

    help_requested = Signal()

    def __init__(self, filters: FilterSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filters = filters
        self._path, self._more = "", 0  # of the reference, and how many files stand beside it
        self._with, self._name, self._by = QLabel("Compared with"), QLabel(), QLabel("by")
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setFont(theme.ui_font(13, theme.MEDIUM))
        for one in (self._with, self._by):
            one.setProperty("rank", "2")
        self.segments = SegmentedControl([*WAYS, ("blend", "Blend")])
        for way, words in _WAYS.items():
            self.segments.explain(way, words)
        self._add = make_button("Add filter", "plus", "ghost", height=BAR_HEIGHT)
        self._add.setAccessibleName("Add filter")
        self._add.setToolTip("Only hits that meet a condition are listed")
        self.chips = FilterChips(self._add)
        self.popup = AddFilterPopup(self)
        self.saved = make_icon_button("bookmark", "Saved filters")
        self.compare = make_button("Compare", "compare", "ghost", height=BAR_HEIGHT)
        self.compare.setToolTip("Compare the header of the selected hit, or the best one, with the reference")
        self.export = make_button("Export", "export", "ghost", height=BAR_HEIGHT)
        self.export.setToolTip("Write these hits to a CSV file")
        self.more = make_icon_button("more", "More on this list")
        self.menu, self.exact = self._make_menu()
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 8, 0)
        row.setSpacing(8)
        for part in (self._with, _Pin(), self._name, self._by, self.segments):
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

    def show_reference(self, found: SearchState | None) -> None:
        """What everything is compared with: one file, or several together."""
        self.setVisible(found is not None)
        if found is None:
            return
        for one in (self.compare, self.export):
            one.setEnabled(bool(found.hits))
        self._path, self._more = escape_control(found.reference.path), found.more
        told = f"Everything below is compared with\n{self._path}{self._beside}"
        self._name.setToolTip(escape_tooltip(f"{told}; reasons are told against the first" if found.more else told))
        self.segments.choose(found.by)
        self._fit()

    @property
    def _beside(self) -> str:
        return f" and {self._more} more" if self._more else ""

    def _make_menu(self) -> tuple[QMenu, QAction]:
        """What fits no button, and what the buttons say where there is no room for them."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        exact = menu.addAction("Exact search")
        exact.setCheckable(True)
        exact.setToolTip("Every file is compared in full: nothing near is missed, and large libraries take longer.")
        menu.addSeparator()
        rows = ((self.compare, "compare", "Compare with the reference"), (self.export, "export", "Export these hits…"))
        for one, glyph, words in rows:
            action = menu.addAction(icons.icon(glyph), words, one.click)
            menu.aboutToShow.connect(lambda one=one, action=action: action.setEnabled(one.isEnabled()))
        menu.addSeparator()
        menu.addAction("What score and band mean", self.help_requested.emit)
        return menu, exact

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Words give way where the bar is narrow, then buttons that the menu has too, last folders of the path."""
        width = self.width()
        self._with.setVisible(width >= ROOMY and not self._filters.conditions)
        for one in (self.compare, self.export):
            one.setVisible(width >= WIDE)
        words = "Add filter" if width >= WIDE else ""
        if words != self._add.text():
            self._add.setText(words)
            self.chips.set_conditions(self._filters.conditions)
        others = [one for one in self._fixed if not one.isHidden()]
        taken = sum(one.sizeHint().width() for one in (*others, self.chips)) + 8 * (len(others) + 5)
        room = min(max(width - taken, LEAST_NAME), LONGEST_NAME)
        room -= self._name.fontMetrics().horizontalAdvance(self._beside)
        self._name.setText(paint.shorten_path(self._path, self._name.font(), room) + self._beside)

    def minimumSizeHint(self) -> QSize:
        """With the least of everything."""
        return QSize(NARROWEST, super().minimumSizeHint().height())

    @Slot()
    def _follow(self) -> None:
        self.chips.set_conditions(self._filters.conditions)
        self._fit()


class _Pin(QWidget):
    """The mark of the pinned reference."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        icons.paint(painter, "pin", QRectF(0, 0, 16, 16), "accent")
        painter.end()
