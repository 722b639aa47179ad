"""Privileges of the worker process: no new ones, and none of those that root has but the right to read files.

Source: capabilities(7), https://man7.org/linux/man-pages/man7/capabilities.7.html.
"""

from __future__ import annotations

import platform
from struct import pack

from exr_inspector_app.exr.pixels.sandbox.kernel_calls import PR_SET_NO_NEW_PRIVS, Pointer, prctl, system_call
from exr_inspector_app.exr.pixels.sandbox.syscall_numbers import architecture

_VERSION_3 = 0x20080522
_READ_FILES = 1 << 2  # CAP_DAC_READ_SEARCH: the libraries of root's worker may belong to another user


def drop_privileges() -> None:
    """Drop all capabilities but one, and forbid to gain any by executing a program.

    Raises:
        OSError: The kernel refuses.
    """
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    numbers = architecture(platform.machine())
    held = _held_capabilities()
    if not held or numbers is None:
        return
    kept = held & _READ_FILES
    header, sets = Pointer(pack("=Ii", _VERSION_3, 0)), Pointer(pack("=6I", kept, kept, 0, 0, 0, 0))
    system_call(numbers.capset, header.address, sets.address)


def _held_capabilities() -> int:
    """Return the permitted capabilities of this process; a container may have removed some."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        return next((int(line.split()[1], 16) for line in file if line.startswith("CapPrm:")), 0)
