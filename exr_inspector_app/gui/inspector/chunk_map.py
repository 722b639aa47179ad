"""The chunks of one level of a part, drawn as they lie in the picture: only the missing ones draw the eye."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from exr_inspector_app.exr.chunk_map import ABSENT, BEYOND, PRESENT, UNKNOWN, ChunkLevel
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.style.paint.hatch import hatched

INSET = 12
_GAP, _LEAST_CELL = 2.0, 6.0
_TALLEST, _CELL = 132, 18
_LEGEND = 28
NAMES = {PRESENT: "Present", UNKNOWN: "Not known", ABSENT: "Never written", BEYOND: "Past the end"}
_ORDER = tuple(NAMES)  # the better ones first


class ChunkMap(QWidget):
    """Present chunks grey, never written ones hatched, those past the end of the file hatched in red, and those of
    which nobody can tell empty.

    Where there are more chunks than cells fit, a cell stands for several and shows the worst of them.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level: ChunkLevel | None = None
        self.setAccessibleName("Chunks")
        theme.current().changed.connect(self.update)

    def show_level(self, level: ChunkLevel | None) -> None:
        """The chunks of this level."""
        self._level = level
        self.setAccessibleDescription(", ".join(f"{NAMES[state]} {count:,}" for state, count in self.counts.items()))
        self.updateGeometry()
        self.update()

    @property
    def counts(self) -> dict[int, int]:
        """How many chunks have each state, those that are there first."""
        if self._level is None:
            return {}
        found = {state: self._level.states.count(state) for state in _ORDER}
        return {state: count for state, count in found.items() if count or state == PRESENT}

    def sizeHint(self) -> QSize:
        """As high as its rows, within limits."""
        rows = self._grid()[1] if self._level else 1
        return QSize(300, round(min(rows * _CELL, _TALLEST)) + _LEGEND)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _grid(self) -> tuple[int, int]:
        """Columns and rows of cells; scan line chunks flow through several columns, as text does."""
        assert self._level is not None
        columns, rows = self._level.columns, self._level.rows
        wide = max(1, int((self.width() - 2 * INSET) // (_LEAST_CELL + _GAP)))
        tall = max(1, int(_TALLEST // (_LEAST_CELL + _GAP)))
        if columns == 1:
            across = min(wide, max(1, math.ceil(rows / 7)), 24 if rows <= 24 * 7 else wide)
            return across, min(tall, math.ceil(rows / across))
        return min(columns, wide), min(rows, tall)

    def _cells(self) -> list[list[int | None]]:
        """The worst state of the chunks that each cell stands for, by row; None behind the last chunk."""
        assert self._level is not None
        across, down = self._grid()
        states = np.frombuffer(self._level.states, np.uint8)
        badness = np.argsort(_ORDER).astype(np.uint8)[states]
        if self._level.columns == 1:
            flow = across * down
            edges = np.linspace(0, len(badness), min(flow, len(badness)) + 1).astype(int)
            worst = [int(badness[a:b].max()) for a, b in pairwise(edges)]
            found: list[int | None] = [_ORDER[one] for one in worst]
            found += [None] * (flow - len(found))
            return [found[row * across : (row + 1) * across] for row in range(down)]
        grid = badness.reshape(self._level.rows, self._level.columns)
        tops = np.linspace(0, grid.shape[0], down + 1).astype(int)
        lefts = np.linspace(0, grid.shape[1], across + 1).astype(int)
        return [[_ORDER[int(grid[a:b, c:d].max())] for c, d in pairwise(lefts)] for a, b in pairwise(tops)]

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._level is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cells = self._cells()
        room = QRectF(INSET, 0, self.width() - 2 * INSET, self.height() - _LEGEND)
        width, height = room.width() / len(cells[0]), min(room.height() / len(cells), _CELL * 1.0)
        for down, row in enumerate(cells):
            for across, state in enumerate(row):
                if state is not None:
                    box = QRectF(room.left() + across * width, down * height, width - _GAP, height - _GAP)
                    _cell(painter, box, state)
        self._legend(painter)
        painter.end()

    def _legend(self, painter: QPainter) -> None:
        left, middle = float(INSET), self.height() - 10.0
        for state, count in self.counts.items():
            _cell(painter, QRectF(left, middle - 6, 13, 12), state)
            left += 20
            words = f"{NAMES[state]} {count:,}"
            left += paint.text(painter, QRectF(left, middle - 9, 200, 18), words, theme.ui(12), "t2") + 20

    def viewportTip(self) -> str:
        """How many chunks the level has of each state."""
        return "\n".join(f"{NAMES[state]}: {count:,}" for state, count in self.counts.items())

    def event(self, event: QEvent) -> bool:
        """The counts as a tool tip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.viewportTip(), self)
            return True
        return super().event(event)


def _cell(painter: QPainter, box: QRectF, state: int) -> None:
    t = theme.tokens()
    if state == PRESENT:
        painter.fillRect(box, t.color("ctl" if t.name == "dark" else "line2"))
    elif state == UNKNOWN:
        painter.fillRect(box, t.color("field"))
        painter.setPen(t.color("edge"))
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    elif state == ABSENT:
        hatched(painter, box, t.color("field"), t.color("edge"), t.color("ctl"))
    else:
        hatched(painter, box, t.tint("err", 22), t.color("err"), t.color("err"))
