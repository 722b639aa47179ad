"""Attributes tab: filter field, count, part dropdown, copy button, and table."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.attributes_model import AttributesModel
from exr_inspector_app.gui.inspector.attributes_view import AttributesView
from exr_inspector_app.gui.widgets.buttons import make_icon_button
from exr_inspector_app.gui.widgets.dropdown import Dropdown
from exr_inspector_app.gui.widgets.fields import SearchField
from exr_inspector_app.gui.widgets.placeholder import Placeholder
from exr_inspector_app.model import ExrFile
from exr_inspector_app.text.escape import escape_control

BAR_HEIGHT = 40  # px


class AttributesPage(QWidget):
    """Page with the attributes of one part of the selected file."""

    def __init__(self, model: AttributesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.table, self.notice = AttributesView(model), Placeholder()
        self.field, self.count = SearchField(strings.FILTER_ATTRIBUTES), QLabel()
        self.count.setProperty("rank", "2")
        self.parts = Dropdown(strings.PART, strings.PART, (72, 132))
        self._copy = make_icon_button("copy", strings.COPY_ATTRIBUTES)
        bar = QWidget()
        bar.setFixedHeight(BAR_HEIGHT)
        row = QHBoxLayout(bar)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(10)
        row.addWidget(self.field, 1)
        for widget in (self.count, self.parts, self._copy):
            row.addWidget(widget)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.notice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self._pages, 1)
        self.field.textChanged.connect(self._set_filter)
        self.parts.option_selected.connect(self.model.show_part)
        self._copy.clicked.connect(self._show_copy_menu)
        self.notice.clicked.connect(self.field.clear)
        model.modelReset.connect(self._update_page)
        self._update_page()

    def show_file(self, file: ExrFile | None) -> None:
        """Show the attributes of the file's first part."""
        self.model.show_file(file)
        titles = self.model.part_titles()
        labels = [f"{number.removeprefix(strings.PART).lstrip()} {name}".rstrip() for number, name in titles]
        self.parts.set_options([("", list(enumerate(labels)))])
        self.parts.set_current(0)
        self.parts.setVisible(len(titles) > 1)

    @Slot(int)
    def show_part(self, part: int) -> None:
        """Select a part in the dropdown and show its attributes."""
        if part != self.parts.currentIndex():
            self.parts.set_current(part)
            self.model.show_part(part)

    @Slot(str)
    def _set_filter(self, text: str) -> None:
        self.model.set_filter(text.strip())

    @Slot()
    def _show_copy_menu(self) -> None:
        self.table.make_copy_menu().exec(self._copy.mapToGlobal(self._copy.rect().bottomLeft()))

    @Slot()
    def _update_page(self) -> None:
        """Update the count, and show the table or the placeholder."""
        shown, total = self.model.rowCount(), self.model.total
        needle = self.model.filter_text
        count = strings.filtered_count(shown, total) if needle or shown < total else f"{total:,}"
        self.count.setText(count if total else "")
        self._copy.setEnabled(bool(total))
        if total and not shown:
            title = strings.nothing_matches(escape_control(needle)[:60])
            self.notice.show_message("search", title, strings.hidden_attributes(total), strings.CLEAR_FILTER)
        elif not total and self.model.has_file:
            self.notice.show_message("list", strings.NO_ATTRIBUTES, strings.NO_READABLE_ATTRIBUTE)
        elif not total:
            self.notice.show_message("list", strings.NO_ATTRIBUTES, strings.SELECT_FOR_ATTRIBUTES)
        self._pages.setCurrentWidget(self.table if shown else self.notice)
