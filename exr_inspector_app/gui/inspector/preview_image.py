"""Image of a preview attribute: 8-bit RGBA, as the file stores it."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from exr_inspector_app.model import StoredValue

MAX_SIZE = QSize(200, 112)  # px, as painted
_MAX_PIXELS = 4_000_000  # of a preview that is shown


def preview_image(value: Any) -> QImage | None:
    """Return the image of a preview whose bytes are in memory; None for a value of another shape or size."""
    if not isinstance(value, dict) or isinstance(value, StoredValue):
        return None
    width, height, data = value.get("width"), value.get("height"), value.get("data")
    if not isinstance(width, int) or not isinstance(height, int) or not isinstance(data, str):
        return None
    if width <= 0 or height <= 0 or width * height > _MAX_PIXELS:
        return None
    try:
        pixels = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(pixels) != 4 * width * height:
        return None
    # Alpha is ignored: many programs leave it zero.
    return QImage(pixels, width, height, 4 * width, QImage.Format.Format_RGBX8888).copy()


def painted_size(image: QImage) -> QSize:
    """Return the size at which a preview is painted; a small one is not enlarged."""
    size = image.size()
    if size.width() <= MAX_SIZE.width() and size.height() <= MAX_SIZE.height():
        return size
    return size.scaled(MAX_SIZE, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
