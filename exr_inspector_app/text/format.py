"""Text formatting of counts and channel statistics."""

from __future__ import annotations

from exr_inspector_app.model import ChannelStats


def pluralize(count: int, singular: str, plural: str = "") -> str:
    """Return a count with its noun: `1 file`, `1,048 files`.

    Args:
        count: Number of items.
        singular: Noun for 1 item.
        plural: Noun for other counts; by default the singular with an s.
    """
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def format_statistics(stats: ChannelStats) -> str:
    """Return the statistics of one channel in one line, with the first pixel of each anomaly."""
    span = f"{stats.min:g} to {stats.max:g}, mean {stats.mean:g} ± {stats.stddev:g}"
    counts = {
        "NaN": (stats.nan_count, stats.first_nan),
        "Inf": (stats.inf_count, stats.first_inf),
        "negative": (stats.negative_count, stats.first_negative),
        "lost": (stats.lost_count, stats.first_lost),
    }
    anomalies = [f"{count:,} {name} from {at[0]}, {at[1]}" for name, (count, at) in counts.items() if at]
    return ", ".join([span, *anomalies])
