"""Layer index of a file: the displayable channel groups of each part, by view."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exr_inspector_app.exr.layers import is_luminance_chroma, luminance_colors, picture_channels
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.style.formatting import part_title
from exr_inspector_app.model import Channel, ExrFile, Part
from exr_inspector_app.text.escape import escape_control

_COMPONENT_RANK = {letter: rank for rank, letter in enumerate("RGBAXYZUVW")}
_ALPHA = ("A", "ALPHA")
_COMPONENT_SETS = ({"R", "G", "B"}, {"R", "G", "B", "A"}, {"X", "Y", "Z"}, {"U", "V"}, {"U", "V", "W"}, {"X", "Y"})
MAX_LAYERS = 4000  # a file with more lists its first


@dataclass(frozen=True, slots=True)
class Layer:
    """Displayable layer: up to four channels of a part."""

    part: int
    group: str  # title of the part
    name: str  # without the view suffix
    note: str  # components, such as RGBA
    view: str
    channels: tuple[str, ...]

    @property
    def title(self) -> str:
        """Name, or components if the layer is unnamed."""
        return self.name or self.note


def list_layers(file: ExrFile) -> list[Layer]:
    """Return the layers of all parts in file order, the unnamed layer of each part first."""
    layers: list[Layer] = []
    for part in file.parts:
        layers += _list_part_layers(part)
        if len(layers) >= MAX_LAYERS:
            break
    return layers[:MAX_LAYERS]


def list_views(layers: Iterable[Layer]) -> list[str]:
    """Return the views in file order, or an empty list if there are fewer than two."""
    views = list(dict.fromkeys(layer.view for layer in layers if layer.view))
    return views if len(views) > 1 else []


def find_layer(layers: Sequence[Layer], preferred: Layer | None, file: ExrFile) -> Layer | None:
    """Return the layer closest to a preferred one by name, view, and part, else the default layer.

    Args:
        layers: Layers of the file.
        preferred: Layer that the user selected, possibly in another file.
        file: File of the layers.

    Returns:
        The layer to show, or None if there are no layers.
    """
    if preferred is None:
        return find_default_layer(layers, file)
    candidates = [layer for layer in layers if (layer.name, layer.note) == (preferred.name, preferred.note)]
    candidates = candidates or [layer for layer in layers if preferred.name and layer.name == preferred.name]
    if candidates:
        return max(candidates, key=lambda layer: (layer.view == preferred.view, layer.part == preferred.part))
    return find_default_layer(layers, file)


def find_default_layer(layers: Sequence[Layer], file: ExrFile) -> Layer | None:
    """Return the first layer with color, else the first layer, or None if there are no layers."""
    for part in file.parts:
        channels = picture_channels(part)
        for layer in layers:
            if len(channels) >= 3 and layer.part == part.index and layer.channels == channels:
                return layer
    return layers[0] if layers else None


def _list_part_layers(part: Part) -> list[Layer]:
    title = strings.part_group(part.index, part_title(part) if part.name else "")
    if is_luminance_chroma(part.channels):  # the decoder returns only the derived colors
        colors = luminance_colors(part.channels)
        note = strings.derived_color("".join(colors))
        return [Layer(part.index, title, "", note, part.view or "", colors)]
    layers: list[Layer] = []
    by_layer: dict[str, list[Channel]] = {"": []}
    for channel in part.channels:
        by_layer.setdefault(channel.layer_name, []).append(channel)
    for name, members in by_layer.items():
        view, short_name = _split_view(part, name)
        for channels, note in _group_channels(members):
            layers.append(Layer(part.index, title, escape_control(short_name), note, escape_control(view), channels))
    return layers


def _split_view(part: Part, layer: str) -> tuple[str, str]:
    """Return the view of a layer and its name without the view.

    The first view of a multi-view part is the default; its layers do not contain the view name.
    """
    if not part.multi_view:
        return part.view or "", layer
    names = layer.split(".") if layer else []
    if names and names[-1] in part.multi_view:
        return names[-1], ".".join(names[:-1])
    return part.multi_view[0], layer


def _group_channels(members: Sequence[Channel]) -> list[tuple[tuple[str, ...], str]]:
    """Group the channels of a layer into images: one for a known component set, otherwise one per channel."""
    full = [channel for channel in members if channel.x_sampling == channel.y_sampling == 1]
    ordered = sorted(full, key=lambda channel: _COMPONENT_RANK.get(channel.component_name[:1].upper(), 99))
    letters = [channel.component_name.upper() for channel in ordered]
    initials = {letter[:1] if letter in ("RED", "GREEN", "BLUE", "ALPHA") else letter for letter in letters}
    if len(ordered) == len(initials) and initials in _COMPONENT_SETS:
        return [(tuple(channel.name for channel in ordered), escape_control("".join(letter[:1] for letter in letters)))]
    if {"R", "G", "B"} <= initials and len(initials) == len(ordered):
        color = [channel for channel in ordered if _is_color(channel)]
        rest = [channel for channel in ordered if channel not in color]
        note = "".join(channel.component_name[:1].upper() for channel in color)
        return [(tuple(channel.name for channel in color), note), *_separate_channels(rest)]
    return _separate_channels(members)


def _is_color(channel: Channel) -> bool:
    return channel.component_name.upper() in ("R", "G", "B", "A", "RED", "GREEN", "BLUE", "ALPHA")


def _separate_channels(members: Iterable[Channel]) -> list[tuple[tuple[str, ...], str]]:
    return [((channel.name,), escape_control(channel.component_name)) for channel in members]
