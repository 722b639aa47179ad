"""Name, path and facts of the selected file."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets.buttons import icon_button
from exr_inspector_app.gui.widgets.elided_label import Elided
from exr_inspector_app.model import ExrFile
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

Chip = tuple[str, str]  # words, kind as `paint.chip` takes it


def chips_of(entry: SessionFile, file: ExrFile) -> list[Chip]:
    """The facts that tell a file from others, what is wrong first."""
    found: list[Chip] = []
    if entry.problems:
        found.append((entry.defect, "err"))
    elif file.is_complete is False:
        found.append(("Incomplete", "warn"))
    if not file.parts:
        return found
    first = file.parts[0]
    found += [(pluralize(len(file.parts), "part"), "neutral"), (pluralize(file.channel_count, "channel"), "neutral")]
    if file.is_deep:
        found.append(("deep", "neutral"))
    if first.is_tiled and first.tile_width:
        found.append((f"tiled {first.tile_width} × {first.tile_height}", "neutral"))
    packed = {None: None, "none": "uncompressed"}.get(first.compression, (first.compression or "").upper())
    named = (packed, first.color_space, first.render_software)
    return found + [(escape_control(words)[:40], "neutral") for words in named if words]


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


class FileHeader(QWidget):
    """Name, path and chips of the selected file; `pinned` asks what is similar to it."""

    pinned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: SessionFile | None = None
        self._name, self._path, self.chips = Elided(False), Elided(True), Chips()
        self._name.setFont(theme.ui(15, theme.SEMIBOLD))
        self._path.setProperty("rank", "3")
        self._path.setFont(theme.ui(11))
        self._pinned_path = ""
        self.pin = icon_button("pin", "Find files similar to this one")
        self.pin.setCheckable(True)
        self.pin.clicked.connect(self._ask_similar)
        copy = icon_button("copy", "Copy path", "Ctrl+Shift+C")
        copy.clicked.connect(self._copy)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self._name, 1)
        row.addWidget(self.pin)
        row.addWidget(copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 8, 7)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._path)
        column.addSpacing(8)
        column.addWidget(self.chips)

    def show_entry(self, entry: SessionFile, file: ExrFile | None) -> None:
        """This file from now on."""
        self._entry = entry
        self._name.show_text(entry.path.replace("\\", "/").rpartition("/")[2])
        self._path.show_text(entry.path)
        self.chips.show_chips(chips_of(entry, file) if file else [(entry.defect, "err")] if entry.problems else [])

        self._show_pin()

    def show_pinned(self, path: str) -> None:
        """The file at this path is what the similar list compares with; empty where there is none."""
        self._pinned_path = path
        self._show_pin()

    def _show_pin(self) -> None:
        """The button is blue while this very file is pinned."""
        is_pinned = bool(self._entry and self._entry.path == self._pinned_path)
        self.pin.setChecked(is_pinned)
        self.pin.setIcon(icons.icon("pin", "accent" if is_pinned else "t2"))
        named = "Pinned: Similar shows what is like this file" if is_pinned else "Find files similar to this one"
        self.pin.setToolTip(f"{named}  Ctrl+L")

    @Slot()
    def _ask_similar(self) -> None:
        self._show_pin()  # a click alone pins nothing
        self.pinned.emit()

    @Slot()
    def _copy(self) -> None:
        if self._entry:
            QGuiApplication.clipboard().setText(self._entry.path.encode("utf-8", "replace").decode())
