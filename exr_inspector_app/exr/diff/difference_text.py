"""Difference formatter: what differs in a file from the rest of its sequence, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exr_inspector_app.exr.diff.header_diff import DiffKind, DiffRow
from exr_inspector_app.exr.message_format import MAX_MESSAGE_CHARS, escape_unprintable, join_names, quote
from exr_inspector_app.model import ExrFile


def describe_differences(rows: Iterable[DiffRow], usual: ExrFile, file: ExrFile) -> tuple[str, ...]:
    """Return the differences of one file, such as `compression (zips instead of zip)` or `layer spec (missing)`.

    Args:
        rows: Rows of two cells: the usual value, and that of the file.
        usual: File with the usual values.
        file: File that differs.

    Returns:
        A text per difference, with the part where there are several. Channels of one layer that differ in the same way
        are one difference.
    """
    several = len(usual.parts) > 1
    groups: dict[tuple[str, str, str, str], list[str]] = {}  # names by part, layer or name, and change
    for row in rows:
        where = f" of {quote(row.group)}" if several and row.group != "File" else ""
        is_channel = row.kind is DiffKind.CHANNEL
        key = row.kind, row.name.rpartition(".")[0] if is_channel else row.name, where, _change(row)
        groups.setdefault(key, []).append(row.name)
    return tuple(
        f"{_subject(kind, layer, names, (usual, file))}{where} ({change})"
        for (kind, layer, where, change), names in groups.items()
    )


def _change(row: DiffRow) -> str:
    usual, value = row.texts(MAX_MESSAGE_CHARS, escape_unprintable)
    if usual is None or value is None:
        return "only there" if usual is None else "missing"
    return f"{value} instead of {usual}"


def _subject(kind: str, layer: str, names: Sequence[str], files: Iterable[ExrFile]) -> str:
    """Return `layer spec` if all channels of a layer differ, and the names otherwise."""
    if kind == DiffKind.CHANNEL and layer and len(names) > 1:
        in_layer = {
            channel.name
            for file in files
            for part in file.parts
            for channel in part.channels
            if channel.name.rpartition(".")[0] == layer
        }
        if in_layer <= set(names):
            return f"layer {quote(layer)}"
    return join_names(names)
