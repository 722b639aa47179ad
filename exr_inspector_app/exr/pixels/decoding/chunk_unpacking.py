"""Unpacking of chunk data without an image library: none, RLE, ZIP, ZIPS and PXR24.

OpenImageIO refuses subsampled channels and does not hand out deep samples as arrays, so these are unpacked here.

Source: OpenEXR File Layout, https://openexr.com/en/latest/OpenEXRFileLayout.html, and the compressors of the library,
https://github.com/AcademySoftwareFoundation/openexr/tree/main/src/lib/OpenEXRCore.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

UNPACKABLE = ("none", "rle", "zips", "zip", "pxr24")
DTYPES: dict[str, np.dtype[Any]] = {"half": np.dtype("<f2"), "float": np.dtype("<f4"), "uint": np.dtype("<u4")}
_PXR24_BYTES = {"half": 2, "float": 3, "uint": 4}  # stored bytes per value; floats lose their last
Run: TypeAlias = tuple[str, int]  # pixel type and number of values


def unpack(data: bytes, compression: str, runs: Iterable[Run]) -> bytes | None:
    """Unpack the data of one chunk.

    Args:
        data: The bytes after the head of the chunk.
        compression: One of UNPACKABLE.
        runs: Pixel type and number of the consecutive values of each channel in each line, in stored order.

    Returns:
        The values, little-endian, one run after another; None for damaged data.
    """
    listed = list(runs)
    size = sum(DTYPES[kind].itemsize * count for kind, count in listed)
    if len(data) == size:  # stored uncompressed if compression would not shrink it
        return data
    if compression == "pxr24":
        return _unpack_pxr24(data, listed)
    return unpack_bytes(data, compression, size)


def unpack_bytes(data: bytes, compression: str, size: int) -> bytes | None:
    """Unpack bytes to a known size, as `unpack` does for all compressions but PXR24."""
    if len(data) == size:
        return data
    if compression in ("zip", "zips"):
        raw = _inflate(data, size)
    elif compression == "rle":
        raw = _expand_runs(data, size)
    else:
        return None
    return None if raw is None else _undo_prediction(raw)


def _inflate(data: bytes, size: int) -> bytes | None:
    try:
        raw = zlib.decompressobj().decompress(data, size + 1)
    except zlib.error:
        return None
    return raw if len(raw) == size else None


def _expand_runs(data: bytes, size: int) -> bytes | None:
    """Expand run lengths: a negative count before literal bytes, else one less than the copies of one byte."""
    pieces: list[bytes] = []
    at = total = 0
    while at + 1 < len(data) and total < size:
        count = data[at]
        if count > 127:
            piece = data[at + 1 : at + 257 - count]
            at += 257 - count
        else:
            piece = data[at + 1 : at + 2] * (count + 1)
            at += 2
        pieces.append(piece)
        total += len(piece)
    return b"".join(pieces) if total == size else None


def _undo_prediction(raw: bytes) -> bytes:
    """Add up the differences between bytes, and interleave the two halves."""
    steps = np.frombuffer(raw, np.uint8).copy()
    steps[1:] ^= 128  # less 128, modulo 256
    values = np.cumsum(steps, dtype=np.uint8)
    half = (len(values) + 1) // 2
    plain = np.empty_like(values)
    plain[::2], plain[1::2] = values[:half], values[half:]
    return plain.tobytes()


def _unpack_pxr24(data: bytes, runs: list[Run]) -> bytes | None:
    """Unpack PXR24: for each run planes of bytes, the most significant first, of the differences between values."""
    raw = _inflate(data, sum(_PXR24_BYTES[kind] * count for kind, count in runs))
    if raw is None:
        return None
    stored, at = np.frombuffer(raw, np.uint8), 0
    plain: list[bytes] = []
    for kind, count in runs:
        planes, dtype = _PXR24_BYTES[kind], np.dtype("<u2" if kind == "half" else "<u4")
        steps: npt.NDArray[np.uint32] = np.zeros(count, np.uint32)
        for plane in range(planes):
            shift = 8 * (dtype.itemsize - 1 - plane)
            steps |= stored[at : at + count].astype(np.uint32) << np.uint32(shift)
            at += count
        plain.append(np.cumsum(steps, dtype=np.uint32).astype(dtype).tobytes())
    return b"".join(plain)
