"""Image cache of the canvas: the last rendered level as QImage, until settings or image change."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from exr_inspector_app.gui.preview.display_transform import ZONES, DisplayImage, ViewSettings, render_level
from exr_inspector_app.gui.preview.mip_pyramid import INF, NAN, Bytes, MipPyramid

NON_FINITE_COLORS = {NAN: QColor(255, 0, 255), INF: QColor(255, 208, 0)}


class ImageCache:
    """Cache of one rendered level and its overlay of non-finite pixels."""

    def __init__(self) -> None:
        self.settings = ViewSettings()
        self._key: tuple[int, ViewSettings] | None = None
        self._image = QImage()
        self._pixels: Bytes | None = None  # memory of the image, which QImage does not own
        self._overlay: tuple[int, Bytes, QImage] | None = None  # level, memory, image

    def clear(self) -> None:
        """Discard the cached images; call it when another image is shown."""
        self._key = self._overlay = None

    def get(self, pyramid: MipPyramid, index: int) -> tuple[QImage, tuple[int, int]]:
        """Return the image of a level and its size (width, height)."""
        level = pyramid.levels[index]
        if self._key != (index, self.settings):
            rendered = render_level(level, self.settings)
            self._pixels = rendered.pixels
            self._image = _make_image(rendered)
            self._key = (index, self.settings)
        return self._image, level.size

    def non_finite(self, pyramid: MipPyramid, index: int) -> QImage | None:
        """Return the overlay that marks NaN and infinite pixels, or None if all pixels are finite."""
        marks = pyramid.levels[index].non_finite
        if marks is None:
            return None
        if self._overlay is None or self._overlay[0] != index:
            pixels = np.ascontiguousarray(marks)
            height, width = pixels.shape
            image = QImage(pixels.data, width, height, width, QImage.Format.Format_Indexed8)
            image.setColorTable([0, *(NON_FINITE_COLORS[mark].rgba() for mark in (NAN, INF))])
            self._overlay = (index, pixels, image)
        return self._overlay[2]


def _make_image(rendered: DisplayImage) -> QImage:
    """Return an image that uses the memory of the pixels, which must outlive it."""
    pixels = rendered.pixels
    height, width = pixels.shape[:2]
    if pixels.ndim == 3:
        return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    if not rendered.is_zones:
        return QImage(pixels.data, width, height, width, QImage.Format.Format_Grayscale8)
    image = QImage(pixels.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable([QColor(color).rgba() for _, color, _ in ZONES])
    return image
