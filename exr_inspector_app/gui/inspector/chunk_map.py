"""Chunk map widget: the chunks of one level as cells in image order, missing ones highlighted."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from exr_inspector_app.exr.chunk_map import ABSENT, BEYOND, CUT, PRESENT, UNKNOWN, ChunkLevel
from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.style.paint.hatch import paint_hatch

INSET = 12  # px
_GAP, _MIN_CELL = 2.0, 6.0
_MAX_MAP_HEIGHT, _MAX_CELL = 132, 18
_LEGEND_HEIGHT = 28
STATE_NAMES = {
    PRESENT: strings.CHUNK_PRESENT,
    UNKNOWN: strings.CHUNK_UNKNOWN,
    ABSENT: strings.CHUNK_ABSENT,
    BEYOND: strings.CHUNK_BEYOND,
}
_STATES_BY_SEVERITY = tuple(STATE_NAMES)  # ascending severity


class ChunkMap(QWidget):
    """Map of chunk states: present grey, never written hatched, past the end hatched in red, unknown empty.

    If not every chunk gets a cell, a cell covers several chunks and shows the most severe state.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level: ChunkLevel | None = None
        self.setAccessibleName(strings.CHUNKS)
        theme.current().changed.connect(self.update)

    def show_level(self, level: ChunkLevel | None) -> None:
        """Show the chunks of a level; one that is cut off is past the end as well."""
        self._level = level and level._replace(states=level.states.replace(bytes([CUT]), bytes([BEYOND])))
        self.setAccessibleDescription(
            ", ".join(f"{STATE_NAMES[state]} {count:,}" for state, count in self.counts.items())
        )
        self.updateGeometry()
        self.update()

    @property
    def counts(self) -> dict[int, int]:
        """Number of chunks by state, in ascending severity; `PRESENT` is always included."""
        if self._level is None:
            return {}
        counts = {state: self._level.states.count(state) for state in _STATES_BY_SEVERITY}
        return {state: count for state, count in counts.items() if count or state == PRESENT}

    def sizeHint(self) -> QSize:
        """Return a height for all rows, bounded by a maximum."""
        rows = self._grid()[1] if self._level else 1
        return QSize(300, round(min(rows * _MAX_CELL, _MAX_MAP_HEIGHT)) + _LEGEND_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the preferred size."""
        return self.sizeHint()

    def _grid(self) -> tuple[int, int]:
        """Return columns and rows of cells; scan line chunks flow through several columns."""
        assert self._level is not None
        columns, rows = self._level.columns, self._level.rows
        max_columns = max(1, int((self.width() - 2 * INSET) // (_MIN_CELL + _GAP)))
        max_rows = max(1, int(_MAX_MAP_HEIGHT // (_MIN_CELL + _GAP)))
        if columns == 1:
            across = min(max_columns, max(1, math.ceil(rows / 7)), 24 if rows <= 24 * 7 else max_columns)
            return across, min(max_rows, math.ceil(rows / across))
        return min(columns, max_columns), min(rows, max_rows)

    def _cells(self) -> list[list[int | None]]:
        """Return the most severe state of the chunks of each cell, by row; None after the last chunk."""
        assert self._level is not None
        across, down = self._grid()
        states = np.frombuffer(self._level.states, np.uint8)
        severity = np.argsort(_STATES_BY_SEVERITY).astype(np.uint8)[states]
        if self._level.columns == 1:
            capacity = across * down
            edges = np.linspace(0, len(severity), min(capacity, len(severity)) + 1).astype(int)
            worst = [int(severity[a:b].max()) for a, b in pairwise(edges)]
            cells: list[int | None] = [_STATES_BY_SEVERITY[rank] for rank in worst]
            cells += [None] * (capacity - len(cells))
            return [cells[row * across : (row + 1) * across] for row in range(down)]
        grid = severity.reshape(self._level.rows, self._level.columns)
        tops = np.linspace(0, grid.shape[0], down + 1).astype(int)
        lefts = np.linspace(0, grid.shape[1], across + 1).astype(int)
        return [[_STATES_BY_SEVERITY[int(grid[a:b, c:d].max())] for c, d in pairwise(lefts)] for a, b in pairwise(tops)]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint cells and legend."""
        if self._level is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cells = self._cells()
        room = QRectF(INSET, 0, self.width() - 2 * INSET, self.height() - _LEGEND_HEIGHT)
        width, height = room.width() / len(cells[0]), min(room.height() / len(cells), _MAX_CELL * 1.0)
        for down, row in enumerate(cells):
            for across, state in enumerate(row):
                if state is not None:
                    box = QRectF(room.left() + across * width, down * height, width - _GAP, height - _GAP)
                    _paint_cell(painter, box, state)
        self._paint_legend(painter)
        painter.end()

    def _paint_legend(self, painter: QPainter) -> None:
        left, middle = float(INSET), self.height() - 10.0
        for state, count in self.counts.items():
            _paint_cell(painter, QRectF(left, middle - 6, 13, 12), state)
            left += 20
            label = f"{STATE_NAMES[state]} {count:,}"
            left += paint.text(painter, QRectF(left, middle - 9, 200, 18), label, theme.ui_font(12), "t2") + 20

    def tooltip(self) -> str:
        """Return the number of chunks of each state, one per line."""
        return "\n".join(f"{STATE_NAMES[state]}: {count:,}" for state, count in self.counts.items())

    def event(self, event: QEvent) -> bool:
        """Show the counts as a tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tooltip(), self)
            return True
        return super().event(event)


def _paint_cell(painter: QPainter, box: QRectF, state: int) -> None:
    t = theme.tokens()
    if state == PRESENT:
        painter.fillRect(box, t.color("ctl" if t.name == "dark" else "line2"))
    elif state == UNKNOWN:
        painter.fillRect(box, t.color("field"))
        painter.setPen(t.color("edge"))
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    elif state == ABSENT:
        paint_hatch(painter, box, t.color("field"), t.color("edge"), t.color("ctl"))
    else:
        paint_hatch(painter, box, t.tint("err", 22), t.color("err"), t.color("err"))
