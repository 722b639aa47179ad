"""Areas of IDs: how many pixels each object covers, over all ranks of a Cryptomatte, in the memory of one strip."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.decoding.id_pairs import pair_ids
from exr_inspector_app.exr.pixels.decoding.probe_reading import PartOpener
from exr_inspector_app.exr.pixels.decoding.strip_reader import read_strips
from exr_inspector_app.exr.pixels.id_areas import MAX_IDS, IdArea, IdAreas
from exr_inspector_app.exr.pixels.id_colors import to_ids
from exr_inspector_app.exr.pixels.request import select_picture
from exr_inspector_app.exr.pixels.worker_protocol import IdAreasReply, IdAreasTask

_MAX_HELD = 4 * MAX_IDS  # IDs in memory; of noise, the smallest ones are dropped while reading


class IdCounter:
    """Accumulator of the area of each ID but 0."""

    def __init__(self, *, is_hash: bool) -> None:
        """Create an empty accumulator; `is_hash` is True for pairs of hash and coverage."""
        self._is_hash = is_hash
        self._ids = np.empty(0, np.uint32)
        self._areas = np.empty(0, np.float64)
        self.dropped = 0  # IDs that are not held

    def add(self, rows: npt.NDArray[Any]) -> None:
        """Add pixels, (height, width, channels): IDs, or pairs of ID and coverage."""
        step = 2 if self._is_hash else 1
        for first in range(0, rows.shape[2] - step + 1, step):
            ids = to_ids(rows[..., first], is_hash=self._is_hash).ravel()
            areas = _coverage(rows[..., first + 1]) if self._is_hash else np.ones(ids.size)
            if first and not areas.any():
                return  # higher ranks are empty, too
            starts = np.flatnonzero(np.concatenate([[True], ids[1:] != ids[:-1]]))  # of runs of one ID
            self._merge(ids[starts], np.add.reduceat(areas, starts))

    def _merge(self, ids: npt.NDArray[np.uint32], areas: npt.NDArray[np.float64]) -> None:
        has_area = (ids != 0) & (areas > 0)
        ids = np.concatenate([self._ids, ids[has_area]])
        areas = np.concatenate([self._areas, areas[has_area]])
        self._ids, inverse = np.unique(ids, return_inverse=True)
        self._areas = np.bincount(inverse, areas, len(self._ids)).astype(np.float64)
        if len(self._ids) > _MAX_HELD:
            self._keep(_MAX_HELD)

    def _keep(self, count: int) -> None:
        """Keep the IDs with the largest areas."""
        largest = np.argsort(-self._areas, kind="stable")[:count]
        self.dropped += len(self._ids) - len(largest)
        self._ids, self._areas = self._ids[largest], self._areas[largest]

    def largest(self) -> tuple[IdArea, ...]:
        """Return at most MAX_IDS, the largest first."""
        self._keep(MAX_IDS)  # also sorts them
        return tuple(IdArea(*row) for row in zip(self._ids.tolist(), self._areas.tolist(), strict=True))


def measure_ids(task: IdAreasTask, opener: PartOpener, heartbeat: Callable[[], None]) -> IdAreasReply:
    """Return the areas of the IDs of a layer, or their partners.

    Raises:
        PixelRequestError: A layer cannot be decoded.
    """
    if task.partners:
        pairs = pair_ids(task, opener, heartbeat)
        return IdAreasReply(number=task.number, objects=IdAreas((), 1, 0), pairs=pairs)
    objects = measure_areas(task.path, task.part_index, task.channels, opener, heartbeat)
    return IdAreasReply(number=task.number, objects=objects)


def measure_areas(
    path: str, part_index: int, channels: tuple[str, ...], opener: PartOpener, heartbeat: Callable[[], None]
) -> IdAreas:
    """Return the areas of the IDs of a layer, at full size.

    Args:
        path: The file.
        part_index: Index of the part.
        channels: The ID channel, or pairs of ID and coverage.
        opener: Opens channels of a level of a part of the file.
        heartbeat: Called after each strip.

    Raises:
        PixelRequestError: The layer cannot be decoded.
    """
    part, selection = select_picture(path, part_index, channels)
    image = opener(path, part, (0, 0), selection.channels)
    counter = IdCounter(is_hash=selection.kind == "cryptomatte")
    for strip in read_strips(image):
        if not strip.is_missing:
            counter.add(strip.rows)
        heartbeat()
    return IdAreas(counter.largest(), image.box.width * image.box.height, counter.dropped)


def _coverage(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    return np.clip(np.nan_to_num(values.astype(np.float64), posinf=1.0), 0, 1).ravel()
