"""Channel name rules: names that programs split differently into layer and component.

exr-inspector splits a name at its last dot: `a.b.c.R` is R of the layer `a.b.c`. Nuke splits at the first dot and joins
the rest with `_`; other programs support one dot only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from exr_inspector_app.exr.findings import FindingRule
from exr_inspector_app.exr.message_format import join_names
from exr_inspector_app.model import Channel
from exr_inspector_app.text.lazy_pattern import lazy_pattern

_OTHER_SEPARATOR = lazy_pattern(r"[^.]+[_/:|\-](?:[RGBAXYZ]|red|green|blue|alpha)", re.IGNORECASE)
_CRYPTO = lazy_pattern(r"crypto", re.IGNORECASE)
_CHANGED_BY = {  # components that a lossy compression changes, and in which channel types
    "dwaa": ("RGB", ("half", "float")),
    "dwab": ("RGB", ("half", "float")),
    "b44": ("RGBArgba", ("half",)),
    "b44a": ("RGBArgba", ("half",)),
    "pxr24": ("RGBArgba", ("float",)),
}


def check_channel_names(
    channels: Sequence[Channel], views: Collection[str], *, is_blender: bool = False
) -> Iterator[FindingRule]:
    """Yield a finding for names with an empty layer or component, with nested layers, or with another separator.

    Args:
        channels: Channels of one part.
        views: Names of the views of the file, which do not count as layers.
        is_blender: The file is from Blender, whose names `ViewLayer.Combined.R` other programs know.
    """
    names = [channel.name for channel in channels]
    split = [name.split(".") for name in names if "." in name]
    empty = [".".join(pieces) for pieces in split if any(piece != piece.strip() or not piece for piece in pieces)]
    if empty:
        yield FindingRule(
            "layer-empty",
            f"Empty layer or component name, read differently by different programs: {join_names(empty)}.",
        )
    max_pieces = 3 if is_blender else 2
    nested = [".".join(pieces) for pieces in split if sum(piece not in views for piece in pieces) > max_pieces]
    known = frozenset(empty)  # there may be tens of thousands
    nested = [name for name in nested if name not in known]
    if nested:
        yield FindingRule(
            "layer-nested", f"Other programs split names of several dots differently: {join_names(nested)}."
        )
    joined = [name for name in names if _OTHER_SEPARATOR.fullmatch(name)]
    if joined:
        yield FindingRule(
            "layer-separator",
            f"Missing dot between layer and component: {join_names(joined)}.",
        )


def altered_id_layers(compression: str, channels: Sequence[Channel]) -> list[str]:
    """Return the layers of Cryptomatte ids that a lossy compression changes."""
    components, types = _CHANGED_BY.get(compression, ("", ()))
    layers = [
        channel.layer_name
        for channel in channels
        if channel.component_name in components and channel.type in types and _CRYPTO.search(channel.layer_name)
    ]
    return list(dict.fromkeys(layers))
