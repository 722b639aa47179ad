"""Tab bar with a count after each title: plain for numbers, a tinted badge for warnings."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QTabBar, QWidget

from exr_inspector_app.gui.style import paint, theme

HEIGHT = 32
_GAP, _TAB_SPACING = 6, 20


class CountTabBar(QTabBar):
    """Tab bar whose titles carry counts; the bar can be folded, which hides the current-tab mark."""

    count_changed = Signal()

    def __init__(self, name: str, titles: tuple[str, ...], height: int = HEIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_folded = False  # a folded bar marks no tab as current
        self.setAccessibleName(name)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setFixedHeight(height)
        self._titles: list[str] = []
        self._counts: dict[int, tuple[str, str]] = {}  # formatted count, color token of its badge
        for title in titles:
            self.add_title(title)

    def add_title(self, title: str) -> None:
        """Append a tab."""
        self._titles.append(title)
        self.addTab(title)

    def set_folded(self, *, is_folded: bool) -> None:
        """Hide or show the mark of the current tab."""
        self.is_folded = is_folded
        self.update()

    def set_count(self, index: int, count: int, token: str = "") -> None:
        """Show a count after a tab's title, as a badge if `token` is given; 0 hides it."""
        label = (f"{count:,}", token) if count else ("", "")
        if self.count_of(index) != label:
            self._counts[index] = label
            self.setTabText(index, f"{self._titles[index]} {label[0]}".strip())  # for layout, screen readers, and tests
            self.update()
            self.count_changed.emit()

    def count_of(self, index: int) -> tuple[str, str]:
        """Return the count after a tab's title and the color token of its badge; both empty without a count."""
        return self._counts.get(index, ("", ""))

    def tabSizeHint(self, index: int) -> QSize:
        """Return the size of title and count."""
        return QSize(round(self._widths(index)[0] + self._widths(index)[1]) + _TAB_SPACING, self.maximumHeight())

    def _widths(self, index: int) -> tuple[float, float]:
        """Return the widths of the title and of the count with its gap."""
        title = QFontMetricsF(theme.ui_font(13, theme.MEDIUM)).horizontalAdvance(self._titles[index])
        count, token = self.count_of(index)
        if not count:
            return title, 0
        width = paint.badge_width(count) if token else QFontMetricsF(theme.ui_font(12)).horizontalAdvance(count)
        return title, width + _GAP

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint titles, counts, and the mark of the current tab."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in range(self.count()):
            rect = QRectF(self.tabRect(index))
            title, count_width = self._widths(index)
            is_current = index == self.currentIndex()
            is_under = rect.contains(self.mapFromGlobal(self.cursor().pos()).toPointF())
            is_lit = is_under or (is_current and not self.is_folded)
            room = QRectF(rect.left(), 0, title + 4, rect.height() - 2)
            paint.text(painter, room, self._titles[index], theme.ui_font(13, theme.MEDIUM), "t1" if is_lit else "t2")
            count, token = self.count_of(index)
            left = rect.left() + title + _GAP
            if count and token:
                paint.badge(painter, left, (rect.height() - 2) / 2, count, token)
            elif count:
                paint.text(painter, QRectF(left, 0, 80, rect.height() - 2), count, theme.ui_font(12), "t3")
            if is_current and not self.is_folded:
                painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, title + count_width, 2), t.color("accent"))
            if is_current and self.hasFocus():
                painter.setPen(Qt.PenStyle.NoPen)
                paint.focus_ring(painter, QRectF(rect.left() + 2, 6, title + count_width - 4, rect.height() - 14), 3)
        painter.end()
