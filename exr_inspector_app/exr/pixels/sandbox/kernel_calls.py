"""System calls of Linux that Python does not wrap, through the C library: prctl, seccomp, Landlock, capset.

Source: Linux man pages, section 2, https://man7.org/linux/man-pages/dir_section_2.html.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38


class Pointer:
    """Address of bytes, which live as long as this object."""

    def __init__(self, data: bytes) -> None:
        self._buffer = ctypes.create_string_buffer(data, len(data))
        self.address = ctypes.addressof(self._buffer)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def prctl(option: int, argument: int) -> None:
    """Set an attribute of this process.

    Raises:
        OSError: The kernel refuses.
    """
    if _libc().prctl(option, *map(ctypes.c_ulong, (argument, 0, 0, 0))):
        raise _last_error()


def system_call(number: int, *arguments: int) -> int:
    """Return the result of a system call.

    Raises:
        OSError: It fails.
    """
    result = int(_libc().syscall(ctypes.c_long(number), *map(ctypes.c_ulong, arguments)))
    if result < 0:
        raise _last_error()
    return result


def _last_error() -> OSError:
    code = ctypes.get_errno()
    return OSError(code, os.strerror(code))
