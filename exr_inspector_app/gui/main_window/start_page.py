"""The start page: where to drop, what the program does, and what was open before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exr_inspector_app.config import resource
from exr_inspector_app.gui.main_window.start_page_footer import StartPageFooter
from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.widgets.buttons import SHEET, button

WIDTH = 960
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
        title.setFont(theme.ui(20, theme.SEMIBOLD))
        told = QLabel("See their parts, channels and attributes, and where something like them was rendered before.")
        told.setFont(theme.ui(13))
        wanted = {
            "Open files": ("file", "filled", self.files_wanted),
            "Open folder": ("folder", "normal", self.folder_wanted),
            "Try the sample": ("play", "normal", self.sample_wanted),
        }
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        for words, (glyph, kind, signal) in wanted.items():
            one = button(words, glyph, kind, height=SHEET)
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
    path.setFont(theme.mono(12))
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
        head.setFont(theme.ui(13, theme.SEMIBOLD))
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
