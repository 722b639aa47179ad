"""Publish rules shared by every store: validation, plan status, and results per record."""

from __future__ import annotations

import logging
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
    persisted,
)
from exr_inspector_app.errors import ValueUnavailableError

log = logging.getLogger(__name__)

Rows = TypeVar("Rows")
FileRow = Mapping[str, Any]  # columns of `files` of a stored file

KNOWN_COLUMNS = ("file_id", "publish_id", "size_bytes", "mtime", "is_complete", "inspection_timestamp")
_MUTABLE_FIELDS = ("size_bytes", "mtime", "is_complete")  # may change under the same header while a file is written

# Raised while rows are made of a malformed payload; Arrow's errors are subclasses of these.
_PAYLOAD_ERRORS = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)


def new_attempt() -> str:
    """Create an attempt id: the time and 64 random bits in hexadecimal, so that ids sort by time."""
    return f"{time.time_ns():016x}{secrets.token_hex(8)}"


def vector_error(record: Record) -> str | None:
    """Return the fault of the vectors of a record, or None if they are valid."""
    try:
        channel_count = len(record.payload["channels"])
    except _PAYLOAD_ERRORS:
        return "The payload has no channel list; inspect the file again."
    shapes = (record.metadata_embedding.shape, record.channel_fingerprint.shape, record.channel_vectors.shape)
    expected = ((METADATA_DIM,), (CHANNEL_DIM,), (channel_count, CHANNEL_DIM))
    if shapes != expected:
        return f"The vectors have the shapes {shapes}, expected {expected}."
    vectors = (record.metadata_embedding, record.channel_fingerprint, record.channel_vectors)
    if not all(np.isfinite(vector).all() for vector in vectors):
        return "The vectors contain values that are not finite; compute them again."
    return None


def split_valid(records: Sequence[Record]) -> tuple[dict[str, Record], dict[str, str]]:
    """Split records into those with valid vectors and the errors of the rest, both by file_id."""
    errors = {record.identity.file_id: error for record in records if (error := vector_error(record))}
    valid = {record.identity.file_id: record for record in records if record.identity.file_id not in errors}
    return valid, errors


def audit_columns(batch: Batch, attempt: str) -> dict[str, str | None]:
    """Return the columns of `files` that a publish adds to the rows it inserts; `note` only where a record has none."""
    audit = {"attempt_id": attempt, "publish_id": batch.publish_id, "published_by": batch.published_by}
    return {**audit, "note": batch.note}


def rows_of_valid(records: Sequence[Record], make: Callable[[Sequence[Record]], Rows]) -> tuple[Rows, dict[str, str]]:
    """Make the rows of all records with a valid payload; return them with the errors of the rest, by file_id.

    Args:
        records: Records to make rows of.
        make: Function that makes the rows of a list of records; it is called per record only if it fails on all.
    """
    try:
        return make(records), {}
    except (*_PAYLOAD_ERRORS, ValueUnavailableError):
        errors = {record.identity.file_id: error for record in records if (error := _payload_error(record, make))}
        valid = [record for record in records if record.identity.file_id not in errors]
        return make(valid), errors


def _payload_error(record: Record, make: Callable[[Sequence[Record]], Rows]) -> str | None:
    """Return the reason why no rows can be made of a record, or None."""
    try:
        make([record])
    except ValueUnavailableError as error:  # a large value stays in its file, which has changed
        return error.sentence
    except _PAYLOAD_ERRORS:
        log.debug("Invalid payload", exc_info=True)
        return "Invalid payload: a value has the wrong type. Inspect the file again."
    return None


def publish_result(record: Record, inserted: set[str], errors: Mapping[str, str]) -> PublishResult:
    """Return the result of one record.

    Args:
        record: Record of the batch.
        inserted: Ids of inserted files; this record's id is removed, so that a repeated id is inserted once.
        errors: Error messages by file_id.
    """
    file_id = record.identity.file_id
    if file_id in errors:
        return not_persisted(errors[file_id], file_id)
    if file_id in inserted:
        inserted.discard(file_id)
        return persisted(file_id, True)
    return persisted(file_id, False)


def plan_record(record: Record, known: Mapping[str, FileRow], paths: dict[str, str | None], seen: set[str]) -> PlanItem:
    """Return the effect of publishing one record after the earlier ones of its batch.

    Args:
        record: Record to plan.
        known: Stored files by file_id.
        paths: Time of the newest stored row by normalized path; paths of new records are added.
        seen: Ids of earlier new records of the batch; the id of a new record is added.
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


def inserted_by_other_publish(records: Sequence[Record], known: Mapping[str, FileRow], publish_id: str) -> list[Record]:
    """Return the records whose stored file another publish has inserted."""
    return [
        record for record in records if not publish_id or known[record.identity.file_id]["publish_id"] != publish_id
    ]


def has_changed(record: Record, row: FileRow) -> bool:
    """Return True if size, date, or completeness differ from the stored row; None fields are ignored."""
    file: Mapping[str, Any] = record.payload["file"]  # None: not determined, because only the first bytes were read
    return any(file.get(name) is not None and file[name] != row[name] for name in _MUTABLE_FIELDS)
