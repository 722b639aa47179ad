"""Channel roles of a layer: its colors, its alpha, and luminance with chroma."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exr_inspector_app.model import Channel

_COLORS = ("R", "G", "B")
_LUMINANCE = ("Y", "RY", "BY")  # decoded to R, G and B
_ALPHAS = frozenset(["a", "alpha", "ar", "ag", "ab"])  # of all colors or of one
_SPELLINGS = {"r": "r", "red": "r", "g": "g", "green": "g", "b": "b", "blue": "b", "a": "a", "alpha": "a"}


def is_subsampled(channel: Channel) -> bool:
    """Return True if a channel has fewer samples than the data window has pixels."""
    return not channel.x_sampling == channel.y_sampling == 1


def is_luminance_chroma(channels: Sequence[Channel]) -> bool:
    """Return True if the colors of the unnamed layer are stored as luminance and two subsampled chroma channels."""
    return "" in luminance_prefixes(channels)


def luminance_prefixes(channels: Iterable[Channel]) -> tuple[str, ...]:
    """Return the prefixes of layers whose colors are stored as luminance and chroma: `left.` of `left.Y`, or ""."""
    listed = list(channels)
    candidates = [channel.name[:-2] for channel in listed if channel.component_name == "RY"]
    if not candidates:
        return ()
    by_name = {channel.name: channel for channel in listed}
    prefixes = []
    for prefix in dict.fromkeys(candidates):
        triple = [by_name.get(name) for name in luminance_names(prefix)]
        if None in triple:
            continue
        is_rgb = any(name in by_name for name in color_names(prefix))
        if not is_rgb and any(channel is not None and is_subsampled(channel) for channel in triple):
            prefixes.append(prefix)
    return tuple(prefixes)


def sole_luminance_prefix(channels: Sequence[Channel]) -> str | None:
    """Return the prefix of a part that holds nothing but one layer of luminance and chroma, as OpenEXR writes it."""
    for prefix in luminance_prefixes(channels):
        sampling = {f"{prefix}Y": 1, f"{prefix}RY": 2, f"{prefix}BY": 2, f"{prefix}A": 1}
        if all(channel.x_sampling == channel.y_sampling == sampling.get(channel.name) for channel in channels):
            return prefix
    return None


def decoded_names(channels: Iterable[Channel], names: Sequence[str]) -> tuple[str, ...]:
    """Return the names under which channels are decoded: those of R, G and B in place of luminance and chroma.

    Luminance or chroma that is not requested with the other two stays.
    """
    decoded = list(names)
    for prefix in luminance_prefixes(channels):
        triple = luminance_names(prefix)
        if set(triple) <= set(decoded):
            colors = dict(zip(triple, color_names(prefix), strict=True))
            decoded = [colors.get(name, name) for name in decoded]
    return tuple(decoded)


def luminance_names(prefix: str) -> tuple[str, ...]:
    """Return the names of luminance and the two chroma channels of a layer."""
    return tuple(prefix + component for component in _LUMINANCE)


def color_names(prefix: str) -> tuple[str, ...]:
    """Return the names of R, G and B of a layer."""
    return tuple(prefix + color for color in _COLORS)


def has_alpha(channels: Iterable[Channel]) -> bool:
    """Return True if there is an alpha channel, so that the samples can be composited."""
    return any(channel.component_name.lower() in _ALPHAS for channel in channels)


def layer_colors(channels: Iterable[Channel]) -> dict[str, dict[str, str]]:
    """Return the color channels of every layer.

    Args:
        channels: Channels of one part. Subsampled ones do not count.

    Returns:
        By layer name, the full channel names by role: r, g, b or a. Roles are recognized in any spelling (`Red`, `r`).
    """
    colors: dict[str, dict[str, str]] = {}
    for channel in channels:
        role = _SPELLINGS.get(channel.component_name.lower())
        if role and not is_subsampled(channel):
            colors.setdefault(channel.layer_name, {}).setdefault(role, channel.name)
    return colors
