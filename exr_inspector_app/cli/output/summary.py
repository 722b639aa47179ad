"""Text summary of a file for a terminal, with control characters escaped."""

from __future__ import annotations

from exr_inspector_app.cli.output.attribute_lines import attribute_lines
from exr_inspector_app.model import Box2i, Channel, ChannelStats, ExrFile, Part, Problem
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import format_statistics, pluralize

_MIN_CODE_WIDTH = 18


def summary(file: ExrFile) -> str:
    """Return the text of a file: size and state, each part with its layers and attributes, channel statistics."""
    state = {True: "complete", False: "unfinished", None: "not checked for completeness"}[file.is_complete]
    size = "unknown size" if file.size_bytes is None else f"{file.size_bytes:,} bytes"
    parts, channels = pluralize(len(file.parts), "part"), pluralize(file.channel_count, "channel")
    facts = f"{size}, {parts}, {channels}, {state}" if file.parts else "(no readable part)"
    lines = [*(line for part in file.parts for line in _part_lines(part)), *map(_stats_line, file.stats)]
    return "\n".join(map(escape_control, [file.path, f"  {facts}", *lines]))


def problem_sentence(problem: Problem) -> str:
    """Return the message of a problem, with its byte offset if the message does not contain it."""
    byte = f"byte {problem.byte_offset:,}" if problem.byte_offset else ""
    return problem.message if byte in problem.message else f"{problem.message.removesuffix('.')} ({byte})."


def findings_text(file: ExrFile, *, with_notes: bool = False) -> str:
    """Return the findings of a file, one per line: severity, code, part, and message.

    Args:
        file: Inspected file.
        with_notes: List notes too; otherwise a last line counts them.
    """
    listed = [finding for finding in file.findings if with_notes or finding.severity != "note"]
    width = max([_MIN_CODE_WIDTH, *(len(finding.code) for finding in listed)])
    lines = []
    for severity, code, part, message in listed:
        where = "" if part is None or len(file.parts) < 2 else f"part {part}: "
        lines.append(f"  {severity:7}  {code:{width}}  {where}{message}")
    hidden_count = len(file.findings) - len(listed)
    if hidden_count:
        lines.append(f"  {pluralize(hidden_count, 'note')} (--notes lists {'it' if hidden_count == 1 else 'them'})")
    return "\n".join(map(escape_control, lines)) or "  no issues"


def _part_lines(part: Part) -> list[str]:
    name = f" {part.name}" if part.name else ""
    facts = [part.type, _window_text(part.data_window), part.compression, part.color_space, part.render_software]
    if part.is_tiled:
        facts.append(f"tiles {part.tile_width} × {part.tile_height}")
    if part.view:
        facts.append(f"view {part.view}")
    if part.chunk_count is not None and part.chunks_present is not None:
        facts.append(f"{part.chunks_present:,} of {part.chunk_count:,} chunks")
    listed = ", ".join(fact for fact in facts if fact)
    layers = [f"    {layer or '(no layer)'}: {names}" for layer, names in _layer_texts(part.channels).items()]
    attributes = [f"      {line}" for line in attribute_lines(part)]
    count = pluralize(len(part.attributes), "attribute")
    return [f"  part {part.index}{name}: {listed}", *layers, f"    {count}", *attributes]


def _stats_line(stats: ChannelStats) -> str:
    return f"  {stats.name} of part {stats.part_index}: {format_statistics(stats)}"


def _window_text(box: Box2i | None) -> str:
    return f"{box.width} × {box.height} from {box.min_x}, {box.min_y}" if box else "no data window"


def _layer_texts(channels: tuple[Channel, ...]) -> dict[str, str]:
    """Return the components of each layer with their types, in file order."""
    components: dict[str, list[str]] = {}
    for channel in channels:
        components.setdefault(channel.layer_name, []).append(f"{channel.component_name} {channel.type}")
    return {layer: ", ".join(texts) for layer, texts in components.items()}
