"""Integrity check of the tables: removes duplicates and orphans, and reports what remains."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from exr_inspector_app.contracts import EMBEDDING_VERSION, CheckReport
from exr_inspector_app.errors import VASTUnavailableError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.embedding_versions import version_notes
from exr_inspector_app.persistence.vast import writer
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.persistence.vast.visibility import CHILD_TABLES, duplicate_rows, visible_rows

log = logging.getLogger(__name__)

_BATCH_FILES = 500  # repaired in one transaction

AttemptKey = tuple[str, str]  # file_id and attempt_id


def check(database: Database, target: str) -> CheckReport:
    """Repair duplicates and orphans, and report counts, repairs and remaining problems."""

    def find_duplicates(transaction: Transaction) -> list[str]:
        return duplicate_rows(transaction.rows("files", ["file_id", "attempt_id"]))

    ids = database.read(find_duplicates) or []
    repaired = sum(_repair(database, ids[start : start + _BATCH_FILES]) for start in range(0, len(ids), _BATCH_FILES))
    repaired += database.write(_delete_orphans, lambda *_: True)
    files, problems, versions = database.read(_inspect_tables) or (0, [], Counter())
    notes = version_notes(
        sum(count for version, count in versions.items() if version < EMBEDDING_VERSION),
        sum(count for version, count in versions.items() if version > EMBEDDING_VERSION),
    )
    return CheckReport(target, files, schema.SCHEMA_VERSION, notes, tuple(problems), repaired)


def _repair(database: Database, file_ids: Sequence[str]) -> int:
    """Remove duplicate rows and return their number; 0 while the transaction of another process locks them."""
    try:
        return writer.remove_duplicates(database, file_ids)
    except VASTUnavailableError as error:
        log.info("Duplicate rows of %d files remain for now: %s", len(file_ids), error.sentence)
        return 0


def _delete_orphans(transaction: Transaction) -> int:
    """Delete children without a file, left by manual deletes in `files`, and return the number of rows.

    Children are read before files, so that those of a file published in between are not taken for orphans.
    """
    keys_by_table = {table: _count_rows(transaction, table).keys() for table in (*CHILD_TABLES, "previews")}
    files = _attempt_keys(transaction.rows("files", ["file_id", "attempt_id"]))
    deleted = 0
    for table, keys in keys_by_table.items():
        orphans = keys - files
        ids = sorted({file_id for file_id, _ in orphans})
        rows = transaction.rows_by_key(table, ["file_id", "attempt_id"], "file_id", ids, row_ids=True)
        is_orphan = [(row["file_id"], row["attempt_id"]) in orphans for row in rows.to_pylist()]
        orphan_rows = rows.filter(pa.array(is_orphan, pa.bool_()))
        transaction.delete(table, orphan_rows)
        deleted += len(orphan_rows)
    return deleted


def _inspect_tables(transaction: Transaction) -> tuple[int, list[str], Counter[int]]:
    """Return the number of files, a sentence per problem, and the number of files per embedding version."""
    rows = transaction.rows("files", ["file_id", "attempt_id", "channel_count", "embedding_version"])
    visible = visible_rows(rows).to_pylist()
    problems = []
    if extra := len(rows) - len(visible):
        problems.append(f"{extra:,} hidden duplicate rows of files. Check again later.")
    channels = _count_rows(transaction, "channels")
    incomplete = sum(channels[row["file_id"], row["attempt_id"]] != row["channel_count"] for row in visible)
    if incomplete:
        problems.append(f"{incomplete:,} files with missing channels. Remove and publish them again.")
    return len(visible), problems, Counter(row["embedding_version"] for row in visible)


def _count_rows(transaction: Transaction, table: str) -> Counter[AttemptKey]:
    """Count the rows of each attempt at a file, batch by batch."""
    counts: Counter[AttemptKey] = Counter()
    for batch in transaction.batches(table, ["file_id", "attempt_id"]):
        grouped = pa.Table.from_batches([batch]).group_by(["file_id", "attempt_id"]).aggregate([([], "count_all")])
        for row in grouped.to_pylist():
            counts[row["file_id"], row["attempt_id"]] += row["count_all"]
    return counts


def _attempt_keys(rows: pa.Table) -> set[AttemptKey]:
    return {(row["file_id"], row["attempt_id"]) for row in rows.to_pylist()}
