"""Publishing to tables that know no unique key, so that readers see each file once. Source: design section 5."""

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

_KNOWN = (*publish_rules.KNOWN_COLUMNS, "attempt_id")


@dataclass
class WrittenRows:
    """What one transaction of a publish has written."""

    attempt: str
    known: Mapping[str, Mapping[str, Any]]  # files that were there, by file_id
    inserted: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)


def publish(database: Database, batch: Batch) -> list[PublishResult]:
    """One result a record. Each key has one winner afterwards, whoever else publishes it at the same time."""
    started = time.monotonic()
    sound, refused = publish_rules.split_valid(batch.records)
    inserted: set[str] = set()
    if sound:
        done = database.write(lambda transaction: _write(transaction, sound, batch), _is_kept)
        refused.update(done.refused)
        inserted = done.inserted - (_lost(database, done) if done.inserted else set())
        _meet(database, [sound[one] for one in done.known], done.known, batch.publish_id)
    log.info(
        "Published %d of %d files, %d refused, in %.2f s",
        *(len(inserted), len(batch.records), len(refused), time.monotonic() - started),
    )
    return [publish_rules.publish_result(one, inserted, refused) for one in batch.records]


def _write(transaction: Transaction, sound: Mapping[str, Record], batch: Batch) -> WrittenRows:
    """The rows of files that are not there yet, and what has changed of those that are."""
    found = visible_rows(transaction.rows_of("files", _KNOWN, "file_id", list(sound))).to_pylist()
    known = {row["file_id"]: row for row in found}
    new = [one for file_id, one in sound.items() if file_id not in known]
    attempt = transaction.attempt
    tables, refused = publish_rules.rows_of_valid(new, lambda listed: _tables(listed, batch, attempt))
    for name, table in tables.items():
        if len(table):
            transaction.insert(name, table)
    changed = [sound[file_id] for file_id, row in known.items() if publish_rules.has_changed(sound[file_id], row)]
    writer.update_changed(transaction, changed)
    inserted = {one.identity.file_id for one in new} - set(refused)
    log.debug("Attempt %s: %d inserted, %d known, %d changed", attempt, len(inserted), len(known), len(changed))
    return WrittenRows(attempt, known, inserted, refused)


def _tables(records: Sequence[Record], batch: Batch, attempt: str) -> dict[str, pa.Table]:
    return {
        "files": encode.files_table(records, publish_rules.audit_columns(batch, attempt)),
        "parts": encode.parts_table(records, attempt),
        "channels": encode.channels_table(records, attempt) if records else pa.table({}),
        "attributes": encode.attributes_table(records, attempt),
    }


def _is_kept(look: Transaction, done: WrittenRows) -> bool:
    """True where the rows of this attempt are there; one that inserted nothing may be done again."""
    if not done.inserted:
        return False
    column = look.tables.columns("files").attempt_id
    return len(look.rows("files", ["file_id"], [column == done.attempt])) > 0


def _lost(database: Database, done: WrittenRows) -> set[str]:
    """The files whose winner is another attempt: two published them at the same time.

    The rows of losers are removed; where that does not succeed they stay, unseen by readers, until `check`.
    """
    try:
        lost, several = _judged(database.read(lambda look: _attempts(look, done.inserted)), done.attempt)
    except StoreError as error:
        log.info("The files just published could not be looked at: %s", error.sentence)
        return set()
    if several:
        try:
            writer.remove_duplicates(database, several)
        except StoreError as error:
            log.info("%d files are left doubled for now: %s", len(several), error.sentence)
    return lost


def _attempts(look: Transaction, file_ids: set[str]) -> pa.Table:
    return look.rows_of("files", ["file_id", "attempt_id"], "file_id", sorted(file_ids))


def _judged(found: pa.Table | None, attempt: str) -> tuple[set[str], list[str]]:
    """The files that another attempt has won, and those that have more than one row."""
    if found is None or not len(found):
        return set(), []
    best = visible_rows(found)
    lost = {row["file_id"] for row in best.to_pylist() if row["attempt_id"] != attempt}
    return lost, duplicate_rows(found)


def _meet(database: Database, met: Sequence[Record], known: Mapping[str, Mapping[str, Any]], publish_id: str) -> None:
    """Known files of other publishes are counted; trouble here fails no publish."""
    others = publish_rules.inserted_by_other_publish(met, known, publish_id)
    if not others:
        return
    times = {one.identity.file_id: one.inspected_at for one in others}
    try:
        database.write(lambda transaction: writer.count_republish(transaction, times), lambda *_: True)
    except StoreError as error:
        log.info("Counters of known files were not updated: %s", error.sentence)
