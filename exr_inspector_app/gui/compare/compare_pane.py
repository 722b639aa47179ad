"""Compare pane: headers of two or more files in columns; the first file is the reference."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.compare import strings
from exr_inspector_app.gui.compare.compare_job import Comparison
from exr_inspector_app.gui.compare.compare_model import CompareModel
from exr_inspector_app.gui.compare.compare_view import CompareView, ThumbnailLookup
from exr_inspector_app.gui.style import icons
from exr_inspector_app.gui.style.formatting import escape_tooltip
from exr_inspector_app.gui.widgets.banner import MessageBanner
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button, make_icon_button
from exr_inspector_app.gui.widgets.fields import SearchField, SegmentedControl
from exr_inspector_app.gui.widgets.menu import Menu
from exr_inspector_app.gui.widgets.placeholder import LoadingSkeleton, Placeholder
from exr_inspector_app.text.escape import escape_control

MIN_COUNT_WIDTH = 560  # px of the tools


class _ToolRow(QWidget):
    """Row of the tools, which has a count where it is wide enough."""

    def __init__(self, count: QLabel) -> None:
        super().__init__()
        self._count = count

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show or hide the count."""
        super().resizeEvent(event)
        self._count.setVisible(event.size().width() >= MIN_COUNT_WIDTH)


class ComparePane(QWidget):
    """Pane with the comparison table, its placeholders, and the tool bar for the dock."""

    remove_requested = Signal(object)  # FileRef
    clear_requested = Signal()
    retry_requested = Signal()
    message = Signal(str)

    def __init__(self, find_thumbnail: ThumbnailLookup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparison = Comparison(())
        self.model = CompareModel(self)
        self.table = CompareView(self.model, find_thumbnail)
        self.notice, self._loading, self.banner = Placeholder(), LoadingSkeleton(), MessageBanner()
        self.scope = SegmentedControl([("different", strings.DIFFERENCES), ("all", strings.EVERYTHING)])
        self.search = SearchField(strings.NAME_OR_VALUE)
        self.count = QLabel()
        self.copy = make_button(strings.COPY, "copy", "ghost", height=BAR_HEIGHT)
        self.files_button = make_icon_button("more", strings.COMPARED_FILES)
        self.bar = _ToolRow(self.count)
        self._failure_page = QWidget()
        self._pages = QStackedWidget()
        self._menu = Menu(self)
        self._lay_out()
        self.scope.option_selected.connect(self._set_scope)
        self.search.textChanged.connect(self._set_needle)
        self.copy.clicked.connect(self._copy_table)
        self.files_button.clicked.connect(self._open_menu)
        self.notice.clicked.connect(self._show_all)
        self.banner.clicked.connect(self.retry_requested)
        self.table.copy = self._copy_table
        self.table.file_header.remove_requested.connect(
            lambda index: self.remove_requested.emit(self._comparison.subjects[index])
        )
        self.show_comparison(self._comparison)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(4, 0, 8, 0)
        row.setSpacing(12)
        self.search.setMinimumWidth(90)
        self.search.setMaximumWidth(220)
        self.search.setAcceptDrops(False)
        self.search.setStyleSheet("QLineEdit { min-height: 22px; }")
        self.count.setProperty("rank", "2")
        row.addWidget(self.scope)
        row.addWidget(self.count)
        row.addStretch()
        row.addWidget(self.search, 1)
        for button in (self.copy, self.files_button):
            row.addWidget(button)
        failure_column = QVBoxLayout(self._failure_page)
        failure_column.setContentsMargins(12, 12, 12, 12)
        failure_column.addWidget(self.banner)
        failure_column.addStretch()
        for page in (self.notice, self._loading, self._failure_page, self.table):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    @Slot(object)
    def show_comparison(self, comparison: Comparison) -> None:
        """Show a comparison, its loading skeleton, or its failure."""
        self._comparison = comparison
        paths = [escape_control(subject.path) for subject in comparison.subjects]
        stored = comparison.stored or (False,) * len(paths)
        titles = [_make_title(path, is_stored) for path, is_stored in zip(paths, stored, strict=True)]
        self.model.set_lines(comparison.lines or (), titles, [subject.path for subject in comparison.subjects])
        self.bar.setVisible(len(paths) > 1 and not comparison.failure)
        self._update_page()

    @Slot(str)
    def _set_scope(self, key: str) -> None:
        self.model.set_filter(only_different=key == "different")
        self._update_page()

    @Slot(str)
    def _set_needle(self, needle: str) -> None:
        self.model.set_filter(needle=needle)
        self._update_page()

    def _update_page(self) -> None:
        """Update the count, and show the table or what replaces it."""
        comparison, model = self._comparison, self.model
        count = strings.differing_values(model.difference_count, model.line_count) if model.line_count else ""
        self.count.setText(count)
        if comparison.failure:
            failure = escape_control(comparison.failure)
            self.banner.show_message("error", strings.CANNOT_COMPARE, failure, strings.TRY_AGAIN)
            self._pages.setCurrentWidget(self._failure_page)
        elif comparison.lines is None:
            self._pages.setCurrentWidget(self._loading)
        elif model.rowCount():
            self._pages.setCurrentWidget(self.table)
            self.table.span_rows(model.group_rows())
        else:
            self._show_placeholder()
            self._pages.setCurrentWidget(self.notice)

    def _show_placeholder(self) -> None:
        subjects = self._comparison.subjects
        if not subjects:
            self.notice.show_message("compare", strings.NOTHING_TO_COMPARE, strings.SELECT_FILES)
        elif len(subjects) == 1:
            name = escape_control(subjects[0].path.replace("\\", "/").rpartition("/")[2])
            self.notice.show_message("compare", strings.single_file(name), strings.SELECT_ANOTHER_FILE)
        elif self.search.text().strip():
            title = strings.nothing_matches(escape_control(self.search.text().strip()))
            hidden = strings.hidden_values(self.model.line_count)
            self.notice.show_message("search", title, hidden, strings.CLEAR_FILTER)
        else:
            detail = strings.same_values(self.model.line_count)
            self.notice.show_message("equal", strings.IDENTICAL, detail, strings.SHOW_EVERYTHING)

    @Slot()
    def _show_all(self) -> None:
        if self.search.text().strip():
            self.search.clear()
        else:
            self.scope.set_current("all")
            self._set_scope("all")

    @Slot()
    def _copy_table(self) -> None:
        QGuiApplication.clipboard().setText(self.model.as_text())
        self.message.emit(strings.COPIED)

    @Slot()
    def _open_menu(self) -> None:
        self.fill_menu().popup(self.files_button.mapToGlobal(QPoint(0, self.files_button.height())))

    def fill_menu(self) -> QMenu:
        """Fill and return the menu that removes one file or all files."""
        self._menu.clear()
        for subject in self._comparison.subjects:
            name = escape_control(subject.path.replace("\\", "/").rpartition("/")[2]).replace("&", "&&")
            action = self._menu.addAction(icons.icon("close"), strings.remove_file(name))
            action.setToolTip(escape_tooltip(escape_control(subject.path)))
            action.triggered.connect(lambda _checked=False, subject=subject: self.remove_requested.emit(subject))
        self._menu.setToolTipsVisible(True)
        self._menu.addSeparator()
        self._menu.addAction(strings.CLEAR, self.clear_requested.emit)
        return self._menu


def _make_title(path: str, is_stored: bool) -> str:
    """Return the file's name, marked if its published header is shown."""
    name = path.replace("\\", "/").rpartition("/")[2]
    return strings.published_title(name) if is_stored else name
