"""Summary of a file as lines of text, safe to print on a terminal."""

from __future__ import annotations

from exr_inspector_app.model import Box2i, Channel, ChannelStats, ExrFile, Part, Problem
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import figures


def summary(file: ExrFile) -> str:
    """The file in a few lines: size and state, then each part with its layers."""
    state = {True: "complete", False: "not finished", None: "not checked for completeness"}[file.is_complete]
    size = "unknown size" if file.size_bytes is None else f"{file.size_bytes:,} bytes"
    told = f"{size}, {len(file.parts)} part(s), {file.channel_count} channels, {state}"
    if not file.parts:
        told = "nothing could be read"
    lines = [*(line for part in file.parts for line in _part_lines(part)), *map(_stats_line, file.stats)]
    return "\n".join(map(escape_control, [file.path, f"  {told}", *lines]))


def sentence(problem: Problem) -> str:
    """What is wrong, and at which byte where the words do not say so."""
    byte = f"byte {problem.byte_offset:,}" if problem.byte_offset else ""
    return problem.message if byte in problem.message else f"{problem.message.removesuffix('.')} ({byte})."


def findings(file: ExrFile) -> str:
    """The findings of a file, one a line: severity, code, part and sentence; a word where there are none."""
    lines = []
    for severity, code, part, message in file.findings:
        where = "" if part is None or len(file.parts) < 2 else f"part {part}: "
        lines.append(f"  {severity:7}  {code:18}  {where}{message}")
    return "\n".join(map(escape_control, lines)) or "  nothing to note"


def _part_lines(part: Part) -> list[str]:
    name = f" {part.name}" if part.name else ""
    facts = [part.type, _window(part.data_window), part.compression, part.color_space, part.render_software]
    if part.is_tiled:
        facts.append(f"tiles {part.tile_width} × {part.tile_height}")
    if part.view:
        facts.append(f"view {part.view}")
    if part.chunk_count is not None and part.chunks_present is not None:
        facts.append(f"{part.chunks_present:,} of {part.chunk_count:,} chunks")
    listed = ", ".join(fact for fact in facts if fact)
    layers = [f"    {layer or '(no layer)'}: {names}" for layer, names in _layers(part.channels).items()]
    return [f"  part {part.index}{name}: {listed}", *layers, f"    {len(part.attributes)} attributes"]


def _stats_line(stats: ChannelStats) -> str:
    """The statistics of one channel, on a line of its own."""
    return f"  {stats.name} of part {stats.part_index}: {figures(stats)}"


def _window(box: Box2i | None) -> str:
    return f"{box.width} × {box.height} from {box.min_x}, {box.min_y}" if box else "no data window"


def _layers(channels: tuple[Channel, ...]) -> dict[str, str]:
    """The components of each layer with their types, in file order."""
    found: dict[str, list[str]] = {}
    for channel in channels:
        found.setdefault(channel.layer_name, []).append(f"{channel.component_name} {channel.type}")
    return {layer: ", ".join(names) for layer, names in found.items()}
