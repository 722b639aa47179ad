"""The selected file: its header, problems and structure, and its attributes beside them."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui import theme
from exr_inspector_app.gui.models.attributes import AttributesModel
from exr_inspector_app.gui.models.structure import StructureModel
from exr_inspector_app.gui.session import Entry
from exr_inspector_app.gui.widgets.attribute_table import AttributeTable
from exr_inspector_app.gui.widgets.buttons import icon_button
from exr_inspector_app.gui.widgets.file_header import FileHeader
from exr_inspector_app.gui.widgets.notice import Loading, Notice
from exr_inspector_app.gui.widgets.problems import Banner
from exr_inspector_app.gui.widgets.structure_tree import StructureTree
from exr_inspector_app.gui.words import several
from exr_inspector_app.model import ExrFile
from exr_inspector_app.report import plain

BAR_HEIGHT = 36


class StructurePane(QWidget):
    """Header, problems and tree."""

    read_again = Signal(object)  # Entry
    filter_cleared = Signal()

    def __init__(self, model: StructureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        self._model = model
        self.header, self.banner, self.tree = FileHeader(), Banner(), StructureTree(model)
        self.notice, loading = Notice(), Loading()
        self._pages = QStackedWidget()
        for page in (self.tree, self.notice, loading):
            self._pages.addWidget(page)
        self._loading = loading
        room = QVBoxLayout()
        room.setContentsMargins(12, 0, 12, 12)
        room.addWidget(self.banner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addLayout(room)
        column.addWidget(self._pages, 1)
        self._room = room
        self.banner.read_again.connect(self.read_again)
        self.notice.clicked.connect(self.filter_cleared)
        self.show_entry(None, None)

    def show_entry(self, entry: Entry | None, file: ExrFile | None) -> None:
        """The file of this entry; a hint where nothing is selected."""
        self._model.show_file(file)
        self.header.setVisible(entry is not None)
        self.banner.show_entry(entry, file)
        self._room.setContentsMargins(12, 0, 12, 12 if self.banner.isVisibleTo(self) else 0)
        if entry is not None:
            self.header.show_entry(entry, file)
        self._waits = bool(entry and entry.is_waiting)
        self._has_file = bool(file and file.parts)
        self.arrange()

    def arrange(self) -> None:
        """The page that fits what there is to show."""
        if self._waits:
            self._pages.setCurrentWidget(self._loading)
            return
        if self._has_file and self._model.rowCount():
            self._pages.setCurrentWidget(self.tree)
            return
        if self._has_file:
            hidden = "No part, layer or channel has these letters in its name."
            self.notice.say("search", f"Nothing matches “{plain(self._model.words)[:60]}”", hidden, "Clear filter")
        elif self.header.isVisibleTo(self):
            self.notice.say("layers", "No structure", "Nothing of this file's header could be read.")
        else:
            self.notice.say("layers", "No file selected", "Select a file in the session to see what is in it.")
        self._pages.setCurrentWidget(self.notice)


class AttributesPane(QWidget):
    """Title, count, part chooser, copy and table."""

    filter_cleared = Signal()

    def __init__(self, model: AttributesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        self._model = model
        self.table, self.notice = AttributeTable(model), Notice()
        self._title, self.count, self.parts = QLabel("Attributes"), QLabel(), QComboBox()
        self._title.setFont(theme.ui(13, theme.SEMIBOLD))
        self.count.setProperty("rank", "2")
        self.parts.setAccessibleName("Part")
        self.parts.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.parts.setMaximumWidth(260)
        self._copy = icon_button("copy", "Copy attributes")
        bar = QWidget()
        bar.setFixedHeight(BAR_HEIGHT)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(10)
        row.addWidget(self._title)
        row.addWidget(self.count, 1)
        row.addWidget(self.parts)
        row.addWidget(self._copy)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.notice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self._pages, 1)
        self.parts.activated.connect(self._choose)
        self._copy.clicked.connect(self._show_copies)
        self.notice.clicked.connect(self.filter_cleared)
        model.modelReset.connect(self._arrange)
        self._arrange()

    def show_file(self, file: ExrFile | None) -> None:
        """The attributes of the file's first part."""
        self._model.show_file(file)
        titles = self._model.part_titles()
        self.parts.clear()
        self.parts.addItems([f"{number}  {name}".rstrip() for number, name in titles])
        self.parts.setVisible(len(titles) > 1)

    @Slot(int)
    def show_part(self, place: int) -> None:
        """The attributes of this part, as if it had been chosen here."""
        if place != self.parts.currentIndex():
            self.parts.setCurrentIndex(place)
            self._choose(place)

    @Slot(int)
    def _choose(self, place: int) -> None:
        self._model.show_part(place)

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
            hidden = f"{several(total, 'attribute')} {'is' if total == 1 else 'are'} hidden"
            self.notice.say("search", f"Nothing matches “{plain(words)[:60]}”", hidden, "Clear filter")
        elif not total and self._model.has_file:
            self.notice.say("list", "No attributes", "No attribute of this file could be read.")
        elif not total:
            self.notice.say("list", "No attributes", "The attributes of the selected file appear here.")
        self._pages.setCurrentWidget(self.table if shown else self.notice)
