"""Private index folders: one per user and owner, which is a library or a database, in the user's cache folder."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from exr_inspector_app.config import index_folder
from exr_inspector_app.config.atomic_file import make_private_folder

_temporary: dict[str, tempfile.TemporaryDirectory[str]] = {}  # by key; deleted when the process ends


@dataclass(frozen=True, slots=True)
class IndexOwner:
    """Library or database that an index belongs to.

    Attributes:
        key: Hash of its path or address, in hex.
        instance: What replaces it at the same address changes this text, which is part of a file name.
        origin: Version of the program that computed the hashes in the index; another one may hash differently.
    """

    key: str
    instance: str
    origin: str


def folder_of(owner: IndexOwner) -> Path:
    """Return the index folder of an owner; it may not exist."""
    return index_folder() / f"{owner.key}-{owner.instance}"


def make_folder(owner: IndexOwner) -> Path | None:
    """Create the index folder of an owner, or return None if it cannot be written.

    Folders of earlier instances of the same key are deleted.
    """
    folder = folder_of(owner)
    try:
        make_private_folder(folder.parent)
        is_new = not folder.exists()
        make_private_folder(folder)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return None
    if is_new:
        for other in folder.parent.glob(f"{owner.key}-*"):
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)
    return folder


def temporary_folder(owner: IndexOwner) -> Path:
    """Return a temporary index folder of this process for an owner."""
    if owner.key not in _temporary:
        # At the end of the process files may still be open, which prevents deletion on Windows.
        _temporary[owner.key] = tempfile.TemporaryDirectory(prefix="exr-inspector-", ignore_cleanup_errors=True)
    return Path(_temporary[owner.key].name)


def existing_folders(owner: IndexOwner) -> list[Path]:
    """Return the index folders that this process may have used for an owner."""
    folders = [Path(_temporary[owner.key].name)] if owner.key in _temporary else []
    return [*folders, folder_of(owner)]
