"""Layer overlap: layers and channels shared by a hit and the reference, regardless of naming conventions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from exr_inspector_app.text.channel_names import canonical_channel
from exr_inspector_app.text.format import pluralize

_IMAGE_COMPONENTS = frozenset(["r", "g", "b", "a", "y", "ry", "by"])  # of the image itself, without a layer
MAX_NAMED_LAYERS = 2  # more are counted instead of named

FileRow = Mapping[str, Any]  # columns of `files`, and of its first part and attributes where they were read
Reasons = tuple[str, ...]


def compare_layers(row: FileRow, ours: FileRow) -> tuple[Reasons, Reasons]:
    """Compare layers: the shared ones, and the differing ones by name if they are few."""
    theirs, own = _parse_channels(row["channel_list"]).layers, _parse_channels(ours["channel_list"]).layers
    missing = [own[key] for key in sorted(own.keys() - theirs.keys())]
    added = [theirs[key] for key in sorted(theirs.keys() - own.keys())]
    if not missing and not added:
        return _compare_channels(row, ours)
    shared = len(own) - len(missing)
    if not shared:
        return (), ("other layers",)
    same = (f"{shared} of {pluralize(len(own), 'layer')}",)
    if len(missing) + len(added) <= MAX_NAMED_LAYERS:
        return same, (*(f"no {name}" for name in missing), *(f"with {name}" for name in added))
    if added:
        return same, (pluralize(len(added), "other layer"),)
    return same, (f"lacks {pluralize(len(missing), 'layer')}",)


def _compare_channels(row: FileRow, ours: FileRow) -> tuple[Reasons, Reasons]:
    """Compare the channels of two files with the same layers."""
    odd = _parse_channels(row["channel_list"]).shared ^ _parse_channels(ours["channel_list"]).shared
    return (("same layer names",), (pluralize(len(odd), "channel"),)) if odd else (("same layers",), ())


def compare_spelling(row: FileRow, ours: FileRow) -> tuple[Reasons, Reasons]:
    """Compare the spelling of channel names of two files with the same channels."""
    theirs, own = _parse_channels(row["channel_list"]), _parse_channels(ours["channel_list"])
    return (), ("channel names",) if theirs.shared == own.shared and theirs.names != own.names else ()


class _Channels(NamedTuple):
    """Parsed channel list of a file."""

    names: frozenset[tuple[str, str]]  # layer and component
    shared: frozenset[tuple[str, str]]  # the same in canonical form
    layers: dict[str, str]  # layers as the file spells them, by canonical form


@lru_cache(maxsize=256)  # hits often share their channel list
def _parse_channels(channel_list: str) -> _Channels:
    """Parse a `channel_list` value."""
    split = [name.rpartition(".") for name in str(channel_list).split("|") if name]
    layers: dict[str, str] = {}
    for layer, _, component in split:
        canonical, part = canonical_channel(layer, component)
        key = canonical or ("" if layer or part in _IMAGE_COMPONENTS else part)
        layers.setdefault(key, layer or (component if key else "picture"))
    names = frozenset((layer, component) for layer, _, component in split)
    return _Channels(names, frozenset(canonical_channel(*name) for name in names), layers)
