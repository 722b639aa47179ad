"""The row of a part that has levels: one list for a mipmap, one across and one down for a ripmap."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from exr_inspector_app.exr.chunks.levels import LevelSize
from exr_inspector_app.gui.widgets.dropdown import Dropdown

HEIGHT = 36


class LevelSelector(QWidget):
    """`chosen` tells the level that a person wants to see; hidden where there is a single one."""

    chosen = Signal(object)  # (across, down)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._sizes: tuple[LevelSize, ...] = ()
        self._level = (0, 0)
        self.both = Dropdown("Level", "Level", (80, 196))
        self.across = Dropdown("Across", "Level across", (80, 136))
        self.down = Dropdown("Down", "Level down", (80, 136))
        self.note = QLabel()
        self.note.setProperty("rank", "2")
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(4)
        for one in (self.both, self.across, self.down):
            row.addWidget(one)
        row.addSpacing(8)
        row.addWidget(self.note, 1)
        self.both.chosen.connect(self.chosen)
        self.across.chosen.connect(self._across_chosen)
        self.down.chosen.connect(self._down_chosen)
        self.hide()

    def show_levels(self, sizes: Sequence[LevelSize], level: tuple[int, int]) -> None:
        """The levels that there are, and the one that is shown."""
        if tuple(sizes) != self._sizes:
            self._sizes = tuple(sizes)
            self._offer()
        self._level = level
        self.both.take(level)
        self.across.take(level[0])
        self.down.take(level[1])
        self._tell()

    def step(self, by: int) -> None:
        """The next smaller level, or the next larger one; in a ripmap across and down together."""
        last = self._sizes[-1] if self._sizes else LevelSize(0, 0, 0, 0)
        x, y = (max(0, at + by) for at in self._level)
        level = min(x, last.x), min(y, last.y)
        if level != self._level:
            self.chosen.emit(level)

    def _offer(self) -> None:
        """What can be chosen, in as many lists as it takes."""
        is_ripmap = any(one.x != one.y for one in self._sizes)
        self.both.setVisible(not is_ripmap)
        self.across.setVisible(is_ripmap)
        self.down.setVisible(is_ripmap)
        self.both.offer([("", [((one.x, one.y), f"{one.x} · {one.width} × {one.height}") for one in self._sizes])])
        widths, heights = {one.x: one.width for one in self._sizes}, {one.y: one.height for one in self._sizes}
        for chooser, lengths in ((self.across, widths), (self.down, heights)):
            chooser.offer([("", [(number, f"{number} · {length}") for number, length in lengths.items()])])
        self.setVisible(len(self._sizes) > 1)

    def _tell(self) -> None:
        """What a pixel of the level stands for."""
        size = next((one for one in self._sizes if (one.x, one.y) == self._level), None)
        if size is None or self._level == (0, 0):
            self.note.setText("The full picture")
            self.note.setToolTip("Page Down shows the next smaller level, Page Up the next larger one")
            return
        full = self._sizes[0]
        ratio = f"{full.width / size.width:.3g} × {full.height / size.height:.3g}"
        self.note.setText(f"1 pixel for {ratio}")
        self.note.setToolTip(f"1 pixel of this level stands for {ratio} pixels of the full picture")

    @Slot(object)
    def _across_chosen(self, across: int) -> None:
        self.chosen.emit((across, self._level[1]))

    @Slot(object)
    def _down_chosen(self, down: int) -> None:
        self.chosen.emit((self._level[0], down))
