"""The foot of the start page: what was opened before, and the keys to remember."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.style.tooltips import literal
from exr_inspector_app.text.escape import escape_control

SHOWN, LINE = 4, 20  # recent paths, and the height of one
_NONE = "Nothing yet. Sessions that you open appear here."


class StartPageFooter(QWidget):
    """Recent paths at the left, two keys at the right."""

    opened = Signal(str)  # a recent path
    shortcuts_wanted = Signal()
    commands_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Recent")
        title.setFont(theme.ui(12, theme.MEDIUM))
        title.setProperty("rank", "2")
        title.setFixedHeight(LINE)
        self._paths = QVBoxLayout()
        self._paths.setSpacing(4)
        self._shown: list[QWidget] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(32)
        row.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._paths, 1)
        keys = QHBoxLayout()
        keys.setSpacing(20)
        for key, words, wanted in (
            ("Ctrl /", "shortcuts", self.shortcuts_wanted),
            ("Ctrl K", "all commands", self.commands_wanted),
        ):
            one = _KeyLink(key, words)
            one.clicked.connect(wanted)
            keys.addWidget(one)
        row.addLayout(keys)
        row.setAlignment(keys, Qt.AlignmentFlag.AlignTop)
        self.show_recent(())

    def show_recent(self, paths: Sequence[str]) -> None:
        """The newest of the paths, or that there are none."""
        for label in self._shown:
            self._paths.removeWidget(label)
            label.hide()  # deleted with the next turn of the event loop
            label.deleteLater()
        self._shown = []
        for path in paths[:SHOWN]:
            link = _PathLink(path)
            link.clicked.connect(self._opener(path))
            self._shown.append(link)
        if not paths:
            none = QLabel(_NONE)
            none.setProperty("rank", "2")
            none.setFixedHeight(LINE)
            self._shown.append(none)
        for label in self._shown:
            self._paths.addWidget(label)

    def _opener(self, path: str) -> Callable[[], None]:
        return lambda: self.opened.emit(path)


class _Link(QAbstractButton):
    """Words that do something; underlined by colour alone while the pointer or the focus is on them."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setText(words)
        self.setAccessibleName(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(LINE)

    @property
    def token(self) -> str:
        """The colour of the words now."""
        return "accent" if self.underMouse() or self.hasFocus() else "t2"


class _PathLink(_Link):
    """A recent path, shortened from its front."""

    def __init__(self, path: str) -> None:
        super().__init__(escape_control(path))
        self.setToolTip(literal(escape_control(path)))

    def sizeHint(self) -> QSize:
        return QSize(200, LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = theme.ui(12)
        words = paint.short_path(self.text(), font, self.width())
        paint.text(painter, self.rect().toRectF(), words, font, self.token)
        painter.end()


class _KeyLink(_Link):
    """A key on its cap, and what it shows."""

    def __init__(self, key: str, words: str) -> None:
        super().__init__(words)
        self._key = key

    def sizeHint(self) -> QSize:
        words = QFontMetricsF(theme.ui(12)).horizontalAdvance(self.text())
        return QSize(round(words + paint.key_width(self._key)) + 12, LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cap = paint.key_width(self._key)
        paint.key(painter, cap, self.height() / 2, self._key)
        paint.text(painter, self.rect().toRectF().adjusted(cap + 8, 0, 0, 0), self.text(), theme.ui(12), self.token)
        painter.end()
