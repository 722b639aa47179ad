"""Mark of stored thumbnails: a JPEG comment with the version of the choice of picture, and the layer that was chosen.

Thumbnails without the mark of this version were made of another layer or part than today's, and are made again.

Source: ITU-T T.81, section B.2.4.5, https://www.w3.org/Graphics/JPEG/itu-t81.pdf
"""

from __future__ import annotations

from struct import Struct

from exr_inspector_app.exr.picture import PICTURE_VERSION
from exr_inspector_app.model import Picture

MAX_MARK_BYTES = 200  # of the comment
_NAME = "exr-inspector picture"
_SOI, _APP0, _COMMENT, _SCAN = b"\xff\xd8", b"\xff\xe0", b"\xff\xfe", b"\xff\xda"
_LENGTH = Struct(">H")  # of a segment without its marker
_MAX_SEGMENTS = 64  # before the scan


def mark_thumbnail(jpeg: bytes, picture: Picture | None) -> bytes:
    """Return a JPEG with the mark of this version, after the first segment of a JFIF file."""
    layer = f"part {picture.part_index} {'.'.join(filter(None, (picture.view, picture.layer)))}" if picture else ""
    text = f"{_NAME} {PICTURE_VERSION}: {layer}".encode("ascii", "backslashreplace")[: MAX_MARK_BYTES - 4]
    at = 4 + _LENGTH.unpack_from(jpeg, 4)[0] if jpeg.startswith(_SOI + _APP0) else len(_SOI)
    return jpeg[:at] + _COMMENT + _LENGTH.pack(len(text) + 2) + text + jpeg[at:]


def is_current(jpeg: bytes) -> bool:
    """Return True if a stored thumbnail shows the picture that this version would choose."""
    at = len(_SOI)
    for _ in range(_MAX_SEGMENTS):
        marker, start = jpeg[at : at + 2], at + 4
        if len(marker) < 2 or marker[:1] != b"\xff" or marker == _SCAN or len(jpeg) < start:
            return False
        at += 2 + _LENGTH.unpack_from(jpeg, at + 2)[0]
        if marker == _COMMENT and jpeg[start:at].startswith(f"{_NAME} {PICTURE_VERSION}:".encode()):
            return True
    return False
