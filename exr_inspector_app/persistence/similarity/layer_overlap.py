"""Which layers and channels a hit shares with the reference, whatever programs call them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from exr_inspector_app.text.channel_names import canonical_channel
from exr_inspector_app.text.format import pluralize

_PICTURE = frozenset(["r", "g", "b", "a", "y", "ry", "by"])  # what the picture itself is made of
MAX_NAMED_LAYERS = 2  # layers named before they are counted

FileRow = Mapping[str, Any]  # columns of `files`, and of its first part and its attributes where they were looked up
Reasons = tuple[str, ...]


def compare_layers(row: FileRow, ours: FileRow) -> tuple[Reasons, Reasons]:
    """Layers that one has and the other lacks, whatever the programs call them; by name where they are few."""
    theirs, own = _channels(row["channel_list"]).layers, _channels(ours["channel_list"]).layers
    lacks = [own[key] for key in sorted(own.keys() - theirs.keys())]
    more = [theirs[key] for key in sorted(theirs.keys() - own.keys())]
    if not lacks and not more:
        return _same_layers(row, ours)
    shared = len(own) - len(lacks)
    if not shared:
        return (), ("other layers",)
    same = (f"{shared} of {pluralize(len(own), 'layer')}",)
    if len(lacks) + len(more) <= MAX_NAMED_LAYERS:
        return same, (*(f"no {name}" for name in lacks), *(f"with {name}" for name in more))
    return same, (pluralize(len(more), "other layer") if more else f"lacks {pluralize(len(lacks), 'layer')}",)


def _same_layers(row: FileRow, ours: FileRow) -> tuple[Reasons, Reasons]:
    """Whether the same layers have the same channels."""
    odd = _channels(row["channel_list"]).shared ^ _channels(ours["channel_list"]).shared
    return (("same layer names",), (pluralize(len(odd), "channel"),)) if odd else (("same layers",), ())


def compare_spelling(row: FileRow, ours: FileRow) -> tuple[Reasons, Reasons]:
    """Whether the same channels have the same names."""
    theirs, own = _channels(row["channel_list"]), _channels(ours["channel_list"])
    return (), ("channel names",) if theirs.shared == own.shared and theirs.names != own.names else ()


class _Channels(NamedTuple):
    """The channels of a file."""

    names: frozenset[tuple[str, str]]  # layer and component
    shared: frozenset[tuple[str, str]]  # the same in the form that all programs share
    layers: dict[str, str]  # the layers in that form, and as this file has them


@lru_cache(maxsize=256)  # hits are often of one set-up
def _channels(channel_list: str) -> _Channels:
    """The channels of a `channel_list`."""
    split = [name.rpartition(".") for name in str(channel_list).split("|") if name]
    layers: dict[str, str] = {}
    for layer, _, component in split:
        words, part = canonical_channel(layer, component)
        key = words or ("" if layer or part in _PICTURE else part)
        layers.setdefault(key, layer or (component if key else "picture"))
    names = frozenset((layer, component) for layer, _, component in split)
    return _Channels(names, frozenset(canonical_channel(*one) for one in names), layers)
