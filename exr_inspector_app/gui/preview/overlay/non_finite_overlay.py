"""Overlay of NaN and infinite pixels as an image, cached until another level is shown."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from exr_inspector_app.gui.preview.rendering.mip_pyramid import INF, NAN, Bytes, MipPyramid

NON_FINITE_COLORS = {NAN: QColor(255, 0, 255), INF: QColor(255, 208, 0)}


class NonFiniteOverlay:
    """Cache of the overlay of one level."""

    def __init__(self) -> None:
        self._cached: tuple[MipPyramid, int, Bytes, QImage] | None = None  # pyramid, level, memory, image

    def get(self, pyramid: MipPyramid, index: int) -> QImage | None:
        """Return the image that marks NaN and infinite pixels of a level, or None if all are finite."""
        marks = pyramid.levels[index].non_finite
        if marks is None:
            return None
        if self._cached is None or self._cached[0] is not pyramid or self._cached[1] != index:
            pixels = np.ascontiguousarray(marks)
            height, width = pixels.shape
            image = QImage(pixels.data, width, height, width, QImage.Format.Format_Indexed8)
            image.setColorTable([0, *(NON_FINITE_COLORS[mark].rgba() for mark in (NAN, INF))])
            self._cached = (pyramid, index, pixels, image)
        return self._cached[3]
