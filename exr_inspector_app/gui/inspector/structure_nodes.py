"""Parts, layers and channels of a file as rows of a tree, and those of them that hold some words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from exr_inspector_app.gui.style.formatting import format_bytes, part_title
from exr_inspector_app.model import Box2i, Channel, ChannelStats, ExrFile, Part
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import format_statistics

Stats: TypeAlias = Mapping[tuple[int, str], ChannelStats]  # by part and name

_BYTES_PER_SAMPLE = {"half": 2, "float": 4, "uint": 4}
_COMPONENT_ORDER = {name: place for place, name in enumerate(("R", "G", "B", "A", "Y", "RY", "BY", "X"))}
_COLOR = frozenset(("R", "G", "B", "A", "AR", "AG", "AB"))
_LUMINANCE = frozenset(("Y", "RY", "BY"))
_POSITION = frozenset(("X", "Y", "Z"))
_DEPTH = frozenset(("Z", "ZBack"))


@dataclass(slots=True, eq=False)
class StructureNode:
    """One row: what it is, what its columns say, and its place in the tree."""

    kind: str  # part, layer, channel
    name: str
    note: str = ""  # after the name, in third rank: a part's size, a layer's components
    type: str = ""
    sampling: str = ""
    memory: str = ""
    warning: str = ""  # after the note, in amber: chunks that were never written
    component: str = ""  # a channel's letter, which colours its swatch
    full_name: str = ""  # as the file has it, for the clipboard
    tip: str = ""
    part: int = 0
    row: int = 0
    parent: StructureNode | None = None
    children: list[StructureNode] = field(default_factory=list)

    def text(self, column: int) -> str:
        """What the column shows."""
        return (self.name, self.type, self.sampling, self.memory)[column]

    def spoken(self) -> str:
        """The whole row in words, for screen readers and type-ahead."""
        facts = (self.name, self.note, self.warning, self.type, self.memory)
        return ", ".join(fact for fact in facts if fact)

    def adopt(self, children: Iterable[StructureNode]) -> StructureNode:
        """This node, with the children below it."""
        for child in children:
            child.row = len(self.children)
            child.parent = self
            self.children.append(child)
        return self


def build_tree(file: ExrFile) -> StructureNode:
    """An unseen root whose children are the parts."""
    stats = {(one.part_index, one.name): one for one in file.stats}
    return StructureNode("root", "").adopt(_make_part_node(part, stats) for part in file.parts)


def count_decoded_bytes(channel: Channel, window: Box2i | None) -> int:
    """The memory of a channel's pixels over the data window, subsampling counted as OpenEXR does."""
    if window is None or window.width <= 0 or window.height <= 0:
        return 0
    columns = _count_samples(window.min_x, window.max_x, channel.x_sampling)
    rows = _count_samples(window.min_y, window.max_y, channel.y_sampling)
    return columns * rows * _BYTES_PER_SAMPLE.get(channel.type, 4)


def _count_samples(low: int, high: int, step: int) -> int:
    """How many multiples of `step` lie in low..high."""
    step = max(step, 1)
    return high // step - (low - 1) // step


def _make_part_node(part: Part, stats: Stats) -> StructureNode:
    layers = [_make_layer_node(part, name, channels, stats) for name, channels in group_by_layer(part.channels)]
    count, present = part.chunk_count, part.chunks_present
    is_short = count is not None and present is not None and present < count
    return StructureNode(
        kind="part",
        name=part_title(part),
        note=", ".join(_list_part_facts(part)),
        memory=_format_memory(part, part.channels),
        warning=f"{present:,} of {count:,} chunks" if is_short else "",
        full_name=part.name or "",
        tip=_make_part_tooltip(part, stats),
        part=part.index,
    ).adopt(layers)


def _list_part_facts(part: Part) -> list[str]:
    """Size and kind in a few words."""
    facts = []
    if part.data_window:
        facts.append(f"{part.data_window.width} × {part.data_window.height}")
    if part.is_tiled and part.tile_width and part.tile_height:
        facts.append(f"tiled {part.tile_width} × {part.tile_height}")
    if part.level_mode and "mip" in part.level_mode.lower():
        facts.append("mip-mapped")
    if part.level_mode and "rip" in part.level_mode.lower():
        facts.append("rip-mapped")
    if part.is_deep:
        facts.append("deep")
    if part.view:
        facts.append(f"view {escape_control(part.view)}")
    return facts


def _make_part_tooltip(part: Part, stats: Stats) -> str:
    """Windows, chunks, and figures of colours that stand for its channels, one fact a line."""
    lines = [f"Part {part.index}, {part.type}"]
    for name, box in (("Data window", part.data_window), ("Display window", part.display_window)):
        if box:
            lines.append(f"{name} {box.width} × {box.height} from {box.min_x}, {box.min_y}")
    if part.chunk_count is not None:
        present = "?" if part.chunks_present is None else f"{part.chunks_present:,}"
        lines.append(f"{present} of {part.chunk_count:,} chunks present")
    named = {channel.name for channel in part.channels}
    lines += [
        f"{escape_control(name)} {format_statistics(one)}"
        for (index, name), one in stats.items()
        if index == part.index and name not in named
    ]
    return "\n".join(lines)


