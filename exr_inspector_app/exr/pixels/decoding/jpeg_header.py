"""JPEG header parser: size and scans of a JPEG, read from its markers before anything is decoded.

Source: ITU-T T.81, annex B, https://www.w3.org/Graphics/JPEG/itu-t81.pdf
"""

from __future__ import annotations

import re
from struct import Struct

MAX_JPEG_SIDE = 1024  # px
MAX_SCANS = 32  # a progressive JPEG has about 10; each one passes over the whole image
_MAGIC = b"\xff\xd8\xff"
_FRAMES = frozenset([0xC0, 0xC1, 0xC2])  # baseline, extended and progressive, with Huffman coding
_OTHER_FRAMES = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}  # lossless, hierarchical, arithmetic
_SCAN, _END = 0xDA, 0xD9
_LENGTH, _FRAME = Struct(">H"), Struct(">BHHB")  # precision, height, width, components
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # after the data of a scan


class JpegError(ValueError):
    """Bytes that are no JPEG of a thumbnail; the text is the reason, for the end of a sentence."""


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Return the width and height of a JPEG.

    Raises:
        JpegError: The bytes are no JPEG, or one that is larger than thumbnails are, or that takes long to decode.
    """
    if not data.startswith(_MAGIC):
        raise JpegError("it is no JPEG")
    size, scans, at = None, 0, 2
    while (marker := data[at + 1 : at + 2]) and data[at] == 0xFF and marker[0] != _END:
        if len(data) < at + 4:
            raise JpegError("it is cut")
        end = at + 2 + _LENGTH.unpack_from(data, at + 2)[0]
        if marker[0] in _FRAMES | _OTHER_FRAMES:
            if size is not None or marker[0] in _OTHER_FRAMES:
                raise JpegError("its coding is not that of a thumbnail")
            size = _frame_size(data[at + 4 : end])
        if marker[0] == _SCAN:
            scans += 1
            next_marker = _NEXT_MARKER.search(data, end)
            end = next_marker.start() if next_marker else len(data)
        at = end
    if size is None or not 0 < scans <= MAX_SCANS:
        raise JpegError(f"it has {scans:,} scans")
    return size


def _frame_size(segment: bytes) -> tuple[int, int]:
    if len(segment) < _FRAME.size:
        raise JpegError("it is cut")
    precision, height, width, components = _FRAME.unpack_from(segment)
    if precision != 8 or components not in (1, 3):
        raise JpegError(f"it has {components} components of {precision} bits")
    if not (0 < width <= MAX_JPEG_SIDE and 0 < height <= MAX_JPEG_SIDE):
        raise JpegError(f"its size is {width:,} × {height:,}")
    return width, height
