"""Which channels of a part make a picture, and in which order they are shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from exr_inspector_app.model import Channel, Part

_COLOURS = ("R", "G", "B")
_ALPHAS = frozenset(["a", "alpha", "ar", "ag", "ab"])  # of all colours or of one
_RANK = re.compile(r"crypto.*\d\d$", re.IGNORECASE)  # `crypto_object00` and so on, where `crypto_object` is a preview
_SPELLINGS = {"r": "r", "red": "r", "g": "g", "green": "g", "b": "b", "blue": "b", "a": "a", "alpha": "a"}


def is_luminance_chroma(channels: Sequence[Channel]) -> bool:
    """True where colours are stored as luminance and two subsampled chroma channels."""
    names = {one.name for one in channels}
    return {"RY", "BY"} <= names and any(one.x_sampling > 1 or one.y_sampling > 1 for one in channels)


def luminance_colors(channels: Iterable[Channel]) -> tuple[str, ...]:
    """The channels that luminance and chroma stand for, with the alpha beside them."""
    return (*_COLOURS, "A") if any(one.name == "A" for one in channels) else _COLOURS


def has_alpha(channels: Iterable[Channel]) -> bool:
    """True where samples say how much they cover, so that they can be put over one another."""
    return any(one.component_name.lower() in _ALPHAS for one in channels)


def layer_colors(channels: Iterable[Channel]) -> dict[str, dict[str, str]]:
    """The full names of the r, g, b and a of every layer, by any of their spellings."""
    found: dict[str, dict[str, str]] = {}
    for one in channels:
        role = _SPELLINGS.get(one.component_name.lower())
        if role and one.x_sampling == one.y_sampling == 1:
            found.setdefault(one.layer_name, {}).setdefault(role, one.name)
    return found


def picture_channels(part: Part) -> tuple[str, ...]:
    """The full names of the first layer that is a picture: R, G, B and A if it has one; else one channel.

    The layer without a name comes first. Luminance/chroma counts as the colours it stands for.
    Empty for a part without channels.
    """
    if is_luminance_chroma(part.channels):
        return luminance_colors(part.channels)
    layers, colours = _layers(part.channels), layer_colors(part.channels)
    for layer in ("", *colours):
        by_role = colours.get(layer, {})
        if by_role.keys() >= set("rgb"):
            return tuple(by_role[role] for role in "rgba" if role in by_role)
    plain = [one.name for layer in layers for one in layer if one.component_name.lower() in ("y", "z")]
    every = [one.name for layer in layers for one in layer]
    return tuple((plain or every)[:1])


def is_ids(part: Part, names: Sequence[str]) -> bool:
    """True where the channels are a rank of Cryptomatte: numbers of objects in float bits, and how much they cover."""
    by_name = {one.name: one for one in part.channels}
    found = [by_name[name] for name in names if name in by_name]
    return len(found) >= 2 and all(one.type == "float" and _RANK.search(one.layer_name) for one in found)


def _layers(channels: Iterable[Channel]) -> list[list[Channel]]:
    """The channels by layer, the one without a name first."""
    found: dict[str, list[Channel]] = {"": []}
    for one in channels:
        found.setdefault(one.layer_name, []).append(one)
    return list(found.values())
