"""Publish protocol for tables without unique keys: each file is visible once, also after concurrent publishes.

Every transaction writes its attempt id to its rows. Readers see the smallest attempt of each file, and a publisher that
finds duplicates deletes the rest. Inserts are one transaction. Optional updates (refreshing files that changed,
counting those of other publishes) follow in others, whose failures are logged. A conflict or a rejected row fails
alone: the batch is halved until it is isolated.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from exr_inspector_app.contracts import Batch, PublishResult, Record, StopCheck
from exr_inspector_app.errors import PublishCancelledError, StoreError
from exr_inspector_app.persistence import publish_rules
from exr_inspector_app.persistence.roots import Roots, with_roots
from exr_inspector_app.persistence.rows import encode
from exr_inspector_app.persistence.vast import writer
from exr_inspector_app.persistence.vast.bisection import run_in_halves
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.errors import WriteConflictError
from exr_inspector_app.persistence.vast.migration import rekey
from exr_inspector_app.persistence.vast.stored_roots import read_roots_again
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.persistence.vast.visibility import duplicate_rows, visible_rows

log = logging.getLogger(__name__)

MAX_SNAPSHOT_AGE_S = 5.0  # above this, other publishes are looked up again before a commit, with three requests
OPTIONAL_PAUSES_S = (0.1, 0.4)  # before retries of optional work: a lock of a dead publisher lasts for minutes
_ENCODED_FILES = 200  # between polls of the stop callback; about 0.2 s
_KNOWN_COLUMNS = (*publish_rules.KNOWN_COLUMNS, "attempt_id")

FileRow = Mapping[str, Any]


@dataclass
class WrittenRows:
    """Rows that one transaction of a publish has written."""

    attempt_id: str
    known: Mapping[str, FileRow]  # files that were published before, by file_id
    inserted: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)


@dataclass
class _Outcome:
    """Result of a batch so far."""

    refused: dict[str, str] = field(default_factory=dict)  # sentence by file_id
    known: dict[str, FileRow] = field(default_factory=dict)
    roots: Roots | None = None  # of the keys
    inserted: dict[str, str] = field(default_factory=dict)  # attempt_id by file_id

    def add(self, written: WrittenRows) -> None:
        """Add the rows of a transaction."""
        self.known.update(written.known)
        self.refused.update(written.refused)
        self.inserted.update(dict.fromkeys(written.inserted, written.attempt_id))


def publish(database: Database, batch: Batch, stop: StopCheck) -> list[PublishResult]:
    """Publish a batch and return one result per record. Idempotent; safe against concurrent publishers.

    Raises:
        PublishCancelledError: `stop` returned True before the rows were committed.
        StoreError: No file of the batch could be published.
    """
    started = time.monotonic()
    records: Sequence[Record] = batch.records
    valid, refused = publish_rules.split_valid(records)
    outcome = _Outcome()
    lost: set[str] = set()
    if valid:
        with database.stoppable(stop):
            refused |= _insert(database, list(valid.values()), batch, outcome)
        records = with_roots(records, outcome.roots)
        by_id = {record.identity.file_id: record for record in records}
        try:
            with database.stoppable(stop):
                lost = remove_lost(database, outcome.inserted)
                _update_known(database, [by_id[file_id] for file_id in outcome.known], outcome.known, batch.publish_id)
        except PublishCancelledError:
            log.info("Stopped after the insert; optional updates were skipped")
            read_roots_again(database)
        if outcome.inserted and database.tables.has_other_roots(outcome.roots):
            records = _follow_roots(database, records, outcome)
            lost = remove_lost(database, outcome.inserted)
    for given, record in zip(batch.records, records, strict=True):
        if given.identity.file_id in refused:
            outcome.refused[record.identity.file_id] = refused[given.identity.file_id]
    inserted = set(outcome.inserted) - lost
    log.info(
        "Published %d of %d files, %d refused, in %.2f s",
        *(len(inserted), len(records), len(outcome.refused), time.monotonic() - started),
    )
    return [publish_rules.publish_result(record, inserted, outcome.refused) for record in records]


def publishes_of(database: Database, file_ids: Sequence[str]) -> dict[str, str]:
    """Return the publish that inserted the visible row of each file, by file_id."""

    def work(transaction: Transaction) -> dict[str, str]:
        rows = transaction.rows_by_key("files", ["file_id", "attempt_id", "publish_id"], "file_id", file_ids)
        return {row["file_id"]: row["publish_id"] for row in visible_rows(rows).to_pylist()}

    return database.read(work) or {}


def _insert(database: Database, records: Sequence[Record], batch: Batch, outcome: _Outcome) -> dict[str, str]:
    """Insert the rows of new files under the roots of the database.

    Returns:
        The errors of files whose rows the server rejects, by file_id as given.
    """

    def work(part: Sequence[Record], pauses: Sequence[float] | None) -> None:
        def insert(transaction: Transaction) -> WrittenRows:
            outcome.roots = outcome.roots or transaction.tables.roots  # read with the schema version
            written = _insert_new(transaction, with_roots(part, outcome.roots), batch)
            _require_current(database, transaction, written)
            return written

        outcome.add(database.write(insert, _is_committed, pauses=pauses))

    failures = run_in_halves(records, work, None)
    if len(failures) == len(records):
        raise next(iter(failures.values()))
    return {file_id: error.sentence for file_id, error in failures.items()}


def _insert_new(transaction: Transaction, records: Sequence[Record], batch: Batch) -> WrittenRows:
    """Insert the rows of the files that are not published yet."""
    by_id = {record.identity.file_id: record for record in records}
    files = visible_rows(transaction.rows_by_key("files", _KNOWN_COLUMNS, "file_id", list(by_id))).to_pylist()
    known = {row["file_id"]: row for row in files}
    new = [record for file_id, record in by_id.items() if file_id not in known]
    attempt_id = transaction.attempt_id
    tables, refused = publish_rules.rows_of_valid(new, lambda records: _encode(records, batch, transaction))
    for name, table in tables.items():
        if len(table):
            transaction.insert(name, table)
    inserted = {record.identity.file_id for record in new} - set(refused)
    log.debug("Attempt %s: %d inserted, %d known", attempt_id, len(inserted), len(known))
    return WrittenRows(attempt_id, known, inserted, refused)


def _require_current(database: Database, transaction: Transaction, written: WrittenRows) -> None:
    """Raise WriteConflictError if another publish has inserted some of the files since an old snapshot was taken.

    The other one has reported them as inserted. If this slow transaction were committed, its smaller attempt would win.
    """
    if not written.inserted or transaction.age_s < MAX_SNAPSHOT_AGE_S:
        return
    if publishes_of(database, sorted(written.inserted)):
        raise WriteConflictError(f"Another publish changed {database.vast.location} at the same time. Try again.")


def _encode(records: Sequence[Record], batch: Batch, transaction: Transaction) -> dict[str, pa.Table]:
    """Return the rows of the records by table."""
    attempt_id, parts = transaction.attempt_id, []
    audit = publish_rules.audit_columns(batch, attempt_id)
    for start in range(0, max(len(records), 1), _ENCODED_FILES):
        transaction.check_stop()
        some = records[start : start + _ENCODED_FILES]
        parts.append(
            {
                "files": encode.files_table(some, audit),
                "parts": encode.parts_table(some, attempt_id),
                "channels": encode.channels_table(some, attempt_id) if some else pa.table({}),
                "attributes": encode.attributes_table(some, attempt_id),
            }
        )
    return {name: pa.concat_tables([part[name] for part in parts]) for name in parts[0]}


def _is_committed(transaction: Transaction, written: WrittenRows) -> bool:
    """Return True if the rows of the attempt exist; an attempt that inserted nothing may run again."""
    if not written.inserted:
        return False
    column = transaction.tables.columns("files").attempt_id
    return len(transaction.rows("files", ["file_id"], [column == written.attempt_id])) > 0


def _follow_roots(database: Database, records: Sequence[Record], outcome: _Outcome) -> Sequence[Record]:
    """Move the files that were inserted while the roots changed to the keys of the present roots.

    A rekey reads only rows committed before it; publishers move the rows that they commit afterwards.

    Returns:
        The records with their present identities.
    """
    try:
        rekey.move_files(database, sorted(outcome.inserted))
        present = with_roots(records, database.tables.roots)
    except StoreError as error:
        log.warning("%d files have keys of earlier roots: %s", len(outcome.inserted), error.sentence)
        return records
    pairs = zip(records, present, strict=True)
    file_ids = {record.identity.file_id: moved.identity.file_id for record, moved in pairs}
    outcome.inserted = {file_ids[file_id]: attempt for file_id, attempt in outcome.inserted.items()}
    outcome.refused = {file_ids[file_id]: sentence for file_id, sentence in outcome.refused.items()}
    return present


def remove_lost(database: Database, attempts: Mapping[str, str]) -> set[str]:
    """Return the inserted files whose visible rows are of another attempt, and remove duplicate rows.

    The roots are read again: they may have changed since those of the inserted keys were read.
    Rows that cannot be removed stay, invisible to readers, until the next `check`.

    Args:
        database: Database to read from.
        attempts: Attempt of this publish by file_id.
    """
    if not attempts:
        return set()

    def read_attempts(transaction: Transaction) -> pa.Table:
        transaction.tables.read_info(transaction)
        return transaction.rows_by_key("files", ["file_id", "attempt_id"], "file_id", sorted(attempts))

    try:
        rows = database.read(read_attempts)
    except PublishCancelledError:
        raise
    except StoreError as error:
        log.info("Cannot verify the published files: %s", error.sentence)
        return set()
    if rows is None or not len(rows):
        return set()
    if duplicates := duplicate_rows(rows):
        _remove_duplicates(database, duplicates)
    return {row["file_id"] for row in visible_rows(rows).to_pylist() if row["attempt_id"] != attempts[row["file_id"]]}


def _remove_duplicates(database: Database, file_ids: Sequence[str]) -> None:
    try:
        writer.remove_duplicates(database, file_ids)
    except PublishCancelledError:
        raise
    except StoreError as error:
        log.info("Duplicate rows of %d files remain for now: %s", len(file_ids), error.sentence)


def _update_known(database: Database, records: Sequence[Record], known: Mapping[str, FileRow], publish_id: str) -> None:
    """Refresh the files that have changed, and count this publish at those of others; failures are logged."""
    changed = [record for record in records if publish_rules.has_changed(record, known[record.identity.file_id])]
    _update_each(database, changed, writer.update_changed, "refreshed")
    others = publish_rules.inserted_by_other_publish(records, known, publish_id)
    _update_each(database, others, writer.count_republish, "counted")


def _update_each(
    database: Database, records: Sequence[Record], update: Callable[[Transaction, Sequence[Record]], None], what: str
) -> None:
    """Run an optional update; a file that another transaction holds, or that the server rejects, is left out."""
    if not records:
        return

    def work(part: Sequence[Record], pauses: Sequence[float] | None) -> None:
        database.write(lambda transaction: update(transaction, part), lambda *_: True, pauses=pauses)

    try:
        failures = run_in_halves(records, work, OPTIONAL_PAUSES_S)
    except PublishCancelledError:
        raise
    except StoreError as error:
        log.info("%d known files were not %s: %s", len(records), what, error.sentence)
        return
    if failures:
        log.info("%d of %d known files were not %s", len(failures), len(records), what)
