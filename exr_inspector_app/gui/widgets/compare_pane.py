"""Headers of two or more files in columns; the first file is what the others are compared with."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from exr_inspector_app.gui import icons, paint, theme
from exr_inspector_app.gui.comparing import Comparison
from exr_inspector_app.gui.delegates.compare import VALUE, CompareDelegate
from exr_inspector_app.gui.models.compare import CompareModel
from exr_inspector_app.gui.widgets.banner import Banner
from exr_inspector_app.gui.widgets.buttons import BAR, button, icon_button
from exr_inspector_app.gui.widgets.fields import SearchField, Segments
from exr_inspector_app.gui.widgets.notice import Loading, Notice
from exr_inspector_app.gui.widgets.table import Table, Titles
from exr_inspector_app.gui.words import several
from exr_inspector_app.report import plain

NAME_WIDTH, LEAST = 240, 200  # pixels of the names, and of a file's column at least
FILE_HEIGHT, _REFERENCE_WIDTH = 44, 88
TIP = Qt.ItemDataRole.ToolTipRole
ImageOf = Callable[[str], QImage | None]  # by path


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
        self.table = _Table(self.model, image_of)
        self.notice, self._loading, self.banner = Notice(), Loading(), Banner()
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
        paths = [plain(one.path) for one in comparison.subjects]
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
        self.count.setText(f"{model.different:,} of {several(model.total, 'value')} differ" if model.total else "")
        if known.failure:
            self.banner.say("error", "These files cannot be compared", plain(known.failure), "Try again")
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
            name = plain(paths[0].path.replace("\\", "/").rpartition("/")[2])
            self.notice.say("compare", f"{name} is here", "Select another file, then Ctrl+D")
        elif self.search.text().strip():
            told = f"{self.model.total:,} values are hidden"
            self.notice.say("search", f"Nothing matches “{plain(self.search.text().strip())}”", told, "Clear filter")
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
            name = plain(subject.path.replace("\\", "/").rpartition("/")[2]).replace("&", "&&")
            action = self._menu.addAction(icons.icon("close"), f"Remove {name}")
            action.setToolTip(plain(subject.path))
            action.triggered.connect(lambda _checked=False, subject=subject: self.removed.emit(subject))
        self._menu.setToolTipsVisible(True)
        self._menu.addSeparator()
        self._menu.addAction("Clear", self.cleared.emit)
        return self._menu


def _title(path: str, is_stored: bool) -> str:
    """The file's name, and whether only the store still knows it."""
    name = path.replace("\\", "/").rpartition("/")[2]
    return f"{name}, as published" if is_stored else name


class _Titles(Titles):
    """The files over their values: picture, name and folder; the first one says that it is the reference."""

    def __init__(self, image_of: ImageOf, parent: QWidget) -> None:
        super().__init__(parent)
        self._image_of = image_of
        self.setFixedHeight(FILE_HEIGHT)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        if not logicalIndex:
            super().paintSection(painter, rect, logicalIndex)
            return
        painter.fillRect(rect, theme.tokens().color("header"))
        painter.fillRect(QRectF(rect.right(), rect.top(), 1, rect.height()), theme.tokens().color("line"))
        model, across = self.model(), Qt.Orientation.Horizontal
        path = model.headerData(logicalIndex, across, Qt.ItemDataRole.UserRole)
        name, whole = model.headerData(logicalIndex, across), model.headerData(logicalIndex, across, TIP)
        box = QRectF(rect.left() + VALUE, rect.center().y() - 13, 50, 28)
        paint.thumbnail(painter, box, self._image_of(path), "image")
        room = QRectF(box.right() + 10, rect.top() + 4, rect.right() - box.right() - 18, 18)
        bold = theme.ui(13, theme.MEDIUM)
        spare = _REFERENCE_WIDTH if logicalIndex == 1 and room.width() > 2 * _REFERENCE_WIDTH else 0
        width = paint.text(painter, room, paint.short_name(name, bold, room.width() - spare), bold, "t1")
        if spare:
            icons.paint(painter, "pin", QRectF(room.left() + width + 10, room.center().y() - 7, 14, 14), "accent")
            said = room.adjusted(width + 28, 0, 0, 0)
            paint.text(painter, said, "Reference", theme.ui(11, theme.MEDIUM), "accent")
        small, folder = theme.ui(11), whole.replace("\\", "/").rpartition("/")[0]
        below = room.translated(0, 17)
        paint.text(painter, below, paint.short_path(folder, small, below.width()), small, "t3")


class _Table(Table):
    """Columns share the room; many of them scroll."""

    def __init__(self, model: CompareModel, image_of: ImageOf) -> None:
        super().__init__("Compare")
        self.setHeader(_Titles(image_of, self))
        self.setModel(model)
        self.setItemDelegate(CompareDelegate(self))
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        model.modelReset.connect(self._fit)

    def span(self, rows: list[int]) -> None:
        """These rows are titles across all columns."""
        for row in rows:
            self.setFirstColumnSpanned(row, QModelIndex(), True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        columns = self.model().columnCount() - 1
        if columns < 1:
            return
        self.header().resizeSection(0, NAME_WIDTH)
        width = max(LEAST, (self.viewport().width() - NAME_WIDTH) // columns)
        for column in range(1, columns + 1):
            self.header().resizeSection(column, width)
