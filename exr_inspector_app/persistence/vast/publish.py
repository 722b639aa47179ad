"""Publish protocol for tables without unique keys: each file is visible once, also after concurrent publishes.

Every transaction writes its attempt id to its rows. Readers see the smallest attempt of each file, and a publisher that
finds duplicates deletes the rest.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from exr_inspector_app.contracts import Batch, PublishResult, Record
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import publish_rules
from exr_inspector_app.persistence.rows import encode
from exr_inspector_app.persistence.vast import writer
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.persistence.vast.visibility import duplicate_rows, visible_rows

log = logging.getLogger(__name__)

_KNOWN_COLUMNS = (*publish_rules.KNOWN_COLUMNS, "attempt_id")


@dataclass
class WrittenRows:
    """Rows that one transaction of a publish has written."""

    attempt_id: str
    known: Mapping[str, Mapping[str, Any]]  # files that were published before, by file_id
    inserted: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)


def publish(database: Database, batch: Batch) -> list[PublishResult]:
    """Publish a batch and return one result per record. Idempotent; safe against concurrent publishers."""
    started = time.monotonic()
    valid, refused = publish_rules.split_valid(batch.records)
    inserted: set[str] = set()
    if valid:
        written = database.write(lambda transaction: _write(transaction, valid, batch), _is_committed)
        refused.update(written.refused)
        inserted = written.inserted - (_remove_lost(database, written) if written.inserted else set())
        _count_republish(database, [valid[file_id] for file_id in written.known], written.known, batch.publish_id)
    log.info(
        "Published %d of %d files, %d refused, in %.2f s",
        *(len(inserted), len(batch.records), len(refused), time.monotonic() - started),
    )
    return [publish_rules.publish_result(record, inserted, refused) for record in batch.records]


def _write(transaction: Transaction, valid: Mapping[str, Record], batch: Batch) -> WrittenRows:
    """Insert the rows of new files, and update those of files that changed."""
    files = visible_rows(transaction.rows_by_key("files", _KNOWN_COLUMNS, "file_id", list(valid))).to_pylist()
    known = {row["file_id"]: row for row in files}
    new = [record for file_id, record in valid.items() if file_id not in known]
    attempt_id = transaction.attempt_id
    tables, refused = publish_rules.rows_of_valid(new, lambda records: _encode(records, batch, attempt_id))
    for name, table in tables.items():
        if len(table):
            transaction.insert(name, table)
    changed = [valid[file_id] for file_id, row in known.items() if publish_rules.has_changed(valid[file_id], row)]
    writer.update_changed(transaction, changed)
    inserted = {record.identity.file_id for record in new} - set(refused)
    log.debug("Attempt %s: %d inserted, %d known, %d changed", attempt_id, len(inserted), len(known), len(changed))
    return WrittenRows(attempt_id, known, inserted, refused)


def _encode(records: Sequence[Record], batch: Batch, attempt_id: str) -> dict[str, pa.Table]:
    return {
        "files": encode.files_table(records, publish_rules.audit_columns(batch, attempt_id)),
        "parts": encode.parts_table(records, attempt_id),
        "channels": encode.channels_table(records, attempt_id) if records else pa.table({}),
        "attributes": encode.attributes_table(records, attempt_id),
    }


def _is_committed(transaction: Transaction, written: WrittenRows) -> bool:
    """Return True if the rows of the attempt exist; an attempt that inserted nothing may run again."""
    if not written.inserted:
        return False
    column = transaction.tables.columns("files").attempt_id
    return len(transaction.rows("files", ["file_id"], [column == written.attempt_id])) > 0


def _remove_lost(database: Database, written: WrittenRows) -> set[str]:
    """Return the inserted files whose visible rows are of another attempt, and remove duplicate rows.

    Rows that cannot be removed stay, invisible to readers, until the next `check`.
    """

    def read_attempts(transaction: Transaction) -> pa.Table:
        return transaction.rows_by_key("files", ["file_id", "attempt_id"], "file_id", sorted(written.inserted))

    try:
        lost, duplicates = _split_attempts(database.read(read_attempts), written.attempt_id)
    except StoreError as error:
        log.info("Cannot verify the published files: %s", error.sentence)
        return set()
    if duplicates:
        try:
            writer.remove_duplicates(database, duplicates)
        except StoreError as error:
            log.info("Duplicate rows of %d files remain for now: %s", len(duplicates), error.sentence)
    return lost


def _split_attempts(rows: pa.Table | None, attempt_id: str) -> tuple[set[str], list[str]]:
    """Return the files whose visible row is of another attempt, and the files with several rows."""
    if rows is None or not len(rows):
        return set(), []
    visible = visible_rows(rows)
    lost = {row["file_id"] for row in visible.to_pylist() if row["attempt_id"] != attempt_id}
    return lost, duplicate_rows(rows)


def _count_republish(
    database: Database, records: Sequence[Record], known: Mapping[str, Mapping[str, Any]], publish_id: str
) -> None:
    """Count this publish at files of other publishes; failures are logged and do not fail the publish."""
    others = publish_rules.inserted_by_other_publish(records, known, publish_id)
    if not others:
        return
    times = {record.identity.file_id: record.inspected_at for record in others}
    try:
        database.write(lambda transaction: writer.count_republish(transaction, times), lambda *_: True)
    except StoreError as error:
        log.info("Inspection counts of known files were not updated: %s", error.sentence)
