"""Columns of the plan list: their rectangles, and the row of titles above the list."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.publish import strings
from exr_inspector_app.gui.publish.plan_model import PlanModel
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.widgets.side_sheet import INSET

TEXT_LEFT = 48.0  # px from the left edge to thumbnails, and to the names of groups
THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT = 50, 28  # px
NAME_LEFT = TEXT_LEFT + THUMBNAIL_WIDTH + 10
MIN_CONTEXT_WIDTH = 480  # px of a row with columns for show and shot
_SHOW_WIDTH, _SHOT_WIDTH, _COUNT_WIDTH, _GAP = 76, 92, 64, 12
_TITLES_HEIGHT = 24


@dataclass(frozen=True, slots=True)
class PlanColumns:
    """Rectangles of the cells of a row, as high as the row; show and shot are empty without room or values."""

    name: QRectF
    show: QRectF
    shot: QRectF
    count: QRectF


def plan_columns(rect: QRectF, *, has_context: bool) -> PlanColumns:
    """Return the cells of a row."""
    is_wide = has_context and rect.width() >= MIN_CONTEXT_WIDTH
    count = QRectF(rect.right() - INSET - _COUNT_WIDTH, rect.top(), _COUNT_WIDTH, rect.height())
    shot_width, show_width = (_SHOT_WIDTH, _SHOW_WIDTH) if is_wide else (0, 0)
    shot = QRectF(count.left() - shot_width, rect.top(), max(shot_width - _GAP, 0), rect.height())
    show = QRectF(shot.left() - show_width, rect.top(), max(show_width - _GAP, 0), rect.height())
    left = rect.left() + NAME_LEFT
    return PlanColumns(QRectF(left, rect.top(), show.left() - _GAP - left, rect.height()), show, shot, count)


class PlanTitles(QWidget):
    """Row of titles with the number of chosen files; hidden for a plan without shows and shots."""

    def __init__(self, model: PlanModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setFixedHeight(_TITLES_HEIGHT)
        self.hide()
        model.modelReset.connect(self._follow)
        model.choice_changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        self.setVisible(self._model.has_context)
        self.setAccessibleName(self._chosen)
        self.update()

    @property
    def _chosen(self) -> str:
        total = sum(line.count for line in self._model.all_lines())
        return strings.chosen_files(len(self._model.chosen()), total)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the titles over their columns."""
        painter = QPainter(self)
        rect, font = QRectF(self.rect()), theme.ui_font(11)
        painter.fillRect(self.rect(), theme.tokens().color("header"))
        columns = plan_columns(rect, has_context=True)
        paint.text(painter, columns.name, self._chosen, font, "t2")
        for cell, title in ((columns.show, strings.SHOW), (columns.shot, strings.SHOT)):
            if cell.width() > 0:
                paint.text(painter, cell, title, font, "t3")
        paint.text(painter, columns.count, strings.FILES, font, "t3", "right")
        painter.end()
