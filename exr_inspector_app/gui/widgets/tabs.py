"""Tabs with a figure behind each title: quiet where it counts, tinted where it warns."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QTabBar, QWidget

from exr_inspector_app.gui.style import paint, theme

HEIGHT = 32
_GAP, _BETWEEN = 6, 20


class Tabs(QTabBar):
    """Titles under which one page is shown."""

    def __init__(self, name: str, titles: tuple[str, ...], height: int = HEIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_folded = False  # while no page is seen, no title is the current one
        self.setAccessibleName(name)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setFixedHeight(height)
        self._titles: list[str] = []
        self._figures: dict[int, tuple[str, str]] = {}  # figure and the token that tints it
        for title in titles:
            self.add(title)

    def add(self, title: str) -> None:
        """One more title."""
        self._titles.append(title)
        self.addTab(title)

    def fold(self, is_folded: bool) -> None:
        """No page is seen, or the current one."""
        self.is_folded = is_folded
        self.update()

    def figure(self, place: int, count: int, token: str = "") -> None:
        """How many there are; none for zero. With a token the figure is a badge."""
        wanted = (f"{count:,}", token) if count else ("", "")
        if self._figures.get(place, ("", "")) != wanted:
            self._figures[place] = wanted
            words = f"{self._titles[place]} {wanted[0]}".strip()
            self.setTabText(place, words)  # for the layout, for screen readers and for tests
            self.update()

    def tabSizeHint(self, index: int) -> QSize:
        """As wide as title and figure."""
        return QSize(round(self._widths(index)[0] + self._widths(index)[1]) + _BETWEEN, self.maximumHeight())

    def _widths(self, index: int) -> tuple[float, float]:
        """Of the title, and of the figure with the gap before it."""
        title = QFontMetricsF(theme.ui(13, theme.MEDIUM)).horizontalAdvance(self._titles[index])
        words, token = self._figures.get(index, ("", ""))
        if not words:
            return title, 0
        figure = paint.badge_width(words) if token else QFontMetricsF(theme.ui(12)).horizontalAdvance(words)
        return title, figure + _GAP

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in range(self.count()):
            rect = QRectF(self.tabRect(index))
            title, figure = self._widths(index)
            is_current = index == self.currentIndex()
            is_under = rect.contains(self.mapFromGlobal(self.cursor().pos()).toPointF())
            lit = is_under or (is_current and not self.is_folded)
            room = QRectF(rect.left(), 0, title + 4, rect.height() - 2)
            paint.text(painter, room, self._titles[index], theme.ui(13, theme.MEDIUM), "t1" if lit else "t2")
            words, token = self._figures.get(index, ("", ""))
            left = rect.left() + title + _GAP
            if words and token:
                paint.badge(painter, left, (rect.height() - 2) / 2, words, token)
            elif words:
                paint.text(painter, QRectF(left, 0, 80, rect.height() - 2), words, theme.ui(12), "t3")
            if is_current and not self.is_folded:
                painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, title + figure, 2), t.color("accent"))
            if is_current and self.hasFocus():
                painter.setPen(Qt.PenStyle.NoPen)
                paint.focus_ring(painter, QRectF(rect.left() + 2, 6, title + figure - 4, rect.height() - 14), 3)
        painter.end()
