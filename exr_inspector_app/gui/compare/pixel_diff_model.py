"""Tree model of a pixel diff: a row per changed layer, and one group of all layers without change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from exr_inspector_app.exr.sequences.grouping import format_frame
from exr_inspector_app.gui.compare import strings
from exr_inspector_app.gui.style.formatting import escape_tooltip
from exr_inspector_app.services.picture_difference import Position
from exr_inspector_app.services.pixel_diff import LayerDifference
from exr_inspector_app.text.escape import escape_control

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1  # LayerDifference or EqualLayers
LAYER, PART, CHANGED, RMSE, MAX, FIRST, RESULT = range(7)
TITLES = (
    *(strings.LAYER, strings.PART, strings.CHANGED, strings.RMSE),
    *(strings.MAX, strings.FIRST_DIFFERENCE, strings.RESULT),
)
NUMBERS = (CHANGED, RMSE, MAX)  # columns with numbers


@dataclass(frozen=True, slots=True)
class EqualLayers:
    """Group row of the layers without change."""

    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """Count and names."""
        return strings.equal_layers(self.names)


class PixelDiffModel(QStandardItemModel):
    """Model that is filled again with new results; sorted by the largest difference by default."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(0, len(TITLES), parent)
        self._results: tuple[LayerDifference, ...] = ()
        self.sorted_by, self.is_descending = MAX, True

    def show_results(self, results: Sequence[LayerDifference]) -> None:
        """Replace all rows."""
        self._results = tuple(results)
        changed = [result for result in self._results if not result.is_equal]
        equal = [result for result in self._results if result.is_equal]
        self.removeRows(0, self.rowCount())
        for result in self._in_order(changed):
            self.appendRow(_make_row(result))
        if equal:
            group = EqualLayers(tuple(layer_name(result) for result in equal))
            items = _make_row(group)
            for result in equal:
                items[0].appendRow(_make_row(result))
            self.appendRow(items)

    def sort_by(self, column: int) -> None:
        """Sort by a column; again: in the other direction."""
        is_same = column == self.sorted_by
        self.is_descending = not self.is_descending if is_same else column in NUMBERS
        self.sorted_by = column
        self.show_results(self._results)

    def in_order(self) -> list[LayerDifference]:
        """Return the changed layers in the order of the rows."""
        rows = (self.item(row).data(ROW_ROLE) for row in range(self.rowCount()))
        return [row for row in rows if isinstance(row, LayerDifference)]

    def as_text(self) -> str:
        """Return all rows with tab-separated columns, for the clipboard."""
        rows = [TITLES, *(cell_texts(result) for result in self._in_order(self._results))]
        return "\n".join("\t".join(cell.replace("\t", " ") for cell in row) for row in rows)

    def _in_order(self, results: Sequence[LayerDifference]) -> list[LayerDifference]:
        compared = sorted((r for r in results if r.figures is not None), key=lambda result: result.order)
        if self.sorted_by != MAX or not self.is_descending:
            compared.sort(key=_KEYS[self.sorted_by], reverse=self.is_descending)
        return [*compared, *(result for result in results if result.figures is None)]

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title of a column and its alignment."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in NUMBERS:
            return Qt.AlignmentFlag.AlignRight
        return TITLES[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text of a cell, or the row under `ROW_ROLE` in every column."""
        row = super().data(self.index(index.row(), 0, index.parent()), ROW_ROLE)
        if role == ROW_ROLE:
            return row
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) or row is None:
            return super().data(index, role)
        if isinstance(row, EqualLayers):
            text = row.text if index.column() == 0 else ""
        else:
            text = cell_texts(row)[index.column()]
            if role == Qt.ItemDataRole.ToolTipRole and index.column() == RESULT:
                text = row.error or row.note or text
        return escape_tooltip(text) if role == Qt.ItemDataRole.ToolTipRole else text


_KEYS: dict[int, Callable[[LayerDifference], Any]] = {
    LAYER: lambda result: layer_name(result).lower(),
    PART: lambda result: result.pair.layer.part.index,
    CHANGED: lambda result: result.figures.changed_share if result.figures else 0.0,
    RMSE: lambda result: result.figures.rmse if result.figures else 0.0,
    MAX: lambda result: result.figures.max_error if result.figures else 0.0,
    FIRST: lambda result: _first_key(result),
    RESULT: lambda result: result_text(result),
}


def _first_key(result: LayerDifference) -> tuple[float, int, int]:
    """Return the frame and the first changed pixel."""
    first = result.frames.first if result.frames else None
    position = (result.figures.first if result.figures else None) or (0, 0)
    return (float(first.frame) if first else 0.0, *position)


def _make_row(row: LayerDifference | EqualLayers) -> list[QStandardItem]:
    items = [QStandardItem() for _ in TITLES]
    items[0].setData(row, ROW_ROLE)
    return items


def layer_name(result: LayerDifference) -> str:
    """Return the name of a layer, escaped."""
    return escape_control(result.pair.layer.title)


def cell_texts(result: LayerDifference) -> tuple[str, ...]:
    """Return the texts of all columns."""
    figures, part = result.figures, result.pair.layer.part
    part_name = escape_control(part.name or strings.part(part.index))
    if figures is None:
        return (layer_name(result), part_name, "–", "", "", "", result_text(result))
    return (
        layer_name(result),
        part_name,
        f"{figures.changed_percent} %",
        f"{figures.rmse:.4g}",
        figures.max_text,
        _first_text(result),
        result_text(result),
    )


def _first_text(result: LayerDifference) -> str:
    """Return the first changed pixel, of a sequence with its frame."""
    position = position_text(result.figures.first if result.figures else None)
    first = result.frames.first if result.frames else None
    return position if first is None else strings.in_frame(position, format_frame(first.frame, 1))


def position_text(at: Position | None) -> str:
    """Return x and y with real minus signs, empty without a position."""
    return f"{at[0]}, {at[1]}".replace("-", "−") if at else ""


def result_text(result: LayerDifference) -> str:
    """Return a short description of the change."""
    figures = result.figures
    if result.error:
        return strings.NOT_COMPARED
    if figures is None:
        return strings.ONLY_IN_A if result.pair.b is None else strings.ONLY_IN_B if result.pair.a is None else ""
    if figures.non_finite_count and result.frames is None:
        return strings.non_finite(figures.non_finite_count)
    if figures.is_equal:
        return strings.SAME
    if result.frames is not None and result.frames.changed:
        return strings.changed_frames(result.frames.changed, result.frames.total)
    if not figures.changed_count:
        return strings.BELOW_STEP
    if figures.stops is not None and result.pair.layer.kind in ("color", "luminance"):
        return strings.brightness(figures.stops)
    return strings.VALUES_DIFFER
