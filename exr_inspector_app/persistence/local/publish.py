"""Publish to the local library: DuckDB transactions and a primary key guarantee one row per file."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import duckdb

from exr_inspector_app.contracts import Batch, PlanItem, PublishResult, Record
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import publish_rules
from exr_inspector_app.persistence.local import writer
from exr_inspector_app.persistence.local.arrow_io import fetch_count, fetch_rows
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.local.stored_roots import read_roots
from exr_inspector_app.persistence.roots import with_roots

log = logging.getLogger(__name__)

MIN_MEMORY_MB = 128  # of DuckDB during a publish

Connection = duckdb.DuckDBPyConnection


def publish(database: LocalDatabase, batch: Batch) -> list[PublishResult]:
    """Publish a batch in one transaction; return one result per record."""
    valid, errors = publish_rules.split_valid(batch.records)
    records: Sequence[Record] = batch.records
    known: dict[str, dict[str, Any]] = {}
    republished: list[Record] = []
    attempt = publish_rules.new_attempt()
    if valid:
        try:
            with database.transaction() as connection:
                _limit_memory(connection, database)
                records = with_roots(records, read_roots(connection, str(database.path)))
                if records is not batch.records:
                    valid, errors = publish_rules.split_valid(records)
                known = known_files(connection, list(valid))
                new = [record for file_id, record in valid.items() if file_id not in known]
                prepared, payload_errors = writer.prepare_batch(new, batch, attempt)
                errors.update(payload_errors)
                writer.insert_batch(connection, prepared)
                republished = [valid[file_id] for file_id in known]
                changed = [
                    record for record in republished if publish_rules.has_changed(record, known[_file_id(record)])
                ]
                writer.update_changed(connection, changed)
        except StoreError:
            if not _is_committed(database, attempt):
                raise
        _count_republish(database, republished, known, batch.publish_id)
    inserted = set(valid) - set(known) - set(errors)
    return [publish_rules.publish_result(record, inserted, errors) for record in records]


def publishes_of(database: LocalDatabase, file_ids: Sequence[str]) -> dict[str, str]:
    """Return the publish that inserted each file, by file_id."""
    if not database.exists:
        return {}
    with database.connect() as connection:
        return {file_id: row["publish_id"] for file_id, row in known_files(connection, list(file_ids)).items()}


def plan_records(database: LocalDatabase, records: Sequence[Record]) -> tuple[PlanItem, ...]:
    """Return the effect of publishing each record."""
    given, known = records, dict[str, dict[str, Any]]()
    paths: dict[str, str | None] = {}
    if database.exists:
        with database.connect() as connection:
            records = with_roots(given, read_roots(connection, str(database.path)))
            known = known_files(connection, [_file_id(record) for record in records])
            paths = _known_paths(connection, [record.identity.file_path_normalized for record in records])
    seen: set[str] = set()
    items = [publish_rules.plan_record(record, known, paths, seen) for record in records]
    return tuple(replace(item, record=record) for item, record in zip(items, given, strict=True))


def _limit_memory(connection: Connection, database: LocalDatabase) -> None:
    """Limit the memory of a publish: a checkpoint reads long texts of earlier files again, and would keep them all.

    What does not fit is written to a temporary file. The indexes, which are always in memory, are a part of the file.
    """
    megabytes = max(MIN_MEMORY_MB, 4 * (database.signature()[1] >> 20))
    connection.execute(f"SET memory_limit = '{megabytes}MiB'")


def _is_committed(database: LocalDatabase, attempt: str) -> bool:
    """Return True if a commit that reported an error, as on a full disk, has nevertheless been stored."""
    try:
        with database.connect() as connection:
            query = "SELECT count(*) FROM file_rows WHERE attempt_id = ?"
            return fetch_count(connection, query, [attempt]) > 0
    except StoreError:
        return False


def _count_republish(
    database: LocalDatabase, records: Sequence[Record], known: dict[str, dict[str, Any]], publish_id: str
) -> None:
    """Count files that another publish has inserted; a failure is logged and does not fail the publish."""
    others = publish_rules.inserted_by_other_publish(records, known, publish_id)
    if not others:
        return
    try:
        with database.transaction() as connection:
            writer.count_republish(connection, others)
    except StoreError as error:
        log.warning("Inspection counts of %d files were not updated: %s", len(others), error.sentence)


def _file_id(record: Record) -> str:
    return record.identity.file_id


def known_files(connection: Connection, file_ids: list[str]) -> dict[str, dict[str, Any]]:
    """Return the stored columns of these files, by file_id."""
    columns = ", ".join(publish_rules.KNOWN_COLUMNS)
    query = f"SELECT {columns} FROM file_rows WHERE file_id IN (SELECT unnest(?::VARCHAR[]))"
    return {row["file_id"]: row for row in fetch_rows(connection, query, [file_ids])}


def _known_paths(connection: Connection, paths: list[str]) -> dict[str, str | None]:
    """Return the newest inspection time of each path that is stored."""
    query = (
        "SELECT file_path_normalized, max(inspection_timestamp) FROM file_rows "
        "WHERE file_path_normalized IN (SELECT unnest(?::VARCHAR[])) GROUP BY 1"
    )
    return dict(connection.execute(query, [paths]).fetchall())
