"""Layer detection: which channels of a part form an image, and in which order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from exr_inspector_app.model import Channel, Part

_COLORS = ("R", "G", "B")
_ALPHAS = frozenset(["a", "alpha", "ar", "ag", "ab"])  # of all colors or of one
_CRYPTOMATTE_RANK = re.compile(
    r"crypto.*\d\d$", re.IGNORECASE
)  # `crypto_object00` and so on; `crypto_object` is a preview
_SPELLINGS = {"r": "r", "red": "r", "g": "g", "green": "g", "b": "b", "blue": "b", "a": "a", "alpha": "a"}


def is_luminance_chroma(channels: Sequence[Channel]) -> bool:
    """Return True if colors are stored as luminance and two subsampled chroma channels."""
    names = {channel.name for channel in channels}
    return {"RY", "BY"} <= names and any(channel.x_sampling > 1 or channel.y_sampling > 1 for channel in channels)


def luminance_colors(channels: Iterable[Channel]) -> tuple[str, ...]:
    """Return the names of the channels that luminance and chroma decode to, with alpha if the part has it."""
    return (*_COLORS, "A") if any(channel.name == "A" for channel in channels) else _COLORS


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
        if role and channel.x_sampling == channel.y_sampling == 1:
            colors.setdefault(channel.layer_name, {}).setdefault(role, channel.name)
    return colors


def picture_channels(part: Part) -> tuple[str, ...]:
    """Return the channels to show for a part.

    Args:
        part: The part. Its layer without a name is tried first, then its other layers in file order.

    Returns:
        The full names of R, G, B and, if there is one, A of the first layer that has the three colors; otherwise the
        first Y or Z channel, or the first channel. Luminance/chroma counts as the colors it decodes to. Empty for a
        part without channels.
    """
    if is_luminance_chroma(part.channels):
        return luminance_colors(part.channels)
    layers, colors = _channels_by_layer(part.channels), layer_colors(part.channels)
    for layer in ("", *colors):
        by_role = colors.get(layer, {})
        if by_role.keys() >= set("rgb"):
            return tuple(by_role[role] for role in "rgba" if role in by_role)
    names = [channel.name for layer in layers for channel in layer]
    grays = [channel.name for layer in layers for channel in layer if channel.component_name.lower() in ("y", "z")]
    return tuple((grays or names)[:1])


def is_ids(part: Part, names: Sequence[str]) -> bool:
    """Return True if the channels are a Cryptomatte rank: object ids in the bits of floats, and their coverage.

    Source: Cryptomatte Specification, https://github.com/Psyop/Cryptomatte
    """
    by_name = {channel.name: channel for channel in part.channels}
    channels = [by_name[name] for name in names if name in by_name]
    return len(channels) >= 2 and all(
        channel.type == "float" and _CRYPTOMATTE_RANK.search(channel.layer_name) for channel in channels
    )


def _channels_by_layer(channels: Iterable[Channel]) -> list[list[Channel]]:
    """Return the channels by layer, the layer without a name first."""
    layers: dict[str, list[Channel]] = {"": []}
    for channel in channels:
        layers.setdefault(channel.layer_name, []).append(channel)
    return list(layers.values())
