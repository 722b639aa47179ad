"""Integrity check of the tables, range by range: removes duplicates and orphans, and reports what remains."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import EMBEDDING_VERSION, CheckReport, RepairedRange
from exr_inspector_app.errors import VASTUnavailableError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.embedding_versions import version_notes
from exr_inspector_app.persistence.vast import writer
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.id_ranges import IdRange, split_ids
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Transaction
from exr_inspector_app.persistence.vast.visibility import (
    CHILD_TABLES,
    FILE_ORDER,
    distinct_children,
    duplicate_rows,
    visible_rows,
)

log = logging.getLogger(__name__)

MAX_RANGE_FILES = 20_000  # about 30 MB while a range is repaired
_BATCH_FILES = 500  # repaired in one transaction
_KEY = ("file_id", "attempt_id")

AttemptKey = tuple[str, str]  # file_id and attempt_id


def check(database: Database, target: str) -> CheckReport:
    """Repair duplicates and orphans, and report counts, repairs and remaining problems."""
    return summarize(target, list(repair_ranges(database)))


def repair_ranges(database: Database, start: str = "") -> Iterator[RepairedRange]:
    """Repair duplicates and orphans range by range of file_id, in memory that does not grow with the tables.

    Args:
        database: Database to repair.
        start: First digits of file_id to start from: those of the last range that an earlier run has reported.

    Yields:
        Each range once it is committed.
    """
    total = database.read(lambda transaction: transaction.tables.row_count(transaction.sdk, "files"))
    if total is None:
        database.ensure_tables()
    ranges = split_ids(total or 0, MAX_RANGE_FILES)
    for index, ids in enumerate(ranges, 1):
        if ids.upper is None or ids.upper > start:
            yield _repair_range(database, ids, index, len(ranges))


def summarize(target: str, ranges: Sequence[RepairedRange]) -> CheckReport:
    """Return the report of all ranges of a target."""
    problems = []
    if hidden := sum(item.hidden for item in ranges):
        problems.append(f"{hidden:,} hidden duplicate rows of files. Check again later.")
    if incomplete := sum(item.incomplete for item in ranges):
        problems.append(f"{incomplete:,} files with missing channels. Remove and publish them again.")
    notes = version_notes(sum(item.outdated for item in ranges), sum(item.newer for item in ranges))
    files, repaired = (sum(getattr(item, name) for item in ranges) for name in ("files", "repaired"))
    return CheckReport(target, files, schema.SCHEMA_VERSION, notes, tuple(problems), repaired)


def _repair_range(database: Database, ids: IdRange, index: int, count: int) -> RepairedRange:
    def find_duplicates(transaction: Transaction) -> list[str]:
        return duplicate_rows(transaction.rows("files", _KEY, ids.conditions(transaction, "files")))

    duplicates = database.read(find_duplicates) or []
    batches = (duplicates[start : start + _BATCH_FILES] for start in range(0, len(duplicates), _BATCH_FILES))
    repaired = sum(_repair(database, batch) for batch in batches)
    repaired += database.write(lambda transaction: _delete_unowned(transaction, ids), lambda *_: True)
    files, hidden, incomplete, versions = database.read(lambda transaction: _inspect_range(transaction, ids)) or (
        *(0, 0, 0),
        Counter(),
    )
    outdated = sum(number for version, number in versions.items() if version < EMBEDDING_VERSION)
    newer = sum(number for version, number in versions.items() if version > EMBEDDING_VERSION)
    return RepairedRange(ids.lower, index, count, files, repaired, hidden, incomplete, outdated, newer)


def _repair(database: Database, file_ids: Sequence[str]) -> int:
    """Remove duplicate rows and return their number; 0 while the transaction of another process locks them."""
    try:
        return writer.remove_duplicates(database, file_ids)
    except VASTUnavailableError as error:
        log.info("Duplicate rows of %d files remain for now: %s", len(file_ids), error.sentence)
        return 0


def _delete_unowned(transaction: Transaction, ids: IdRange) -> int:
    """Delete children and previews without a file, left by manual deletes in `files`, and repeated ones.

    Children are read before files, so that those of a file published in between are not taken for orphans.

    Returns:
        The number of deleted rows.
    """
    counts_by_table = {table: _count_rows(transaction, table, ids) for table in CHILD_TABLES}
    previews = transaction.rows("previews", ["file_id"], ids.conditions(transaction, "previews"), row_ids=True)
    files = _attempt_keys(transaction.rows("files", _KEY, ids.conditions(transaction, "files")))
    deleted = _delete_previews(transaction, previews, {file_id for file_id, _ in files})
    for table, counts in counts_by_table.items():
        orphans = counts.rows.keys() - files
        repeated = {key for key in counts.rows.keys() & files if counts.has_repeated(key)}
        affected = sorted({file_id for file_id, _ in orphans | repeated})
        rows = transaction.rows_by_key(table, [*_KEY, FILE_ORDER[table]], "file_id", affected, row_ids=True)
        kept_rows = distinct_children(rows, table)[ROW_ID].combine_chunks()
        is_orphan = pa.array([(row["file_id"], row["attempt_id"]) in orphans for row in rows.to_pylist()], pa.bool_())
        surplus = rows.filter(pc.or_(is_orphan, pc.invert(pc.is_in(rows[ROW_ID], value_set=kept_rows))))
        transaction.delete(table, surplus)
        deleted += len(surplus)
    return deleted


def _delete_previews(transaction: Transaction, previews: pa.Table, file_ids: set[str]) -> int:
    """Delete previews without a file, and all but one of each file; return the number of rows."""
    seen: set[str] = set()
    is_surplus = []
    for row in previews.sort_by(ROW_ID).to_pylist():
        is_surplus.append(row["file_id"] not in file_ids or row["file_id"] in seen)
        seen.add(row["file_id"])
    surplus = previews.sort_by(ROW_ID).filter(pa.array(is_surplus, pa.bool_()))
    transaction.delete("previews", surplus)
    return len(surplus)


def _inspect_range(transaction: Transaction, ids: IdRange) -> tuple[int, int, int, Counter[int]]:
    """Return the numbers of files, hidden rows and files with missing channels, and of files by embedding version."""
    columns = [*_KEY, "channel_count", "embedding_version"]
    rows = transaction.rows("files", columns, ids.conditions(transaction, "files"))
    visible = visible_rows(rows).to_pylist()
    channels = _count_rows(transaction, "channels", ids)
    incomplete = sum(channels.distinct((row["file_id"], row["attempt_id"])) != row["channel_count"] for row in visible)
    versions = Counter(row["embedding_version"] for row in visible)
    return len(visible), len(rows) - len(visible), incomplete, versions


@dataclass(frozen=True, slots=True)
class ChildCounts:
    """Rows of a child table per attempt at a file."""

    rows: Counter[AttemptKey] = field(default_factory=Counter)
    last_position: dict[AttemptKey, int] = field(default_factory=dict)

    def has_repeated(self, key: AttemptKey) -> bool:
        """Return True if there are more rows than positions, which count from 0."""
        return self.rows[key] > self.last_position.get(key, self.rows[key]) + 1

    def distinct(self, key: AttemptKey) -> int:
        """Return the number of rows without repeated ones."""
        return min(self.rows[key], self.last_position.get(key, self.rows[key]) + 1)


def _count_rows(transaction: Transaction, table: str, ids: IdRange) -> ChildCounts:
    """Count the rows of each attempt at a file, batch by batch."""
    counts, order = ChildCounts(), FILE_ORDER[table]
    for batch in transaction.batches(table, [*_KEY, order], ids.conditions(transaction, table)):
        groups = pa.Table.from_batches([batch]).group_by(list(_KEY)).aggregate([([], "count_all"), (order, "max")])
        for row in groups.to_pylist():
            key, last = (row["file_id"], row["attempt_id"]), row[f"{order}_max"]
            counts.rows[key] += row["count_all"]
            if last is not None:
                counts.last_position[key] = max(last, counts.last_position.get(key, last))
    return counts


def _attempt_keys(rows: pa.Table) -> set[AttemptKey]:
    return {(row["file_id"], row["attempt_id"]) for row in rows.to_pylist()}
