"""The line below the picture: where the probe is and what the file has there."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.preview.display_transform import ZONES, ViewSettings, develop
from exr_inspector_app.gui.preview.mip_pyramid import MipPyramid, level_of
from exr_inspector_app.gui.preview.preview_job import ExactPixels
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.model import Part
from exr_inspector_app.text.format import pluralize

HEIGHT = 29
_TOKENS = {"R": "red", "G": "green", "B": "blue"}
_WIDEST = 9  # characters of a value


def value_text(value: float) -> str:
    """A value in at most nine characters: five decimals where they fit, otherwise five digits."""
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "Inf" if value > 0 else "−Inf"
    if value == 0 or 1e-4 <= abs(value) < 1000:
        return f"{value:.5f}".replace("-", "−")
    return f"{value:.3e}".replace("-", "−")


class PixelReadout(QWidget):
    """Coordinates, a swatch, the values of the file in columns that stay, and what is odd about the picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self._prepared: MipPyramid | None = None
        self._probe: tuple[int, int] | None = None
        self._exact: ExactPixels | None = None
        self._look = ViewSettings()
        self._missing = ""
        self.setAccessibleName("Pixel values")

    def show_picture(self, prepared: MipPyramid | None, part: Part | None) -> None:
        """The picture whose values are told, and the part it is of."""
        self._prepared, self._exact = prepared, None
        self._missing = _missing_words(part) if part else ""
        self._tell()

    def show_look(self, look: ViewSettings) -> None:
        """The swatch looks as the picture does."""
        self._look = look
        self.update()

    def show_probe(self, probe: tuple[int, int] | None) -> None:
        """The values of this pixel."""
        self._probe = probe
        self._tell()

    def show_exact(self, exact: ExactPixels) -> None:
        """What the file has at a pixel of which the picture has a mean."""
        self._exact = exact
        self._tell()

    def _tell(self) -> None:
        self.setAccessibleDescription(self.words)
        self.update()

    @property
    def values(self) -> list[tuple[str, float]]:
        """The letters and values at the probe, as the picture has them; none where it has no such pixel."""
        prepared, probe = self._prepared, self._probe
        if prepared is None or probe is None:
            return []
        picture = prepared.picture
        column = int((probe[0] + 0.5 - picture.data_window.min_x) / picture.scale[0])
        row = int((probe[1] + 0.5 - picture.data_window.min_y) / picture.scale[1])
        height, width = picture.pixels.shape[:2]
        if not (0 <= column < width and 0 <= row < height):
            return []
        if self.is_exact and self._exact:
            return list(zip(prepared.letters, self._exact.values, strict=True))
        return list(zip(prepared.letters, map(float, picture.pixels[row, column]), strict=True))

    @property
    def is_exact(self) -> bool:
        """True where the file's own values at the probe were read for it."""
        return self._exact is not None and self._exact.probe == self._probe

    @property
    def is_missing(self) -> bool:
        """True where the file has no pixel at the probe."""
        if self._prepared is None or self._probe is None:
            return False
        x, y = self._probe
        boxes = self._prepared.picture.missing
        return any(box.min_x <= x <= box.max_x and box.min_y <= y <= box.max_y for box in boxes)

    @property
    def words(self) -> str:
        """The whole line as text, to copy and to speak."""
        if self._probe is None:
            return self.remark
        facts = " ".join(f"{letter} {value_text(value)}" for letter, value in self.values)
        return f"x {self._probe[0]} y {self._probe[1]} {facts} {self.remark}".strip()

    @property
    def remark(self) -> str:
        """What is odd about the picture."""
        if self._prepared is None:
            return ""
        found = [f"NaN {self._prepared.nan_count:,}", f"Inf {self._prepared.inf_count:,}"]
        picture = self._prepared.picture
        if picture.missing:
            found.append(self._missing or f"{pluralize(len(picture.missing), 'region')} not shown")
        if picture.factor > 1 and not self.is_exact:
            found.append(f"means of {picture.factor} × {picture.factor} pixels")
        return ", ".join(found)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), t.color("panel"))
        mono, middle = theme.mono(12), self.height() / 2
        remark = self.remark
        width = QFontMetricsF(theme.ui(12)).horizontalAdvance(remark)
        paint.text(painter, QRectF(12, 0, self.width() - 24, self.height()), remark, theme.ui(12), "t2", "right")
        end = self.width() - 24 - width
        step = QFontMetricsF(mono).horizontalAdvance("0")
        left = 12.0
        for place, letter in enumerate("xy"):
            words = str(self._probe[place]).replace("-", "−") if self._probe else "–"
            paint.text(painter, QRectF(left, 0, step, self.height()), letter, mono, "t3")
            paint.text(painter, QRectF(left + 2 * step, 0, 5 * step, self.height()), words, mono, "t1")
            left += 8.2 * step
        swatch = QRectF(left, middle - 8, 16, 16)
        painter.setPen(t.color("line2"))
        painter.setBrush(self._swatch() or t.color("panel"))
        painter.drawRoundedRect(swatch.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        left += 28
        if self.is_missing:
            paint.text(painter, QRectF(left, 0, end - left, self.height()), "not in the file", theme.ui(12), "t2")
        else:
            self._paint_values(painter, left, end, step)
        painter.end()

    def _paint_values(self, painter: QPainter, left: float, end: float, step: float) -> None:
        """Letter and value in columns of one width; those that find no room are left out."""
        mono = theme.mono(12)
        for letter, value in self.values:
            name = letter[:6]
            wide = (len(name) + 1 + _WIDEST + 1.5) * step
            if left + wide - 2 * step > end:
                return
            font = theme.mono(12, theme.MEDIUM)
            paint.text(painter, QRectF(left, 0, 80, self.height()), name, font, _TOKENS.get(letter.upper(), "t2"))
            room = QRectF(left + (len(name) + 1) * step, 0, (_WIDEST + 1) * step, self.height())
            paint.text(painter, room, value_text(value), mono, "t1")
            left += wide

    def _swatch(self) -> QColor | None:
        """The colour at the probe as the canvas shows it."""
        values = [value for _, value in self.values]
        if not values or self.is_missing:
            return None
        return swatch_of(self._prepared, values, self._look)


def _missing_words(part: Part) -> str:
    """How many chunks are not shown; nothing where they are not those of the picture alone."""
    if part.chunk_count is None or part.chunks_present is None or part.level_mode not in (None, "one_level"):
        return ""
    gone = part.chunk_count - part.chunks_present
    return f"{pluralize(gone, 'tile' if part.is_tiled else 'chunk')} not shown" if gone else ""


def swatch_of(prepared: MipPyramid | None, values: list[float], look: ViewSettings) -> QColor:
    """The developed colour of one pixel's values."""
    assert prepared is not None
    level = level_of(np.array([[values]], np.float32), prepared.letters)
    developed = develop(level, look)
    pixel = developed.pixels[0, 0]
    if developed.is_zones:
        return QColor(ZONES[int(pixel)][1])
    return QColor(*(int(one) for one in pixel)) if developed.pixels.ndim == 3 else QColor(*(int(pixel),) * 3)
