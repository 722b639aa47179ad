"""Mark of stored thumbnails: JPEG comments with the choice of picture, and with the digest of the file's contents.

Thumbnails without the mark of this version were made of another layer or part than today's, and are made again. The
digest distinguishes versions of an uncompressed render, which have one header and size (resources/help/similar.md).

Source: ITU-T T.81, section B.2.4.5, https://www.w3.org/Graphics/JPEG/itu-t81.pdf
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from struct import Struct

from exr_inspector_app.exr.picture import PICTURE_VERSION
from exr_inspector_app.model import Picture
from exr_inspector_app.services.content_digest import DIGEST_HEX_DIGITS

MAX_MARK_BYTES = 200  # of the comments
_NAME, _CONTENT = "exr-inspector picture", b"exr-inspector content "
_SOI, _APP0, _COMMENT, _SCAN = b"\xff\xd8", b"\xff\xe0", b"\xff\xfe", b"\xff\xda"
_LENGTH = Struct(">H")  # of a segment without its marker
_MAX_SEGMENTS = 64  # before the scan
_CONTENT_BYTES = 4 + len(_CONTENT) + DIGEST_HEX_DIGITS
_DIGEST = re.compile(rb"[0-9a-f]{%d}" % DIGEST_HEX_DIGITS)


def mark_thumbnail(jpeg: bytes, picture: Picture | None, digest: str | None = None) -> bytes:
    """Return a JPEG with the mark of this version, after the first segment of a JFIF file.

    Args:
        jpeg: The thumbnail.
        picture: The picture that it shows.
        digest: Digest of the contents of the file, if they were read.
    """
    layer = f"part {picture.part_index} {'.'.join(filter(None, (picture.view, picture.layer)))}" if picture else ""
    text = f"{_NAME} {PICTURE_VERSION}: {layer}".encode("ascii", "backslashreplace")
    comments = _comment(text[: MAX_MARK_BYTES - _CONTENT_BYTES - 4])
    if digest:
        comments += _comment(_CONTENT + digest.encode())
    at = 4 + _LENGTH.unpack_from(jpeg, 4)[0] if jpeg.startswith(_SOI + _APP0) else len(_SOI)
    return jpeg[:at] + comments + jpeg[at:]


def is_current(jpeg: bytes) -> bool:
    """Return True if a stored thumbnail shows the picture that this version would choose."""
    return any(text.startswith(f"{_NAME} {PICTURE_VERSION}:".encode()) for _, text in _comments(jpeg))


def stored_digest(jpeg: bytes) -> str | None:
    """Return the digest of the contents of the file that a stored thumbnail shows, if it has one."""
    digests = (text[len(_CONTENT) :] for _, text in _comments(jpeg) if text.startswith(_CONTENT))
    return next((digest.decode() for digest in digests if _DIGEST.fullmatch(digest)), None)


def without_digest(jpeg: bytes) -> bytes:
    """Return a stored thumbnail without the digest, to compare it with one that has none."""
    mark = next(((at, text) for at, text in _comments(jpeg) if text.startswith(_CONTENT)), None)
    return jpeg if mark is None else jpeg[: mark[0]] + jpeg[mark[0] + 4 + len(mark[1]) :]


def _comment(text: bytes) -> bytes:
    return _COMMENT + _LENGTH.pack(len(text) + 2) + text


def _comments(jpeg: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield position and text of the comments before the scan."""
    at = len(_SOI)
    for _ in range(_MAX_SEGMENTS):
        marker, start = jpeg[at : at + 2], at + 4
        if len(marker) < 2 or marker[:1] != b"\xff" or marker == _SCAN or len(jpeg) < start:
            return
        end = at + 2 + _LENGTH.unpack_from(jpeg, at + 2)[0]
        if marker == _COMMENT:
            yield at, jpeg[start:end]
        at = end
