"""Pairs of IDs: the material that covers most of each object, in the memory of one strip of both Cryptomattes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.decoding.probe_reading import PartOpener
from exr_inspector_app.exr.pixels.decoding.strip_reader import read_strips
from exr_inspector_app.exr.pixels.id_areas import MAX_IDS
from exr_inspector_app.exr.pixels.id_colors import to_ids
from exr_inspector_app.exr.pixels.request import PixelRequestError, select_picture
from exr_inspector_app.exr.pixels.worker_protocol import IdAreasTask

_MAX_HELD = 4 * MAX_IDS  # pairs in memory; of noise, the smallest ones are dropped while reading
_DIFFERENT = "The two layers have different chunks."


class PairCounter:
    """Accumulator of the area that each pair of IDs covers together, both as the first ranks of their pixels."""

    def __init__(self) -> None:
        self._keys = np.empty(0, np.uint64)  # the first ID in the upper half
        self._areas = np.empty(0, np.float64)

    def add(self, first: npt.NDArray[Any], second: npt.NDArray[Any]) -> None:
        """Add pixels, each (height, width, 2) of ID and coverage."""
        ids, partners = (to_ids(rows[..., 0], is_hash=True).ravel().astype(np.uint64) for rows in (first, second))
        areas = np.nan_to_num(np.minimum(first[..., 1], second[..., 1]), posinf=1.0).ravel()
        is_pair = (ids != 0) & (partners != 0) & (areas > 0)
        keys = (ids[is_pair] << np.uint64(32)) | partners[is_pair]
        keys = np.concatenate([self._keys, keys])
        areas = np.concatenate([self._areas, areas[is_pair].astype(np.float64)])
        self._keys, inverse = np.unique(keys, return_inverse=True)
        self._areas = np.bincount(inverse, areas, len(self._keys)).astype(np.float64)
        if len(self._keys) > _MAX_HELD:
            largest = np.argsort(-self._areas, kind="stable")[:_MAX_HELD]
            self._keys, self._areas = self._keys[largest], self._areas[largest]

    def largest(self) -> tuple[tuple[int, int], ...]:
        """Return each first ID with the partner that it shares most pixels with, at most MAX_IDS."""
        order = np.argsort(-self._areas, kind="stable")
        keys = self._keys[order]
        ids = keys >> np.uint64(32)
        _, places = np.unique(ids, return_index=True)
        places = np.sort(places)[:MAX_IDS]
        partners = keys[places] & np.uint64(0xFFFFFFFF)
        return tuple(zip(ids[places].tolist(), partners.tolist(), strict=True))


def pair_ids(task: IdAreasTask, opener: PartOpener, heartbeat: Callable[[], None]) -> tuple[tuple[int, int], ...]:
    """Return each ID of a Cryptomatte with that of another one which covers most of it.

    Raises:
        PixelRequestError: A layer cannot be decoded, or their chunks differ.
    """
    images = []
    for index, channels in ((task.part_index, task.channels), (task.partner_part, task.partners)):
        part, selection = select_picture(task.path, index, channels)
        images.append(opener(task.path, part, (0, 0), selection.channels))
    counter = PairCounter()
    if images[0].box != images[1].box:
        raise PixelRequestError(_DIFFERENT)
    for first, second in zip(*map(read_strips, images), strict=False):
        if (first.y, first.rows.shape) != (second.y, second.rows.shape):
            raise PixelRequestError(_DIFFERENT)
        counter.add(first.rows, second.rows)
        heartbeat()
    return counter.largest()
