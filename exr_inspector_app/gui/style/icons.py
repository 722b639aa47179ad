"""Icon set: SVG glyphs in a theme color, rendered for the screen's pixel ratio."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from exr_inspector_app.config import resource
from exr_inspector_app.gui.style import theme

_ANTIALIASING = QPainter.RenderHint.Antialiasing


@lru_cache(maxsize=512)
def _renderer(name: str, color: str) -> QSvgRenderer:
    """Return the renderer of a glyph in one color, cached."""
    text = (resource("icons") / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", color).encode()))


def paint(painter: QPainter, name: str, rect: QRectF, token: str = "t2") -> None:
    """Paint a glyph in the color of a theme token."""
    paint_color(painter, name, rect, str(getattr(theme.tokens(), token)))


def paint_color(painter: QPainter, name: str, rect: QRectF, color: str) -> None:
    """Paint a glyph in a fixed color, for example over an image."""
    renderer = _renderer(name, color)
    if painter.testRenderHint(_ANTIALIASING):  # the renderer restores all else; hundreds of glyphs are in one repaint
        renderer.render(painter, rect)
        return
    painter.setRenderHint(_ANTIALIASING)
    renderer.render(painter, rect)
    painter.setRenderHint(_ANTIALIASING, False)


def pixmap(name: str, token: str = "t2", size: int = 16, ratio: float = 1.0) -> QPixmap:
    """Return a glyph as a pixmap of `size` logical pixels for a screen's device pixel ratio."""
    pixels = round(size * ratio)
    result = QPixmap(pixels, pixels)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    paint(painter, name, QRectF(0, 0, pixels, pixels), token)
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result


class _GlyphIconEngine(QIconEngine):
    """Icon engine that paints a glyph at any size in the current color of its token."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name, self._token = name, token

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        paint(painter, self._name, QRectF(rect), self._token_for(mode))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return pixmap(self._name, self._token_for(mode), size.width())

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        return pixmap(self._name, self._token_for(mode), size.width(), scale)

    def clone(self) -> QIconEngine:
        return _GlyphIconEngine(self._name, self._token)

    def _token_for(self, mode: QIcon.Mode) -> str:
        return "disabled" if mode == QIcon.Mode.Disabled else self._token


def icon(name: str, token: str = "t2") -> QIcon:
    """Return a glyph as an icon that follows the theme."""
    return QIcon(_GlyphIconEngine(name, token))
