"""The selected file: its name and facts over the structure, and its attributes beside them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui import paint, theme
from exr_inspector_app.gui.models.attributes import AttributesModel
from exr_inspector_app.gui.models.structure import StructureModel
from exr_inspector_app.gui.session import Entry
from exr_inspector_app.gui.widgets.attribute_table import AttributeTable
from exr_inspector_app.gui.widgets.buttons import icon_button
from exr_inspector_app.gui.widgets.notice import Loading, Notice
from exr_inspector_app.gui.widgets.problems import Banner
from exr_inspector_app.gui.widgets.structure_tree import StructureTree
from exr_inspector_app.gui.words import several
from exr_inspector_app.model import ExrFile
from exr_inspector_app.report import plain

BAR_HEIGHT = 36

Chip = tuple[str, str]  # words, kind as `paint.chip` takes it


def chips_of(entry: Entry, file: ExrFile) -> list[Chip]:
    """The facts that tell a file from others, what is wrong first."""
    found: list[Chip] = []
    if entry.problems:
        found.append(("Damaged", "err"))
    elif file.is_complete is False:
        found.append(("Incomplete", "warn"))
    if not file.parts:
        return found
    first = file.parts[0]
    found += [(several(len(file.parts), "part"), "neutral"), (several(file.channel_count, "channel"), "neutral")]
    if file.is_deep:
        found.append(("deep", "neutral"))
    if first.is_tiled and first.tile_width:
        found.append((f"tiled {first.tile_width} × {first.tile_height}", "neutral"))
    named = (first.compression.upper() if first.compression else None, first.color_space, first.render_software)
    return found + [(plain(words)[:40], "neutral") for words in named if words]


class Chips(QWidget):
    """A row of chips; what does not fit is left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: list[Chip] = []
        self.setFixedHeight(paint.CHIP_HEIGHT)
        theme.current().changed.connect(self.update)

    def show_chips(self, chips: list[Chip]) -> None:
        """These chips from now on."""
        self._chips = chips
        self.setAccessibleName(", ".join(words for words, _ in chips))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Six pixels from chip to chip."""
        painter = QPainter(self)
        left = 0.0
        for words, kind in self._chips:
            if left + paint.chip_width(words) > self.width():
                break
            left = paint.chip(painter, left, self.height() / 2, words, kind) + 6
        painter.end()


class Elided(QLabel):
    """A path or name that is cut where the rules say, with the whole as its tool tip."""

    def __init__(self, is_path: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self._is_path = is_path
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)

    def minimumSizeHint(self) -> QSize:
        """The label gives way to whatever is beside it."""
        return QSize(60, super().minimumSizeHint().height())

    def show_text(self, words: str) -> None:
        """The words, as much of them as fits."""
        self._whole = plain(words)
        self.setAccessibleName(self._whole)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        short = paint.short_path if self._is_path else paint.short_name
        shown = short(self._whole[:2000], self.font(), max(self.width() - 2, 40)) if self._whole else ""
        if shown != self.text():
            self.setText(shown)
        self.setToolTip("" if shown == self._whole else self._whole[:2000].replace("<", "‹"))


class FileHeader(QWidget):
    """Name, path and chips of the selected file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: Entry | None = None
        self._name, self._path, self.chips = Elided(False), Elided(True), Chips()
        self._name.setFont(theme.ui(15, theme.SEMIBOLD))
        self._path.setProperty("rank", "3")
        self._path.setFont(theme.ui(11))
        copy = icon_button("copy", "Copy path", "Ctrl+Shift+C")
        copy.clicked.connect(self._copy)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self._name, 1)
        row.addWidget(copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 12)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._path)
        column.addSpacing(8)
        column.addWidget(self.chips)

    def show_entry(self, entry: Entry, file: ExrFile | None) -> None:
        """This file from now on."""
        self._entry = entry
        self._name.show_text(entry.path.replace("\\", "/").rpartition("/")[2])
        self._path.show_text(entry.path)
        self.chips.show_chips(chips_of(entry, file) if file else [("Damaged", "err")] if entry.problems else [])

    @Slot()
    def _copy(self) -> None:
        if self._entry:
            QGuiApplication.clipboard().setText(self._entry.path.encode("utf-8", "replace").decode())


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
        self.parts.setMaximumWidth(220)
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
        elif not total:
            self.notice.say("list", "No attributes", "The attributes of the selected file appear here.")
        self._pages.setCurrentWidget(self.table if shown else self.notice)
