"""What of a file can be looked at: the layers of each part, by view."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exr_inspector_app.exr.layers import is_luminance_chroma, luminance_colors, picture_channels
from exr_inspector_app.gui.style.formatting import part_title
from exr_inspector_app.model import Channel, ExrFile, Part
from exr_inspector_app.text.escape import escape_control

_COMPONENT_RANK = {letter: place for place, letter in enumerate("RGBAXYZUVW")}
_ALPHA = ("A", "ALPHA")
_COMPONENT_SETS = ({"R", "G", "B"}, {"R", "G", "B", "A"}, {"X", "Y", "Z"}, {"U", "V"}, {"U", "V", "W"}, {"X", "Y"})
MAX_LAYERS = 4000  # choices; a file with more shows its first


@dataclass(frozen=True, slots=True)
class Layer:
    """One thing to look at: up to four channels of a part."""

    part: int
    group: str  # the part as a title
    name: str  # without the view
    note: str  # its components
    view: str
    channels: tuple[str, ...]

    @property
    def title(self) -> str:
        """Name and components, each where there is one."""
        return self.name or self.note


def list_layers(file: ExrFile) -> list[Layer]:
    """Every layer of every part, in file order, the layer without a name first."""
    found: list[Layer] = []
    for part in file.parts:
        found += _list_part_layers(part)
        if len(found) >= MAX_LAYERS:
            break
    return found[:MAX_LAYERS]


def list_views(layers: Iterable[Layer]) -> list[str]:
    """The views, in file order; none where the file has one only."""
    found = list(dict.fromkeys(layer.view for layer in layers if layer.view))
    return found if len(found) > 1 else []


def find_layer(layers: Sequence[Layer], wanted: Layer | None, file: ExrFile) -> Layer | None:
    """The layer of that name, part and view as nearly as there is one, otherwise the file's first picture."""
    named = [one for one in layers if wanted and (one.name, one.note) == (wanted.name, wanted.note)]
    named = named or [one for one in layers if wanted and wanted.name and one.name == wanted.name]
    if wanted and named:
        return max(named, key=lambda one: (one.view == wanted.view, one.part == wanted.part))
    return find_default_layer(layers, file)


def find_default_layer(layers: Sequence[Layer], file: ExrFile) -> Layer | None:
    """The first layer with colours, otherwise the first of all."""
    for part in file.parts:
        usual = picture_channels(part)
        for one in layers:
            if len(usual) >= 3 and one.part == part.index and one.channels == usual:
                return one
    return layers[0] if layers else None


def _list_part_layers(part: Part) -> list[Layer]:
    title = f"Part {part.index}" + (f"  {part_title(part)}" if part.name else "")
    if is_luminance_chroma(part.channels):  # nothing else can be decoded beside them
        colours = luminance_colors(part.channels)
        words = f"{''.join(colours)} from luminance and chroma"
        return [Layer(part.index, title, "", words, part.view or "", colours)]
    found: list[Layer] = []
    by_layer: dict[str, list[Channel]] = {"": []}
    for one in part.channels:
        by_layer.setdefault(one.layer_name, []).append(one)
    for name, members in by_layer.items():
        view, short = _split_view(part, name)
        for channels_, note in _group_channels(members):
            found.append(Layer(part.index, title, escape_control(short), note, escape_control(view), channels_))
    return found


def _split_view(part: Part, layer: str) -> tuple[str, str]:
    """The view that a layer belongs to, and its name without it.

    In a part of several views the first is the default, whose layers do not name it.
    """
    if not part.multi_view:
        return part.view or "", layer
    words = layer.split(".") if layer else []
    if words and words[-1] in part.multi_view:
        return words[-1], ".".join(words[:-1])
    return part.multi_view[0], layer


def _group_channels(members: Sequence[Channel]) -> list[tuple[tuple[str, ...], str]]:
    """The channels of a layer as one picture where they belong together, otherwise each alone."""
    full = [one for one in members if one.x_sampling == one.y_sampling == 1]
    ordered = sorted(full, key=lambda one: _COMPONENT_RANK.get(one.component_name[:1].upper(), 99))
    letters = [one.component_name.upper() for one in ordered]
    initials = {letter[:1] if letter in ("RED", "GREEN", "BLUE", "ALPHA") else letter for letter in letters}
    if len(ordered) == len(initials) and initials in _COMPONENT_SETS:
        return [(tuple(one.name for one in ordered), escape_control("".join(letter[:1] for letter in letters)))]
    if {"R", "G", "B"} <= initials and len(initials) == len(ordered):
        colour = [one for one in ordered if one.component_name[:1].upper() in "RGBA" and _is_color(one)]
        rest = [one for one in ordered if one not in colour]
        note = "".join(one.component_name[:1].upper() for one in colour)
        return [(tuple(one.name for one in colour), note), *_separate_channels(rest)]
    return _separate_channels(members)


def _is_color(channel: Channel) -> bool:
    return channel.component_name.upper() in ("R", "G", "B", "A", "RED", "GREEN", "BLUE", "ALPHA")


def _separate_channels(members: Iterable[Channel]) -> list[tuple[tuple[str, ...], str]]:
    return [((one.name,), escape_control(one.component_name)) for one in members]
