"""Channel names that other programs split into layer and component in other ways than this one.

Here a name is split at its last dot: `a.b.c.R` is R of the layer `a.b.c`. Nuke takes what stands before the
first dot for the layer and joins the rest with `_`; others know one dot only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from exr_inspector_app.exr.findings import FindingRule
from exr_inspector_app.exr.message_format import join_names
from exr_inspector_app.model import Channel

_OTHER_SEPARATOR = re.compile(r"[^.]+[_/:|\-](?:[RGBAXYZ]|red|green|blue|alpha)", re.IGNORECASE)
_CRYPTO = re.compile(r"crypto", re.IGNORECASE)
_CHANGED_BY = {  # the colours that a compression changes, and the types of channels it does so in
    "dwaa": ("RGB", ("half", "float")),
    "dwab": ("RGB", ("half", "float")),
    "b44": ("RGBArgba", ("half",)),
    "b44a": ("RGBArgba", ("half",)),
    "pxr24": ("RGBArgba", ("float",)),
}


def check_channel_names(channels: Sequence[Channel], views: Collection[str]) -> Iterator[FindingRule]:
    """What is told of names that have an empty layer or component, layers in layers, or no dot where one belongs."""
    names = [one.name for one in channels]
    split = [name.split(".") for name in names if "." in name]
    empty = [".".join(pieces) for pieces in split if any(piece != piece.strip() or not piece for piece in pieces)]
    if empty:
        yield FindingRule(
            "layer-empty", f"A layer or component has no proper name, so programs differ: {join_names(empty)}."
        )
    nested = [".".join(pieces) for pieces in split if sum(piece not in views for piece in pieces) > 2]
    nested = [name for name in nested if name not in empty]
    if nested:
        yield FindingRule(
            "layer-nested", f"Other programs split names of several dots differently: {join_names(nested)}."
        )
    joined = [name for name in names if _OTHER_SEPARATOR.fullmatch(name)]
    if joined:
        yield FindingRule(
            "layer-separator",
            f"These seem to name a layer, but lack the dot before the component: {join_names(joined)}.",
        )


def altered_id_layers(compression: str, channels: Sequence[Channel]) -> list[str]:
    """The layers of Cryptomatte ids that a compression does not keep exactly."""
    components, types = _CHANGED_BY.get(compression, ("", ()))
    harmed = [
        one.layer_name
        for one in channels
        if one.component_name in components and one.type in types and _CRYPTO.search(one.layer_name)
    ]
    return list(dict.fromkeys(harmed))
