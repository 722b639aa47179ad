"""File header widget: name, path, and fact chips of the selected file."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets.buttons import make_icon_button
from exr_inspector_app.gui.widgets.elided_label import ElidedLabel
from exr_inspector_app.model import ExrFile
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

Chip = tuple[str, str]  # label, kind of `paint.chip`

MAX_CHIP_CHARS = 40
CHIP_GAP = 6  # px


def make_chips(entry: SessionFile, file: ExrFile) -> list[Chip]:
    """Return the chips of a file: its defect and its program first, then its other distinguishing facts."""
    chips: list[Chip] = []
    if entry.problems:
        chips.append((entry.defect, "err"))
    elif file.is_complete is False:
        chips.append((strings.INCOMPLETE, "warn"))
    if not file.parts:
        return chips
    first, program = file.parts[0], file.renderer or file.writer
    facts: list[str | None] = [program.label if program else first.render_software]
    facts += [pluralize(len(file.parts), "part"), pluralize(file.channel_count, "channel")]
    if file.is_deep:
        facts.append(strings.DEEP)
    if first.is_tiled and first.tile_width and first.tile_height:
        facts.append(strings.tile_size(first.tile_width, first.tile_height))
    compression = strings.UNCOMPRESSED if first.compression == "none" else (first.compression or "").upper()
    facts += [compression, first.color_space]
    return chips + [(escape_control(fact)[:MAX_CHIP_CHARS], "neutral") for fact in facts if fact]


class ChipRow(QWidget):
    """Row of chips; those that do not fit are hidden, but the first two (defect, program) are elided instead."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: list[Chip] = []
        self.setFixedHeight(paint.CHIP_HEIGHT)
        theme.current().changed.connect(self.update)

    def show_chips(self, chips: list[Chip]) -> None:
        """Replace the chips."""
        self.chips = chips
        self.setAccessibleName(", ".join(label for label, _ in chips))
        self.update()

    @property
    def shown_labels(self) -> list[str]:
        """Labels as painted at the current width."""
        metrics, labels, left = QFontMetricsF(theme.ui_font(11, theme.MEDIUM)), [], 0.0
        for index, (label, _) in enumerate(self.chips):
            room = self.width() - left
            if paint.chip_width(label) > room:
                label = metrics.elidedText(label, Qt.TextElideMode.ElideRight, room - paint.chip_width(""))
                if index > 1 or not label:
                    break
            labels.append(label)
            left += paint.chip_width(label) + CHIP_GAP
        return labels

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chips."""
        painter = QPainter(self)
        left = 0.0
        for label, (_, kind) in zip(self.shown_labels, self.chips, strict=False):
            left = paint.chip(painter, left, self.height() / 2, label, kind) + CHIP_GAP
        painter.end()


class FileHeader(QWidget):
    """Header of the selected file; emits `find_similar_requested` when the user clicks the pin."""

    find_similar_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: SessionFile | None = None
        self.name, self._path, self.chips = ElidedLabel(is_path=False), ElidedLabel(is_path=True), ChipRow()
        self.name.setFont(theme.ui_font(15, theme.SEMIBOLD))
        self._path.setProperty("rank", "3")
        self._path.setFont(theme.ui_font(11))
        self._pinned_path = ""
        self.pin = make_icon_button("pin", strings.FIND_SIMILAR)
        self.pin.setCheckable(True)
        self.pin.clicked.connect(self._request_similar)
        copy = make_icon_button("copy", strings.COPY_PATH, "Ctrl+Shift+C")
        copy.clicked.connect(self._copy_path)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.name, 1)
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
        """Show a session file."""
        self._entry = entry
        self.name.show_text(entry.path.replace("\\", "/").rpartition("/")[2])
        self._path.show_text(entry.path)
        self.chips.show_chips(make_chips(entry, file) if file else [(entry.defect, "err")] if entry.problems else [])
        self._update_pin()

    def show_pinned(self, path: str) -> None:
        """Set the path of the reference file of Similar, or an empty path."""
        self._pinned_path = path
        self._update_pin()

    def _update_pin(self) -> None:
        """Highlight the pin if the shown file is the reference."""
        is_pinned = bool(self._entry and self._entry.path == self._pinned_path)
        self.pin.setChecked(is_pinned)
        self.pin.setIcon(icons.icon("pin", "accent" if is_pinned else "t2"))
        tooltip = strings.PINNED if is_pinned else strings.FIND_SIMILAR
        self.pin.setToolTip(f"{tooltip}  Ctrl+L")

    @Slot()
    def _request_similar(self) -> None:
        self._update_pin()  # undo the toggle of the click; only a search pins
        self.find_similar_requested.emit()

    @Slot()
    def _copy_path(self) -> None:
        if self._entry:
            QGuiApplication.clipboard().setText(self._entry.path.encode("utf-8", "replace").decode())
