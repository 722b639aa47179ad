"""Shared memory that the parent grants to the requests of the worker process, and the first write to it."""

from __future__ import annotations

import mmap
import os
import sys
from typing import Any

import numpy as np
import numpy.typing as npt

from exr_inspector_app.exr.pixels.shared_memory import Floats, attach
from exr_inspector_app.exr.pixels.worker_channel import MessageChannel
from exr_inspector_app.exr.pixels.worker_protocol import MemoryAttached, MemoryGrant, MemoryRequest

IDLE_TIMEOUT_S = 3600.0  # of one wait for a message; then the worker waits again


class RequestCancelledError(Exception):
    """The parent process no longer needs the result of the current request."""


class GrantedMemory:
    """Memory of the current request, and that of earlier ones, which may be granted again."""

    def __init__(self, channel: MessageChannel) -> None:
        """Create a client of the parent at the other end of a channel."""
        self._channel = channel
        self._number = 0  # of the current request
        self._attached: dict[int, mmap.mmap] = {}  # by buffer id
        self._new: int | None = None  # descriptor of memory that was never written
        self._start = 0  # its address

    def begin(self, number: int) -> None:
        """Begin a request."""
        self._number = number
        if self._new is not None:
            os.close(self._new)
            self._new = None

    def allocate(self, size: int) -> Floats:
        """Return `size` bytes of shared memory as float32, with any content.

        Raises:
            RequestCancelledError: The parent has cancelled the request.
        """
        self._channel.send(MemoryRequest(number=self._number, size=size))
        while True:
            message = self._channel.receive(IDLE_TIMEOUT_S)
            if message is None or message.number != self._number:
                continue
            if not isinstance(message, MemoryGrant):
                raise RequestCancelledError
            granted = self._attached.get(message.buffer_id)
            if granted is None:
                granted = self._attach(message)
            known = {**self._attached, message.buffer_id: granted}
            self._attached = {key: memory for key, memory in known.items() if key in message.cached_ids}
            self._channel.send(MemoryAttached(number=self._number))
            floats = np.frombuffer(granted, np.float32, size // 4)
            self._start = floats.ctypes.data
            return floats

    def _attach(self, grant: MemoryGrant) -> mmap.mmap:
        descriptor = self._channel.receive_descriptor()
        self._new = None if descriptor is None else os.dup(descriptor)
        return attach(grant.name, grant.size, descriptor)

    def store(self, target: npt.NDArray[Any], rows: npt.NDArray[Any]) -> None:
        """Copy rows to their place in the memory.

        The system writes to new memory in half of the time that the first writes through the mapping take, each of
        which stops for a page.
        """
        is_plain = rows.dtype == target.dtype and rows.flags.c_contiguous and target.flags.c_contiguous
        if sys.platform != "win32" and self._new is not None and is_plain:
            try:
                if os.pwrite(self._new, rows.data, target.ctypes.data - self._start) == rows.nbytes:
                    return
            except OSError:  # such as beyond the limit of the size of files
                os.close(self._new)
                self._new = None
        target[...] = rows
