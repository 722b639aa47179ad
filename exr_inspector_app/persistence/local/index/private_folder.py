"""Private index folder of a library: one per user, library path, device and inode, in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from exr_inspector_app.config import index_folder
from exr_inspector_app.config.atomic_file import make_private_folder

_temporary: dict[Path, tempfile.TemporaryDirectory[str]] = {}  # by library; deleted when the process ends


def folder_of(library: Path) -> Path:
    """Return the index folder of an existing library; it may not exist.

    A library that replaces another one at the same path has another inode, and so another folder.
    """
    facts = os.stat(library)
    return index_folder() / f"{_path_key(library)}-{facts.st_dev:x}-{facts.st_ino:x}"


def make_folder(library: Path) -> Path | None:
    """Create the index folder of a library, or return None if it cannot be written.

    Folders of earlier libraries at this path are deleted.
    """
    try:
        folder = folder_of(library)
        make_private_folder(folder.parent)
        is_new = not folder.exists()
        make_private_folder(folder)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return None
    if is_new:
        for other in folder.parent.glob(f"{_path_key(library)}-*"):
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)
    return folder


def temporary_folder(library: Path) -> Path:
    """Return a temporary index folder of this process for a library."""
    if library not in _temporary:
        # At the end of the process files may still be open, which prevents deletion on Windows.
        _temporary[library] = tempfile.TemporaryDirectory(prefix="exr-inspector-", ignore_cleanup_errors=True)
    return Path(_temporary[library].name)


def existing_folders(library: Path) -> list[Path]:
    """Return the index folders that this process may have used for a library."""
    folders = [Path(_temporary[library].name)] if library in _temporary else []
    with suppress(OSError):  # the library was removed
        folders.append(folder_of(library))
    return folders


def _path_key(library: Path) -> str:
    return hashlib.sha256(os.fsencode(library)).hexdigest()[:24]
