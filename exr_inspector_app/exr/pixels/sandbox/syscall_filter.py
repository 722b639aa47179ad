"""Seccomp filter of the worker process, as classic BPF: refused system calls fail, all other calls run.

Source: Seccomp BPF, https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html.
"""

from __future__ import annotations

import errno
import os
import platform
import sys
from struct import pack
from typing import TypeAlias

from exr_inspector_app.exr.pixels.sandbox.kernel_calls import PR_SET_PDEATHSIG, Pointer, system_call
from exr_inspector_app.exr.pixels.sandbox.syscall_numbers import LAST_KNOWN, Architecture, architecture

_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_ABOVE, _JUMP_IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _NOTIFY, _FAIL = 0x7FFF0000, 0x7FC00000, 0x00050000
_REFUSE, _UNKNOWN = _FAIL | errno.EPERM, _FAIL | errno.ENOSYS
_SET_MODE_FILTER, _NEW_LISTENER = 1, 1 << 3
_CLONE_THREAD = 0x10000
_CLONE3 = 435  # its flags are in memory, which a filter cannot read; the C library falls back to clone
# Flags with which a file is not opened to read it: left to Landlock.
NOT_READING = sum(getattr(os, f"O_{name}", 0) for name in ("ACCMODE", "CREAT", "TRUNC", "DIRECTORY", "PATH"))
_TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI and TIOCLINUX, which type into the terminal of the user

Instruction: TypeAlias = tuple[int, int, int, int]  # code, jump if true, jump if false, operand


def install_filter(is_notifying: bool) -> int | None:
    """Install the filter in this thread and the threads that it starts.

    Args:
        is_notifying: `openat` for reading takes its result from a supervisor.

    Returns:
        The descriptor of the supervisor's listener, None without one.

    Raises:
        OSError: The kernel or the container refuses.
        NotImplementedError: The system calls of this processor are not known.
    """
    numbers = architecture(platform.machine())
    if numbers is None or sys.maxsize < 2**32:  # a 32-bit program on a 64-bit kernel has other numbers
        raise NotImplementedError(f"not available on {platform.machine()}")
    program = _program(numbers, _NOTIFY if is_notifying else _ALLOW)
    code = Pointer(b"".join(pack("HBBI", *instruction) for instruction in program))
    header = Pointer(pack("HxxxxxxQ", len(program), code.address))
    result = system_call(numbers.seccomp, _SET_MODE_FILTER, _NEW_LISTENER if is_notifying else 0, header.address)
    return result if is_notifying else None


def _program(numbers: Architecture, opening: int) -> list[Instruction]:
    """Return the filter, in which `openat` has the action `opening`."""
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        *_unless(_JUMP_IF_EQUAL, numbers.audit_word, _UNKNOWN),  # 32-bit calls have other numbers
        (_LOAD, 0, 0, _NUMBER),
        *_when(_JUMP_IF_ABOVE, LAST_KNOWN, _UNKNOWN),
        *_for_argument(numbers.openat, 2, [*_when(_JUMP_IF_ANY_BIT, NOT_READING, _ALLOW), (_RETURN, 0, 0, opening)]),
        *_when(_JUMP_IF_EQUAL, _CLONE3, _UNKNOWN),
    ]
    for number in sorted(numbers.denied):
        program += _when(_JUMP_IF_EQUAL, number, _REFUSE)
    for number in (numbers.kill, numbers.tgkill):  # abort() of the C library signals this process
        program += _for_argument(number, 0, _unless(_JUMP_IF_EQUAL, os.getpid(), _REFUSE))
    program += _for_argument(numbers.clone, 0, _unless(_JUMP_IF_ANY_BIT, _CLONE_THREAD, _REFUSE))
    program += _for_argument(numbers.prctl, 0, _when(_JUMP_IF_EQUAL, PR_SET_PDEATHSIG, _REFUSE))
    program += _for_argument(numbers.prlimit64, 0, _unless(_JUMP_IF_EQUAL, 0, _REFUSE))
    for request in _TERMINAL_INPUT:
        program += _for_argument(numbers.ioctl, 1, _when(_JUMP_IF_EQUAL, request, _REFUSE))
    return [*program, (_RETURN, 0, 0, _ALLOW)]


def _when(test: int, operand: int, action: int) -> list[Instruction]:
    return [(test, 0, 1, operand), (_RETURN, 0, 0, action)]


def _unless(test: int, operand: int, action: int) -> list[Instruction]:
    return [(test, 1, 0, operand), (_RETURN, 0, 0, action)]


def _for_argument(number: int, index: int, check: list[Instruction]) -> list[Instruction]:
    """Return a check of the low word of an argument of one system call; the word before it is loaded again."""
    inner = [(_LOAD, 0, 0, _ARGUMENTS + 8 * index), *check, (_LOAD, 0, 0, _NUMBER)]
    return [(_JUMP_IF_EQUAL, 0, len(inner), number), *inner]
