"""Shared memory between two processes, and a pool that reuses it.

One process creates the memory, another attaches it, and the last of them frees it. No name outlives the attaching,
so that nothing remains if either process is killed: on Linux the memory is an anonymous file, elsewhere its creator
removes the name as soon as the other process has attached it. On Linux its size is sealed: the other process cannot
shrink it under the views of this one.

The first write to new memory costs as much as copying the pixels, so the pool hands out memory of pictures that
are no longer referenced again.
"""

from __future__ import annotations

import mmap
import os
import secrets
import sys
import tempfile
import weakref
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

if sys.platform == "win32":
    from exr_inspector_app.exr.pixels.sandbox.windows import allow_low_integrity
elif sys.platform == "linux":
    import fcntl

    _SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL

Floats: TypeAlias = npt.NDArray[np.float32]

_ZEROS = bytes(1 << 20)
_buffer_ids = count(1)


def _no_view() -> None:
    """Return None, as a dead weak reference does: a buffer without views is free."""


class SharedBuffer:
    """Shared memory of one process that another process can attach."""

    def __init__(self, size: int) -> None:
        """Allocate memory of zeros.

        Args:
            size: Bytes, at least 1.

        Raises:
            OSError: There is not enough memory.
        """
        self.buffer_id = next(_buffer_ids)  # identifies the memory in both processes once it has no name
        self.size = size
        self.name = ""  # for `attach`; none on Linux
        self.descriptor: int | None = None  # for `attach` on Linux, until `unlink`
        self._map = self._allocate(size)
        self._get_view: Callable[[], Any] = _no_view

    def view(self, size: int) -> Floats:
        """Return the first `size` bytes as float32, shape (size // 4,).

        The buffer counts as used as long as the array or any view of it lives.
        """
        numbers = np.frombuffer(self._map, np.float32, size // 4)
        self._get_view = weakref.ref(numbers)
        return numbers

    @property
    def is_free(self) -> bool:
        """True if no view of the buffer lives."""
        return self._get_view() is None

    def _allocate(self, size: int) -> mmap.mmap:
        if sys.platform == "win32":
            self.name = f"exr-inspector-{secrets.token_hex(8)}"
            mapped = mmap.mmap(-1, size, tagname=self.name)
            with suppress(OSError):  # then the worker keeps its integrity level
                allow_low_integrity(memory=self.name)
            return mapped
        if sys.platform == "linux":
            self.descriptor = os.memfd_create("exr-inspector", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
            os.ftruncate(self.descriptor, size)
            fcntl.fcntl(self.descriptor, fcntl.F_ADD_SEALS, _SEALS)
            return mmap.mmap(self.descriptor, size)
        descriptor, self.name = tempfile.mkstemp(prefix="exr-inspector-")
        try:
            for start in range(0, size, len(_ZEROS)):  # a full disk fails here, not when the memory is written
                os.write(descriptor, _ZEROS[: size - start])
            return mmap.mmap(descriptor, size)
        except OSError:
            self.unlink()
            raise
        finally:
            os.close(descriptor)

    def unlink(self) -> None:
        """Remove the name and close the descriptor: no other process can attach the memory any more. Idempotent."""
        name, self.name = self.name, ""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None
        elif name and sys.platform != "win32":
            os.unlink(name)


class SharedBufferPool:
    """Pool of the buffers of the last two pictures of a process: the visible one and one of its neighbors."""

    def __init__(self, max_cached_bytes: int) -> None:
        """Create an empty pool.

        Args:
            max_cached_bytes: Size of the largest buffer that is kept for reuse.
        """
        self._max_cached_bytes = max_cached_bytes
        self._buffers: list[SharedBuffer] = []

    @property
    def buffer_ids(self) -> list[int]:
        """Ids of the buffers that may be handed out again."""
        return [buffer.buffer_id for buffer in self._buffers]

    def acquire(self, size: int) -> SharedBuffer:
        """Return a free buffer of at least `size` bytes, with any content.

        Raises:
            OSError: There is not enough memory.
        """
        for buffer in self._buffers:
            if buffer.is_free and size <= buffer.size <= 2 * size:
                return buffer
        self._buffers = [buffer for buffer in self._buffers if not buffer.is_free][-1:]
        new = SharedBuffer(size)
        if size <= self._max_cached_bytes:
            self._buffers.append(new)
        return new


def attach(name: str, size: int, descriptor: int | None) -> mmap.mmap:
    """Return the memory that another process has allocated, by the name, size and descriptor of its `SharedBuffer`."""
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=name)
    if descriptor is None:
        descriptor = os.open(name, os.O_RDWR | os.O_CLOEXEC)
    try:
        return mmap.mmap(descriptor, size)
    finally:
        os.close(descriptor)
