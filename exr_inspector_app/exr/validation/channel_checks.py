"""Channel checks: findings that follow from the channel list of a part alone, cached for files that share a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from exr_inspector_app.exr.findings import FindingRule
from exr_inspector_app.exr.layers import is_luminance_chroma, layer_colors
from exr_inspector_app.exr.message_format import join_limited, join_names, quote
from exr_inspector_app.exr.validation.channel_names import check_channel_names
from exr_inspector_app.model import Channel
from exr_inspector_app.named_tuple import NamedTuple

MAX_CACHED_LISTS = 512
MAX_CACHED_CHANNELS = 4096  # of one list: no other frame has the same object if its list is longer


class ChannelChecks(NamedTuple):
    """Results of the checks of one channel list."""

    order: tuple[FindingRule, ...]  # duplicates, or names that are not sorted
    names: tuple[FindingRule, ...]
    layers: tuple[FindingRule, ...]  # with two of three colors
    is_picture: bool
    has_numbered_layers: bool  # which may be ranks of a Cryptomatte


def check_channels(channels: tuple[Channel, ...], views: tuple[str, ...], is_blender: bool) -> ChannelChecks:
    """Check a channel list. Results are cached by the identity of the list, which files with equal lists share.

    Args:
        channels: Channels of one part.
        views: Names of the views of the file.
        is_blender: The file is from Blender.
    """
    key = id(channels), views, is_blender
    cached = _cache.get(key)
    if cached is None or cached[0] is not channels:
        if len(channels) > MAX_CACHED_CHANNELS:
            return _check(channels, views, is_blender)
        if len(_cache) >= MAX_CACHED_LISTS:
            _cache.clear()
        cached = _cache[key] = channels, _check(channels, views, is_blender)
    return cached[1]


# An entry refers to its channels, so that no other list can get their id. Threads add entries and never change them.
_cache: dict[tuple[int, tuple[str, ...], bool], tuple[tuple[Channel, ...], ChannelChecks]] = {}
clear_cache = _cache.clear


def _check(channels: tuple[Channel, ...], views: tuple[str, ...], is_blender: bool) -> ChannelChecks:
    return ChannelChecks(
        tuple(_check_order([channel.name for channel in channels])),
        tuple(check_channel_names(channels, views, is_blender=is_blender)),
        tuple(_check_layers(channels)),
        _is_picture(channels),
        any(channel.layer_name[-2:].isdigit() for channel in channels),
    )


def _check_order(names: Sequence[str]) -> Iterator[FindingRule]:
    """Yield a finding for duplicate or unsorted channels."""
    if len(set(names)) < len(names):
        twice = [name for name, count in Counter(names).items() if count > 1]
        yield FindingRule("channel-twice", f"Duplicate channels: {join_names(twice)}; OpenEXR rejects the file.")
    elif not _is_sorted(names):
        message = f"The channel list is not sorted ({join_names(names)}); programs may swap channels."
        yield FindingRule("channels-unsorted", message)


def _is_sorted(names: Sequence[str]) -> bool:
    """Return True if names are in the order of their bytes, as OpenEXR writes and expects them."""
    return all(a <= b for a, b in pairwise(name.encode("utf-8", "surrogateescape") for name in names))


def _check_layers(channels: Sequence[Channel]) -> Iterator[FindingRule]:
    """Yield a finding for layers with two of three colors; R and G of a named layer are a map of two components."""
    if is_luminance_chroma(channels):
        return
    lacking = {}
    for layer, colors in layer_colors(channels).items():
        missing = [role.upper() for role in "rgb" if role not in colors]
        if len(missing) == 1 and not (layer and missing == ["B"]):
            lacking[layer] = missing[0]
    if len(lacking) == 1:
        ((layer, color),) = lacking.items()
        where = f"The layer {quote(layer)}" if layer else "The layer without a name"
        yield FindingRule("colour-missing", f"{where} has no {color}.")
    elif lacking:
        texts = [f"{quote(layer) or '(no layer)'} (no {color})" for layer, color in lacking.items()]
        yield FindingRule("colour-missing", f"Layers with two of three colors: {join_limited(texts)}.")


def _is_picture(channels: Sequence[Channel]) -> bool:
    """Return True if a layer has R, G and B, or luminance; Y of a vector layer such as `N` is no luminance."""
    if any(colors.keys() >= set("rgb") for colors in layer_colors(channels).values()):
        return True
    components: dict[str, set[str]] = {}
    for channel in channels:
        components.setdefault(channel.layer_name, set()).add(channel.component_name)
    return any("Y" in names and (not layer or "X" not in names) for layer, names in components.items())
