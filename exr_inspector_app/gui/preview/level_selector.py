"""Level selector: one dropdown for mipmap levels, or one across and one down for ripmap levels."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from exr_inspector_app.exr.chunks.levels import LevelSize
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.widgets.dropdown import Dropdown

HEIGHT = 36  # px


class LevelSelector(QWidget):
    """Selector that emits `level_selected`; it is hidden for parts with a single level."""

    level_selected = Signal(object)  # (across, down)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._sizes: tuple[LevelSize, ...] = ()
        self._level = (0, 0)
        self.both = Dropdown(strings.LEVEL, strings.LEVEL, (80, 196))
        self.across = Dropdown(strings.ACROSS, strings.LEVEL_ACROSS, (80, 136))
        self.down = Dropdown(strings.DOWN, strings.LEVEL_DOWN, (80, 136))
        self.note = QLabel()
        self.note.setProperty("rank", "2")
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(4)
        for dropdown in (self.both, self.across, self.down):
            row.addWidget(dropdown)
        row.addSpacing(8)
        row.addWidget(self.note, 1)
        self.both.option_selected.connect(self.level_selected)
        self.across.option_selected.connect(self._on_across_selected)
        self.down.option_selected.connect(self._on_down_selected)
        self.hide()

    def show_levels(self, sizes: Sequence[LevelSize], level: tuple[int, int]) -> None:
        """Set the available levels and the current one."""
        if tuple(sizes) != self._sizes:
            self._sizes = tuple(sizes)
            self._update_options()
        self._level = level
        self.both.set_current(level)
        self.across.set_current(level[0])
        self.down.set_current(level[1])
        self._update_note()

    def step(self, by: int) -> None:
        """Select a smaller level (positive) or larger one (negative); ripmaps step in both directions."""
        last = self._sizes[-1] if self._sizes else LevelSize(0, 0, 0, 0)
        x, y = (max(0, index + by) for index in self._level)
        level = min(x, last.x), min(y, last.y)
        if level != self._level:
            self.level_selected.emit(level)

    def _update_options(self) -> None:
        """Fill one dropdown for mipmaps, two for ripmaps."""
        is_ripmap = any(size.x != size.y for size in self._sizes)
        self.both.setVisible(not is_ripmap)
        self.across.setVisible(is_ripmap)
        self.down.setVisible(is_ripmap)
        labels = [((size.x, size.y), f"{size.x} · {size.width} × {size.height}") for size in self._sizes]
        self.both.set_options([("", labels)])
        widths, heights = {size.x: size.width for size in self._sizes}, {size.y: size.height for size in self._sizes}
        for dropdown, lengths in ((self.across, widths), (self.down, heights)):
            dropdown.set_options([("", [(index, f"{index} · {length}") for index, length in lengths.items()])])
        self.setVisible(len(self._sizes) > 1)

    def _update_note(self) -> None:
        """Show the number of pixels of the full image per pixel of the level."""
        size = next((level for level in self._sizes if (level.x, level.y) == self._level), None)
        if size is None or self._level == (0, 0):
            self.note.setText(strings.FULL_IMAGE)
            self.note.setToolTip(strings.LEVEL_KEYS)
            return
        full = self._sizes[0]
        ratio = f"{full.width / size.width:.3g} × {full.height / size.height:.3g}"
        self.note.setText(strings.level_ratio(ratio))
        self.note.setToolTip(strings.level_ratio_tooltip(ratio))

    @Slot(object)
    def _on_across_selected(self, across: int) -> None:
        self.level_selected.emit((across, self._level[1]))

    @Slot(object)
    def _on_down_selected(self, down: int) -> None:
        self.level_selected.emit((self._level[0], down))
