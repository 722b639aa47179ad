"""Landlock rules of the worker process: the files that it may read, the one folder that it may write.

Source: Landlock, unprivileged access control, https://docs.kernel.org/userspace-api/landlock.html.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from struct import pack

from exr_inspector_app.exr.pixels.sandbox.kernel_calls import Pointer, system_call

assert sys.platform == "linux"  # no other system imports it

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # on all architectures
_ABI_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_DIR, _REMOVE_FILE = (1 << bit for bit in range(6))
_MAKE_DIR, _MAKE_REG, _REFER, _TRUNCATE = 1 << 7, 1 << 8, 1 << 13, 1 << 14
_READ = _READ_FILE | _READ_DIR
_OWN_FOLDER = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _TRUNCATE
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE  # the rights that a file has, in place of a folder
_BITS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15}  # later versions: 16
_TCP, _SCOPES = 3, 3  # binding and connecting; signals and abstract sockets of other processes


def landlock_version() -> int:
    """Return the version of Landlock in this kernel.

    Raises:
        OSError: The kernel has none, or it is disabled.
    """
    return system_call(_CREATE_RULESET, 0, 0, _ABI_VERSION)


def has_landlock() -> bool:
    """Return True if this kernel has Landlock, and no container hides it."""
    try:
        return landlock_version() > 0
    except OSError:
        return False


def restrict_files(own_folder: str, readable: Iterable[str] | None) -> None:
    """Restrict this thread, and the threads that it starts, to its own folder and the readable paths.

    Args:
        own_folder: May be written.
        readable: Files and folders that may be read; None for all.

    Raises:
        OSError: The kernel or the container refuses.
    """
    version = landlock_version()
    handled = (1 << _BITS_BY_ABI.get(version, 16)) - 1
    if readable is None:
        handled &= ~_READ
    attributes = pack("QQQ", handled, _TCP, _SCOPES)[: 24 if version >= 6 else 16 if version >= 4 else 8]
    pointer = Pointer(attributes)
    ruleset = system_call(_CREATE_RULESET, pointer.address, len(attributes), 0)
    try:
        for path in readable or ():
            _allow(ruleset, path, _READ & handled)
        _allow(ruleset, os.devnull, (_READ_FILE | _WRITE_FILE) & handled)
        _allow(ruleset, own_folder, _OWN_FOLDER & handled)
        # Empty folders only; without it the worker could not remove its own folder when its parent is gone.
        _allow(ruleset, os.path.dirname(own_folder), _REMOVE_DIR)
        system_call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    """Allow the use of a file, or of a folder and all below it; does nothing for a path that does not exist."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        if rights:
            rule = Pointer(pack("=Qi", rights, place))
            system_call(_ADD_RULE, ruleset, _PATH_BENEATH, rule.address, 0)
    finally:
        os.close(place)
