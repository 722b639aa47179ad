"""Tree nodes of a file's parts, layers, and channels, and their filtering by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from exr_inspector_app.exr.layer_groups import MAX_LISTED_CHANNELS, LayerGroup, layer_groups, listed_part
from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.style.formatting import format_bytes, part_title
from exr_inspector_app.model import Box2i, Channel, ChannelStats, ExrFile, Part
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import format_statistics

Stats: TypeAlias = Mapping[tuple[int, str], ChannelStats]  # by part index and channel name

_BYTES_PER_SAMPLE = {"half": 2, "float": 4, "uint": 4}
_COMPONENT_ORDER = {name: rank for rank, name in enumerate(("R", "G", "B", "A", "Y", "RY", "BY", "X"))}
_COLOR = frozenset(("R", "G", "B", "A", "AR", "AG", "AB", "Y", "RY", "BY"))
_DEPTH = frozenset(("Z", "ZBack"))


class LayerRow(NamedTuple):
    """Channels of one layer in one view, or channels without a layer that belong together."""

    view: str
    layer: str  # without the view
    members: list[tuple[str, Channel]]  # with their components

    @property
    def channels(self) -> list[Channel]:
        """The channels in the order in which they are shown."""
        return [channel for _, channel in self.members]


@dataclass(slots=True, eq=False)
class StructureNode:
    """Tree node of a part, layer, or channel: texts of its columns and its position in the tree."""

    kind: str  # part, layer, channel
    name: str
    view: str = ""  # after the name of a layer of a multi-view part
    note: str = ""  # after the name, in tertiary color: size of a part, components of a layer
    type: str = ""
    sampling: str = ""
    memory: str = ""
    warning: str = ""  # after the name, in amber: missing chunks, NaN and Inf pixels
    component: str = ""  # of a channel; selects the color of its swatch
    full_name: str = ""  # unescaped, for the clipboard
    tooltip: str = ""
    part: int = 0
    row: int = 0
    parent: StructureNode | None = None
    children: list[StructureNode] = field(default_factory=list)

    def text(self, column: int) -> str:
        """Return the text of a column."""
        return (self.name, self.type, self.sampling, self.memory, "")[column]

    def is_like(self, other: StructureNode) -> bool:
        """Return True if another tree has the same rows."""
        if self.facts != other.facts or len(self.children) != len(other.children):
            return False
        return all(mine.is_like(theirs) for mine, theirs in zip(self.children, other.children, strict=True))

    @property
    def facts(self) -> tuple[object, ...]:
        """All that is shown or copied of the row."""
        return (
            *(self.kind, self.name, self.view, self.note, self.type, self.sampling, self.memory, self.warning),
            *(self.component, self.full_name, self.tooltip, self.part),
        )

    def accessible_text(self) -> str:
        """Return the row as text for screen readers."""
        facts = (self.name, self.view, self.note, self.warning, self.type, self.memory)
        return ", ".join(fact for fact in facts if fact)

    def add_children(self, children: Iterable[StructureNode]) -> StructureNode:
        """Append children and return this node."""
        for child in children:
            child.row = len(self.children)
            child.parent = self
            self.children.append(child)
        return self


def build_tree(file: ExrFile) -> StructureNode:
    """Return an invisible root whose children are the parts."""
    stats = {(channel.part_index, channel.name): channel for channel in file.stats}
    return StructureNode("root", "").add_children(_make_part_node(part, stats) for part in file.parts)


def count_decoded_bytes(channel: Channel, window: Box2i | None) -> int:
    """Return the decoded size in bytes of a channel over the data window, subsampled as in OpenEXR."""
    if window is None or window.width <= 0 or window.height <= 0:
        return 0
    columns = _count_samples(window.min_x, window.max_x, channel.x_sampling)
    rows = _count_samples(window.min_y, window.max_y, channel.y_sampling)
    return columns * rows * _BYTES_PER_SAMPLE.get(channel.type, 4)


def _count_samples(low: int, high: int, step: int) -> int:
    """Return the number of multiples of `step` in low..high, both inclusive."""
    step = max(step, 1)
    return high // step - (low - 1) // step


def _make_part_node(part: Part, stats: Stats) -> StructureNode:
    layers = [_make_layer_node(part, row, stats) for row in group_by_layer(listed_part(part))]
    return StructureNode(
        kind="part",
        name=part_title(part),
        note=", ".join(_list_part_facts(part)),
        memory=_format_memory(part, part.channels),
        warning=_format_shortage(part),
        full_name=part.name or "",
        tooltip=_make_part_tooltip(part, stats),
        part=part.index,
    ).add_children(layers)


def _format_shortage(part: Part) -> str:
    """Return the warning of a part with missing chunks, or an empty text."""
    count, present = part.chunk_count, part.chunks_present
    if count is None or present is None or present >= count:
        return ""
    return strings.chunk_shortage(present, count)


def _list_part_facts(part: Part) -> list[str]:
    """Return size and kind of a part."""
    facts = []
    if part.data_window:
        facts.append(f"{part.data_window.width} × {part.data_window.height}")
    if part.is_tiled and part.tile_width and part.tile_height:
        facts.append(strings.tile_size(part.tile_width, part.tile_height))
    if part.level_mode and "mip" in part.level_mode.lower():
        facts.append(strings.MIP_MAPPED)
    if part.level_mode and "rip" in part.level_mode.lower():
        facts.append(strings.RIP_MAPPED)
    if part.is_deep:
        facts.append(strings.DEEP)
    if part.view:
        facts.append(strings.view_name(escape_control(part.view)))
    if len(part.channels) > MAX_LISTED_CHANNELS:
        facts.append(strings.listed_channels(MAX_LISTED_CHANNELS, len(part.channels)))
    return facts


def _make_part_tooltip(part: Part, stats: Stats) -> str:
    """Return windows, chunk count, and statistics of derived channels, one per line."""
    lines = [f"{strings.part_number(part.index)}, {part.type}"]
    for name, box in ((strings.DATA_WINDOW, part.data_window), (strings.DISPLAY_WINDOW, part.display_window)):
        if box:
            lines.append(strings.window_position(name, box.width, box.height, box.min_x, box.min_y))
    if part.chunk_count is not None:
        lines.append(strings.chunks_present(part.chunks_present, part.chunk_count))
    stored = {channel.name for channel in part.channels}
    lines += [
        f"{escape_control(name)} {format_statistics(channel_stats)}"
        for (index, name), channel_stats in stats.items()
        if index == part.index and name not in stored
    ]
    return "\n".join(lines)


def group_by_layer(part: Part) -> list[LayerRow]:
    """Return the rows of a part, as `layer_groups` finds them, except that a named layer is one row in each view."""
    by_key: dict[tuple[str, str, str], list[LayerGroup]] = {}
    for group in layer_groups(part):
        key = group.view, group.layer, "" if group.layer else _key_without_layer(group)
        by_key.setdefault(key, []).append(group)
    channels = {channel.name: channel for channel in part.channels}
    rows = []
    for (view, layer, _), groups in by_key.items():
        names = [pair for group in groups for pair in zip(group.components, group.channels, strict=True)]
        if all(len(group.channels) == 1 for group in groups):
            names.sort(key=lambda pair: _COMPONENT_ORDER.get(pair[0], len(_COMPONENT_ORDER)))
        rows.append(LayerRow(view, layer, [(component, channels[name]) for component, name in names]))
    return rows


def _key_without_layer(group: LayerGroup) -> str:
    """Return the key of a group without a layer: rows of single channels are shared by colors and by depths."""
    if len(group.channels) > 1:
        return group.channels[0]
    (component,) = group.components
    return "color" if component in _COLOR else "depth" if component in _DEPTH else f"single {component}"


def _make_layer_node(part: Part, row: LayerRow, stats: Stats) -> StructureNode:
    letters = [escape_control(component) for component, _ in row.members]
    components = "".join(letters) if all(len(letter) == 1 for letter in letters) else " ".join(letters)
    types = list(dict.fromkeys(channel.type for channel in row.channels))
    view = strings.view_name(escape_control(row.view)) if part.multi_view and row.view else ""
    full_name = _full_layer_name(row) or components
    return StructureNode(
        kind="layer",
        name=escape_control(row.layer) or components,
        view=view,
        note=components if row.layer else "",
        type=types[0] if len(types) == 1 else strings.MIXED_TYPES,
        memory=_format_memory(part, row.channels),
        full_name=full_name,
        tooltip="\n".join(fact for fact in (escape_control(full_name), components if row.layer else "", view) if fact),
        part=part.index,
    ).add_children(
        _make_channel_node(part, component, channel, stats.get((part.index, channel.name)))
        for component, channel in row.members
    )


def _full_layer_name(row: LayerRow) -> str:
    """Return the name of a layer as the channels have it, with the view: `right.depth`, or `N` for `Nx Ny Nz`."""
    component, channel = row.members[0]
    return channel.name.removesuffix(component).removesuffix(".") if row.layer or "." in channel.name else ""


def _make_channel_node(part: Part, component: str, channel: Channel, stats: ChannelStats | None) -> StructureNode:
    return StructureNode(
        kind="channel",
        name=escape_control(channel.component_name),
        note=strings.value_range(stats.min, stats.max) if stats and stats.has_range else "",
        warning=_format_non_finite(stats) if stats else "",
        type=channel.type,
        sampling=f"{channel.x_sampling}, {channel.y_sampling}",
        memory=_format_memory(part, [channel]),
        component=component,
        full_name=channel.name,
        tooltip=_make_channel_tooltip(channel, stats),
        part=part.index,
    )


def _make_channel_tooltip(channel: Channel, stats: ChannelStats | None) -> str:
    """Return name, type, sampling, and statistics of a channel, one per line."""
    lines = [
        escape_control(channel.name),
        strings.channel_type(channel.type, channel.x_sampling, channel.y_sampling),
        strings.PERCEPTUALLY_LINEAR if channel.p_linear else "",
        format_statistics(stats) if stats else "",
    ]
    return "\n".join(line for line in lines if line)


def _format_non_finite(stats: ChannelStats) -> str:
    """Return the counts of NaN and infinite values."""
    counts = ((stats.nan_count, "NaN"), (stats.inf_count, "Inf"))
    return " ".join(f"{count:,} {name}" for count, name in counts if count)


def _format_memory(part: Part, channels: Iterable[Channel]) -> str:
    """Return the decoded size, empty for deep parts, whose number of samples per pixel varies."""
    total = 0 if part.is_deep else sum(count_decoded_bytes(channel, part.data_window) for channel in channels)
    return format_bytes(total) if total else ""


def filter_tree(root: StructureNode, needle: str) -> StructureNode:
    """Return a tree of matching channels and of all descendants of matching parts and layers.

    The nodes are reused, so `root` must not be used afterwards. `needle` is case-folded.
    """
    result = StructureNode("root", "")
    for part in root.children:
        layers = [filtered for layer in part.children if (filtered := _filter_layer(layer, needle))]
        if needle in part.name.casefold():
            result.add_children([part])
        elif layers:
            part.children = []
            result.add_children([part.add_children(layers)])
    return result


def _filter_layer(layer: StructureNode, needle: str) -> StructureNode | None:
    """Return the layer with its matching channels, or None."""
    if needle in layer.name.casefold():
        return layer
    channels = [node for node in layer.children if needle in escape_control(node.full_name).casefold()]
    layer.children = []
    return layer.add_children(channels) if channels else None
