"""The bar of the session: what is in it, and buttons to filter, to sort and for more; below it the filter."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from exr_inspector_app.gui.session.sort_filter import StatusFilter
from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.widgets.buttons import make_icon_button
from exr_inspector_app.gui.widgets.dropdown import Dropdown
from exr_inspector_app.gui.widgets.fields import SearchField
from exr_inspector_app.text.format import pluralize

HEIGHT, FILTER_HEIGHT = 36, 40
NARROW = 340  # pixels of the pane


class SessionBar(QWidget):
    """Title and count at the left, buttons at the right; menus come from the window."""

    filter_wanted = Signal()  # or no more

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        title, self.count = QLabel("Session"), QLabel()
        title.setFont(theme.ui_font(13, theme.SEMIBOLD))
        self.count.setProperty("rank", "2")
        self.filter = make_icon_button("filter", "Filter the session")
        self.filter.setToolTip("Filter the session  Ctrl+Shift+F")
        self.filter.setCheckable(True)
        self.sort, self.more = (
            make_icon_button("sort", "Sort the session"),
            make_icon_button("more", "More on the session"),
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(2)
        row.addWidget(title)
        row.addSpacing(8)
        row.addWidget(self.count, 1)
        for one in (self.filter, self.sort, self.more):
            row.addWidget(one)
        self.filter.clicked.connect(self.filter_wanted)

    def take_menus(self, sort: QMenu, more: QMenu) -> None:
        """What the buttons unfold."""
        for button, menu in ((self.sort, sort), (self.more, more)):
            button.clicked.connect(lambda _checked=False, button=button, menu=menu: _unfold(button, menu))

    def show_count(self, items: int, files: int) -> None:
        """How much is in the session; without anything there is nothing to filter or sort."""
        self.count.setText(f"{pluralize(items, 'item')}, {pluralize(files, 'file')}" if files else "")
        for one in (self.filter, self.sort, self.more):
            one.setEnabled(bool(files))

    def show_filter(self, is_open: bool) -> None:
        """The button of the filter says that one is open."""
        self.filter.setChecked(is_open)
        self.filter.setIcon(icons.icon("filter", "accent" if is_open else "t2"))

    def show_sorted(self, words: str) -> None:
        """The button says by what the rows are sorted; nothing where they stand as they came."""
        self.sort.setToolTip(f"Sorted by {words}" if words else "Sort the session")
        self.sort.setIcon(icons.icon("sort", "accent" if words else "t2"))


class SessionFilterBar(QWidget):
    """A field for words, how many rows have them, and a choice of rows; Esc clears, then closes."""

    changed = Signal(str, object)  # text, Only
    closed = Signal()
    list_wanted = Signal()  # the keyboard goes to the rows

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(FILTER_HEIGHT)
        self.field, self.count = _Field("Name, part or channel"), QLabel()
        self.field.setAcceptDrops(False)
        self.count.setProperty("rank", "2")
        self.only = Dropdown("", "Which rows are listed", (118, 132))
        self.only.offer([("", [(one, one.value) for one in StatusFilter])])
        self.only.take(StatusFilter.ALL)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(10)
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        row.addWidget(self.only)
        self._chosen = StatusFilter.ALL
        self.field.textChanged.connect(self._tell)
        self.only.chosen.connect(self._choose)
        self.field.left.connect(self.closed)
        self.field.entered.connect(self.list_wanted)

    def show_count(self, listed: int, count: int, is_filter: bool) -> None:
        """How many rows of all are listed."""
        self.count.setText(f"{listed:,} of {count:,}" if is_filter else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The figures give way to what is typed; the folders tell theirs."""
        super().resizeEvent(event)
        self.count.setVisible(self.width() >= NARROW)

    def clear(self) -> None:
        """Every row is listed."""
        self._chosen = StatusFilter.ALL
        self.only.take(StatusFilter.ALL)
        if self.field.text():
            self.field.clear()
        else:
            self._tell()

    @Slot(object)
    def _choose(self, only: str) -> None:
        self._chosen = StatusFilter(only)  # Qt keeps the bare text
        self._tell()

    @Slot()
    def _tell(self) -> None:
        self.changed.emit(self.field.text().strip(), self._chosen)


class _Field(SearchField):
    """Esc in an empty field leaves the filter; Down and Enter go to the rows."""

    left = Signal()
    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.text():
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


def _unfold(button: QToolButton, menu: QMenu) -> None:
    """The menu hangs from the button."""
    menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
