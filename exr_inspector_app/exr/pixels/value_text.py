"""Text of pixel values that reads back as the stored value, by the type of the channel."""

from __future__ import annotations

import re

import numpy as np

MIN_POSITIONAL, END_POSITIONAL = 1e-4, 1e9  # magnitudes outside are in scientific notation
MAX_HALF = 65504.0
MAX_CHARS = {"half": 11, "float": 15, "uint": 10}


def format_stored(value: float, pixel_type: str) -> str:
    """Return the shortest text that reads back as a value of a channel.

    Args:
        value: The value.
        pixel_type: Type of the channel: half, float or uint. Values that no half has, such as those of flattened deep
            samples, are float.

    Returns:
        A whole number for uint, else the shortest decimal number; NaN, Inf or -Inf.
    """
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    if pixel_type == "uint":
        return str(int(value))
    is_half = pixel_type == "half" and abs(value) <= MAX_HALF and np.float16(value) == np.float32(value)
    number = np.float16(value) if is_half else np.float32(value)
    if value == 0 or MIN_POSITIONAL <= abs(value) < END_POSITIONAL:
        return np.format_float_positional(number, unique=True, trim="-")
    return np.format_float_scientific(number, unique=True, trim="-", exp_digits=1)


def shorten_value(value: float, pixel_type: str, max_chars: int) -> str:
    """Return a value as exact as it fits into a number of characters; "…" where no digit of it does."""
    text = format_stored(value, pixel_type)
    rounded = [f"{value:.{digits}g}" for digits in range(6, 0, -1)] if np.isfinite(value) else []
    forms = ((form, re.sub(r"^(-?)0\.", r"\1.", form)) for form in (text, *rounded))
    fitting = [form for pair in forms for form in pair if len(form) <= max_chars]
    return fitting[0].replace("-", "−") if fitting else "…"
