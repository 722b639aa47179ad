"""Unfinished library files: the names under which libraries are written, and their removal after a crash."""

from __future__ import annotations

import logging
import re
import secrets
import time
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

MAX_AGE_S = 24 * 3600.0  # since the last write of a file, after which no process is writing it


def unfinished_path(library: Path) -> Path:
    """Return the path of a new file next to a library, to be renamed to the library once it is complete."""
    return library.with_name(f".{library.name}.{secrets.token_hex(4)}.new")


def remove_unfinished(library: Path) -> None:
    """Remove the unfinished files of processes that were killed; those of the last day may still be written."""
    pattern = re.compile(rf"\.{re.escape(library.name)}\.[0-9a-f]{{8}}\.new(\.wal)?")
    with suppress(OSError):
        for path in library.parent.iterdir():
            if pattern.fullmatch(path.name) and time.time() - path.lstat().st_mtime > MAX_AGE_S:
                log.info("Removing %s, which a killed process has left", path)
                path.unlink(missing_ok=True)
