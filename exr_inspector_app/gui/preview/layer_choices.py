"""Memory of selected layers: a layer stays for files of the same set-up, and for all frames of its sequence."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeAlias

from exr_inspector_app.exr.sequences.grouping import sequence_member
from exr_inspector_app.gui.preview.layers import Layer, match_layer
from exr_inspector_app.model import ExrFile

MAX_CHOICES = 1000  # the oldest are dropped
SetUp: TypeAlias = frozenset[tuple[str, str, str]]


class LayerChoices:
    """Layers that the user selected, by set-up and by sequence."""

    def __init__(self) -> None:
        self._layers: dict[Hashable, Layer] = {}

    def find(self, file: ExrFile, layers: Iterable[Layer]) -> Layer | None:
        """Return the layer selected for files of these layers, or for other frames of the sequence of a file."""
        layers = tuple(layers)
        for key in (set_up(layers), _sequence(file)):
            if chosen := self._layers.get(key):
                return match_layer(layers, chosen)
        return None

    def add(self, file: ExrFile | None, layers: Iterable[Layer], selected: Layer) -> None:
        """Remember the layer that the user selected in a file."""
        for key in (set_up(layers), *([_sequence(file)] if file else [])):
            self._layers.pop(key, None)
            self._layers[key] = selected
        while len(self._layers) > MAX_CHOICES:
            self._layers.pop(next(iter(self._layers)))


def set_up(layers: Iterable[Layer]) -> SetUp:
    """Return the names of the layers, equal for files of the same set-up, such as frames and versions of a shot."""
    return frozenset(layer.identity for layer in layers)


def _sequence(file: ExrFile) -> Hashable:
    return "sequence", sequence_member(file.path, file.frame_number)[0]
