"""Environment variables of the worker process: an allow-list, so that no key, display or session bus is inherited."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_PACKAGE_ROOT = Path(__file__).resolve().parent.parent.parent.parent.parent
# What an interpreter and its libraries need to start: where they are, the locale, temporary files, Windows itself.
_ALLOWED = frozenset(
    """
    PATH LANG LANGUAGE LC_ALL LC_CTYPE HOME TMPDIR TEMP TMP
    PYTHONHOME PYTHONUSERBASE PYTHONNOUSERSITE PYTHONUTF8 PYTHONIOENCODING PYTHONDONTWRITEBYTECODE
    PYTHONPYCACHEPREFIX __PYVENV_LAUNCHER__
    LD_LIBRARY_PATH DYLD_LIBRARY_PATH DYLD_FALLBACK_LIBRARY_PATH NIX_LD NIX_LD_LIBRARY_PATH
    EXR_INSPECTOR_DECODER_THREADS
    SYSTEMROOT WINDIR SYSTEMDRIVE USERPROFILE APPDATA LOCALAPPDATA PROCESSOR_ARCHITECTURE NUMBER_OF_PROCESSORS
    """.split()
)
# For a quick start, and address space in proportion to use.
_SETTINGS = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),  # strips use the same pages again and again
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
}


def worker_environment(parent: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a worker whose parent has the environment `parent`."""
    allowed = {name: value for name, value in parent.items() if name.upper() in _ALLOWED}
    paths = [str(_PACKAGE_ROOT), *filter(None, [parent.get("PYTHONPATH")])]
    return {**allowed, **_SETTINGS, "PYTHONPATH": os.pathsep.join(paths)}


def extra_variables(environment: Mapping[str, str]) -> list[str]:
    """Return the names that `worker_environment` does not allow, and that no library or bundle adds by itself."""
    added = {"PYTHONPATH", "OPENIMAGEIO_ROOT", "LD_LIBRARY_PATH_ORIG", "OPENSSL_MODULES"}
    added |= {"QT_PLUGIN_PATH", "QML2_IMPORT_PATH", "PYSIDE6_OPTION_PYTHON_ENUM"}  # by the start-up hooks of a bundle
    known = _ALLOWED | _SETTINGS.keys() | added
    return sorted(name for name in environment if name.upper() not in known and not name.startswith("_PYI_"))
