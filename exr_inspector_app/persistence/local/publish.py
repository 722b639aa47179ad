"""Publishing to the local library: DuckDB's transaction and primary key see to it that each file is there once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import duckdb

from exr_inspector_app.contracts import Batch, PlanItem, PublishResult, Record
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import publish_rules
from exr_inspector_app.persistence.local import writer
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.local.result_rows import fetch_count, fetch_rows

log = logging.getLogger(__name__)

Connection = duckdb.DuckDBPyConnection


def publish(library: LocalDatabase, batch: Batch) -> list[PublishResult]:
    """One result a record."""
    sound, refused = publish_rules.split_valid(batch.records)
    known: dict[str, dict[str, Any]] = {}
    met: list[Record] = []
    attempt = publish_rules.new_attempt()
    if sound:
        try:
            with library.transaction() as connection:
                known = _known(connection, list(sound))
                new = [one for file_id, one in sound.items() if file_id not in known]
                arriving, unfit = writer.prepare_batch(new, batch, attempt)
                refused.update(unfit)
                writer.insert_batch(connection, arriving)
                met = [sound[file_id] for file_id in known]
                writer.update_changed(
                    connection, [one for one in met if publish_rules.has_changed(one, known[_id(one)])]
                )
        except StoreError:
            if not _is_written(library, attempt):
                raise
        _meet(library, met, known, batch.publish_id)
    inserted = set(sound) - set(known) - set(refused)
    return [publish_rules.publish_result(one, inserted, refused) for one in batch.records]


def plan_records(library: LocalDatabase, records: Sequence[Record]) -> tuple[PlanItem, ...]:
    """What publishing would do with each record."""
    known: dict[str, dict[str, Any]] = {}
    paths: dict[str, str | None] = {}
    if library.exists:
        with library.connected() as connection:
            known = _known(connection, [_id(one) for one in records])
            paths = _known_paths(connection, [one.identity.file_path_normalized for one in records])
    seen: set[str] = set()
    return tuple(publish_rules.plan_record(one, known, paths, seen) for one in records)


def _is_written(library: LocalDatabase, attempt: str) -> bool:
    """True where a commit that reported an error has been kept all the same, as a full disk may leave it."""
    try:
        with library.connected() as connection:
            query = "SELECT count(*) FROM file_rows WHERE attempt_id = ?"
            return fetch_count(connection, query, [attempt]) > 0
    except StoreError:
        return False


def _meet(library: LocalDatabase, met: Sequence[Record], known: dict[str, dict[str, Any]], publish_id: str) -> None:
    """Known files of other publishes are counted; trouble here fails no publish."""
    others = publish_rules.inserted_by_other_publish(met, known, publish_id)
    if not others:
        return
    try:
        with library.transaction() as connection:
            writer.count_republish(connection, others)
    except StoreError as error:
        log.warning("Counters of known files were not updated: %s", error.sentence)


def _id(record: Record) -> str:
    return record.identity.file_id


def _known(connection: Connection, file_ids: list[str]) -> dict[str, dict[str, Any]]:
    """What is stored of these files, by file_id."""
    query = (
        f"SELECT {', '.join(publish_rules.KNOWN_COLUMNS)} FROM file_rows WHERE file_id IN (SELECT unnest(?::VARCHAR[]))"
    )
    return {row["file_id"]: row for row in fetch_rows(connection, query, [file_ids])}


def _known_paths(connection: Connection, paths: list[str]) -> dict[str, str | None]:
    """Since when each path is known, for those that are."""
    query = (
        "SELECT file_path_normalized, max(inspection_timestamp) FROM file_rows "
        "WHERE file_path_normalized IN (SELECT unnest(?::VARCHAR[])) GROUP BY 1"
    )
    return dict(connection.execute(query, [paths]).fetchall())
