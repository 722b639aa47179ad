"""Which channels of a part make a picture, and in which order they are shown."""

from __future__ import annotations

from collections.abc import Iterable

from exr_inspector_app.model import Channel, Part

COLOURS = ("R", "G", "B")
_SPELLINGS = {"r": "r", "red": "r", "g": "g", "green": "g", "b": "b", "blue": "b", "a": "a", "alpha": "a"}


def is_luminance_chroma(part: Part) -> bool:
    """True where colours are stored as luminance and two subsampled chroma channels."""
    names = {one.name for one in part.channels}
    return {"RY", "BY"} <= names and any(one.x_sampling > 1 or one.y_sampling > 1 for one in part.channels)


def picture_channels(part: Part) -> tuple[str, ...]:
    """The full names of the first layer that is a picture: R, G, B and A if it has one; else one channel.

    The layer without a name comes first. Luminance/chroma counts as R, G, B. Empty for a part without channels.
    """
    if is_luminance_chroma(part):
        return COLOURS
    layers = _layers(part.channels)
    for layer in layers:
        chosen = _colours(layer)
        if chosen:
            return chosen
    plain = [one.name for layer in layers for one in layer if one.component_name.lower() in ("y", "z")]
    every = [one.name for layer in layers for one in layer]
    return tuple((plain or every)[:1])


def _layers(channels: Iterable[Channel]) -> list[list[Channel]]:
    """The channels by layer, the one without a name first."""
    found: dict[str, list[Channel]] = {"": []}
    for one in channels:
        found.setdefault(one.layer_name, []).append(one)
    return list(found.values())


def _colours(layer: Iterable[Channel]) -> tuple[str, ...]:
    """Red, green, blue and alpha of a layer, by any of their spellings; empty where a colour is missing."""
    by_role: dict[str, str] = {}
    for one in layer:
        role = _SPELLINGS.get(one.component_name.lower())
        if role and one.x_sampling == one.y_sampling == 1:
            by_role.setdefault(role, one.name)
    if not {"r", "g", "b"} <= set(by_role):
        return ()
    return tuple(by_role[role] for role in "rgba" if role in by_role)
