"""What a publish is about to do and has done, record by record; the same in every store."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from exr_inspector_app.contracts import (
    CHANNEL_DIM,
    METADATA_DIM,
    Batch,
    PlanItem,
    PlanStatus,
    PublishResult,
    Record,
    not_persisted,
)

Rows = TypeVar("Rows")
FileRow = Mapping[str, Any]  # stored columns of a file

KNOWN_COLUMNS = ("file_id", "publish_id", "size_bytes", "mtime", "is_complete", "inspection_timestamp")
_MUTABLE_FIELDS = ("size_bytes", "mtime", "is_complete")  # of a file that is written on under the same header

# What a payload that is no payload raises while its rows are made; Arrow's errors are children of these.
_PAYLOAD_ERRORS = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)


def new_attempt() -> str:
    """The name of one attempt to write: the time and 64 random bits, in hex, so that earlier ones sort first."""
    return f"{time.time_ns():016x}{secrets.token_hex(8)}"


def vector_error(record: Record) -> str | None:
    """Why the vectors of a record cannot be published; None for sound ones."""
    try:
        listed = len(record.payload["channels"])
    except _PAYLOAD_ERRORS:
        return "Its payload lists no channels; inspect the file again."
    shapes = (record.metadata_embedding.shape, record.channel_fingerprint.shape, record.channel_vectors.shape)
    wanted = ((METADATA_DIM,), (CHANNEL_DIM,), (listed, CHANNEL_DIM))
    if shapes != wanted:
        return f"Its vectors have the shapes {shapes}; {wanted} are needed."
    vectors = (record.metadata_embedding, record.channel_fingerprint, record.channel_vectors)
    if not all(np.isfinite(vector).all() for vector in vectors):
        return "Its vectors hold numbers that are not finite; compute them again."
    return None


def split_valid(records: Sequence[Record]) -> tuple[dict[str, Record], dict[str, str]]:
    """The records whose vectors are sound, and why the others are refused, both by file_id."""
    refused = {one.identity.file_id: reason for one in records if (reason := vector_error(one))}
    return {one.identity.file_id: one for one in records if one.identity.file_id not in refused}, refused


def audit_columns(batch: Batch, attempt: str) -> dict[str, str]:
    """The columns of `files` that a publish sets on what it inserts."""
    return {"attempt_id": attempt, "publish_id": batch.publish_id, "published_by": batch.published_by}


def rows_of_valid(records: Sequence[Record], make: Callable[[Sequence[Record]], Rows]) -> tuple[Rows, dict[str, str]]:
    """The rows that `make` makes of the sound records, and why the others have none, by file_id."""
    try:
        return make(records), {}
    except _PAYLOAD_ERRORS:
        refused = {one.identity.file_id: reason for one in records if (reason := _payload_error(one, make))}
        sound = [one for one in records if one.identity.file_id not in refused]
        return make(sound), refused


def _payload_error(record: Record, make: Callable[[Sequence[Record]], Rows]) -> str | None:
    """Why no rows can be made of a record."""
    try:
        make([record])
    except _PAYLOAD_ERRORS as error:
        return f"Its payload is not of the form that is published ({type(error).__name__}: {error})."
    return None


def publish_result(record: Record, inserted: set[str], refused: Mapping[str, str]) -> PublishResult:
    """The result of one record; a key that comes twice in a batch is inserted once."""
    file_id = record.identity.file_id
    if file_id in refused:
        return not_persisted(refused[file_id], file_id)
    if file_id in inserted:
        inserted.discard(file_id)
        return PublishResult("success", file_id, True, f"File persisted: {file_id}")
    return PublishResult("success", file_id, False, f"File already persisted: {file_id}")


def plan_record(record: Record, known: Mapping[str, FileRow], paths: dict[str, str | None], seen: set[str]) -> PlanItem:
    """What publishing would do with one record after those of the batch before it.

    `known` holds the stored files by file_id, `paths` since when each path is known.
    """
    file_id, path = record.identity.file_id, record.identity.file_path_normalized
    row = known.get(file_id)
    since = paths.get(path)
    incomplete = record.payload["file"].get("is_complete") is False
    if row is None and file_id in seen:
        status = PlanStatus.PRESENT
    elif row is None:
        status = PlanStatus.CHANGED if path in paths else PlanStatus.NEW
        seen.add(file_id)
        paths.setdefault(path, None)
    else:
        status = PlanStatus.REFRESH if has_changed(record, row) else PlanStatus.PRESENT
    return PlanItem(record, status, since, incomplete)


def inserted_by_other_publish(met: Sequence[Record], known: Mapping[str, FileRow], publish_id: str) -> list[Record]:
    """Of records whose files are known, those that another publish has inserted."""
    return [one for one in met if not publish_id or known[one.identity.file_id]["publish_id"] != publish_id]


def has_changed(record: Record, row: FileRow) -> bool:
    """True where the file under the same header has another size or date than the stored one."""
    file = record.payload["file"]  # None is what was not looked at, not what has changed
    return any(file.get(name) is not None and file[name] != row[name] for name in _MUTABLE_FIELDS)
