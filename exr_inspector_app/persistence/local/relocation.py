"""Relocation of the library file: a move that no other process can see half done."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.local.unfinished_files import unfinished_path

_NO_LINK_MESSAGE = "There is already a file {}. Choose another name."


def move_library(source: Path, target: Path, on_moved: Callable[[], None], lock_timeout_s: float = 10.0) -> None:
    """Move the library to another file, on any file system; a failed move leaves it unchanged.

    The file gets a private name first, while this process holds its lock, so that no other program can write to it.

    Args:
        source: Library file.
        target: New path, where nothing may be.
        on_moved: Called when the library is at its new path; the move is undone if it raises.
        lock_timeout_s: Seconds to wait for another process that has the library open.

    Raises:
        StoreError: The library is in use or cannot be moved, or the target exists.
    """
    database = LocalDatabase(source, lock_timeout_s)
    if os.path.lexists(target):
        raise StoreError(_NO_LINK_MESSAGE.format(target))
    if not database.exists:
        raise StoreError(f"There is no library at {source} yet. Choose another location instead.")
    database.require_writable()
    hidden = database.path.with_name(f".{database.path.name}.{secrets.token_hex(4)}.moving")
    fresh = unfinished_path(target)
    try:
        database.set_aside(hidden)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(hidden, fresh)
            _give_name(fresh, target)
            try:
                on_moved()
            except BaseException:
                target.unlink(missing_ok=True)
                raise
        except BaseException:
            if not database.path.exists():
                hidden.rename(database.path)
            raise
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
        hidden.unlink()
    except OSError as error:
        raise StoreError(f"Cannot move the library to {target}: {error.strerror}. It stays where it is.") from error


def _copy(source: Path, out: Path) -> None:
    """Copy a file with its permissions, and flush it."""
    shutil.copy2(source, out)
    with out.open("rb+") as file:
        os.fsync(file.fileno())


def _give_name(fresh: Path, target: Path) -> None:
    """Rename the copy to its final name, which another program may have taken."""
    if os.path.lexists(target):
        raise StoreError(_NO_LINK_MESSAGE.format(target))
    fresh.rename(target)
