"""Session bar: title, count and buttons; and the filter bar below it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.sort_filter import StatusFilter
from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.style.formatting import wrap_tooltip
from exr_inspector_app.gui.widgets.buttons import make_icon_button
from exr_inspector_app.gui.widgets.dropdown import Dropdown
from exr_inspector_app.gui.widgets.fields import SearchField
from exr_inspector_app.text.format import pluralize

HEIGHT, FILTER_HEIGHT = 36, 40
MIN_COUNT_WIDTH = 340  # px of the pane below which the filter bar hides its count


class SessionBar(QWidget):
    """Bar with title and count at the left and buttons at the right, whose menus come from the window."""

    filter_requested = Signal()  # or closing it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._contents = ("", 0)  # all numbers as text, and that of files
        title, self.count = QLabel(strings.PANE_TITLE), QLabel()
        self.count.setMinimumWidth(0)
        self.count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        title.setFont(theme.ui_font(13, theme.SEMIBOLD))
        self.count.setProperty("rank", "2")
        self.filter = make_icon_button("filter", strings.FILTER)
        self.filter.setToolTip(strings.FILTER_TOOLTIP)
        self.filter.setCheckable(True)
        self.sort, self.more = (
            make_icon_button("sort", strings.SORT),
            make_icon_button("more", strings.MORE),
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(2)
        row.addWidget(title)
        row.addSpacing(8)
        row.addWidget(self.count, 1)
        for button in (self.filter, self.sort, self.more):
            row.addWidget(button)
        self.filter.clicked.connect(self.filter_requested)

    def set_menus(self, sort: QMenu, more: QMenu) -> None:
        """Set the menus of the buttons."""
        for button, menu in ((self.sort, sort), (self.more, more)):
            button.clicked.connect(lambda _checked=False, button=button, menu=menu: _open_menu(button, menu))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show less in a narrow pane."""
        super().resizeEvent(event)
        self._show_contents()

    def _show_contents(self) -> None:
        """Show all numbers, or that of files alone; the tooltip always has all."""
        full, files = self._contents
        self.count.setText(full if self.width() >= MIN_COUNT_WIDTH or not files else pluralize(files, "file"))
        self.count.setToolTip(full)

    def show_contents(self, contents: str, files: int) -> None:
        """Show a summary of the session; disable the buttons of an empty one."""
        self._contents = (contents, files)
        self._show_contents()
        for button in (self.filter, self.sort, self.more):
            button.setEnabled(bool(files))

    def show_filter(self, is_open: bool) -> None:
        """Show on the button whether the filter is open."""
        self.filter.setChecked(is_open)
        self.filter.setIcon(icons.icon("filter", "accent" if is_open else "t2"))

    def show_sorted(self, order: str) -> None:
        """Show the order in the tooltip of the button; empty if rows are listed as added."""
        self.sort.setToolTip(strings.sort_tooltip(order))
        self.sort.setIcon(icons.icon("sort", "accent" if order else "t2"))


class SessionFilterBar(QWidget):
    """Bar with a text field, the number of matches, and a choice of statuses; Esc clears, then closes."""

    changed = Signal(str, object)  # text, StatusFilter
    closed = Signal()
    rows_requested = Signal()  # the rows should get the focus

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(FILTER_HEIGHT)
        self.field, self.count = _Field(strings.FILTER_PLACEHOLDER), QLabel()
        self.field.setAcceptDrops(False)
        self.field.setToolTip(wrap_tooltip(strings.FILTER_HINT))
        self.field.setAccessibleName(strings.FILTER)
        self.count.setProperty("rank", "2")
        self.only = Dropdown("", strings.FILTER_STATUS, (84, 132))
        self.only.set_options([("", [(status, status.value) for status in StatusFilter])])
        self.only.set_current(StatusFilter.ALL)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(10)
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        row.addWidget(self.only)
        self._chosen = StatusFilter.ALL
        self.field.textChanged.connect(self._emit_changed)
        self.only.option_selected.connect(self._choose)
        self.field.left.connect(self.closed)
        self.field.entered.connect(self.rows_requested)

    def show_count(self, listed: int, count: int, is_filter: bool) -> None:
        """Show the number of matching rows."""
        self.count.setText(strings.count_of_total(listed, count) if is_filter else "")

    def show_fault(self, sentence: str) -> None:
        """Show the fault of a misspelled or incomplete word; empty for none."""
        self.field.setToolTip(wrap_tooltip(sentence or strings.FILTER_HINT))
        self.field.setAccessibleDescription(sentence)
        if bool(sentence) != bool(self.field.property("invalid")):
            self.field.setProperty("invalid", bool(sentence))
            self.field.style().unpolish(self.field)  # the style sheet reads properties when it polishes
            self.field.style().polish(self.field)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the count if the bar is narrow; the folder rows still show theirs."""
        super().resizeEvent(event)
        self.count.setVisible(self.width() >= MIN_COUNT_WIDTH)

    def set_filter(self, text: str, only: StatusFilter) -> None:
        """Set text and status."""
        self._chosen = only
        self.only.set_current(only)
        self.field.setText(text)
        self._emit_changed()

    def clear(self) -> None:
        """Clear text and status."""
        self._chosen = StatusFilter.ALL
        self.only.set_current(StatusFilter.ALL)
        if self.field.text():
            self.field.clear()
        else:
            self._emit_changed()

    @Slot(object)
    def _choose(self, only: str) -> None:
        self._chosen = StatusFilter(only)  # Qt keeps the bare text
        self._emit_changed()

    @Slot()
    def _emit_changed(self) -> None:
        self.changed.emit(self.field.text().strip(), self._chosen)


class _Field(SearchField):
    """Field that is left with Esc if it is empty, and with Down or Enter for the rows."""

    left = Signal()
    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.text():
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


def _open_menu(button: QToolButton, menu: QMenu) -> None:
    """Open the menu below the button."""
    menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
