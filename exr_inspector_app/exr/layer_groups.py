"""Layer groups: the channels of a part that are shown together, with their view and their kind of data.

Channel names follow several habits: `layer.R` (OpenEXR, Technical Introduction,
https://openexr.com/en/latest/TechnicalIntroduction.html), `view.layer.R` and `layer.view.R` in multi-view parts
(https://openexr.com/en/latest/MultiViewOpenEXR.html), and names without a dot such as `Nx Ny Nz` and `LeR LeG LeB`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from exr_inspector_app.exr.layers import is_luminance_chroma
from exr_inspector_app.model import Channel, Part

ROLES = {
    **dict.fromkeys(("r", "red"), "r"),
    **dict.fromkeys(("g", "green"), "g"),
    **dict.fromkeys(("b", "blue"), "b"),
    **dict.fromkeys(("a", "alpha"), "a"),
    **dict.fromkeys(("y", "luminance", "lum"), "y"),
    **{name: name for name in ("x", "z", "u", "v", "w", "ry", "by")},
}
_TRIPLES = ("rgb", "xyz", "uvw")
_PAIRS = ("uv", "xy")
_SUFFIXES = ("RGBA", "RGB", "rgba", "rgb", "XYZ", "xyz", "UVW", "uvw", "UV", "uv", "xy", "XY")
_SUFFIXES_BY_LETTER = {
    letter: [suffix for suffix in _SUFFIXES if suffix[0] == letter] for letter in {suffix[0] for suffix in _SUFFIXES}
}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_NOT_LETTERS = re.compile(r"[^a-z]")
_CRYPTO = re.compile(r"crypto", re.IGNORECASE)
_RANK = re.compile(r"[0-9]{2}$")
_NORMAL = frozenset("n ng ns nn normal normals nrm norm shadingnormal geonormal bumpnormal".split())
_POSITION = frozenset("p pos position pworld pref pointworld worldposition wp".split())
_VECTOR = frozenset(
    "motion motionvector vector vectors velocity flow forward backward disparity tangent dpdu dpdv mv".split()
)
_COORDINATES = frozenset("uv uvs st texcoord uvpass".split())
_VECTORS = _POSITION | _VECTOR | _COORDINATES
_DEPTH = frozenset("z depth zdepth zback mist deepfront deepback distance".split())
_IDS = re.compile(
    r"(?:^|_)(?:id|ids|objectid|materialid|instanceid|primid|object_id|material_id|index|elementid|nodeid)$"
)
_MASK = frozenset("mask matte alpha a coverage holdout stencil multimatte".split())


class LayerGroup(NamedTuple):
    """Channels of one part that make one picture or one set of data."""

    part_index: int
    view: str  # empty where the part has none
    layer: str  # without the view
    channels: tuple[str, ...]  # full names, in the order in which they are shown
    components: tuple[str, ...]
    kind: str  # color, luminance, depth, normal, vector, id, cryptomatte, mask, data
    is_subsampled: bool = False


def layer_groups(part: Part) -> list[LayerGroup]:
    """Return the groups of a part, in file order, the unnamed layer first in each view.

    A subsampled channel is a separate group, so that it never hides the picture of the other channels.
    """
    by_layer: dict[tuple[str, str], list[tuple[str, Channel]]] = {}
    for channel in part.channels:
        key = channel.view_name or "", channel.layer_name
        by_layer.setdefault(key, []).append((channel.component_name, channel))
    ordered = sorted(by_layer.items(), key=lambda item: item[0][1] != "")
    return [group for (view, layer), members in ordered for group in _groups(part, view, layer, members)]


def _groups(part: Part, view: str, layer: str, members: list[tuple[str, Channel]]) -> list[LayerGroup]:
    """Split the channels of one layer into pictures."""
    if len(members) > 2 and is_luminance_chroma(_named_by_component(members)):
        by_role = {ROLES.get(component.lower()): channel.name for component, channel in members}
        names = tuple(by_role[role] for role in ("y", "ry", "by", "a") if role in by_role)
        rest = [member for member in members if member[1].name not in names]
        return [
            _group(part, view, layer, names, ["Y", "RY", "BY", "A"][: len(names)], "color"),
            *_singles(part, view, layer, rest),
        ]
    full = [m for m in members if not _is_subsampled(m[1])]
    reduced = [m for m in members if _is_subsampled(m[1])]
    groups, rest = _by_roles(part, view, layer, full)
    dotless, rest = _by_suffix(part, view, layer, rest)
    return [*groups, *dotless, *_singles(part, view, layer, rest), *_singles(part, view, layer, reduced)]


def _named_by_component(members: Iterable[tuple[str, Channel]]) -> list[Channel]:
    return [channel._replace(name=component) for component, channel in members]


def _by_roles(
    part: Part, view: str, layer: str, members: list[tuple[str, Channel]]
) -> tuple[list[LayerGroup], list[tuple[str, Channel]]]:
    """Group the components of a layer that belong together: R, G, B and alpha; X, Y, Z; U, V, W; Y and alpha."""
    by_role: dict[str, tuple[str, Channel]] = {}
    for member in members:
        by_role.setdefault(ROLES.get(member[0].lower(), member[0]), member)
    sets = [roles for roles in _TRIPLES if set(roles) <= by_role.keys()]
    if not sets:
        sets = [roles for roles in _PAIRS if set(roles) <= by_role.keys() and layer]
        sets = sets or (["y"] if "y" in by_role and "x" not in by_role else [])
    if not sets:
        return [], members
    roles = [*sets[0]]
    kind = _kind(layer, [by_role[role] for role in roles], part)
    if "a" in by_role and kind in ("color", "luminance", "cryptomatte"):
        roles.append("a")
    chosen = [by_role[role] for role in roles]
    rest = [member for member in members if member not in chosen]
    names = tuple(channel.name for _, channel in chosen)
    return [_group(part, view, layer, names, [component for component, _ in chosen], kind)], rest


def _by_suffix(
    part: Part, view: str, layer: str, members: list[tuple[str, Channel]]
) -> tuple[list[LayerGroup], list[tuple[str, Channel]]]:
    """Group names that share a prefix without a dot: `Nx Ny Nz`, `LeR LeG LeB`, `dzdx dzdy`."""
    groups: list[LayerGroup] = []
    by_name = {member[0]: member for member in members}
    grouped: set[int] = set()  # ids of members
    for component in by_name:
        prefix = component[:-1]
        chosen = _members_with_suffix(by_name, component) if prefix else []
        if not chosen:
            continue
        grouped.update(map(id, chosen))
        full = f"{layer}.{prefix}" if layer else prefix
        letters = [name[len(prefix) :] for name, _ in chosen]
        channels = [channel for _, channel in chosen]
        kind = _kind(full.rstrip("_- "), list(zip(letters, channels, strict=True)), part)
        groups.append(_group(part, view, full, tuple(channel.name for channel in channels), letters, kind))
    return groups, [member for member in members if id(member) not in grouped]


def _members_with_suffix(by_name: Mapping[str, tuple[str, Channel]], first: str) -> list[tuple[str, Channel]]:
    """Return the members of the longest set whose first name this is, such as `Nx Ny Nz` for `Nx`, or none."""
    for suffix in _SUFFIXES_BY_LETTER.get(first[-1], ()):
        names = [first[:-1] + letter for letter in suffix]
        if all([name in by_name for name in names]):
            return [by_name[name] for name in names]
    return []


def _is_subsampled(channel: Channel) -> bool:
    return not channel.x_sampling == channel.y_sampling == 1


def _singles(part: Part, view: str, layer: str, members: Iterable[tuple[str, Channel]]) -> list[LayerGroup]:
    return [
        LayerGroup(
            *(part.index, view, layer, (channel.name,), (component,)),
            _kind(layer, [(component, channel)], part),
            _is_subsampled(channel),
        )
        for component, channel in members
    ]


def _group(
    part: Part, view: str, layer: str, channels: tuple[str, ...], components: Sequence[str], kind: str
) -> LayerGroup:
    return LayerGroup(part.index, view, layer, channels, tuple(components), kind)


@lru_cache(maxsize=4096)
def name_words(name: str) -> tuple[str, ...]:
    """Split a layer or part name into its lower-case parts: `ViewLayer.Denoising Normal` has four."""
    return tuple([word.lower() for word in _WORDS.findall(name)])


def _kind(layer: str, members: Sequence[tuple[str, Channel]], part: Part) -> str:
    """Return the kind of data that a layer holds, by its name, its components and its pixel type."""
    last = part.name if not layer and part.name else layer.rpartition(".")[2]
    joined, words = _NOT_LETTERS.sub("", last.lower()), name_words(last)
    roles = "".join(ROLES.get(component.lower(), "?") for component, _ in members)
    types = {channel.type for _, channel in members}
    if _CRYPTO.search(layer or last):
        return "cryptomatte" if _RANK.search(layer or last) else ("color" if roles.startswith("rgb") else "cryptomatte")
    if len(members) == 1:
        return _kind_of_single(members[0], last, joined, words, types)
    for kind, known in (("normal", _NORMAL), ("vector", _VECTORS)):
        if joined in known or known.intersection(words):
            return kind
    if "uint" in types:
        return "id"
    if roles == "rgb":
        return "depth" if _DEPTH.intersection(words) and not {"of", "field"} <= set(words) else "color"
    return "vector" if roles in ("xyz", "uv", "uvw", "xy") else "data"


def _kind_of_single(member: tuple[str, Channel], last: str, joined: str, words: Sequence[str], types: set[str]) -> str:
    component = member[0].lower()
    if "uint" in types or _IDS.search(last.lower()) or _IDS.search(component):
        return "id"
    if (
        component in _DEPTH
        or (joined in _DEPTH and len(component) == 1)
        or (_DEPTH.intersection(words) and component in "zvyr")
    ):
        return "depth"
    if ROLES.get(component) == "y":
        return "luminance"
    if component in _MASK or ROLES.get(component) == "a" or _MASK.intersection(words):
        return "mask"
    return "data"
