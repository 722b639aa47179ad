"""Inventory of a library: files grouped by sequence and structure, with sizes and uncompressed sizes.

Frames of a sequence have one structure, so that parts and channels are read for one file of each group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exr_inspector_app.contracts import Filter, StopCheck, never_stop
from exr_inspector_app.exr.layer_groups import layer_groups
from exr_inspector_app.model import ExrFile, Part, from_payload
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.rows.decode import decode_payload
from exr_inspector_app.persistence.store import Store

_SAMPLE_BYTES = {"half": 2, "float": 4, "uint": 4}
_COLOR_KINDS = ("color", "luminance")
_SCAN_FILES = 20_000
_HEADER_FILES = 200
_KEYS = ("sequence_key", "channel_list", "compression", "renderer", "is_deep", "multipart_count", "is_complete")


@dataclass(slots=True)
class FileGroup:
    """Files of one sequence with the same structure.

    Attributes:
        file_id: One of the files.
        path: Its path, as it was published.
        sequence: Path of the sequence, with #### for the frame number.
        facts: Columns of `files` that all of the files have in common, and show and shot.
        files: Number of files.
        size_bytes: Sum of their sizes.
        pixels: Sum of the pixels of their first parts.
        is_gone: The files are marked as gone by `reconcile`.
        sample_bytes: Uncompressed bytes per pixel of the first part, of all parts; 0 if they are not known.
        pixel_type: `half`, `float`, `uint`, or several of them joined by ` + `.
        kind: `scanline`, `tiled` or `deep`.
        float_colors: Layers of colors that are stored as float.
        float_channels: Part and name of their channels.
        float_share: Share of these layers in the uncompressed bytes.
        is_color: All channels are those of color layers.
    """

    file_id: str
    path: str
    sequence: str
    facts: Mapping[str, Any]
    files: int = 0
    size_bytes: int = 0
    pixels: int = 0
    is_gone: bool = False
    sample_bytes: float = 0.0
    pixel_type: str = ""
    kind: str = ""
    float_colors: tuple[str, ...] = ()
    float_channels: frozenset[tuple[int, str]] = frozenset()
    float_share: float = 0.0
    is_color: bool = False

    @property
    def name(self) -> str:
        """Path of the file, or of the sequence if there are several files."""
        return self.path if self.files == 1 else self.sequence

    @property
    def raw_bytes(self) -> float:
        """Uncompressed bytes of the pixels; 0 for deep files, whose samples are not counted in the header."""
        return 0.0 if self.kind == "deep" else self.pixels * self.sample_bytes


def read_inventory(
    store: Store, where: Filter, template: PathTemplate, stop: StopCheck = never_stop
) -> list[FileGroup]:
    """Return the files of a library in groups, without reading the files.

    Args:
        store: The library.
        where: Conditions on the files.
        template: Path template of show and shot.
        stop: Polled between batches; the groups that are read so far are returned.
    """
    groups: dict[tuple[Any, ...], FileGroup] = {}
    pattern = re.compile(template.pattern)
    for batch in store.scan(where, batch_files=_SCAN_FILES):
        for stored in batch:
            _add_file(groups, stored.file, template, pattern)
        if stop():
            break
    listed = list(groups.values())
    for group, file in _headers(store, listed, stop):
        _describe(group, file)
    return listed


def _add_file(
    groups: dict[tuple[Any, ...], FileGroup], file: Mapping[str, Any], template: PathTemplate, pattern: re.Pattern[str]
) -> None:
    is_gone = (file["note"] or "").startswith("gone")
    key = (*(file[name] for name in _KEYS), is_gone)
    group = groups.get(key)
    if group is None:
        match = pattern.search(file["file_path_normalized"] or "") if template.names else None
        folders = {name: match[at + 1] or "" for at, name in enumerate(template.names)} if match else {}
        facts = {**{name: file[name] for name in _KEYS}, **folders}
        path = str(file["file_path"])
        folder, base = path.replace("\\", "/").rpartition("/")[0], str(file["sequence_key"]).rpartition("/")[2]
        group = FileGroup(str(file["file_id"]), path, f"{folder}/{base}", facts, is_gone=is_gone)
        groups[key] = group
    group.files += 1
    group.size_bytes += file["size_bytes"] or 0
    group.pixels += (file["width"] or 0) * (file["height"] or 0)


def _headers(store: Store, groups: Sequence[FileGroup], stop: StopCheck) -> Iterator[tuple[FileGroup, ExrFile]]:
    """Yield each group with the header of its file, as it is stored."""
    for start in range(0, len(groups), _HEADER_FILES):
        if stop():
            return
        batch = {group.file_id: group for group in groups[start : start + _HEADER_FILES]}
        for stored in store.get_many(list(batch)):
            yield batch[stored.file["file_id"]], from_payload(decode_payload(stored))


def _describe(group: FileGroup, file: ExrFile) -> None:
    """Set the facts of a group that follow from parts and channels."""
    types = sorted({channel.type for part in file.parts for channel in part.channels})
    group.pixel_type = " + ".join(types)
    tiled = any(part.is_tiled for part in file.parts)
    group.kind = "deep" if group.facts["is_deep"] else "tiled" if tiled else "scanline"
    area = _area(file.parts[0]) if file.parts else 0
    total = sum(map(_raw_bytes, file.parts))
    group.sample_bytes = total / area if area else 0.0
    colors = {
        (part.index, name): layer.layer
        for part in file.parts
        for layer in layer_groups(part)
        if layer.kind in _COLOR_KINDS
        for name in layer.channels
    }
    pairs = [(part, channel) for part in file.parts for channel in part.channels]
    floats = [(part, item) for part, item in pairs if item.type == "float" and (part.index, item.name) in colors]
    names = [(part.index, channel.name) for part, channel in floats]
    group.float_colors = tuple(dict.fromkeys(colors[name] for name in names))
    group.float_channels = frozenset(names)
    group.float_share = sum(_raw_bytes(part, [channel]) for part, channel in floats) / total if total else 0.0
    group.is_color = all((part.index, channel.name) in colors for part, channel in pairs)


def _area(part: Part) -> int:
    box = part.data_window
    return max(0, box.width) * max(0, box.height) if box else 0


def _raw_bytes(part: Part, channels: Sequence[Any] | None = None) -> float:
    """Return the uncompressed bytes of channels of a part, by default of all."""
    listed = part.channels if channels is None else channels
    return sum(
        _area(part) * _SAMPLE_BYTES.get(channel.type, 4) / max(1, channel.x_sampling * channel.y_sampling)
        for channel in listed
    )
