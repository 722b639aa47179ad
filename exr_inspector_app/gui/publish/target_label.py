"""Target label in the status bar: health, name and number of files of one publish target."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from exr_inspector_app.gui.publish import strings
from exr_inspector_app.gui.publish.target_state import Target
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.formatting import escape_tooltip
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


class TargetLabel(QAbstractButton):
    """Button with a dot for a healthy target, a ring for one that is not set up, and a triangle for a failed one."""

    target_requested = Signal(str)  # where

    def __init__(self, where: str) -> None:
        super().__init__()
        self._where = where
        self._name, self._figure, self._health, self._is_chosen = "", "", "unset", False
        self._is_folded = False
        self.setFixedHeight(24)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._request)

    @property
    def description(self) -> str:
        """The text of the label, including the health."""
        return self.accessibleName()

    def show_target(self, target: Target, is_chosen: bool) -> None:
        """Show a target."""
        short = strings.VAST_SHORT_NAME if target.where == "vast" else target.name
        self._name = target.name if is_chosen else short
        self._is_chosen = is_chosen
        self._health = "unset" if not target.is_set_up else "fails" if target.fault else "answers"
        counted = pluralize(target.files, "file") if target.files is not None else ""
        self._figure = {"unset": strings.NOT_SET_UP, "fails": target.health.value}.get(self._health, counted)
        tooltip = target.fault or target.location or strings.CONNECT_HINT
        self.setToolTip(escape_tooltip(escape_control(tooltip)))
        self.setAccessibleName(strings.target_label(self._name, self._figure, is_chosen))
        self.updateGeometry()
        self.update()

    def set_folded(self, is_folded: bool) -> None:
        """Show less in a narrow window: no figure of a healthy target, and of one that is not set up the mark alone."""
        if is_folded != self._is_folded:
            self._is_folded = is_folded
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size of icon, name and figure."""
        if self._is_mark:
            return QSize(16, 24)
        if self._is_folded and self._health == "answers":
            return QSize(round(16 + QFontMetricsF(self._font()).horizontalAdvance(self._name) + 8), 24)
        name = QFontMetricsF(self._font()).horizontalAdvance(self._name)
        figure = QFontMetricsF(theme.ui_font(12)).horizontalAdvance(self._figure)
        return QSize(round(16 + name + 8 + figure + 8), 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint icon, name and figure."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        self._paint_health(painter, QRectF(2, middle - 5, 10, 10))
        if self._is_mark:
            painter.end()
            return
        lit = self.underMouse() or self.hasFocus()
        room = QRectF(18, 0, self.width() - 18, self.height())
        width = paint.text(painter, room, self._name, self._font(), "t1" if self._is_chosen or lit else "t2")
        if not self._is_folded or self._health != "answers":
            paint.text(painter, room.adjusted(width + 8, 0, 0, 0), self._figure, theme.ui_font(12), "t2")
        painter.end()

    @property
    def _is_mark(self) -> bool:
        return self._is_folded and self._health == "unset" and not self._is_chosen

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

    def _request(self) -> None:
        self.target_requested.emit(self._where)
