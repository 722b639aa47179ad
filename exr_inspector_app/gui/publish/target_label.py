"""One target in the status bar: its health, its name, how many files it holds."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from exr_inspector_app.gui.publish.targets import Target
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.tooltips import escape_tooltip
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


class TargetLabel(QAbstractButton):
    """A filled dot where the target answers, a ring where it is not set up, a triangle where it fails."""

    chosen = Signal(str)  # where

    def __init__(self, where: str) -> None:
        super().__init__()
        self._where = where
        self._name, self._figure, self._health, self._is_chosen = "", "", "unset", False
        self.setFixedHeight(24)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._tell)

    @property
    def words(self) -> str:
        """What it says, health included."""
        return self.accessibleName()

    def show_target(self, target: Target, is_chosen: bool) -> None:
        """This target from now on."""
        short = "VAST" if target.where == "vast" else target.name
        self._name = target.name if is_chosen else short
        self._is_chosen = is_chosen
        self._health = "unset" if not target.is_set_up else "fails" if target.failure else "answers"
        counted = pluralize(target.files, "file") if target.files is not None else ""
        self._figure = {"unset": "not set up", "fails": "does not answer"}.get(self._health, counted)
        told = target.failure or target.place or "Settings: connect a VAST Database"
        self.setToolTip(escape_tooltip(escape_control(told)))
        self.setAccessibleName(f"{self._name}, {self._figure or 'asked'}{', chosen' if is_chosen else ''}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        words = QFontMetricsF(self._font()).horizontalAdvance(self._name)
        figure = QFontMetricsF(theme.ui_font(12)).horizontalAdvance(self._figure)
        return QSize(round(16 + words + 8 + figure + 8), 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        self._paint_health(painter, QRectF(2, middle - 5, 10, 10))
        lit = self.underMouse() or self.hasFocus()
        room = QRectF(18, 0, self.width() - 18, self.height())
        width = paint.text(painter, room, self._name, self._font(), "t1" if self._is_chosen or lit else "t2")
        paint.text(painter, room.adjusted(width + 8, 0, 0, 0), self._figure, theme.ui_font(12), "t2")
        painter.end()

    def _font(self) -> QFont:
        return theme.ui_font(12, theme.MEDIUM if self._is_chosen else theme.REGULAR)

    def _paint_health(self, painter: QPainter, box: QRectF) -> None:
        t = theme.tokens()
        if self._health == "fails":
            icons.paint(painter, "warning", box.adjusted(-1, -1, 1, 1), "err")
            return
        is_ring = self._health == "unset"
        painter.setPen(QPen(t.color("t2"), 1.5) if is_ring else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if is_ring else t.color("ok"))
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))

    def _tell(self) -> None:
        self.chosen.emit(self._where)
