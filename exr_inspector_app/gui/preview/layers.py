"""Layer index of a file: the displayable channel groups of each part, by view, and the layer to show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exr_inspector_app.exr.cryptomatte import matte_name, rank_channels
from exr_inspector_app.exr.layer_groups import ROLES, LayerGroup, layer_groups, listed_part
from exr_inspector_app.exr.layers import decoded_names
from exr_inspector_app.exr.picture import choose_picture, ranked_pictures
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.aov_groups import AovGroup, aov_group
from exr_inspector_app.gui.style.formatting import part_title
from exr_inspector_app.model import ExrFile, Part
from exr_inspector_app.text.escape import escape_control

COLOR_KINDS = ("color", "luminance")  # of `LayerGroup`
MAX_LAYERS = 4000  # a file with more lists its first


@dataclass(frozen=True, slots=True)
class Layer:
    """Displayable layer: the channels of a part that make one image."""

    part: int
    group: str  # title of the part
    name: str  # without the view
    note: str  # components, such as RGBA
    view: str
    channels: tuple[str, ...]  # full names as decoded, in the order in which they are shown
    stored: tuple[str, ...]  # full names in the file; luminance and chroma are decoded to R, G, and B
    kind: str = "data"  # of `LayerGroup`
    part_name: str = ""  # in files of several parts
    ranks: tuple[str, ...] = ()  # channels of all ranks of a Cryptomatte, pairs of ID and coverage

    @property
    def shown(self) -> tuple[str, ...]:
        """Channels that make the image: all ranks of a Cryptomatte."""
        return self.ranks or self.channels

    @property
    def title(self) -> str:
        """Name, or components if the layer is unnamed; in files of several parts with the name of the part."""
        title = self.name or self.note
        return strings.layer_of_part(self.part_name, title) if self.part_name not in ("", title) else title

    @property
    def is_color(self) -> bool:
        """True for colors and luminance, which have a color space; all other layers are data."""
        return self.kind in COLOR_KINDS

    @property
    def full_name(self) -> str:
        """Name, or that of the part without its view if the layer is unnamed, such as `spec` of part `spec_left`."""
        if self.name or not self.view:
            return self.name or self.part_name
        return "".join(re.split(rf"(?:^|[._ ]){re.escape(self.view)}(?:$|[._ ])", self.part_name))

    @property
    def aov_group(self) -> AovGroup:
        """Group under which artists look for the layer."""
        return aov_group(self.kind, self.name, self.part_name)

    @property
    def tile_title(self) -> str:
        """Name in the palette, where part and view are on the second line."""
        if len(self.channels) == 1:
            return f"{self.name}.{self.note}" if self.name else self.note
        return self.name or self.part_name or self.note

    @property
    def tile_detail(self) -> str:
        """Part, or components in a file of one part, and view."""
        detail = self.part_name if self.part_name not in ("", self.tile_title) else self.note
        return ", ".join(filter(None, (detail, self.view)))

    @property
    def identity(self) -> tuple[str, str, str]:
        """Equal for the same layer of another view or file; RGB and RGBA do not differ."""
        return self.full_name, self.kind, self.note if len(self.channels) == 1 else ""


def list_layers(file: ExrFile) -> list[Layer]:
    """Return the layers of all parts in file order, the unnamed layer of each part first."""
    layers: list[Layer] = []
    for part in map(listed_part, file.parts):
        part_name = part_title(part) if part.name else ""
        title = strings.part_group(part.index, part_name)
        part_name = part_name if len(file.parts) > 1 else ""
        made = [_make_layer(part, title, part_name, group) for group in layer_groups(part)]
        layers += _merge_ranks(made)
        if len(layers) >= MAX_LAYERS:
            break
    return layers[:MAX_LAYERS]


def list_views(layers: Iterable[Layer]) -> list[str]:
    """Return the views in file order, or an empty list if there are fewer than two."""
    views = list(dict.fromkeys(layer.view for layer in layers if layer.view))
    return views if len(views) > 1 else []


def match_layer(layers: Iterable[Layer], preferred: Layer) -> Layer | None:
    """Return the layer closest to a preferred one by name, kind, view, and part, or None without one of that name.

    Args:
        layers: Layers of a file, or of one view of it.
        preferred: Layer that the user selected, possibly in another file.
    """
    candidates = [layer for layer in layers if layer.identity == preferred.identity]
    if not candidates and preferred.full_name:
        named = [layer for layer in layers if layer.full_name == preferred.full_name]
        candidates = [layer for layer in named if layer.kind == preferred.kind] or named
    return max(candidates, key=lambda layer: _closeness(layer, preferred), default=None)


def _closeness(layer: Layer, preferred: Layer) -> tuple[bool, bool, bool]:
    return layer.view == preferred.view, layer.part == preferred.part, layer.note == preferred.note


def rank_layers(layers: Sequence[Layer], file: ExrFile) -> list[Layer]:
    """Return the layers in the order in which they may be the picture of the file."""
    by_channels = {(layer.part, layer.stored): layer for layer in layers}
    keys = ((picture.part_index, picture.channels) for picture in ranked_pictures(file.parts))
    return [by_channels[key] for key in keys if key in by_channels]


def find_picture_layer(layers: Sequence[Layer], file: ExrFile) -> Layer | None:
    """Return the layer that is the picture of the file, or None if there are no layers."""
    picture = file.picture or choose_picture(file.parts)
    key = (picture.part_index, picture.channels) if picture else None
    return next((layer for layer in layers if (layer.part, layer.stored) == key), layers[0] if layers else None)


def _make_layer(part: Part, title: str, part_name: str, group: LayerGroup) -> Layer:
    channels = decoded_names(part.channels, group.channels) if "RY" in group.components else group.channels
    is_derived = channels != group.channels
    note = strings.derived_color("RGBA"[: len(channels)]) if is_derived else _format_components(group)
    ranks: tuple[str, ...] = ()
    if group.kind == "cryptomatte" and len(channels) > 1 and (ranks := rank_channels(part.channels, channels[0])):
        note = strings.matte_ranks(len(ranks) // 2)
    return Layer(
        part.index,
        title,
        escape_control(matte_name(group.layer) if ranks else group.layer),
        escape_control(note),
        escape_control(group.view or part.view or ""),
        channels,
        group.channels,
        group.kind,
        part_name,
        ranks,
    )


def _merge_ranks(layers: Sequence[Layer]) -> list[Layer]:
    """Return the layers with one of each Cryptomatte: that of its first ranks, in the place of the first one."""
    first: dict[tuple[str, ...], Layer] = {}
    for layer in layers:
        if layer.ranks and (layer.ranks not in first or layer.channels[0] == layer.ranks[0]):
            first[layer.ranks] = layer
    merged = [first[layer.ranks] if layer.ranks else layer for layer in layers]
    return list(dict.fromkeys(merged))


def _format_components(group: LayerGroup) -> str:
    """Return the components of a group as one word: `RGBA`, `XYZ`; a single component as it is."""
    if len(group.components) == 1:
        return group.components[0]
    letters = [component[:1].upper() if component.lower() in ROLES else component for component in group.components]
    return "".join(letters) if all(len(letter) == 1 for letter in letters) else " ".join(letters)
