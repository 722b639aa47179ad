"""Formatting of counts and channel statistics for people."""

from __future__ import annotations

from exr_inspector_app.model import ChannelStats


def pluralize(count: int, one: str, many: str = "") -> str:
    """A count with its noun: `1 file`, `1,048 files`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def format_statistics(stats: ChannelStats) -> str:
    """The statistics of one channel, and where its first odd pixels are."""
    span = f"{stats.min:g} to {stats.max:g}, mean {stats.mean:g} ± {stats.stddev:g}"
    counts = {
        "NaN": (stats.nan_count, stats.first_nan),
        "Inf": (stats.inf_count, stats.first_inf),
        "negative": (stats.negative_count, stats.first_negative),
        "lost": (stats.lost_count, stats.first_lost),
    }
    odd = [f"{count:,} {name} from {at[0]}, {at[1]}" for name, (count, at) in counts.items() if at]
    return ", ".join([span, *odd])
