"""The start page: where to drop, what the program does, and what was open before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exr_inspector_app.config import resource
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.tooltips import escape_tooltip
from exr_inspector_app.gui.widgets.buttons import SHEET_HEIGHT, make_button
from exr_inspector_app.text.escape import escape_control

WIDTH = 960
MAX_RECENT, LINE_HEIGHT = 4, 20  # recent paths shown, and the height of each in px
_NO_RECENT = "No recent files."
_FEATURES = (
    (
        "layers",
        "Read everything",
        "Parts, layers, channels, every attribute, missing chunks and gaps in a sequence. Files are never written.",
    ),
    (
        "similar",
        "Find what is like it",
        "Pick a file and press Ctrl+L. You get a score, a word for it, and what is the same and what differs.",
    ),
    (
        "database",
        "Keep it for later",
        "Publish stores the metadata in a local library on this machine. Connect VAST in Settings when you need it.",
    ),
)


class StartPage(QWidget):
    """Shown while the session is empty."""

    files_wanted = Signal()
    folder_wanted = Signal()
    sample_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addStretch(2)
        column.addWidget(self._zone(), 20, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(32)
        column.addWidget(_features(), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(36)
        self.foot = StartPageFooter()
        self.foot.setFixedWidth(WIDTH)
        column.addWidget(self.foot, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_recent(self, paths: Sequence[str]) -> None:
        """The newest of the paths can be opened from here."""
        self.foot.show_recent(paths)

    def _zone(self) -> QWidget:
        zone = _Zone()
        zone.setFixedWidth(WIDTH)
        zone.setMinimumHeight(330)
        zone.setMaximumHeight(420)
        title = QLabel("Drop EXR files, folders or sequences")
        title.setFont(theme.ui_font(20, theme.SEMIBOLD))
        told = QLabel("See their parts, channels and attributes, and where something like them was rendered before.")
        told.setFont(theme.ui_font(13))
        wanted = {
            "Open files": ("file", "filled", self.files_wanted),
            "Open folder": ("folder", "normal", self.folder_wanted),
            "Try the sample": ("play", "normal", self.sample_wanted),
        }
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        for words, (glyph, kind, signal) in wanted.items():
            one = make_button(words, glyph, kind, height=SHEET_HEIGHT)
            one.setMinimumWidth(136)
            one.clicked.connect(signal)
            row.addWidget(one)
        row.addStretch()
        column = QVBoxLayout(zone)
        column.setContentsMargins(24, 190, 24, 24)
        column.setSpacing(12)
        for label in (title, told):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addSpacing(8)
        column.addLayout(row)
        column.addSpacing(12)
        column.addLayout(_example())
        column.addStretch()
        return zone


def _example() -> QHBoxLayout:
    """A path as it may be pasted, in the letters of values."""
    words = QLabel("or paste a path, such as")
    path = QLabel("/mnt/prod/orca/OR_0420/lighting/beauty/v017/beauty.####.exr")
    path.setFont(theme.mono_font(12))
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch()
    for label in (words, path):
        label.setProperty("rank", "2")
        row.addWidget(label)
    row.addStretch()
    return row


class _Zone(QWidget):
    """The dashed drop zone with three frames of the sample."""

    def __init__(self) -> None:
        super().__init__()
        self._frames = [QPixmap(str(resource("start") / f"{number}.png")) for number in (1, 3, 2)]

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QPen(t.color("ctl"), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(t.color("header"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)
        middle = self.width() / 2
        places = ((-132, -5.0, 112), (132, 5.0, 112), (0, 0.0, 168))
        for frame, (offset, angle, width) in zip(self._frames, places, strict=True):
            _frame(painter, frame, middle + offset, 104, width, angle)
        painter.end()


def _frame(painter: QPainter, frame: QPixmap, x: float, y: float, width: float, angle: float) -> None:
    """One picture with rounded corners in a thin mount."""
    t = theme.tokens()
    painter.save()
    painter.translate(x, y)
    painter.rotate(angle)
    height = width * 0.5625
    box = QRectF(-width / 2, -height / 2, width, height)
    painter.setPen(QPen(t.color("ctl"), 1))
    painter.setBrush(t.color("raised"))
    painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), 6, 6)
    inside = QPainterPath()
    inside.addRoundedRect(box, 3, 3)
    painter.setClipPath(inside)
    painter.drawPixmap(box, frame, QRectF(frame.rect()))
    painter.restore()


def _features() -> QWidget:
    """What the program does, in three columns."""
    made = QWidget()
    made.setFixedWidth(WIDTH)
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(32)
    for place, (glyph, title, told) in enumerate(_FEATURES):
        one = QWidget()
        row = QHBoxLayout(one)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(_Tile(glyph), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(4)
        head, body = QLabel(title), QLabel(told)
        head.setFont(theme.ui_font(13, theme.SEMIBOLD))
        body.setProperty("rank", "2")
        body.setWordWrap(True)
        body.setMinimumHeight(54)  # three lines
        words.addWidget(head)
        words.addWidget(body)
        words.addStretch()
        row.addLayout(words, 1)
        grid.addWidget(one, 0, place)
        grid.setColumnStretch(place, 1)
    return made


class _Tile(QWidget):
    """A glyph on a raised square."""

    def __init__(self, glyph: str) -> None:
        super().__init__()
        self._glyph = glyph
        self.setFixedSize(QSize(36, 36))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.tokens().color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        icons.paint(painter, self._glyph, QRectF(10, 10, 16, 16), "accent")
        painter.end()


class StartPageFooter(QWidget):
    """Recent paths at the left, two keys at the right."""

    opened = Signal(str)  # a recent path
    shortcuts_wanted = Signal()
    commands_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Recent")
        title.setFont(theme.ui_font(12, theme.MEDIUM))
        title.setProperty("rank", "2")
        title.setFixedHeight(LINE_HEIGHT)
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
        for path in paths[:MAX_RECENT]:
            link = _PathLink(path)
            link.clicked.connect(self._opener(path))
            self._shown.append(link)
        if not paths:
            none = QLabel(_NO_RECENT)
            none.setProperty("rank", "2")
            none.setFixedHeight(LINE_HEIGHT)
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
        self.setFixedHeight(LINE_HEIGHT)

    @property
    def token(self) -> str:
        """The colour of the words now."""
        return "accent" if self.underMouse() or self.hasFocus() else "t2"


class _PathLink(_Link):
    """A recent path, shortened from its front."""

    def __init__(self, path: str) -> None:
        super().__init__(escape_control(path))
        self.setToolTip(escape_tooltip(escape_control(path)))

    def sizeHint(self) -> QSize:
        return QSize(200, LINE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = theme.ui_font(12)
        words = paint.shorten_path(self.text(), font, self.width())
        paint.text(painter, self.rect().toRectF(), words, font, self.token)
        painter.end()


class _KeyLink(_Link):
    """A key on its cap, and what it shows."""

    def __init__(self, key: str, words: str) -> None:
        super().__init__(words)
        self._key = key

    def sizeHint(self) -> QSize:
        words = QFontMetricsF(theme.ui_font(12)).horizontalAdvance(self.text())
        return QSize(round(words + paint.key_cap_width(self._key)) + 12, LINE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cap = paint.key_cap_width(self._key)
        paint.key_cap(painter, cap, self.height() / 2, self._key)
        paint.text(
            painter, self.rect().toRectF().adjusted(cap + 8, 0, 0, 0), self.text(), theme.ui_font(12), self.token
        )
        painter.end()
