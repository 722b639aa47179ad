"""Glyphs: one SVG each, coloured from a token and rendered for the screen's pixel ratio."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from exr_inspector_app.config import resource
from exr_inspector_app.gui import theme


@lru_cache(maxsize=512)
def _renderer(name: str, color: str) -> QSvgRenderer:
    """The glyph in one colour."""
    text = (resource("icons") / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", color).encode()))


def paint(painter: QPainter, name: str, rect: QRectF, token: str = "t2", turn: float = 0.0) -> None:
    """The glyph painted into a rectangle, turned by degrees."""
    painter.save()
    if turn:
        painter.translate(rect.center())
        painter.rotate(turn)
        painter.translate(-rect.center())
    _renderer(name, str(getattr(theme.tokens(), token))).render(painter, rect)
    painter.restore()


def pixmap(name: str, token: str = "t2", size: int = 16, ratio: float = 1.0) -> QPixmap:
    """The glyph as a pixmap of `size` logical pixels."""
    pixels = round(size * ratio)
    found = QPixmap(pixels, pixels)
    found.fill(Qt.GlobalColor.transparent)
    painter = QPainter(found)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint(painter, name, QRectF(0, 0, pixels, pixels), token)
    painter.end()
    found.setDevicePixelRatio(ratio)
    return found


class _Engine(QIconEngine):
    """Paints a glyph at any size in the colour that its token has now."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name, self._token = name, token

    def paint(self, painter, rect, mode, state) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        token = "disabled" if mode == QIcon.Mode.Disabled else self._token
        paint(painter, self._name, QRectF(rect), token)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        token = "disabled" if mode == QIcon.Mode.Disabled else self._token
        return pixmap(self._name, token, size.width())

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        return self.pixmap(size, mode, state)

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._token)


def icon(name: str, token: str = "t2") -> QIcon:
    """The glyph as an icon that follows the theme."""
    return QIcon(_Engine(name, token))
