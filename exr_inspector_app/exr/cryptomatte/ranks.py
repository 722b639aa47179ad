"""Ranks of a Cryptomatte: the channels that hold pairs of ID and coverage, over all rank layers of one matte."""

from __future__ import annotations

from collections.abc import Sequence

from exr_inspector_app.model import Channel
from exr_inspector_app.text.lazy_pattern import lazy_pattern

MAX_RANK_LAYERS = 8  # 16 objects per pixel; renderers write up to 6
_RANK = lazy_pattern(r"(?P<name>.*?)(?P<rank>[0-9]{2})$")
_ORDER = {letter: at for names in ("rgba", "xyzw") for at, letter in enumerate(names)}
_ORDER |= {"red": 0, "green": 1, "blue": 2, "alpha": 3}
_TYPES = ("object", "material", "asset")


def matte_name(layer: str) -> str:
    """Return the name of the matte that a rank layer belongs to: `crypto_object` for `crypto_object01`."""
    match = _RANK.fullmatch(layer)
    return match["name"] if match else layer


def matte_type(name: str) -> str:
    """Return the type of a matte, object, material or asset; empty if its name contains none."""
    lower = name.rpartition(".")[2].lower()
    return next((word for word in _TYPES if word in lower), "")


def rank_channels(channels: Sequence[Channel], first: str) -> tuple[str, ...]:
    """Return the channels of all ranks of a matte: ID, coverage, ID, coverage, from the lowest rank on.

    Args:
        channels: The channels of the part.
        first: Full name of a channel of any rank layer.
    """
    start = next((channel for channel in channels if channel.name == first), None)
    if start is None or not _RANK.fullmatch(start.layer_name):
        return ()
    name, view = matte_name(start.layer_name), start.view_name
    by_layer: dict[str, dict[int, str]] = {}
    for channel in channels:
        order = _ORDER.get(channel.component_name.lower())
        match = _RANK.fullmatch(channel.layer_name)
        if order is not None and match and (match["name"], channel.view_name) == (name, view):
            by_layer.setdefault(channel.layer_name, {}).setdefault(order, channel.name)
    ranks: list[str] = []
    for layer in sorted(by_layer)[:MAX_RANK_LAYERS]:
        members = by_layer[layer]
        for pair in ((0, 1), (2, 3)):
            if members.keys() >= set(pair):
                ranks += [members[order] for order in pair]
    return tuple(ranks)
