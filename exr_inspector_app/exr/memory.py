"""Memory that two processes share: made by one, joined by the other, gone with the last of them.

No name outlives the joining, so that nothing is left behind when either process is killed: on Linux the
memory has none, elsewhere its maker removes the name as soon as the other has joined.
"""

from __future__ import annotations

import mmap
import os
import secrets
import sys
import tempfile

_PIECE = bytes(1 << 20)


class Shared:
    """The memory as its maker has it."""

    def __init__(self, size: int) -> None:
        """New memory of zeros; raises OSError where there is not enough."""
        self.name = ""  # for `join`
        self._handle: int | None = None  # on Linux, open until the other side has joined
        self.map = self._made(size)

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


def join(name: str, size: int) -> mmap.mmap:
    """The memory that another process has made."""
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=name)
    handle = os.open(name, os.O_RDWR | os.O_CLOEXEC)
    try:
        return mmap.mmap(handle, size)
    finally:
        os.close(handle)
