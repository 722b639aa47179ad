"""Fields of a file by name, for the template of `inspect --format` and the columns of `--csv`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final, TypeAlias

from exr_inspector_app.cli.output.attribute_lines import value_text
from exr_inspector_app.model import Box2i, ExrFile, Part

Field: TypeAlias = str | int | float | None


def _of_part(read: Callable[[Part], Field]) -> Callable[[ExrFile], Field]:
    """Return a reader of the first part; a file without parts has None."""
    return lambda file: read(file.parts[0]) if file.parts else None


def _window(box: Box2i | None) -> str | None:
    return f"{box.min_x},{box.min_y},{box.max_x},{box.max_y}" if box else None


def _flag(value: bool | None) -> str | None:
    return None if value is None else "true" if value else "false"


def _layers(file: ExrFile) -> str:
    names = dict.fromkeys(channel.layer_name for part in file.parts for channel in part.channels)
    return "|".join(name for name in names if name)


FIELDS: Final[dict[str, Callable[[ExrFile], Field]]] = {
    "path": lambda file: file.path,
    "folder": lambda file: os.path.dirname(file.path),
    "name": lambda file: os.path.basename(file.path),
    "size_bytes": lambda file: file.size_bytes,
    "mtime": lambda file: file.mtime,
    "frame_number": lambda file: file.frame_number,
    "multipart_count": lambda file: len(file.parts),
    "is_deep": lambda file: _flag(file.is_deep),
    "is_complete": lambda file: _flag(file.is_complete),
    "header_hash": lambda file: file.header_hash,
    "width": _of_part(lambda part: part.data_window.width if part.data_window else None),
    "height": _of_part(lambda part: part.data_window.height if part.data_window else None),
    "data_window": _of_part(lambda part: _window(part.data_window)),
    "display_window": _of_part(lambda part: _window(part.display_window)),
    "pixel_aspect_ratio": _of_part(lambda part: part.pixel_aspect_ratio),
    "part_name": _of_part(lambda part: part.name),
    "part_type": _of_part(lambda part: part.type),
    "compression": _of_part(lambda part: part.compression),
    "line_order": _of_part(lambda part: part.line_order),
    "color_space": _of_part(lambda part: part.color_space),
    "channel_count": lambda file: file.channel_count,
    "channels": lambda file: "|".join(channel.name for part in file.parts for channel in part.channels),
    "layers": _layers,
    "picture_layer": lambda file: file.picture.layer if file.picture else None,
    "renderer": lambda file: file.renderer.label if file.renderer else None,
    "writer": lambda file: file.writer.label if file.writer else None,
    "errors": lambda file: "|".join(problem.code for problem in file.errors),
}


def read_attribute(file: ExrFile, name: str) -> str | None:
    """Return the value of an attribute as text, from the first part that has it; None if no part has it."""
    for part in file.parts:
        for entry in part.attributes:
            if entry.name == name:
                return value_text(entry)
    return None
