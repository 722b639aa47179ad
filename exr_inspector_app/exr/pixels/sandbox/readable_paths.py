"""Paths that the worker process may read: its program, its libraries, and facts about the machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from exr_inspector_app.config import resource

_SYSTEM = """
/lib /lib32 /lib64 /libx32 /usr/lib /usr/lib32 /usr/lib64 /usr/local/lib /usr/local/lib64 /nix/store /gnu/store
/etc/ld.so.cache /etc/ld.so.conf /etc/ld.so.conf.d /etc/localtime /usr/share/zoneinfo /usr/share/locale
/sys/devices/system/cpu /sys/devices/system/node /proc/self /proc/cpuinfo /proc/meminfo
/dev/zero /dev/random /dev/urandom
""".split()


def readable_paths() -> list[str]:
    """Return the paths. The search path itself is not among them: an entry of it may be a home folder."""
    return sorted({*_SYSTEM, *_interpreter_folders(), *_module_paths(), str(resource(""))})


def _interpreter_folders() -> Iterator[str]:
    """Yield the folders of the standard library; `sysconfig`, which knows them too, takes 5 ms to load."""
    yield os.path.dirname(os.__file__)
    yield from (path for path in sys.path if path.endswith(("lib-dynload", ".zip")))
    frozen = getattr(sys, "_MEIPASS", None)  # the folder of a frozen program
    if isinstance(frozen, str):
        yield from (frozen, sys.executable)  # which contains the modules that are imported on demand


def _module_paths() -> Iterator[str]:
    """Yield the folders of loaded packages and the files of loaded modules outside of packages."""
    for name, module in list(sys.modules.items()):
        if "." in name or name == "__main__":
            continue
        for folder in getattr(module, "__path__", None) or ():
            yield os.fspath(folder)
            yield from _bundled_libraries(Path(folder))
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and not hasattr(module, "__path__"):
            yield file


def _bundled_libraries(folder: Path) -> Iterator[str]:
    """Yield the folders in which wheels keep shared libraries of a package: `numpy.libs`, `.dylibs`."""
    yield str(folder.with_name(f"{folder.name}.libs"))
