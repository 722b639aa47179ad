"""The Attributes tab: filter, count, part chooser, copy and table."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.inspector.attributes_model import AttributesModel
from exr_inspector_app.gui.inspector.attributes_view import AttributesView
from exr_inspector_app.gui.widgets.buttons import icon_button
from exr_inspector_app.gui.widgets.dropdown import Dropdown
from exr_inspector_app.gui.widgets.fields import SearchField
from exr_inspector_app.gui.widgets.placeholder import Placeholder
from exr_inspector_app.model import ExrFile
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

BAR_HEIGHT = 40


class AttributesPage(QWidget):
    """The attributes of one part of the selected file."""

    def __init__(self, model: AttributesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.table, self.notice = AttributesView(model), Placeholder()
        self.field, self.count = SearchField("Filter names and values"), QLabel()
        self.count.setProperty("rank", "2")
        self.parts = Dropdown("Part", "Part", (72, 132))
        self._copy = icon_button("copy", "Copy attributes")
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
        self.field.textChanged.connect(self._filter)
        self.parts.chosen.connect(self._model.show_part)
        self._copy.clicked.connect(self._show_copies)
        self.notice.clicked.connect(self.field.clear)
        model.modelReset.connect(self._arrange)
        self._arrange()

    def show_file(self, file: ExrFile | None) -> None:
        """The attributes of the file's first part."""
        self._model.show_file(file)
        titles = self._model.part_titles()
        words = [f"{number.removeprefix('Part ')} {name}".rstrip() for number, name in titles]
        self.parts.offer([("", list(enumerate(words)))])
        self.parts.take(0)
        self.parts.setVisible(len(titles) > 1)

    @Slot(int)
    def show_part(self, place: int) -> None:
        """The attributes of this part, as if it had been chosen here."""
        if place != self.parts.currentIndex():
            self.parts.take(place)
            self._model.show_part(place)

    @Slot(str)
    def _filter(self, words: str) -> None:
        self._model.set_filter(words.strip())

    @Slot()
    def _show_copies(self) -> None:
        self.table.copy_menu().exec(self._copy.mapToGlobal(self._copy.rect().bottomLeft()))

    @Slot()
    def _arrange(self) -> None:
        """Count and page."""
        shown, total = self._model.rowCount(), self._model.total
        words = self._model.words
        self.count.setText(f"{shown:,} of {total:,}" if words and total else f"{total:,}" if total else "")
        self._copy.setEnabled(bool(total))
        if total and not shown:
            hidden = f"{pluralize(total, 'attribute')} {'is' if total == 1 else 'are'} hidden"
            self.notice.say("search", f"Nothing matches “{escape_control(words)[:60]}”", hidden, "Clear filter")
        elif not total and self._model.has_file:
            self.notice.say("list", "No attributes", "No attribute of this file could be read.")
        elif not total:
            self.notice.say("list", "No attributes", "The attributes of the selected file appear here.")
        self._pages.setCurrentWidget(self.table if shown else self.notice)
