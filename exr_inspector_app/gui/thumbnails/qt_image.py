"""Conversion of decoded thumbnails to images of Qt, without any decoding in this process."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from exr_inspector_app.exr.pixels.decoded_picture import RgbImage


def to_qimage(image: RgbImage) -> QImage:
    """Return an image that owns its pixels."""
    return QImage(image.data, image.width, image.height, 3 * image.width, QImage.Format.Format_RGB888).copy()


def crop(image: QImage, width: int, height: int) -> QImage:
    """Return an image scaled and cropped to a size."""
    fill, smooth = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    scaled = image.scaled(width, height, fill, smooth)
    scale = max(width / image.width(), height / image.height())
    across, down = round(image.width() * scale), round(image.height() * scale)
    return scaled.copy((across - width) // 2, (down - height) // 2, width, height)


def shrink(image: QImage, max_side: int) -> QImage:
    """Return an image whose longer side is at most `max_side`."""
    if max(image.width(), image.height()) <= max_side:
        return image
    aspect, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image.scaled(max_side, max_side, aspect, smooth)
