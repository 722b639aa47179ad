"""Memory that two processes share: made by one, joined by the other, gone with the last of them.

No name outlives the joining, so that nothing is left behind when either process is killed: on Linux the
memory has none, elsewhere its maker removes the name as soon as the other has joined.

Touching new memory for the first time costs as much as copying the pixels does, so that of pictures which
nobody looks at any more is filled again.
"""

from __future__ import annotations

import mmap
import os
import secrets
import sys
import tempfile
import weakref
from collections.abc import Callable
from itertools import count
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float32]

_PIECE = bytes(1 << 20)
_NUMBERS = count(1)


def _nobody() -> None:
    """Memory that was never lent is free."""


class SharedBuffer:
    """The memory as its maker has it."""

    def __init__(self, size: int) -> None:
        """New memory of zeros; raises OSError where there is not enough."""
        self.number = next(_NUMBERS)  # by which both sides know it once it has no name
        self.size = size
        self.name = ""  # for `join`
        self._handle: int | None = None  # on Linux, open until the other side has joined
        self._map = self._made(size)
        self._used: Callable[[], Any] = _nobody

    def lend(self, size: int) -> Floats:
        """The first bytes of it, in use as long as any view of these numbers lives."""
        numbers = np.frombuffer(self._map, np.float32, size // 4)
        self._used = weakref.ref(numbers)
        return numbers

    @property
    def is_free(self) -> bool:
        """True once nobody has a view of what was lent."""
        return self._used() is None

    def _made(self, size: int) -> mmap.mmap:
        if sys.platform == "win32":
            self.name = f"exr-inspector-{secrets.token_hex(8)}"
            return mmap.mmap(-1, size, tagname=self.name)
        if sys.platform == "linux":
            self._handle = os.memfd_create("exr-inspector", os.MFD_CLOEXEC)
            self.name = f"/proc/{os.getpid()}/fd/{self._handle}"
            os.ftruncate(self._handle, size)
            return mmap.mmap(self._handle, size)
        handle, self.name = tempfile.mkstemp(prefix="exr-inspector-")
        try:
            for start in range(0, size, len(_PIECE)):  # space that lacks is found here, not when it is touched
                os.write(handle, _PIECE[: size - start])
            return mmap.mmap(handle, size)
        except OSError:
            self.seal()
            raise
        finally:
            os.close(handle)

    def seal(self) -> None:
        """Nobody else can join any more; twice does no harm."""
        name, self.name = self.name, ""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        elif name and sys.platform != "win32":
            os.unlink(name)


class SharedBufferPool:
    """The memory of a process's last two pictures: the one that is looked at, and the one before or after it."""

    def __init__(self, most: int) -> None:
        """Memory of more than so many bytes is not kept."""
        self._most = most
        self._kept: list[SharedBuffer] = []

    @property
    def numbers(self) -> list[int]:
        """Of the memory that the other side should still know."""
        return [one.number for one in self._kept]

    def take(self, size: int) -> SharedBuffer:
        """Memory of at least so many bytes, of any content; raises OSError where there is not enough."""
        for one in self._kept:
            if one.is_free and size <= one.size <= 2 * size:
                return one
        self._kept = [one for one in self._kept if not one.is_free][-1:]
        new = SharedBuffer(size)
        if size <= self._most:
            self._kept.append(new)
        return new


def attach(name: str, size: int) -> mmap.mmap:
    """The memory that another process has made."""
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=name)
    handle = os.open(name, os.O_RDWR | os.O_CLOEXEC)
    try:
        return mmap.mmap(handle, size)
    finally:
        os.close(handle)
