"""Layer groups: the channels of a part that are shown together, with their view and their kind of data.

Channel names follow several habits: `layer.R` (OpenEXR, Technical Introduction,
https://openexr.com/en/latest/TechnicalIntroduction.html), `view.layer.R` and `layer.view.R` in multi-view parts
(https://openexr.com/en/latest/MultiViewOpenEXR.html), and names without a dot such as `Nx Ny Nz` and `LeR LeG LeB`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from enum import Enum, auto
from functools import lru_cache

from exr_inspector_app.exr.layers import is_luminance_chroma
from exr_inspector_app.model import Channel, Part
from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.text.lazy_pattern import lazy_pattern

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
_COMPONENT_ORDER = {role: at for at, role in enumerate("rgbyxzuvwa")}  # of channels that are shown one by one
_SUFFIXES = ("RGBA", "RGB", "rgba", "rgb", "XYZ", "xyz", "UVW", "uvw", "UV", "uv", "xy", "XY")
_SUFFIXES_BY_LETTER = {
    letter: [suffix for suffix in _SUFFIXES if suffix[0] == letter] for letter in {suffix[0] for suffix in _SUFFIXES}
}
_NAME_TOKENS = lazy_pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_NOT_LETTERS = lazy_pattern(r"[^a-z]")
_CRYPTO = lazy_pattern(r"crypto", re.IGNORECASE)
_RANK = lazy_pattern(r"[0-9]{2}$")
_SPACES = (
    r"(?:world|cam(?:era)?|obj(?:ect)?|space|eye|view|local|surface|point|ref|rest|hit|shading|geo(?:metric)?|bump"
    r"|smooth|face|sh)"
)
_NORMAL = lazy_pattern(rf"n[gns]?{_SPACES}?|nrms?|norm|{_SPACES}*normals?")
_POSITION = lazy_pattern(rf"p{_SPACES}?|wp|pointworld|{_SPACES}*(?:pos|positions?)")
_VECTOR = frozenset(
    """motion motionvector vector vectors velocity vel flow forward backward disparity tangent dpdu dpdv dpdtime
    mv""".split()
)
_COORDINATES = frozenset("uv uvs st texcoord uvpass".split())
_VECTORS = _VECTOR | _COORDINATES
_DEPTH = frozenset("z depth zdepth zbuffer zfiltered zback pz hitpz mist deepfront deepback distance".split())
_IDS = lazy_pattern(
    r"(?:^|_)(?:id|ids|objectid|materialid|instanceid|primid|object_id|material_id|index(?:ob|ma)?"
    r"|elementid|nodeid|segmentation|segmaps?)$"
)
_MASK = frozenset("mask matte alpha a coverage holdout stencil multimatte".split())
_MAIN = frozenset("beauty rgba rgb combined ci c final image color main master comp composite".split())
_GREY = frozenset("r g b l i v gray grey luma".split())  # of a picture of one channel
_COLOR_WORDS = ("red", "green", "blue", "alpha")


class VectorRole(Enum):
    """Meaning of a vector layer, by its name."""

    POSITION = auto()
    COORDINATES = auto()  # of a texture
    MOTION = auto()  # and other directions of any length
    UNKNOWN = auto()


MAX_LISTED_CHANNELS = 2048  # of one part


class LayerGroup(NamedTuple):
    """Channels of one part that make one picture or one set of data."""

    part_index: int
    view: str  # empty where the part has none
    layer: str  # without the view
    channels: tuple[str, ...]  # full names, in the order in which they are shown
    components: tuple[str, ...]
    kind: str  # color, luminance, depth, normal, vector, id, cryptomatte, mask, data
    is_subsampled: bool = False


def listed_part(part: Part) -> Part:
    """Return a part with its first MAX_LISTED_CHANNELS channels, for lists that a window makes at once."""
    is_whole = len(part.channels) <= MAX_LISTED_CHANNELS
    return part if is_whole else part._replace(channels=part.channels[:MAX_LISTED_CHANNELS])


def layer_groups(part: Part) -> list[LayerGroup]:
    """Return the groups of a part, in file order, the unnamed layer first in each view.

    Subsampled channels are separate groups, so that they never hide the picture of the other channels.
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
    groups = _groups_of_size(part, view, layer, full)
    for sampling in dict.fromkeys((channel.x_sampling, channel.y_sampling) for _, channel in reduced):
        same = [m for m in reduced if (m[1].x_sampling, m[1].y_sampling) == sampling]
        groups += [group._replace(is_subsampled=True) for group in _groups_of_size(part, view, layer, same)]
    return groups


