"""After a publish: the cache of look-ups knows the new files, so that the next question need not read them."""

from __future__ import annotations

import logging

import pyarrow as pa

from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.local.index import sync
from exr_inspector_app.persistence.local.index.files import open_if_writable

log = logging.getLogger(__name__)

MAX_UPDATE_FILES = 65_536  # files that a publish adds; more are left to a question, which tells how far it is


def update_index(library: LocalDatabase) -> None:
    """What came behind the files that the cache knows is added, unless that is much; trouble here fails no publish."""
    if not library.exists:
        return
    try:
        with library.connected() as connection:
            cache = open_if_writable(library.path)
            if cache is None:
                return
            missing = sync.rows_after(cache, connection)
            while 0 < len(missing) <= MAX_UPDATE_FILES:
                missing = missing[sync.append_segment(cache, connection, missing) :]
    except (OSError, StoreError, pa.ArrowException) as error:
        log.warning("The cache of the library %s was not brought up to date: %s", library.path, error)
