"""Developed levels as images that Qt paints, kept until look or picture change."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from exr_inspector_app.gui.preview.display_transform import ZONES, DisplayImage, ViewSettings, develop
from exr_inspector_app.gui.preview.mip_pyramid import INF, NAN, Bytes, MipPyramid

ODD_COLOURS = {NAN: QColor(255, 0, 255), INF: QColor(255, 208, 0)}


class ImageCache:
    """The image of the level that was painted last, in the look that is wanted now."""

    def __init__(self) -> None:
        self.look = ViewSettings()
        self._key: tuple[int, ViewSettings] | None = None
        self._image = QImage()
        self._kept: Bytes | None = None  # the memory that the image shows
        self._odd: tuple[int, Bytes, QImage] | None = None

    def forget(self) -> None:
        """There is another picture."""
        self._key = self._odd = None

    def of(self, prepared: MipPyramid, place: int) -> tuple[QImage, tuple[int, int]]:
        """The image of a level, and its size."""
        level = prepared.levels[place]
        if self._key != (place, self.look):
            developed = develop(level, self.look)
            self._kept = developed.pixels
            self._image = _image(developed)
            self._key = (place, self.look)
        return self._image, level.size

    def odd(self, prepared: MipPyramid, place: int) -> QImage | None:
        """Marks for NaN and infinities; None where there are none."""
        marks = prepared.levels[place].odd
        if marks is None:
            return None
        if self._odd is None or self._odd[0] != place:
            kept = np.ascontiguousarray(marks)
            height, width = kept.shape
            image = QImage(kept.data, width, height, width, QImage.Format.Format_Indexed8)
            image.setColorTable([0, *(ODD_COLOURS[mark].rgba() for mark in (NAN, INF))])
            self._odd = (place, kept, image)
        return self._odd[2]


def _image(developed: DisplayImage) -> QImage:
    """An image over the memory of the pixels, which must outlive it."""
    pixels = developed.pixels
    height, width = pixels.shape[:2]
    if pixels.ndim == 3:
        return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    if not developed.is_zones:
        return QImage(pixels.data, width, height, width, QImage.Format.Format_Grayscale8)
    image = QImage(pixels.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable([QColor(color).rgba() for _, color, _ in ZONES])
    return image