def _groups_of_size(part: Part, view: str, layer: str, members: list[tuple[str, Channel]]) -> list[LayerGroup]:
    """Split channels of one sampling into pictures."""
    groups, rest = _by_roles(part, view, layer, members)
    dotless, rest = _by_suffix(part, view, layer, rest)
    return [*groups, *dotless, *_singles(part, view, layer, rest)]


def _named_by_component(members: Iterable[tuple[str, Channel]]) -> list[Channel]:
    return [channel._replace(name=component) for component, channel in members]


def _by_roles(
    part: Part, view: str, layer: str, members: list[tuple[str, Channel]]
) -> tuple[list[LayerGroup], list[tuple[str, Channel]]]:
    """Group the components of a layer that belong together: R, G, B and alpha; X, Y, Z; U, V, W; Y and alpha."""
    by_role: dict[str, tuple[str, Channel]] = {}
    for member in members:
        by_role.setdefault(ROLES.get(member[0].lower(), member[0]), member)
    sets: list[Sequence[str]] = [roles for roles in _TRIPLES if set(roles) <= by_role.keys()]
    if not sets:
        sets = [roles for roles in _PAIRS if set(roles) <= by_role.keys()]
        sets = sets or [*_grey_or_vector(layer or part.name or "", by_role.keys())]
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


def _grey_or_vector(name: str, roles: Set[str]) -> Sequence[Sequence[str]]:
    """Return the sets of luminance, of a grey picture stored as R or L and A, or of a vector stored as R and G."""
    if "y" in roles and "x" not in roles:
        return [["y"]]
    if len(roles) == 2 and "a" in roles:
        return [[role] for role in roles if role.lower() in _GREY]
    is_vector = {"r", "g"} <= roles and _is_vector(_NOT_LETTERS.sub("", name.lower()), name_words(name))
    return ["rg"] if is_vector else []


def _by_suffix(
    part: Part, view: str, layer: str, members: list[tuple[str, Channel]]
) -> tuple[list[LayerGroup], list[tuple[str, Channel]]]:
    """Group names that share a prefix without a dot: `Nx Ny Nz`, `LeR LeG LeB`, `dzdx dzdy`; or all but an axis."""
    groups: list[LayerGroup] = []
    by_name = {member[0]: member for member in members}
    grouped: set[int] = set()  # ids of members
    for component in by_name:
        prefix = component[:-1]
        chosen = _members_with_suffix(by_name, component) if prefix else []
        if not chosen and len(component) > 3 and (chosen := _members_with_color_words(by_name, component)):
            prefix = component[:-3]
        letters = [name[len(prefix) :] for name, _ in chosen]
        if not chosen and (chosen := _members_with_leading_axis(by_name, component)):
            prefix = component[1:]
            letters = [name[0] for name, _ in chosen]
        if not chosen:
            continue
        grouped.update(map(id, chosen))
        full = (f"{layer}.{prefix}" if layer else prefix).rstrip("_-:/ ") or prefix
        channels = [channel for _, channel in chosen]
        kind = _kind(full, list(zip(letters, channels, strict=True)), part)
        groups.append(_group(part, view, full, tuple(channel.name for channel in channels), letters, kind))
    return groups, [member for member in members if id(member) not in grouped]


def _members_with_suffix(by_name: Mapping[str, tuple[str, Channel]], first: str) -> list[tuple[str, Channel]]:
    """Return the members of the longest set whose first name this is, such as `Nx Ny Nz` for `Nx`, or none."""
    for suffix in _SUFFIXES_BY_LETTER.get(first[-1], ()):
        names = [first[:-1] + letter for letter in suffix]
        if all([name in by_name for name in names]):
            return [by_name[name] for name in names]
    return []


def _members_with_color_words(by_name: Mapping[str, tuple[str, Channel]], first: str) -> list[tuple[str, Channel]]:
    """Return the members of a set such as `spec_red spec_green spec_blue` for `spec_red`, or none."""
    stem, word = first[:-3], first[-3:]
    if word.lower() != "red":
        return []
    spell = str.upper if word.isupper() else str.title if word[0].isupper() else str.lower
    names = [name for other in _COLOR_WORDS if (name := stem + spell(other)) in by_name]
    return [by_name[name] for name in names] if len(names) > 2 else []


