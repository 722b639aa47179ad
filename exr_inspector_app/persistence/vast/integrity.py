"""What is in the tables and what is wrong with it; losers are removed."""

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

_AT_ONCE = 500  # files that are mended in one transaction

Mark = tuple[str, str]  # file_id and attempt_id


def check(database: Database, target: str) -> CheckReport:
    """How much is there, what was mended, and what could not be, each in a sentence."""
    several = database.read(lambda look: duplicate_rows(look.rows("files", ["file_id", "attempt_id"]))) or []
    repaired = sum(_mended(database, several[start : start + _AT_ONCE]) for start in range(0, len(several), _AT_ONCE))
    repaired += database.write(_remove_orphans, lambda *_: True)
    files, problems, versions = database.read(_judged) or (0, [], Counter())
    told = version_notes(
        sum(count for version, count in versions.items() if version < EMBEDDING_VERSION),
        sum(count for version, count in versions.items() if version > EMBEDDING_VERSION),
    )
    return CheckReport(target, files, schema.SCHEMA_VERSION, told, tuple(problems), repaired)


def _mended(database: Database, several: Sequence[str]) -> int:
    """How many rows of losers are gone; none where somebody holds them, as a publisher that died does for a while."""
    try:
        return writer.remove_duplicates(database, several)
    except VASTUnavailableError as error:
        log.info("%d files stay doubled for now: %s", len(several), error.sentence)
        return 0


def _remove_orphans(transaction: Transaction) -> int:
    """Children without a file, as they are left where rows of `files` are deleted by hand; returns how many.

    Children are read before the files: those of a file that is published meanwhile are no orphans.
    """
    marked = {table: _marked(transaction, table).keys() for table in (*CHILD_TABLES, "previews")}
    files = _marks(transaction.rows("files", ["file_id", "attempt_id"]))
    removed = 0
    for table, marks in marked.items():
        orphans = marks - files
        ids = sorted({file_id for file_id, _ in orphans})
        found = transaction.rows_of(table, ["file_id", "attempt_id"], "file_id", ids, row_ids=True)
        is_lost = [(row["file_id"], row["attempt_id"]) in orphans for row in found.to_pylist()]
        lost = found.filter(pa.array(is_lost, pa.bool_()))
        transaction.delete(table, lost)
        removed += len(lost)
    return removed


def _judged(transaction: Transaction) -> tuple[int, list[str], Counter[int]]:
    """How many files there are, what they lack, and how many have embeddings of which version."""
    rows = transaction.rows("files", ["file_id", "attempt_id", "channel_count", "embedding_version"])
    best = visible_rows(rows).to_pylist()
    problems = []
    if extra := len(rows) - len(best):
        problems.append(f"{extra:,} files have rows of several attempts, which readers do not see; check again later.")
    channels = _marked(transaction, "channels")
    lacking = sum(channels[row["file_id"], row["attempt_id"]] != row["channel_count"] for row in best)
    if lacking:
        problems.append(f"{lacking:,} files lack some of their channels; delete them and publish them again.")
    return len(best), problems, Counter(row["embedding_version"] for row in best)


def _marked(transaction: Transaction, table: str) -> Counter[Mark]:
    """How many rows each attempt at a file has in a table, counted as they come."""
    counts: Counter[Mark] = Counter()
    for batch in transaction.batches(table, ["file_id", "attempt_id"]):
        grouped = pa.Table.from_batches([batch]).group_by(["file_id", "attempt_id"]).aggregate([([], "count_all")])
        for row in grouped.to_pylist():
            counts[row["file_id"], row["attempt_id"]] += row["count_all"]
    return counts


def _marks(rows: pa.Table) -> set[Mark]:
    return {(row["file_id"], row["attempt_id"]) for row in rows.to_pylist()}
