"""Texts of the values of all channels at one pixel, for the Value column of the structure tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from exr_inspector_app.exr.pixels.probe_values import PartValues
from exr_inspector_app.exr.pixels.value_text import format_stored, shorten_value
from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.model import ExrFile


@dataclass(frozen=True, slots=True)
class PixelValues:
    """Texts by part index and full channel name, and the notes about a part."""

    title: str = ""
    texts: dict[tuple[int, str], str] = field(default_factory=dict)
    remarks: dict[int, str] = field(default_factory=dict)  # by part: why it has no values, or its number of samples
    names: dict[tuple[int, str], str] = field(default_factory=dict)  # of objects, by part index and channel

    def text(self, part: int, channel: str) -> str:
        """Return the text of a channel, or a dash without a value."""
        return self.texts.get((part, channel), strings.NO_VALUE)

    def line(self, part: int, channels: Iterable[str]) -> str:
        """Return the texts of channels in one line, or the names of its objects; empty without any value."""
        channels = list(channels)
        names = [self.names[part, channel] for channel in channels if (part, channel) in self.names]
        if names:
            return ", ".join(names)
        texts = [self.text(part, channel) for channel in channels]
        return "" if set(texts) == {strings.NO_VALUE} else " ".join(texts)

    def to_tsv(self, file: ExrFile) -> str:
        """Return a line per channel of the file: part, name, type and value."""
        lines = ["\t".join(strings.VALUE_COLUMNS)]
        for part in file.parts:
            name = part.name or str(part.index)
            for channel in part.channels:
                value = self.texts.get((part.index, channel.name), "")
                lines.append("\t".join((name, channel.name, channel.type, value)))
        return "\n".join(lines) + "\n"


def round_line(line: str, max_chars: int) -> str:
    """Round the values of a collapsed layer to the digits that fit, and mark them; return other text unchanged."""
    if len(line) <= max_chars:
        return line
    texts = line.split()
    chars = (max_chars - len(texts)) // max(len(texts), 1)  # with a blank between two values, and the mark
    try:
        shortened = [shorten_value(float(text), "float", chars) for text in texts]
    except ValueError:
        return line
    return line if "…" in shortened else "≈" + " ".join(shortened)


def format_values(
    file: ExrFile, parts: tuple[PartValues, ...], position: tuple[int, int], names: Mapping[tuple[int, str], str]
) -> PixelValues:
    """Return the texts of values that the decoder has read.

    Args:
        file: The file, with the types of its channels.
        parts: The values by part.
        position: x and y of the pixel.
        names: Names of IDs by part index and channel, which follow the values.
    """
    shown = PixelValues(strings.values_at(*position), names=dict(names))
    for values in parts:
        if values.part_index >= len(file.parts):
            continue
        part = file.parts[values.part_index]
        types = {channel.name: channel.type for channel in part.channels}
        for channel, value in zip(values.channels, values.values, strict=False):
            text = format_stored(value, types.get(channel, "float"))
            name = names.get((part.index, channel))
            shown.texts[part.index, channel] = f"{text} {name}" if name else text
        if values.problem:
            shown.remarks[part.index] = values.problem
        elif values.deep is not None:
            shown.remarks[part.index] = strings.sample_count(values.deep.total)
    return shown