def _members_with_leading_axis(by_name: Mapping[str, tuple[str, Channel]], first: str) -> list[tuple[str, Channel]]:
    """Return the members of a set such as `XVel YVel` or `XPos YPos ZPos`, as Fusion writes it, or none."""
    axes = {"X": "XYZ", "x": "xyz"}.get(first[:1])
    if axes is None or len(first) < 3:
        return []
    names = [name for axis in axes if (name := axis + first[1:]) in by_name]
    return [by_name[name] for name in names] if len(names) > 1 else []


def _is_subsampled(channel: Channel) -> bool:
    return not channel.x_sampling == channel.y_sampling == 1


def _singles(part: Part, view: str, layer: str, members: Iterable[tuple[str, Channel]]) -> list[LayerGroup]:
    """Return a group for each channel, R before G and alpha last."""
    members = sorted(members, key=lambda member: _COMPONENT_ORDER.get(ROLES.get(member[0].lower(), ""), 6))
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
    return tuple([word.lower() for word in _NAME_TOKENS.findall(name)])


def _kind(layer: str, members: Sequence[tuple[str, Channel]], part: Part) -> str:
    """Return the kind of data that a layer holds, by its name, its components and its pixel type."""
    last = part.name if not layer and part.name else layer.rpartition(".")[2]
    joined, tokens = _NOT_LETTERS.sub("", last.lower()), name_words(last)
    roles = "".join(ROLES.get(component.lower(), "?") for component, _ in members)
    types = {channel.type for _, channel in members}
    if _CRYPTO.search(layer or last):
        return "cryptomatte" if _RANK.search(layer or last) else ("color" if roles.startswith("rgb") else "cryptomatte")
    if len(members) == 1:
        return _kind_of_single(members[0], last, joined, tokens, types)
    if _is_normal(joined, tokens):
        return "normal"
    if _is_vector(joined, tokens):
        return "vector"
    if "uint" in types:
        return "id"
    if roles in ("rgb", "rgba"):
        return "depth" if _DEPTH.intersection(tokens) and not {"of", "field"} <= set(tokens) else "color"
    if roles in ("ya", "ra"):
        return "luminance"
    if roles == "xyz" and joined in _DEPTH:
        return "depth"
    return "vector" if roles in ("xyz", "uv", "uvw", "xy", "rg") else "data"


def vector_role(layer: str) -> VectorRole:
    """Return the role of a vector layer, such as POSITION for `geo.P`."""
    last = layer.rpartition(".")[2]
    joined, tokens = _NOT_LETTERS.sub("", last.lower()), name_words(last)
    if joined in _COORDINATES or not _COORDINATES.isdisjoint(tokens):
        return VectorRole.COORDINATES
    if joined in _VECTOR or not _VECTOR.isdisjoint(tokens):
        return VectorRole.MOTION
    return VectorRole.POSITION if _is_vector(joined, tokens) else VectorRole.UNKNOWN


def _is_normal(joined: str, tokens: Sequence[str]) -> bool:
    """Return whether a layer name denotes normals, as a whole or in one of its parts."""
    return _NORMAL.fullmatch(joined) is not None or any(map(_NORMAL.fullmatch, tokens))


def _is_vector(joined: str, tokens: Sequence[str]) -> bool:
    """Return whether a layer name denotes positions, motion or coordinates."""
    is_position = _POSITION.fullmatch(joined) is not None or any(map(_POSITION.fullmatch, tokens))
    return is_position or joined in _VECTORS or not _VECTORS.isdisjoint(tokens)


def _kind_of_single(member: tuple[str, Channel], last: str, joined: str, tokens: Sequence[str], types: set[str]) -> str:
    component = member[0].lower()
    of_component = name_words(member[0])
    if "uint" in types or _IDS.search(last.lower()) or _IDS.search(component) or tokens[-1:] == ("id",):
        return "id"
    if (
        component in _DEPTH
        or joined + component in _DEPTH
        or (joined in _DEPTH and len(component) == 1)
        or (_DEPTH.intersection(tokens) and component in "zvyr")
        or _DEPTH.intersection(of_component)
    ):
        return "depth"
    if ROLES.get(component) == "y":
        return "luminance"
    if component in _MASK or ROLES.get(component) == "a" or _MASK.intersection([*tokens, *of_component]):
        return "mask"
    if component in _GREY and (joined in _MAIN or not member[1].layer_name):
        return "luminance"
    return "data"
