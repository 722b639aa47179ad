"""Text of pixel values: it reads back as the stored value."""

from __future__ import annotations

import numpy as np
import pytest

from exr_inspector_app.exr.pixels.value_text import MAX_CHARS, format_stored


def test_every_finite_half_reads_back() -> None:
    values = np.arange(65536, dtype=np.uint16).view(np.float16)
    values = values[np.isfinite(values)]
    texts = [format_stored(float(value), "half") for value in values]
    assert np.array_equal(np.array([float(text) for text in texts], np.float16).view(np.uint16), values.view(np.uint16))
    assert max(map(len, texts)) <= MAX_CHARS["half"]


def test_float_reads_back() -> None:
    bits = np.random.default_rng(1).integers(0, 2**32, 5000, np.uint32)
    values = bits.view(np.float32)
    values = values[np.isfinite(values)]
    texts = [format_stored(float(value), "float") for value in values]
    assert np.array_equal(np.array([float(text) for text in texts], np.float32), values)
    assert max(map(len, texts)) <= MAX_CHARS["float"]


@pytest.mark.parametrize(
    ("value", "pixel_type", "text"),
    [
        (100_019.0, "uint", "100019"),
        (4_294_967_295.0, "uint", "4294967295"),
        (float(np.float16(0.18)), "half", "0.18"),
        (1.0, "half", "1"),
        (float(np.float32(0.1)), "half", "0.1"),
        (0.034973145, "half", "0.03497"),
        (float(np.float32(5.891e-14)), "float", "5.891e-14"),
        (1e10, "float", "1e+10"),
        (float("nan"), "half", "NaN"),
        (float("-inf"), "half", "-Inf"),
    ],
)
def test_text_is_the_shortest_one(value: float, pixel_type: str, text: str) -> None:
    assert format_stored(value, pixel_type) == text
