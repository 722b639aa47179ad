"""PNG encoder for 8-bit RGB images, in Python's standard library and numpy.

Source: Portable Network Graphics (PNG) Specification, https://www.w3.org/TR/png-3/
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from exr_inspector_app.config.atomic_file import replace_file

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB_8 = (8, 2, 0, 0, 0)  # bit depth, color type, compression, filter, interlace
_FILTER_UP = 2
_ROWS_PER_CHUNK = 256
_LEVEL = 4


def write_png(path: Path, image: npt.NDArray[np.uint8]) -> None:
    """Write an image atomically.

    Args:
        path: The file; its folder must exist.
        image: (height, width, 3) uint8.

    Raises:
        OSError: The file cannot be written.
    """
    height, width = image.shape[:2]
    compressor = zlib.compressobj(_LEVEL)
    with replace_file(path) as fresh, fresh.open("wb") as file:
        file.write(_SIGNATURE + _chunk(b"IHDR", struct.pack(">II5B", width, height, *_RGB_8)))
        above = np.zeros((1, 3 * width), np.uint8)
        for start in range(0, height, _ROWS_PER_CHUNK):
            rows = np.ascontiguousarray(image[start : start + _ROWS_PER_CHUNK]).reshape(-1, 3 * width)
            filtered = np.empty((len(rows), 1 + 3 * width), np.uint8)
            filtered[:, 0] = _FILTER_UP
            filtered[:, 1:] = rows - np.concatenate([above, rows[:-1]])
            above = rows[-1:]
            file.write(_chunk(b"IDAT", compressor.compress(filtered.tobytes())))
        file.write(_chunk(b"IDAT", compressor.flush()) + _chunk(b"IEND", b""))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
