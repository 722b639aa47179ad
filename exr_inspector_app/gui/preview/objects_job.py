"""Objects job: reads names and areas of the objects of the shown ID layer; the newest request wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.exr.cryptomatte import MatteNames, matte_type, read_id_names, read_names
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.id_areas import IdAreas
from exr_inspector_app.exr.pixels.id_colors import to_ids
from exr_inspector_app.exr.pixels.id_requests import find_partners, measure_areas
from exr_inspector_app.gui.preview.layers import Layer
from exr_inspector_app.gui.preview.preview_job import PreviewJob, PreviewState
from exr_inspector_app.gui.tasks.task_runner import TaskRunner

DEBOUNCE_MS = 150  # before the objects are read; the frames of a playback follow faster
KIND, RANKS_KIND = "Objects", "Objects at the pixel"
ID_KINDS = ("cryptomatte", "id")


@dataclass(frozen=True, slots=True)
class ObjectList:
    """Objects of a layer.

    Attributes:
        layer: The layer; None if no ID layer is shown.
        names: Names by ID, of a Cryptomatte or of the manifest of an ID channel.
        areas: Areas of the objects, the largest first; None until they are measured.
        failure: Why they cannot be measured.
        materials: Name of the material of each object; None before it is read from another Cryptomatte.
    """

    layer: Layer | None = None
    names: MatteNames = field(default_factory=MatteNames)
    areas: IdAreas | None = None
    failure: str = ""
    materials: Mapping[int, str] | None = None

    @property
    def is_hash(self) -> bool:
        """True for Cryptomatte."""
        return self.layer is not None and self.layer.kind == "cryptomatte"


class PixelObjects(NamedTuple):
    """Objects at one pixel with their coverage, over all ranks."""

    position: tuple[int, int]
    objects: tuple[tuple[int, float], ...]


class ObjectsJob(QObject):
    """Reader of the objects of the layer that `PreviewJob` shows, with its decoder."""

    changed = Signal(object)  # ObjectList
    pixel_read = Signal(object)  # PixelObjects of the layer that is shown

    def __init__(self, preview: PreviewJob, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._preview, self._tasks = preview, tasks
        self._key: tuple[object, ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._read)
        self.shown = ObjectList()
        preview.changed.connect(self._on_state)
        preview.decoding.connect(self._drop)

    @Slot(object)
    def _on_state(self, state: PreviewState) -> None:
        """Read the objects of another layer once its image is shown."""
        if state.is_loading:
            return
        file, layer = state.file, state.layer
        if file is None or layer is None or state.pyramid is None or layer.kind not in ID_KINDS:
            self._key = ()
            self._timer.stop()
            self._show(ObjectList())
            return
        key = (file.path, file.size_bytes, file.mtime, layer)
        if key != self._key:
            self._key = key
            self._tasks.drop(KIND)
            self._show(ObjectList(layer))
            self._timer.start()

    @Slot()
    def _read(self) -> None:
        """Read the objects of the layer that is shown."""
        file, layer, decoder = self._preview.shown.file, self._preview.shown.layer, self._preview.decoder
        if file is None or layer is None or self._tasks.is_closed:
            return

        def work(stop: StopCheck) -> ObjectList:
            channels = layer.ranks or layer.channels[: 2 if layer.kind == "cryptomatte" else 1]
            areas = measure_areas(decoder, file.path, layer.part, channels, stop)
            if layer.kind == "cryptomatte":
                return ObjectList(layer, read_names(file.path, file.parts, layer.part, layer.name), areas)
            known = read_id_names(file.parts[layer.part], layer.channels[0])
            return ObjectList(layer, MatteNames(known.by_id), areas, materials=known.materials)

        def fail(sentence: str) -> None:
            self._show(ObjectList(layer, failure=sentence))

        self._tasks.run(KIND, work, self._on_read, fail, supersede=True)

    def _on_read(self, objects: ObjectList) -> None:
        """Show the objects, and read their materials from another Cryptomatte of the file."""
        self._show(objects)
        state, layer, decoder = self._preview.shown, objects.layer, self._preview.decoder
        partner = find_material_layer(state.layers, layer) if layer is not None else None
        file = state.file
        if file is None or layer is None or partner is None or self._tasks.is_closed:
            return

        def work(stop: StopCheck) -> ObjectList:
            names = read_names(file.path, file.parts, partner.part, partner.name).by_id
            ends = ((layer.part, layer.ranks[:2]), (partner.part, partner.ranks[:2]))
            pairs = find_partners(decoder, file.path, *ends, stop)
            known = {number: name_of(partner_id, names, is_hash=True) for number, partner_id in pairs.items()}
            return replace(objects, materials=known)

        def fail(_sentence: str) -> None:
            """Keep the objects without materials."""

        self._tasks.run(KIND, work, self._show, fail, supersede=True)

    def read_pixel(self, x: int, y: int) -> None:
        """Read the objects of all ranks at a pixel of a Cryptomatte."""
        state = self._preview.shown
        layer, file = state.layer, state.file
        if layer is None or file is None or not layer.ranks or state.is_loading or self._tasks.is_closed:
            return
        decoder, request = self._preview.decoder, PictureRequest(file.path, layer.part, layer.ranks, state.level)

        def work(stop: StopCheck) -> PixelObjects:
            return PixelObjects((x, y), pair_ranks(decoder.pixel(request, (x, y), stop) or ()))

        def fail(_sentence: str) -> None:
            """Keep the objects of the first ranks."""

        self._tasks.run(RANKS_KIND, work, self.pixel_read.emit, fail, supersede=True)

    @Slot()
    def _drop(self) -> None:
        """Cancel all requests: another image is about to be decoded."""
        if self._tasks.running(KIND) or self._timer.isActive():
            self._key = ()
        self._timer.stop()
        self._tasks.drop(KIND)
        self._tasks.drop(RANKS_KIND)

    def _show(self, objects: ObjectList) -> None:
        if objects != self.shown:
            self.shown = objects
            self.changed.emit(objects)


def find_material_layer(layers: Sequence[Layer], layer: Layer) -> Layer | None:
    """Return the Cryptomatte of materials that belongs to one of objects or assets, preferably of the same part."""
    if not layer.ranks or matte_type(layer.name) == "material":
        return None
    candidates = [other for other in layers if len(other.ranks) > 1 and matte_type(other.name) == "material"]
    return max(candidates, key=lambda other: (other.view == layer.view, other.part == layer.part), default=None)


def pair_ranks(values: tuple[float, ...]) -> tuple[tuple[int, float], ...]:
    """Return IDs and coverages of the pairs of a Cryptomatte pixel, without empty ranks."""
    ids = to_ids(np.array(values[::2], np.float32), is_hash=True).tolist()
    shares = map(float, values[1::2])
    return tuple((number, share) for number, share in zip(ids, shares, strict=False) if number and share > 0)


def name_of(number: int, names: Mapping[int, str], *, is_hash: bool) -> str:
    """Return the name of an object, or its ID: hex for a hash."""
    return names.get(number) or (f"0x{number:08x}" if is_hash else str(number))
