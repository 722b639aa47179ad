"""Library pane: facets, text search and filter chips over the table of published files."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.contracts import Page
from exr_inspector_app.errors import UsageError
from exr_inspector_app.gui.filters.add_filter import AddFilterPopup
from exr_inspector_app.gui.filters.filter_chips import FilterChips
from exr_inspector_app.gui.filters.filter_set import FilterSet, condition_label
from exr_inspector_app.gui.library import library_rows, strings
from exr_inspector_app.gui.library.facet_panel import FacetPanel
from exr_inspector_app.gui.library.library_model import LibraryModel
from exr_inspector_app.gui.library.library_view import LibraryView
from exr_inspector_app.gui.library.page_loader import PageState
from exr_inspector_app.gui.library.search_completer import SearchCompleter
from exr_inspector_app.gui.library.storage_page import StoragePage
from exr_inspector_app.gui.style.formatting import escape_tooltip
from exr_inspector_app.gui.widgets.banner import MessageBanner
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button
from exr_inspector_app.gui.widgets.fields import SearchField
from exr_inspector_app.gui.widgets.placeholder import LoadingSkeleton, Placeholder
from exr_inspector_app.persistence.query.derived_columns import PATH_COLUMNS
from exr_inspector_app.text.escape import escape_control

DEBOUNCE_MS = 250  # after the last key in the search field
SEARCH_WIDTH = 300


class LibraryPane(QWidget):
    """Pane that shows a `PageState` and requests actions on its rows."""

    became_visible = Signal()
    retry_requested = Signal()
    publish_requested = Signal()

    def __init__(
        self, filters: FilterSet, image_of: Callable[[str], QImage | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.filters = filters
        self.setAccessibleName(strings.PANE_NAME)
        self.model = LibraryModel(self)
        self.view = LibraryView(self.model, image_of)
        self.facets = FacetPanel(filters)
        self.search = SearchField(strings.SEARCH_HINT)
        self.count = QLabel()
        self.completer = SearchCompleter(self.search)
        self.problem = QLabel()  # of the words in the search field
        self.footer = QLabel()
        self.notice, self._loading, self.banner = Placeholder(), LoadingSkeleton(), MessageBanner()
        self._add = make_button(strings.ADD_FILTER, "plus", "ghost", height=BAR_HEIGHT)
        self.clear_button = make_button(strings.CLEAR, "close", "ghost", height=BAR_HEIGHT)
        self.chips = FilterChips(self._add, self.clear_button)
        self.popup = AddFilterPopup(self)
        self.bar = QWidget()  # reparented into the bar of the dock
        self.save = make_button(strings.SAVE_FILTER, "bookmark", "ghost", height=BAR_HEIGHT)
        self.export = make_button(strings.EXPORT, "export", "ghost", height=BAR_HEIGHT)
        self.storage_button = make_button(strings.STORAGE, "database", "ghost", height=BAR_HEIGHT)
        self.storage_button.setToolTip(strings.STORAGE_TOOLTIP)
        self.storage_button.setCheckable(True)
        self.storage, self._views = StoragePage(), QStackedWidget()
        self._debounce = QTimer(self)
        self._debounce.setSingleShot(True)
        self._debounce.setInterval(DEBOUNCE_MS)
        self._failed, self._table = QWidget(), QWidget()
        self._pages = QStackedWidget()
        self._lay_out()
        self._connect()
        self._follow()

    def _lay_out(self) -> None:
        self._lay_out_bar()
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.setSpacing(12)
        head.addWidget(self.search)
        head.addWidget(self.chips, 1)
        head.addWidget(self.count)
        self._lay_out_pages()
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addLayout(head)
        right.addWidget(self.problem)
        for view in (self._pages, self.storage):
            self._views.addWidget(view)
        right.addWidget(self._views, 1)
        gap = QFrame()
        gap.setFixedWidth(1)
        gap.setProperty("gap", "true")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.facets)
        row.addWidget(gap)
        row.addLayout(right, 1)

    def _lay_out_bar(self) -> None:
        tools = QHBoxLayout(self.bar)
        tools.setContentsMargins(0, 0, 8, 0)
        tools.setSpacing(16)
        tools.addWidget(self.storage_button)
        tools.addWidget(self.save)
        tools.addWidget(self.export)
        self.search.setFixedWidth(SEARCH_WIDTH)
        self.search.setAcceptDrops(False)
        self.search.setCompleter(self.completer)
        self.search.setToolTip(escape_tooltip(strings.SEARCH_TOOLTIP))
        self.problem.setContentsMargins(12, 0, 12, 8)
        self.problem.hide()
        for label, rank in ((self.count, "2"), (self.problem, "2"), (self.footer, "3")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("rank", rank)

    def _lay_out_pages(self) -> None:
        failed = QVBoxLayout(self._failed)
        failed.setContentsMargins(12, 12, 12, 12)
        failed.addWidget(self.banner)
        failed.addStretch()
        table = QVBoxLayout(self._table)
        table.setContentsMargins(0, 0, 0, 0)
        table.setSpacing(0)
        table.addWidget(self.view, 1)
        self.footer.setContentsMargins(12, 4, 12, 6)
        table.addWidget(self.footer)
        for page in (self._loading, self.notice, self._failed, self._table):
            self._pages.addWidget(page)

    def _connect(self) -> None:
        self._debounce.timeout.connect(self._apply_search)
        self.search.textChanged.connect(lambda: self._debounce.start())
        self.search.returnPressed.connect(self._commit_search)
        self.chips.removed.connect(self.filters.remove)
        self._add.clicked.connect(lambda: self.popup.show_below(self._add))
        self.clear_button.clicked.connect(self.filters.clear)
        self.popup.added.connect(self.filters.add)
        self.filters.changed.connect(self._follow)
        self.notice.clicked.connect(self._run_notice_action)
        self.banner.clicked.connect(self.retry_requested)
        for signal in (self.model.rowsInserted, self.model.modelReset):
            signal.connect(self._show_loaded)

    def show_storage(self, *, is_open: bool) -> None:
        """Show the storage report on the matching files, or their list."""
        self._views.setCurrentWidget(self.storage if is_open else self._pages)

    # Rows

    @Slot(object)
    def show_page_state(self, state: PageState) -> None:
        """Show a first page that is loading, loaded or failed; earlier rows stay while it loads."""
        if state.page is None:
            if not self.model.total_rows:
                self._pages.setCurrentWidget(self._loading)
            return
        page = state.page
        self.export.setEnabled(bool(page.total_rows) and not state.failure)
        if state.failure:
            sentence = escape_control(state.failure)
            self.banner.show_message("error", strings.READ_FAILED, sentence, strings.TRY_AGAIN)
            self._pages.setCurrentWidget(self._failed)
            return
        selected = self.view.selected_sequences()
        self.model.set_first_page(page)
        self.view.select_sequences(selected)
        self.facets.show_facets(page.facets)
        self.completer.set_facets(page.facets)
        self.view.hide_columns(_empty_columns(page))
        self.count.setText(strings.totals(page.total_files, page.total_rows, page.counted_files))
        self.count.setToolTip(strings.query_time(state.seconds))
        if page.total_rows:
            self._pages.setCurrentWidget(self._table)
            return
        self._show_empty()

    def _show_empty(self) -> None:
        """Show that the library is empty, or that no file matches the filter."""
        if self.filters.conditions:
            labels = ", ".join(condition_label(condition) for condition in self.filters.conditions)
            self.notice.show_message("search", strings.NO_MATCH, labels, strings.CLEAR_FILTER)
        else:
            hint = strings.EMPTY_LIBRARY_HINT
            self.notice.show_message("database", strings.EMPTY_LIBRARY, hint, strings.PUBLISH)
        self._pages.setCurrentWidget(self.notice)

    @Slot()
    def _run_notice_action(self) -> None:
        (self.filters.clear if self.filters.conditions else self.publish_requested.emit)()

    @Slot()
    def _show_loaded(self) -> None:
        text = strings.rows_loaded(self.model.rowCount(), self.model.total_rows)
        self.footer.setText(text)
        self.footer.setVisible(bool(text))

    # Filter

    @Slot()
    def _apply_search(self) -> None:
        """Search by the text in the field, or show its mistake."""
        from exr_inspector_app.persistence.query.search_words import parse_search  # Arrow takes 40 ms: on demand

        self._debounce.stop()
        text, sentence = self.search.text().strip(), ""
        try:
            self.filters.set_search(text, parse_search(text))
        except UsageError as error:
            sentence = (
                "" if text.endswith(":") else error.sentence
            )  # a word whose value is being typed is not wrong yet
        self.problem.setText(escape_control(sentence))
        self.problem.setVisible(bool(sentence))

    @Slot()
    def _commit_search(self) -> None:
        """Search by the text, and turn terms for columns into chips."""
        self._apply_search()
        if self.problem.isHidden() and self.search.text().strip() == self.filters.text:
            self.filters.commit_search()
            self._follow()

    @Slot()
    def _follow(self) -> None:
        """Update chips, facets and the search field from the filter."""
        self.clear_button.setVisible(bool(self.filters.conditions))
        self.chips.set_conditions(self.filters.chosen)
        if self.search.text().strip() != self.filters.text:
            self.search.setText(self.filters.text)
            self._debounce.stop()
            self.problem.hide()
        self.facets.model.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Emit `became_visible`."""
        super().showEvent(event)
        self.became_visible.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Apply a pending text search at once."""
        super().hideEvent(event)
        if self._debounce.isActive():
            self._apply_search()


def _empty_columns(page: Page) -> set[int]:
    """Return the columns of the path template, and that of notes, that are empty in all rows."""
    optional = {name: library_rows.SHOW + number for number, name in enumerate(PATH_COLUMNS)}
    optional["note"] = library_rows.NOTE
    filled = {name for row in page.rows for name in optional if row.file[name]}
    return {column for name, column in optional.items() if name not in filled}
