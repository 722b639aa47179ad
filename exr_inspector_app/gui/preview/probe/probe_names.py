"""Object names of the IDs at a pixel, of Cryptomatte and of ID channels, with a cache of the manifests of one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import numpy as np

from exr_inspector_app.exr.cryptomatte import MatteNames, matte_name, rank_channels, read_id_names, read_names
from exr_inspector_app.exr.pixels.probe_values import PartValues
from exr_inspector_app.model import ExrFile, Part
from exr_inspector_app.text.escape import escape_control

ChannelNames: TypeAlias = dict[tuple[int, str], str]  # object name by part index and channel
MAX_NAME_CHARS = 200


class ObjectNames:
    """Reader of the names; `read` belongs in a worker thread, since a manifest may be a file."""

    def __init__(self) -> None:
        self._file: ExrFile | None = None
        self._mattes: dict[tuple[int, str], MatteNames] = {}
        self._manifests: dict[tuple[int, str], Mapping[int, str]] = {}  # by part and ID channel

    def read(self, file: ExrFile, parts: tuple[PartValues, ...]) -> ChannelNames:
        """Return the names of all IDs that a manifest has."""
        if file is not self._file:
            self._file, self._mattes, self._manifests = file, {}, {}
        names: ChannelNames = {}
        for values in parts:
            if values.part_index >= len(file.parts):
                continue
            part = file.parts[values.part_index]
            by_channel = dict(zip(values.channels, values.values, strict=False))
            for channel, layer in _id_channels(part).items():
                value = by_channel.get(channel, 0.0)
                number = int(np.float32(value).view(np.uint32))
                name = self._names(file, part.index, layer).by_id.get(number) if number else None
                if name:
                    names[part.index, channel] = escape_control(name)[:MAX_NAME_CHARS]
            for channel, name in self._names_of_manifest(part, by_channel):
                names[part.index, channel] = escape_control(name)[:MAX_NAME_CHARS]
        return names

    def _names_of_manifest(self, part: Part, values: Mapping[str, float]) -> Iterator[tuple[str, str]]:
        """Yield the ID channels of an `idmanifest` with the names of their values."""
        for channel in part.channels:
            if channel.type == "uint" and (value := values.get(channel.name)):
                name = self._manifest(part, channel.name).get(int(value))
                if name:
                    yield channel.name, name

    def _manifest(self, part: Part, channel: str) -> Mapping[int, str]:
        key = (part.index, channel)
        if key not in self._manifests:
            self._manifests[key] = read_id_names(part, channel).by_id
        return self._manifests[key]

    def _names(self, file: ExrFile, part: int, layer: str) -> MatteNames:
        key = (part, matte_name(layer))
        if key not in self._mattes:
            self._mattes[key] = read_names(file.path, file.parts, part, layer)
        return self._mattes[key]


def _id_channels(part: Part) -> dict[str, str]:
    """Return the channels of a part that hold IDs of a Cryptomatte, with their layers."""
    layers = {channel.name: channel.layer_name for channel in part.channels}
    first = {matte_name(layer): name for name, layer in layers.items() if "crypto" in layer.lower()}
    ids = (name for start in first.values() for name in rank_channels(part.channels, start)[::2])
    return {name: layers[name] for name in ids}
