"""What is published, by what faces call it: a path, a sequence, a file_id, several of them, or a filter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import Condition, Filter, Record, StoredFile
from exr_inspector_app.errors import StoreError
from exr_inspector_app.ingest.records import mean_record, record
from exr_inspector_app.model import ExrFile, from_payload
from exr_inspector_app.persistence.identity import normalize
from exr_inspector_app.persistence.rows.decode import decode_payload
from exr_inspector_app.persistence.store import Store

MAX_FILES = 100_000_000  # of one answer: all there are
_FILE_ID = re.compile(r"[0-9a-f]{32}")


def resolve(store: Store, name: str, roots: Sequence[Root]) -> StoredFile | None:
    """The newest published file of a file_id, a path, or a sequence written with #, with all that is in it."""
    if not _FILE_ID.fullmatch(name):
        column = "sequence_key" if "#" in name else "file_path_normalized"
        found = store.find((Condition(column, "=", normalize(name, roots)),), limit=1)
        name = found[0].file["file_id"] if found else ""
    return store.get(name) if name else None


def stored_header(stored: StoredFile) -> ExrFile:
    """The file as it was when it was published."""
    return from_payload(decode_payload(stored))


def reference_record(store: Store, file_ids: Sequence[str], roots: Sequence[Root]) -> Record:
    """A record that stands for published files, which need not be within reach.

    Raises StoreError where none of them is published any more.
    """
    files = [stored_header(stored) for file_id in file_ids if (stored := store.get(file_id))]
    records = [one for file in files if (one := record(file, roots))]
    if not records:
        raise StoreError("These files are no longer published; look at the library again.")
    return mean_record(records)


def ids_with_history(store: Store, where: Filter) -> list[str]:
    """The file_ids of all files that match, with the older headers of their paths."""
    found = store.find(where, limit=MAX_FILES)
    paths = tuple({row.file["file_path_normalized"] for row in found})
    listed = store.find((Condition("file_path_normalized", "in", paths),), limit=MAX_FILES, history=True)
    return [row.file["file_id"] for row in listed]
