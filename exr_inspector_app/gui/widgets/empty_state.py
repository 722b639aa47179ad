"""The start page: where to drop, what the program does."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exr_inspector_app.gui import icons, theme
from exr_inspector_app.gui.widgets.buttons import SHEET, button

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
        "Publish stores the metadata in a local library on this machine, once for each file, with undo.",
    ),
)


class EmptyState(QWidget):
    """Shown while the session is empty."""

    files_wanted = Signal()
    folder_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self._zone(), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(32)
        column.addWidget(_features(), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def _zone(self) -> QWidget:
        zone = _Zone()
        zone.setFixedSize(960, 420)
        title = QLabel("Drop EXR files, folders or sequences")
        title.setFont(theme.ui(20, theme.SEMIBOLD))
        told = QLabel("See their parts, channels and attributes, and where something like them was rendered before.")
        told.setFont(theme.ui(13))
        example = QLabel("or paste a path, such as  /mnt/prod/orca/OR_0420/lighting/beauty/v017/beauty.####.exr")
        example.setProperty("rank", "2")
        files, folder = (
            button("Open files", "file", "filled", height=SHEET),
            button("Open folder", "folder", height=SHEET),
        )
        for one in (files, folder):
            one.setMinimumWidth(136)
        files.clicked.connect(self.files_wanted)
        folder.clicked.connect(self.folder_wanted)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        row.addWidget(files)
        row.addWidget(folder)
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
        example.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(example)
        column.addStretch()
        return zone


class _Zone(QWidget):
    """The dashed drop zone with three frames of a sequence."""

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(t.color("ctl"), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(t.color("header"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)
        middle = self.width() / 2
        for offset, angle, size in ((-112, -6.0, 100), (112, 6.0, 100), (0, 0.0, 168)):
            _frame(painter, middle + offset, 110, size, angle)
        painter.end()


def _frame(painter: QPainter, x: float, y: float, width: float, angle: float) -> None:
    """One frame: its data window dashed, its display window solid, channels as swatches."""
    t = theme.tokens()
    painter.save()
    painter.translate(x, y)
    painter.rotate(angle)
    height = width * 0.5625
    box = QRectF(-width / 2, -height / 2, width, height)
    painter.setPen(QPen(t.color("line2"), 2))
    painter.setBrush(t.color("canvas"))
    painter.drawRoundedRect(box, 4, 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(t.color("edge"), 1, Qt.PenStyle.DashLine))
    painter.drawRect(box.adjusted(10, 10, -10, -10))
    painter.setPen(QPen(t.color("t3"), 1))
    painter.drawRect(box.adjusted(20, 18, -20, -18))
    for place, token in enumerate(("red", "green", "blue")):
        swatch = QRectF(-19 + 14 * place, -5, 10, 10)
        painter.fillRect(swatch, t.color(token))
    painter.restore()


def _features() -> QWidget:
    """What the program does, in three columns."""
    made = QWidget()
    made.setFixedWidth(960)
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