def group_by_layer(channels: Iterable[Channel]) -> list[tuple[str, list[Channel]]]:
    """Channels by layer: those without a layer first, grouped by what they are, then in file order."""
    bare: dict[str, list[Channel]] = {}
    named: dict[str, list[Channel]] = {}
    listed = list(channels)
    loose = {channel.name for channel in listed if not channel.layer_name}
    for channel in listed:
        if channel.layer_name:
            named.setdefault(channel.layer_name, []).append(channel)
        else:
            bare.setdefault(_group_without_layer(channel.name, loose), []).append(channel)
    groups = [("", _sort_components(group)) for group in bare.values()]
    groups.sort(key=lambda group: group[1][0].name not in ("R", "Y"))  # the picture comes first
    return groups + [(name, _sort_components(group)) for name, group in named.items()]


def _group_without_layer(name: str, loose: set[str]) -> str:
    """Which channels without a layer belong together."""
    if name in _COLOR:
        return "colour"
    if name in _POSITION and loose >= _POSITION:
        return "position"
    if name in _LUMINANCE:
        return "colour"
    return "depth" if name in _DEPTH else f"own {name}"


def _sort_components(channels: list[Channel]) -> list[Channel]:
    """Red before green before blue before alpha, X before Y before Z; the rest as the file has it."""
    names = {channel.component_name for channel in channels}
    if names >= _POSITION:
        return sorted(channels, key=lambda channel: channel.component_name)
    return sorted(channels, key=lambda channel: _COMPONENT_ORDER.get(channel.component_name, len(_COMPONENT_ORDER)))


def _make_layer_node(part: Part, name: str, channels: list[Channel], stats: Stats) -> StructureNode:
    words = [escape_control(channel.component_name) for channel in channels]
    components = "".join(words) if all(len(word) == 1 for word in words) else " ".join(words)
    types = list(dict.fromkeys(channel.type for channel in channels))
    return StructureNode(
        kind="layer",
        name=escape_control(name) or components,
        note=components if name else "",
        type=types[0] if len(types) == 1 else "mixed",
        memory=_format_memory(part, channels),
        full_name=name or components,
        tip=escape_control(name) or components,
        part=part.index,
    ).adopt(_make_channel_node(part, channel, stats.get((part.index, channel.name))) for channel in channels)


def _make_channel_node(part: Part, channel: Channel, stats: ChannelStats | None) -> StructureNode:
    return StructureNode(
        kind="channel",
        name=escape_control(channel.component_name),
        note=f"{stats.min:.4g} to {stats.max:.4g}" if stats else "",
        warning=_format_non_finite(stats) if stats else "",
        type=channel.type,
        sampling=f"{channel.x_sampling}, {channel.y_sampling}",
        memory=_format_memory(part, [channel]),
        component=channel.component_name,
        full_name=channel.name,
        tip=f"{escape_control(channel.name)}\n"
        f"{channel.type}, sampled every {channel.x_sampling} × {channel.y_sampling} pixels"
        + ("\nPerceptually linear" if channel.p_linear else "")
        + (f"\n{format_statistics(stats)}" if stats else ""),
        part=part.index,
    )


def _format_non_finite(stats: ChannelStats) -> str:
    """Pixels that are no finite number."""
    counts = ((stats.nan_count, "NaN"), (stats.inf_count, "Inf"))
    return " ".join(f"{count:,} {name}" for count, name in counts if count)


def _format_memory(part: Part, channels: Iterable[Channel]) -> str:
    """The decoded size; deep pixels have as many samples as each likes, so there nothing is said."""
    total = 0 if part.is_deep else sum(count_decoded_bytes(channel, part.data_window) for channel in channels)
    return format_bytes(total) if total else ""


def filter_tree(root: StructureNode, words: str) -> StructureNode:
    """A tree of the same nodes that keeps matching channels, and all below a matching part or layer."""
    kept = StructureNode("root", "")
    for part in root.children:
        layers = [hit for layer in part.children if (hit := _filter_layer(layer, words))]
        if words in part.name.casefold():
            kept.adopt([part])
        elif layers:
            part.children = []
            kept.adopt([part.adopt(layers)])
    return kept


def _filter_layer(layer: StructureNode, words: str) -> StructureNode | None:
    """The layer with its matching channels; None where nothing matches."""
    if words in layer.name.casefold():
        return layer
    channels = [node for node in layer.children if words in escape_control(node.full_name).casefold()]
    layer.children = []
    return layer.adopt(channels) if channels else None
