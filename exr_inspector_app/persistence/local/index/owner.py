"""Owner of the index of a library: its path, with device and inode, and the version of DuckDB that hashes its rows."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import duckdb

from exr_inspector_app.persistence.index.private_folder import IndexOwner


def library_owner(library: Path) -> IndexOwner:
    """Return the owner of the index of an existing library.

    A library that replaces another one at the same path has another inode, and so another index.

    Raises:
        OSError: The library cannot be read.
    """
    facts = os.stat(library)
    key = hashlib.sha256(os.fsencode(library)).hexdigest()[:24]
    return IndexOwner(key, f"{facts.st_dev:x}-{facts.st_ino:x}", duckdb.__version__)
