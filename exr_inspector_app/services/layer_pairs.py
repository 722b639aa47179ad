"""Matching of layers between two files: which layer of one is compared with which of the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from exr_inspector_app.exr.layer_groups import ROLES, LayerGroup, layer_groups
from exr_inspector_app.exr.layers import decoded_names
from exr_inspector_app.exr.picture import choose_picture
from exr_inspector_app.exr.pixels.request import has_pixels
from exr_inspector_app.model import ExrFile, Part

MAX_LAYERS = 4000  # of a file


class FileLayer(NamedTuple):
    """Layer of a file with its channels under the names that are decoded."""

    part: Part
    view: str
    name: str  # without the view; the name of the part for the unnamed layer of one of several parts
    kind: str  # of `LayerGroup`
    channels: tuple[str, ...]
    components: tuple[str, ...]  # canonical, one per channel: equal for the same data under other names
    stored: tuple[str, ...]  # names in the file
    is_named: bool  # itself, not by its part

    @property
    def title(self) -> str:
        """Name for the user, with the view if there is one."""
        letters = "".join(self.components).upper() if len(self.components) > 1 else self.channels[0]
        name = self.name or letters
        if self.is_named and len(self.components) == 1:
            name = f"{self.name}.{self.channels[0].rpartition('.')[2]}"
        return f"{name} ({self.view})" if self.view else name

    @property
    def _component(self) -> str:
        """Component of a layer of one channel; layers of several channels differ by name."""
        return self.components[0] if len(self.components) == 1 else ""

    def is_like(self, other: FileLayer) -> bool:
        """Whether kind of data, view and component are the same."""
        views = {self.view, other.view} - {""}
        return self.kind == other.kind and len(views) < 2 and self._component == other._component

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """Keys under which the same layer of another file is looked up, the most precise one first."""
        part = self.part.name or ""
        return (
            ("part", part, self.view, self.name, self._component),
            ("layer", self.view, self.name, self._component),
            ("name", self.view, self.name.rpartition(".")[2].lower(), self._component),
            ("any view", self.name.lower(), self._component),
        )


class LayerPair(NamedTuple):
    """The same layer of two files; None in a file without it."""

    a: FileLayer | None
    b: FileLayer | None

    @property
    def layer(self) -> FileLayer:
        """The layer in the file that has it, in the first file if both have it."""
        layer = self.a or self.b
        assert layer is not None
        return layer

    @property
    def channels(self) -> list[tuple[str, str]]:
        """Names of the common channels in the first and in the second file."""
        if self.a is None or self.b is None:
            return []
        others = dict(zip(self.b.components, self.b.channels, strict=True))
        named = zip(self.a.components, self.a.channels, strict=True)
        return [(name, others[component]) for component, name in named if component in others]


def list_file_layers(file: ExrFile) -> list[FileLayer]:
    """Return the layers of all parts that have pixels, in file order, at most MAX_LAYERS."""
    layers: list[FileLayer] = []
    for part in file.parts:
        if has_pixels(part):
            layers += [_make_layer(part, group, len(file.parts) > 1) for group in layer_groups(part)]
        if len(layers) >= MAX_LAYERS:
            break
    return layers[:MAX_LAYERS]


def pair_layers(a: ExrFile, b: ExrFile) -> list[LayerPair]:
    """Return the layers of both files in the order of the first, then those of the second file alone.

    A layer belongs to the one with the same part, view and name; else to the one with the same view and name; the
    pictures of both files belong together under any name, and so do an unnamed layer and the only one of its kind.
    """
    first, second = list_file_layers(a), list_file_layers(b)
    matching = _Matching(first, second)
    for precision in range(len(first[0].keys) if first else 0):
        matching.match_keys(precision)
    pictures = _picture_of(a, first), _picture_of(b, second)
    if pictures[0] is not None and pictures[1] is not None:
        matching.match(pictures[0], [pictures[1]])
    for layer in first:
        if not layer.is_named:
            matching.match(layer, [other for other in second if layer.is_like(other)])
    for layer in second:
        if not layer.is_named:
            for other in [other for other in first if layer.is_like(other)]:
                matching.match(other, [layer])
    pairs = [LayerPair(layer, matching.partners.get(id(layer))) for layer in first]
    return [*pairs, *(LayerPair(None, layer) for layer in second if matching.is_free(layer))]


class _Matching:
    """Matches of layers of two files that are found so far."""

    def __init__(self, first: Sequence[FileLayer], second: Sequence[FileLayer]) -> None:
        self._first, self._second = first, second
        self.partners: dict[int, FileLayer] = {}  # by the id of a layer of the first file
        self._taken: set[int] = set()  # ids of layers of the second file

    def is_free(self, layer: FileLayer) -> bool:
        return id(layer) not in self._taken

    def match_keys(self, precision: int) -> None:
        """Match the layers that have the same key."""
        by_key: dict[tuple[str, ...], list[FileLayer]] = {}
        for layer in self._second:
            by_key.setdefault(layer.keys[precision], []).append(layer)
        for layer in self._first:
            free = [other for other in by_key.get(layer.keys[precision], ()) if self.is_free(other)]
            has_view = precision + 1 < len(layer.keys)
            self.match(layer, free[:1] if has_view else free)  # without the view, one of several would be a guess

    def match(self, layer: FileLayer, candidates: Sequence[FileLayer]) -> None:
        """Match a layer that is free with the only free candidate, if they have common channels."""
        free = [other for other in candidates if self.is_free(other)]
        if id(layer) not in self.partners and len(free) == 1 and set(layer.components) & set(free[0].components):
            self.partners[id(layer)] = free[0]
            self._taken.add(id(free[0]))


def _picture_of(file: ExrFile, layers: Sequence[FileLayer]) -> FileLayer | None:
    picture = file.picture or choose_picture(file.parts)
    if picture is None:
        return None
    key = (picture.part_index, picture.channels)
    return next((layer for layer in layers if (layer.part.index, layer.stored) == key), None)


def _make_layer(part: Part, group: LayerGroup, names_part: bool) -> FileLayer:
    channels = decoded_names(part.channels, group.channels)
    components = group.components
    if channels != group.channels:  # luminance and chroma are decoded to R, G and B
        components = tuple(name.rpartition(".")[2] for name in channels)
    view = group.view or part.view or ""
    name = group.layer or (_without_view(part.name or "", view) if names_part else "")
    canonical = tuple(ROLES.get(component.lower(), component) for component in components)
    return FileLayer(part, view, name, group.kind, channels, canonical, group.channels, bool(group.layer))


def _without_view(name: str, view: str) -> str:
    """Return the name of a part without its view, such as `spec` of part `spec_left`."""
    return re.sub(rf"(?:^|[._ ]){re.escape(view)}(?:$|[._ ])", "", name) if view else name
