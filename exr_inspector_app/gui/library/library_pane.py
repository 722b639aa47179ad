"""The library: facets at the left, words and filters on top, and the rows that match."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.contracts import Page
from exr_inspector_app.gui.filters.add_filter import AddFilterPopup
from exr_inspector_app.gui.filters.filter_chips import FilterChips
from exr_inspector_app.gui.filters.filter_set import FilterSet, condition_label
from exr_inspector_app.gui.library import library_rows as rows
from exr_inspector_app.gui.library.facet_panel import FacetPanel
from exr_inspector_app.gui.library.library_model import LibraryModel
from exr_inspector_app.gui.library.library_view import LibraryView
from exr_inspector_app.gui.library.page_loader import PageState
from exr_inspector_app.gui.widgets.banner import MessageBanner
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button
from exr_inspector_app.gui.widgets.fields import SearchField
from exr_inspector_app.gui.widgets.placeholder import LoadingSkeleton, Placeholder
from exr_inspector_app.persistence.query.derived_columns import PATH_COLUMNS
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

DEBOUNCE_MS = 250  # milliseconds without a letter until the library is asked
SEARCH_WIDTH = 300


class LibraryPane(QWidget):
    """Shows what `browsing` tells, and tells what a person wants."""

    became_visible = Signal()  # the pane has become visible
    retry_requested = Signal()
    publish_requested = Signal()

    def __init__(
        self, filters: FilterSet, image_of: Callable[[str], QImage | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._filters = filters
        self.setAccessibleName("Library")
        self.model = LibraryModel(self)
        self.view = LibraryView(self.model, image_of)
        self.facets = FacetPanel(filters)
        self.search = SearchField("Path, channel or attribute")
        self.count = QLabel()
        self.footer = QLabel()
        self.notice, self._loading, self.banner = Placeholder(), LoadingSkeleton(), MessageBanner()
        self._add = make_button("Add filter", "plus", "ghost", height=BAR_HEIGHT)
        self._clear = make_button("Clear", "close", "ghost", height=BAR_HEIGHT)
        self.chips = FilterChips(self._add, self._clear)
        self.popup = AddFilterPopup(self)
        self.bar = QWidget()  # stands in the bar of the dock
        self.save = make_button("Save filter", "bookmark", "ghost", height=BAR_HEIGHT)
        self.export = make_button("Export list", "export", "ghost", height=BAR_HEIGHT)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(DEBOUNCE_MS)
        self._lay_out()
        self._connect()
        self._follow()

    def _lay_out(self) -> None:
        tools = QHBoxLayout(self.bar)
        tools.setContentsMargins(0, 0, 8, 0)
        tools.setSpacing(16)
        tools.addWidget(self.save)
        tools.addWidget(self.export)
        self.search.setFixedWidth(SEARCH_WIDTH)
        self.search.setAcceptDrops(False)
        for label, rank in ((self.count, "2"), (self.footer, "3")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("rank", rank)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.setSpacing(12)
        head.addWidget(self.search)
        head.addWidget(self.chips, 1)
        head.addWidget(self.count)
        failed = QWidget()
        inside = QVBoxLayout(failed)
        inside.setContentsMargins(12, 12, 12, 12)
        inside.addWidget(self.banner)
        inside.addStretch()
        self._failed = failed
        self._rows = QWidget()
        rows = QVBoxLayout(self._rows)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.view, 1)
        self.footer.setContentsMargins(12, 4, 12, 6)
        rows.addWidget(self.footer)
        self._pages = QStackedWidget()
        for page in (self._loading, self.notice, failed, self._rows):
            self._pages.addWidget(page)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addLayout(head)
        right.addWidget(self._pages, 1)
        gap = QFrame()
        gap.setFixedWidth(1)
        gap.setProperty("gap", "true")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.facets)
        row.addWidget(gap)
        row.addLayout(right, 1)

    def _connect(self) -> None:
        self._pause.timeout.connect(self._look_for)
        self.search.textChanged.connect(lambda: self._pause.start())
        self.search.returnPressed.connect(self._look_for)
        self.chips.removed.connect(self._filters.remove)
        self._add.clicked.connect(lambda: self.popup.show_below(self._add))
        self._clear.clicked.connect(self._filters.clear)
        self.popup.added.connect(self._filters.add)
        self._filters.changed.connect(self._follow)
        self.notice.clicked.connect(self._help_out)
        self.banner.clicked.connect(self.retry_requested)
        for signal in (self.model.rowsInserted, self.model.modelReset):
            signal.connect(self._tell_loaded)

    # What is shown

    @Slot(object)
    def show_page_state(self, browsed: PageState) -> None:
        """A first page that is on its way, has come, or failed; older rows stay until it has."""
        if browsed.page is None:
            if not self.model.total_rows:
                self._pages.setCurrentWidget(self._loading)
            return
        page = browsed.page
        self.export.setEnabled(bool(page.total_rows) and not browsed.failure)
        if browsed.failure:
            self.banner.say("error", "The library could not be read", escape_control(browsed.failure), "Try again")
            self._pages.setCurrentWidget(self._failed)
            return
        chosen = self.view.selected_sequences()
        self.model.set_first_page(page)
        self.view.select_sequences(chosen)
        self.facets.show_facets(page.facets)
        self.view.hide_columns(_unknown_columns(page))
        self.count.setText(f"{pluralize(page.total_files, 'file')}, {pluralize(page.total_rows, 'sequence')}")
        self.count.setToolTip(f"Found in {1000 * browsed.seconds:,.0f} ms")
        if page.total_rows:
            self._pages.setCurrentWidget(self._rows)
            return
        self._say_empty()

    def _say_empty(self) -> None:
        """Nothing is published, or nothing matches."""
        if self._filters.conditions:
            named = ", ".join(condition_label(one) for one in self._filters.conditions)
            self.notice.say("search", "Nothing matches", named, "Clear filter")
        else:
            told = "Publish some files; then everything about them can be searched here."
            self.notice.say("database", "The library is empty", told, "Publish")
        self._pages.setCurrentWidget(self.notice)

    @Slot()
    def _help_out(self) -> None:
        (self._filters.clear if self._filters.conditions else self.publish_requested.emit)()

    @Slot()
    def _tell_loaded(self) -> None:
        shown, in_all = self.model.rowCount(), self.model.total_rows
        more = f"{shown:,} of {pluralize(in_all, 'sequence')}. More load as you scroll." if shown < in_all else ""
        self.footer.setText(more)
        self.footer.setVisible(bool(more))

    # The filter

    @Slot()
    def _look_for(self) -> None:
        self._pause.stop()
        self._filters.set_text_search(self.search.text().strip())

    @Slot()
    def _follow(self) -> None:
        """Chips, boxes and words are those of the filter."""
        conditions = self._filters.conditions
        self._clear.setVisible(bool(conditions))
        self.chips.set_conditions(tuple(one for one in conditions if one.column != "text"))
        if self.search.text().strip() != self._filters.text:
            self.search.setText(self._filters.text)
            self._pause.stop()
        self.facets.model.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.became_visible.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """What was typed last is looked for at once."""
        super().hideEvent(event)
        if self._pause.isActive():
            self._look_for()


def _unknown_columns(page: Page) -> set[int]:
    """Columns of the path template that tell nothing of any row."""
    told = {name for row in page.rows for name in PATH_COLUMNS if row.file[name]}
    return {rows.SHOW + place for place, name in enumerate(PATH_COLUMNS) if name not in told}
