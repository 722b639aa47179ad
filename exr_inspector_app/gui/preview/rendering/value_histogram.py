"""Histogram of an image: colors in stops around 1.0, data over the range of their look."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from exr_inspector_app.color.tone_table import list_half_values
from exr_inspector_app.exr.pixels.data_looks import DataLook

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint16]

FIRST_STOP, LAST_STOP, BINS_PER_STOP = -12, 6, 8  # stop 0 is the value 1.0
BIN_COUNT = (LAST_STOP - FIRST_STOP) * BINS_PER_STOP


def compute_histogram(codes: Codes) -> tuple[Floats, tuple[float, float]]:
    """Return the share of each channel's values in each bin of stops.

    Args:
        codes: Half codes, (height, width, channels).

    Returns:
        The shares, (channels, bins), and those of all values below and above the stops; 0 and negatives are below, and
        NaN is neither.
    """
    counts = np.zeros((codes.shape[2], BIN_COUNT + 3), np.int64)
    bins = _assign_bins()
    for channel in range(codes.shape[2]):
        counts[channel] = np.bincount(bins[codes[..., channel]].ravel(), minlength=BIN_COUNT + 3)
    shares = counts / max(1, codes.shape[0] * codes.shape[1])
    below, above, _ = shares[:, BIN_COUNT:].mean(axis=0).tolist()
    return shares[:, :BIN_COUNT].astype(np.float32), (below, above)


def compute_data_histogram(pixels: Floats, look: DataLook) -> Floats:
    """Return the share of each channel's values in equal bins over the range of a look; IDs have none."""
    samples = pixels[..., : look.channel_count]
    # The histogram has rows for one channel or three.
    shares = np.zeros((1 if look.channel_count == 1 else 3, BIN_COUNT), np.float32)
    if look.has_range:
        for channel in range(samples.shape[2]):
            low, high = look.axes[channel] if look.axes else (look.low, look.high)
            # Equal bins of one value need some width, above the resolution of float32.
            middle, width = (low + high) / 2, max(high - low, 1e-6 * abs(high), 1e-12)
            values = samples[..., channel]
            values = values[np.isfinite(values)].astype(np.float64)
            counts, _ = np.histogram(values, shares.shape[1], (middle - width / 2, middle + width / 2))
            shares[channel] = counts
    return shares / np.float32(max(1, samples.shape[0] * samples.shape[1]))


@cache
def _assign_bins() -> npt.NDArray[np.int64]:
    """Return the bin of each code; the last three bins hold values below and above the stops, and NaN."""
    values = list_half_values()
    with np.errstate(divide="ignore", invalid="ignore"):
        stops = np.log2(np.maximum(values, 0))
        inside = np.clip((stops - FIRST_STOP) * BINS_PER_STOP, 0, BIN_COUNT - 1)
        outside = [np.isnan(values), stops < FIRST_STOP, stops >= LAST_STOP]
        bins = np.select(outside, [BIN_COUNT + 2, BIN_COUNT, BIN_COUNT + 1], inside)
    return bins.astype(np.int64)
