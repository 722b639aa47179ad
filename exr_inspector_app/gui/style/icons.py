"""Glyphs: one SVG each, coloured from a token and rendered for the screen's pixel ratio."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from exr_inspector_app.config import resource
from exr_inspector_app.gui.style import theme


@lru_cache(maxsize=512)
def _renderer(name: str, color: str) -> QSvgRenderer:
    """The glyph in one colour."""
    text = (resource("icons") / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", color).encode()))


def paint(painter: QPainter, name: str, rect: QRectF, token: str = "t2") -> None:
    """The glyph painted into a rectangle."""
    paint_color(painter, name, rect, str(getattr(theme.tokens(), token)))


def paint_color(painter: QPainter, name: str, rect: QRectF, color: str) -> None:
    """The glyph in a colour that no theme changes, as over the picture."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _renderer(name, color).render(painter, rect)
    painter.restore()


def pixmap(name: str, token: str = "t2", size: int = 16, ratio: float = 1.0) -> QPixmap:
    """The glyph as a pixmap of `size` logical pixels for a screen of this pixel ratio."""
    pixels = round(size * ratio)
    found = QPixmap(pixels, pixels)
    found.fill(Qt.GlobalColor.transparent)
    painter = QPainter(found)
    paint(painter, name, QRectF(0, 0, pixels, pixels), token)
    painter.end()
    found.setDevicePixelRatio(ratio)
    return found


class _Engine(QIconEngine):
    """Paints a glyph at any size in the colour that its token has now."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name, self._token = name, token

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        paint(painter, self._name, QRectF(rect), self._token_in(mode))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return pixmap(self._name, self._token_in(mode), size.width())

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        return pixmap(self._name, self._token_in(mode), size.width(), scale)

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._token)

    def _token_in(self, mode: QIcon.Mode) -> str:
        return "disabled" if mode == QIcon.Mode.Disabled else self._token


def icon(name: str, token: str = "t2") -> QIcon:
    """The glyph as an icon that follows the theme."""
    return QIcon(_Engine(name, token))
