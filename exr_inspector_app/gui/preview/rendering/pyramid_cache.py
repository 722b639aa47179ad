"""LRU cache of image pyramids, bounded in bytes: layers of the shown file, and its neighbors in the sequence."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import TypeAlias

from exr_inspector_app.exr.pixels.memory_budget import machine_memory_mb
from exr_inspector_app.gui.preview.layers import Layer
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid
from exr_inspector_app.model import ExrFile
from exr_inspector_app.operating_system import descriptor_limit

MAX_DEFAULT_BYTES = 2 * 2**30
_MEMORY_SHARE = 4  # of the machine: the default is a quarter

PyramidKey: TypeAlias = tuple[str, int | None, str | None, int, tuple[str, ...], tuple[int, int]]


def pyramid_key(file: ExrFile, layer: Layer, level: tuple[int, int] = (0, 0)) -> PyramidKey:
    """Return the key of a layer at a level; it changes with the size and the date of the file."""
    return file.path, file.size_bytes, file.mtime, layer.part, layer.channels, level


def default_cache_bytes() -> int:
    """Return a quarter of the memory of this machine, at most MAX_DEFAULT_BYTES."""
    return min(MAX_DEFAULT_BYTES, machine_memory_mb() * 2**20 // _MEMORY_SHARE)


class PyramidCache:
    """Cache of pyramids. Thread-safe.

    Pyramids that share memory are added together, and evicted together.
    """

    def __init__(self, max_bytes: int | None = None) -> None:
        """Create an empty cache.

        Args:
            max_bytes: Upper bound of all pyramids; None for the default, which is read at the first use.
        """
        self._max_bytes = max_bytes
        self._batches: OrderedDict[int, _Batch] = OrderedDict()  # the least recently used first
        self._by_key: dict[PyramidKey, int] = {}
        self._count = 0
        self._size_bytes = 0
        self._lock = threading.Lock()

    @property
    def max_bytes(self) -> int:
        """Upper bound of all pyramids."""
        return default_cache_bytes() if self._max_bytes is None else self._max_bytes

    def limit(self, max_bytes: int | None) -> None:
        """Set the upper bound, None for the default, and evict entries beyond it."""
        with self._lock:
            self._max_bytes = max_bytes
            self._evict()

    @property
    def size_bytes(self) -> int:
        """Size of all pyramids."""
        return self._size_bytes

    def get(self, key: PyramidKey) -> MipPyramid | None:
        """Return a pyramid, which then is the most recently used one, or None."""
        with self._lock:
            number = self._by_key.get(key)
            if number is None:
                return None
            self._batches.move_to_end(number)
            return self._batches[number].pyramids[key]

    def __len__(self) -> int:
        """Return the number of pyramids."""
        return len(self._by_key)

    def __contains__(self, key: PyramidKey) -> bool:
        """Return True if the pyramid is cached; it does not count as used."""
        return key in self._by_key

    def paths_of(self, layer: Layer) -> set[str]:
        """Return the paths of the files whose image of this layer is cached at full size."""
        wanted = (layer.part, layer.channels, (0, 0))
        with self._lock:
            return {key[0] for key in self._by_key if key[3:] == wanted}

    def add(self, pyramids: Mapping[PyramidKey, MipPyramid]) -> None:
        """Add pyramids that share memory, and evict the least recently used ones beyond the bound.

        Pyramids larger than the bound are not added.
        """
        batch = _Batch(pyramids)
        with self._lock:
            for key in pyramids:
                self._remove_key(key)
            if not pyramids or batch.size_bytes > self.max_bytes:
                return
            self._count += 1
            self._batches[self._count] = batch
            self._size_bytes += batch.size_bytes
            self._by_key.update(dict.fromkeys(pyramids, self._count))
            self._evict()

    def clear(self) -> None:
        """Remove all pyramids."""
        with self._lock:
            self._batches.clear()
            self._by_key.clear()
            self._size_bytes = 0

    def remove_file(self, path: str) -> None:
        """Remove the pyramids of a file, with those that share memory with them."""
        with self._lock:
            for key in [key for key in self._by_key if key[0] == path]:
                self._remove_key(key)

    def _remove_key(self, key: PyramidKey) -> None:
        """Remove the batch of a key, if there is one."""
        number = self._by_key.get(key)
        if number is not None:
            self._remove(number)

    def _remove(self, number: int) -> None:
        batch = self._batches.pop(number)
        self._size_bytes -= batch.size_bytes
        for key in batch.pyramids:
            del self._by_key[key]

    def _evict(self) -> None:
        most = descriptor_limit() // 2  # each batch has a descriptor; small pictures would use all of them
        while self._batches and (self._size_bytes > self.max_bytes or len(self._batches) > most):
            self._remove(next(iter(self._batches)))


class _Batch:
    """Pyramids in one block of memory."""

    def __init__(self, pyramids: Mapping[PyramidKey, MipPyramid]) -> None:
        self.pyramids = dict(pyramids)
        self.size_bytes = sum(pyramid.size_bytes for pyramid in self.pyramids.values())
