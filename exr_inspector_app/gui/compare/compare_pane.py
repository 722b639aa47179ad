"""Headers of two or more files in columns; the first file is what the others are compared with."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.compare.compare_job import Comparison
from exr_inspector_app.gui.compare.compare_model import CompareModel
from exr_inspector_app.gui.compare.compare_view import CompareView, ImageOf
from exr_inspector_app.gui.style import icons
from exr_inspector_app.gui.style.tooltips import literal
from exr_inspector_app.gui.widgets.banner import Banner
from exr_inspector_app.gui.widgets.buttons import BAR, button, icon_button
from exr_inspector_app.gui.widgets.fields import SearchField, Segments
from exr_inspector_app.gui.widgets.placeholder import Loading, Placeholder
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


class ComparePane(QWidget):
    """The table, what stands in its place, and the bar for the dock."""

    removed = Signal(object)  # Subject
    cleared = Signal()
    retry_wanted = Signal()
    said = Signal(str)

    def __init__(self, image_of: ImageOf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparison = Comparison(())
        self.model = CompareModel(self)
        self.table = CompareView(self.model, image_of)
        self.notice, self._loading, self.banner = Placeholder(), Loading(), Banner()
        self.show_which = Segments([("different", "Differences"), ("all", "Everything")])
        self.search = SearchField("Name or value")
        self.count = QLabel()
        self.copy, self.more = (
            button("Copy", "copy", "ghost", height=BAR),
            icon_button("more", "Files that are compared"),
        )
        self.bar = QWidget()
        self._failed = QWidget()
        self._pages = QStackedWidget()
        self._menu = QMenu(self)
        self._lay_out()
        self.show_which.chosen.connect(self._choose)
        self.search.textChanged.connect(self._search)
        self.copy.clicked.connect(self._copy)
        self.more.clicked.connect(self._open_menu)
        self.notice.clicked.connect(self._show_all)
        self.banner.clicked.connect(self.retry_wanted)
        self.table.copy = self._copy
        self.table.titles.closed.connect(lambda place: self.removed.emit(self._comparison.subjects[place]))
        self.show_comparison(self._comparison)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(4, 0, 8, 0)
        row.setSpacing(12)
        self.search.setFixedWidth(220)
        self.search.setAcceptDrops(False)
        self.search.setStyleSheet("QLineEdit { min-height: 22px; }")
        self.count.setProperty("rank", "2")
        row.addWidget(self.show_which)
        row.addWidget(self.count)
        row.addStretch()
        for one in (self.search, self.copy, self.more):
            row.addWidget(one)
        inside = QVBoxLayout(self._failed)
        inside.setContentsMargins(12, 12, 12, 12)
        inside.addWidget(self.banner)
        inside.addStretch()
        for page in (self.notice, self._loading, self._failed, self.table):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    @Slot(object)
    def show_comparison(self, comparison: Comparison) -> None:
        """Files beside each other, on their way, or why not."""
        self._comparison = comparison
        paths = [escape_control(one.path) for one in comparison.subjects]
        stored = comparison.stored or (False,) * len(paths)
        titles = [_title(path, is_stored) for path, is_stored in zip(paths, stored, strict=True)]
        self.model.show(comparison.lines or (), titles, [one.path for one in comparison.subjects])
        self.bar.setVisible(len(paths) > 1 and not comparison.failure)
        self._arrange()

    @Slot(str)
    def _choose(self, key: str) -> None:
        self.model.choose(only_different=key == "different")
        self._arrange()

    @Slot(str)
    def _search(self, needle: str) -> None:
        self.model.choose(needle=needle)
        self._arrange()

    def _arrange(self) -> None:
        """The page that fits, and the figures."""
        known, model = self._comparison, self.model
        self.count.setText(f"{model.different:,} of {pluralize(model.total, 'value')} differ" if model.total else "")
        if known.failure:
            self.banner.say("error", "These files cannot be compared", escape_control(known.failure), "Try again")
            self._pages.setCurrentWidget(self._failed)
        elif known.lines is None:
            self._pages.setCurrentWidget(self._loading)
        elif model.rowCount():
            self._pages.setCurrentWidget(self.table)
            self.table.span(model.groups())
        else:
            self._say_why_empty()
            self._pages.setCurrentWidget(self.notice)

    def _say_why_empty(self) -> None:
        paths = self._comparison.subjects
        if not paths:
            self.notice.say("compare", "Nothing to compare yet", "Select two or more files, then Ctrl+D")
        elif len(paths) == 1:
            name = escape_control(paths[0].path.replace("\\", "/").rpartition("/")[2])
            self.notice.say("compare", f"{name} is here", "Select another file, then Ctrl+D")
        elif self.search.text().strip():
            told = f"{self.model.total:,} values are hidden"
            self.notice.say(
                "search", f"Nothing matches “{escape_control(self.search.text().strip())}”", told, "Clear filter"
            )
        else:
            told = f"All {self.model.total:,} values are the same."
            self.notice.say("equal", "The headers say the same", told, "Show everything")

    @Slot()
    def _show_all(self) -> None:
        if self.search.text().strip():
            self.search.clear()
        else:
            self.show_which.choose("all")
            self._choose("all")

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.model.as_text())
        self.said.emit("The comparison is on the clipboard")

    @Slot()
    def _open_menu(self) -> None:
        self.fill_menu().popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def fill_menu(self) -> QMenu:
        """Each file can go; all of them can."""
        self._menu.clear()
        for subject in self._comparison.subjects:
            name = escape_control(subject.path.replace("\\", "/").rpartition("/")[2]).replace("&", "&&")
            action = self._menu.addAction(icons.icon("close"), f"Remove {name}")
            action.setToolTip(literal(escape_control(subject.path)))
            action.triggered.connect(lambda _checked=False, subject=subject: self.removed.emit(subject))
        self._menu.setToolTipsVisible(True)
        self._menu.addSeparator()
        self._menu.addAction("Clear", self.cleared.emit)
        return self._menu


def _title(path: str, is_stored: bool) -> str:
    """The file's name, and whether only the store still knows it."""
    name = path.replace("\\", "/").rpartition("/")[2]
    return f"{name}, as published" if is_stored else name
