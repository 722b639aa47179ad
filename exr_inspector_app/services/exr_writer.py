"""OpenEXR encoder for one flat part of scan lines with ZIP compression, in Python's standard library and NumPy.

Source: OpenEXR File Layout, https://openexr.com/en/latest/OpenEXRFileLayout.html
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from exr_inspector_app.config.atomic_file import replace_file
from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.errors import DecodeCancelledError
from exr_inspector_app.exr.parser.stored_attributes import StoredAttribute
from exr_inspector_app.model import Box2i

_MAGIC = b"v/1\x01"
_LONG_NAMES = 0x400  # flag of the version: names of up to 255 bytes
_MAX_SHORT_NAME = 31
_LINES_PER_CHUNK = 16  # of ZIP compression
_ZIP = 3
_PIXEL_TYPES = {np.dtype(np.uint32): 0, np.dtype(np.float16): 1, np.dtype(np.float32): 2}

Plane = npt.NDArray[Any]  # (height, width) of uint32, float16 or float32


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """Header attributes besides the channels.

    Attributes:
        data_window: Box of the pixels.
        display_window: Box of the whole image.
        attributes: More attributes with their values as stored; they replace defaults such as a square pixel.
    """

    data_window: Box2i
    display_window: Box2i
    attributes: Sequence[StoredAttribute] = ()


def write_exr(path: Path, planes: Mapping[str, Plane], header: ImageHeader, stop: StopCheck = never_stop) -> None:
    """Write channels atomically; every value is stored as it is.

    Args:
        path: The file; its folder must exist.
        planes: Pixels of each channel by its full name, of the size of the data window.
        header: Windows and attributes.
        stop: Polled once per chunk; returns True to leave no file.

    Raises:
        DecodeCancelledError: `stop` returned True.
        OSError: The file cannot be written.
    """
    ordered = sorted(planes.items())
    box = header.data_window
    starts = range(0, box.height, _LINES_PER_CHUNK)
    with replace_file(path, replaces_images=True) as fresh, fresh.open("wb") as file:
        file.write(_encode_header([(name, plane.dtype) for name, plane in ordered], header))
        table_at = file.tell()
        file.write(bytes(8 * len(starts)))
        offsets = []
        for start in starts:
            if stop():
                raise DecodeCancelledError("Stopped.")
            offsets.append(file.tell())
            data = _compress(_encode_lines(ordered, start, min(start + _LINES_PER_CHUNK, box.height)))
            file.write(struct.pack("<ii", box.min_y + start, len(data)) + data)
        file.seek(table_at)
        file.write(struct.pack(f"<{len(offsets)}Q", *offsets))


def _encode_header(channels: list[tuple[str, np.dtype[Any]]], header: ImageHeader) -> bytes:
    names = [(name.encode("utf-8", "surrogateescape"), dtype) for name, dtype in channels]
    flags = _LONG_NAMES if any(len(name) > _MAX_SHORT_NAME for name, _ in names) else 0
    listed = b"".join(name + b"\0" + struct.pack("<iB3xii", _PIXEL_TYPES[dtype], 0, 1, 1) for name, dtype in names)
    defaults = [
        StoredAttribute(b"displayWindow", b"box2i", struct.pack("<4i", *header.display_window)),
        StoredAttribute(b"pixelAspectRatio", b"float", struct.pack("<f", 1)),
        StoredAttribute(b"screenWindowCenter", b"v2f", struct.pack("<2f", 0, 0)),
        StoredAttribute(b"screenWindowWidth", b"float", struct.pack("<f", 1)),
    ]
    own = [
        StoredAttribute(b"channels", b"chlist", listed + b"\0"),
        StoredAttribute(b"compression", b"compression", bytes([_ZIP])),
        StoredAttribute(b"dataWindow", b"box2i", struct.pack("<4i", *header.data_window)),
        StoredAttribute(b"lineOrder", b"lineOrder", b"\0"),
    ]
    by_name = {attribute.name: attribute for attribute in (*defaults, *_valid(header.attributes, defaults), *own)}
    if any(len(text) > _MAX_SHORT_NAME for attribute in by_name.values() for text in attribute[:2]):
        flags = _LONG_NAMES
    encoded = b"".join(
        b"%s\0%s\0" % (name, kind) + struct.pack("<i", len(value)) + value for name, kind, value in by_name.values()
    )
    return _MAGIC + struct.pack("<I", 2 | flags) + encoded + b"\0"


def _valid(attributes: Sequence[StoredAttribute], defaults: Sequence[StoredAttribute]) -> Iterator[StoredAttribute]:
    """Yield attributes, except standard ones of another type or size, and absurd pixel aspect ratios."""
    forms = {default.name: (default.kind, len(default.value)) for default in defaults}
    for attribute in attributes:
        if forms.get(attribute.name) not in (None, (attribute.kind, len(attribute.value))):
            continue
        if attribute.name == b"pixelAspectRatio" and not 1e-6 <= struct.unpack("<f", attribute.value)[0] <= 1e6:
            continue
        if attribute.name != b"displayWindow":  # which the caller has checked
            yield attribute


def _encode_lines(ordered: list[tuple[str, Plane]], start: int, end: int) -> bytes:
    """Return scan lines one after another, each with the rows of all channels."""
    rows = [plane[start:end].astype(plane.dtype.newbyteorder("<"), copy=False) for _, plane in ordered]
    return b"".join(row[line].tobytes() for line in range(end - start) for row in rows)


def _compress(data: bytes) -> bytes:
    """Return ZIP data: bytes of even and odd places apart, their differences, then zlib; as they are if not shorter."""
    raw = np.frombuffer(data, np.uint8)
    split = np.concatenate([raw[::2], raw[1::2]])
    differences = split.copy()
    differences[1:] = split[1:] - split[:-1] + np.uint8(128)
    packed = zlib.compress(differences.tobytes(), 4)
    return packed if len(packed) < len(data) else data
