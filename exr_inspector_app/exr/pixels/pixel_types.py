"""Pixel types of decoded pictures: names as in OpenEXR, and the NumPy types in which they are passed on."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

PixelType: TypeAlias = type[np.float16] | type[np.float32] | type[np.uint32]

DTYPES: Final[dict[str, PixelType]] = {"half": np.float16, "float": np.float32, "uint": np.uint32}


def pixel_type_of(dtype: npt.DTypeLike) -> str:
    """Return the name of a NumPy type; "float" for types that no file has, which are rounded to it."""
    return next((name for name, candidate in DTYPES.items() if np.dtype(dtype) == candidate), "float")


def padded_bytes(count: int, pixel_type: str) -> int:
    """Return the bytes of `count` values, rounded up to a multiple of 4, the unit of shared memory."""
    return -(-count * np.dtype(DTYPES[pixel_type]).itemsize // 4) * 4


def view_pixels(memory: npt.NDArray[Any], shape: tuple[int, ...], pixel_type: str) -> npt.NDArray[Any]:
    """Return the values of a shape at the start of memory, without a copy.

    Args:
        memory: One-dimensional and contiguous, of at least `padded_bytes`.
        shape: Of the result.
        pixel_type: Key of DTYPES.
    """
    count = int(np.prod(shape, dtype=np.int64))
    return memory.view(DTYPES[pixel_type])[:count].reshape(shape)
