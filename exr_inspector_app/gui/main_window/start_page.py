"""Start page of an empty session: drop zone, features, recent paths and keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exr_inspector_app.config import resource
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.formatting import escape_tooltip
from exr_inspector_app.gui.widgets.buttons import SHEET_HEIGHT, make_button
from exr_inspector_app.text.escape import escape_control

WIDTH = 960  # px at most
LOW_HEIGHT, LOWEST_HEIGHT = 560, 420  # px below which the features are hidden, and the images
_IMAGES_HEIGHT = 190  # px
MAX_RECENT, LINE_HEIGHT = 4, 20  # recent paths shown, and the height of each in px


class StartPage(QWidget):
    """Page that is shown while the session is empty."""

    open_files_requested = Signal()
    open_folder_requested = Signal()
    open_sample_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 0, 16, 0)
        column.setSpacing(32)
        column.addStretch(2)
        self._drop_zone = self._zone()
        column.addWidget(self._drop_zone, 20)
        self._features = _features()
        column.addWidget(self._features)
        self.foot = StartPageFooter()
        self.foot.setMaximumWidth(WIDTH)
        column.addWidget(self.foot)
        column.addStretch(3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the features in a low window, and the images in one that is lower still."""
        super().resizeEvent(event)
        self._features.setVisible(self.height() >= LOW_HEIGHT)
        self._drop_zone.show_images(self.height() >= LOWEST_HEIGHT)

    def show_recent(self, paths: Sequence[str]) -> None:
        """Show links to the most recent of the paths."""
        self.foot.show_recent(paths)

    def _zone(self) -> _Zone:
        zone = _Zone()
        zone.setMaximumWidth(WIDTH)
        zone.setMaximumHeight(420)
        title = QLabel(strings.DROP_TITLE)
        title.setFont(theme.ui_font(20, theme.SEMIBOLD))
        hint = QLabel(strings.DROP_HINT)
        hint.setFont(theme.ui_font(13))
        buttons = {
            strings.OPEN_FILES: ("file", "filled", self.open_files_requested),
            strings.OPEN_FOLDER: ("folder", "normal", self.open_folder_requested),
            strings.TRY_SAMPLE: ("play", "normal", self.open_sample_requested),
        }
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        for text, (glyph, kind, signal) in buttons.items():
            push_button = make_button(text, glyph, kind, height=SHEET_HEIGHT)
            push_button.setMinimumWidth(136)
            push_button.clicked.connect(signal)
            row.addWidget(push_button)
        row.addStretch()
        column = QVBoxLayout(zone)
        column.setContentsMargins(24, _IMAGES_HEIGHT, 24, 24)
        column.setSpacing(12)
        for label in (title, hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addSpacing(8)
        column.addLayout(row)
        column.addSpacing(12)
        column.addLayout(_example())
        column.addStretch()
        return zone


def _example() -> QHBoxLayout:
    """Return an example of a path that can be pasted, in the monospaced font."""
    hint, path = QLabel(strings.PASTE_HINT), QLabel(strings.EXAMPLE_PATH)
    path.setFont(theme.mono_font(12))
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch()
    for label in (hint, path):
        label.setProperty("rank", "2")
        row.addWidget(label)
    row.addStretch()
    return row


class _Zone(QWidget):
    """Dashed drop zone with three frames of the sample."""

    def __init__(self) -> None:
        super().__init__()
        self._frames = [QPixmap(str(resource("start") / f"{number}.png")) for number in (1, 3, 2)]
        self._has_images = True

    def show_images(self, has_images: bool) -> None:
        """Show the frames above the text, or the text alone."""
        layout = self.layout()
        if has_images != self._has_images and layout is not None:
            self._has_images = has_images
            layout.setContentsMargins(24, _IMAGES_HEIGHT if has_images else 24, 24, 24)
            self.update()

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
            if self._has_images:
                _frame(painter, frame, middle + offset, 104, width, angle)
        painter.end()


def _frame(painter: QPainter, frame: QPixmap, x: float, y: float, width: float, angle: float) -> None:
    """Paint an image with rounded corners in a thin frame."""
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
    """Return the features of the program in three columns."""
    widget = QWidget()
    widget.setMaximumWidth(WIDTH)
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(32)
    for column, (glyph, title, text) in enumerate(strings.FEATURES):
        cell = QWidget()
        row = QHBoxLayout(cell)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(_Tile(glyph), 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        head, body = QLabel(title), QLabel(text)
        head.setFont(theme.ui_font(13, theme.SEMIBOLD))
        body.setProperty("rank", "2")
        body.setWordWrap(True)
        body.setMinimumHeight(54)  # three lines
        texts.addWidget(head)
        texts.addWidget(body)
        texts.addStretch()
        row.addLayout(texts, 1)
        grid.addWidget(cell, 0, column)
        grid.setColumnStretch(column, 1)
    return widget


class _Tile(QWidget):
    """Icon on a raised square."""

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
    """Footer with recent paths at the left and two keys at the right."""

    open_requested = Signal(str)  # a recent path
    shortcuts_requested = Signal()
    commands_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(strings.RECENT)
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
        for key, text, signal in (
            ("Ctrl /", strings.SHORTCUTS_LINK, self.shortcuts_requested),
            ("Ctrl K", strings.COMMANDS_LINK, self.commands_requested),
        ):
            link = _KeyLink(key, text)
            link.clicked.connect(signal)
            keys.addWidget(link)
        row.addLayout(keys)
        row.setAlignment(keys, Qt.AlignmentFlag.AlignTop)
        self.show_recent(())

    def show_recent(self, paths: Sequence[str]) -> None:
        """Show links to the most recent paths, or a note without any."""
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
            none = QLabel(strings.NO_RECENT)
            none.setProperty("rank", "2")
            none.setFixedHeight(LINE_HEIGHT)
            self._shown.append(none)
        for label in self._shown:
            self._paths.addWidget(label)

    def _opener(self, path: str) -> Callable[[], None]:
        return lambda: self.open_requested.emit(path)


class _Link(QAbstractButton):
    """Link that changes its color while it is hovered or focused."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(LINE_HEIGHT)

    @property
    def token(self) -> str:
        """The color token of the text."""
        return "accent" if self.underMouse() or self.hasFocus() else "t2"


class _PathLink(_Link):
    """Link to a recent path, shortened at its front."""

    def __init__(self, path: str) -> None:
        super().__init__(escape_control(path))
        self.setToolTip(escape_tooltip(escape_control(path)))

    def sizeHint(self) -> QSize:
        return QSize(200, LINE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = theme.ui_font(12)
        text = paint.shorten_path(self.text(), font, self.width())
        paint.text(painter, self.rect().toRectF(), text, font, self.token)
        painter.end()


class _KeyLink(_Link):
    """Link with the cap of a key and the text of its command."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self._key = key

    def sizeHint(self) -> QSize:
        width = QFontMetricsF(theme.ui_font(12)).horizontalAdvance(self.text())
        return QSize(round(width + paint.key_cap_width(self._key)) + 12, LINE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cap = paint.key_cap_width(self._key)
        paint.key_cap(painter, cap, self.height() / 2, self._key)
        paint.text(
            painter, self.rect().toRectF().adjusted(cap + 8, 0, 0, 0), self.text(), theme.ui_font(12), self.token
        )
        painter.end()
