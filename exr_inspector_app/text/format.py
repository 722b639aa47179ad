"""Text formatting of counts and channel statistics."""

from __future__ import annotations

from exr_inspector_app.model import ChannelStats

_UNITS = ("KB", "MB", "GB", "TB", "PB")


def pluralize(count: int, singular: str, plural: str = "") -> str:
    """Return a count with its noun: `1 file`, `1,048 files`.

    Args:
        count: Number of items.
        singular: Noun for 1 item.
        plural: Noun for other counts; by default the singular with an s.
    """
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def format_bytes(size: int) -> str:
    """Return a size in decimal units: `612 B`, `20.1 MB`, `181 MB`."""
    if size < 1000:
        return f"{size} B"
    value, unit = size / 1000, 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.0f} {_UNITS[unit]}" if value >= 99.95 else f"{value:.1f} {_UNITS[unit]}"


def format_statistics(stats: ChannelStats) -> str:
    """Return the statistics of one channel in one line, with the first pixel of each anomaly."""
    counts = {
        "NaN": (stats.nan_count, stats.first_nan),
        "Inf": (stats.inf_count, stats.first_inf),
        "negative": (stats.negative_count, stats.first_negative),
        "lost": (stats.lost_count, stats.first_lost),
    }
    anomalies = [f"{count:,} {name} from {at[0]}, {at[1]}" for name, (count, at) in counts.items() if at]
    return ", ".join([_format_range(stats), *anomalies])


def _format_range(stats: ChannelStats) -> str:
    """Return the range and the mean, or the reason why the statistics have no range."""
    if stats.has_range:
        span = f"{format_number(stats.min)} to {format_number(stats.max)}"
        return f"{span}, mean {format_number(stats.mean)} ± {stats.stddev:g}"
    if stats.nan_count or stats.inf_count:
        return "no finite pixels"
    return "no pixels yet" if stats.lost_count else "no samples"


def format_number(value: float) -> str:
    """Return a number with six digits, or all digits before its point up to 32 bits, such as an ID or a mean of IDs."""
    if abs(value) >= 2**32 or (abs(value) < 10**5 and not value.is_integer()):
        return f"{value:g}"
    return f"{value:.0f}" if value.is_integer() else f"{value:.1f}"
