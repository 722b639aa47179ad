"""Similarity search in a VAST Database: by the server's query engine if it responds, otherwise by a full scan."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from exr_inspector_app.contracts import EMBEDDING_VERSION, Band, Hit, Query, Record, StoredFile
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.explanations import header_band
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress
from exr_inspector_app.persistence.vast import adbc_search
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.derived_filters import DerivedFilter, is_local
from exr_inspector_app.persistence.vast.filter_expr import to_expressions
from exr_inspector_app.persistence.vast.top_k import GROUP_COLUMNS, ScoredGroup, TopK
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.persistence.vast.visibility import (
    FILE_ORDER,
    KEY_COLUMNS,
    distinct_children,
    is_among,
    latest_per_path,
    matching_keys,
    read_files,
    visible_rows,
)

log = logging.getLogger(__name__)

_SPARE_GROUPS = 64  # collected beyond four times the limit, because some turn out to be history

_Rows = tuple[list[hits.ScoredRow], dict[str, StoredFile]]


def find_similar(database: Database, query: Query, template: PathTemplate, progress: ScanProgress) -> list[Hit]:
    """Return the current files nearest to the reference, one hit per sequence."""

    def search(transaction: Transaction) -> _Rows:
        capabilities = transaction.tables.capabilities
        pushed_down = tuple(condition for condition in query.where if not is_local(condition, capabilities))
        conditions = to_expressions(pushed_down, transaction.tables.columns("files"))
        if conditions is None:
            return [], {}
        if len(pushed_down) < len(query.where):
            keys = matching_keys(transaction, query.where, False, DerivedFilter(transaction, template))
            scored = _search_by_scan(transaction, query, conditions, progress, keys)
        elif query.exact:
            scored = _search_by_scan(transaction, query, conditions, progress)
        else:
            scored = _search_by_engine_or_scan(database, transaction, query, conditions, progress)
        return scored, read_details(transaction, [hit.row for hit in scored])

    scored, details = database.read(search) or ([], {})
    return hits.make_hits(scored, query, details)


def _search_by_engine_or_scan(
    database: Database, transaction: Transaction, query: Query, conditions: Sequence[Any], progress: ScanProgress
) -> list[hits.ScoredRow]:
    try:
        return _search_by_engine(database, transaction, query, conditions)
    except adbc_search.DriverUnavailableError as reason:
        log.debug("Vectors are compared on this machine: %s", reason)
        return _search_by_scan(transaction, query, conditions, progress)


def _search_by_scan(
    transaction: Transaction,
    query: Query,
    conditions: Sequence[Any],
    progress: ScanProgress,
    keys: pa.Table | None = None,
) -> list[hits.ScoredRow]:
    """Compare the vectors of all rows; scan again with more capacity only if most of the nearest are history."""
    column, vector = hits.query_vector(query)
    columns = [*GROUP_COLUMNS, column, "file_id", "attempt_id"]
    capacity = 4 * query.limit + _SPARE_GROUPS
    while True:
        nearest = TopK(vector, column, capacity)
        for batch in transaction.scan("files", columns, _with_version(transaction, conditions), progress):
            nearest.add(batch if keys is None else batch.filter(is_among(batch, keys)))
        scored = _current_rows(transaction, nearest.best(), query, conditions, keys)
        if len(scored) == query.limit or not nearest.is_full:
            return scored
        capacity *= 4


def _search_by_engine(
    database: Database, transaction: Transaction, query: Query, conditions: Sequence[Any]
) -> list[hits.ScoredRow]:
    """Return the server's nearest rows, rescored exactly; raise DriverUnavailableError if they are too few."""
    if transaction.tables.has_list_vectors("files"):
        raise adbc_search.DriverUnavailableError("the vectors are lists")
    if any(transaction.tables.capabilities.lacks(fact) for fact in ("engine.reachable", "engine.distance")):
        raise adbc_search.DriverUnavailableError("the server has no query engine for it")
    column, vector = hits.query_vector(query)
    sequence_key = transaction.tables.columns("files").sequence_key
    ref = transaction.tables.ref("files")
    limit = 4 * query.limit + _SPARE_GROUPS
    nearest = TopK(vector, column, 4 * limit)
    excluded: set[str] = set()
    with adbc_search.open_query_engine(database.vast, transaction.id) as cursor:
        while True:
            predicates = [*_with_version(transaction, conditions), *(sequence_key != key for key in sorted(excluded))]
            rows = adbc_search.search(cursor, ref, column, vector, [*GROUP_COLUMNS, column], limit, predicates)
            for batch in rows.to_batches():
                nearest.add(batch)
            known = {group.sequence_key for group in nearest.best()}
            if len(rows) < limit or len(known) >= 2 * query.limit or known == excluded:
                break
            excluded, limit = known, 2 * limit  # long sequences would fill every response
    scored = _current_rows(transaction, nearest.best(), query, conditions)
    if len(scored) < query.limit and (len(rows) == limit or excluded):
        raise adbc_search.DriverUnavailableError("most of the nearest rows are history")
    return scored


def _with_version(transaction: Transaction, conditions: Sequence[Any]) -> list[Any]:
    """Return the conditions and one on the embedding version: vectors of other versions are not comparable."""
    return [*conditions, transaction.tables.columns("files").embedding_version == EMBEDDING_VERSION]


def _current_rows(
    transaction: Transaction,
    groups: Sequence[ScoredGroup],
    query: Query,
    conditions: Sequence[Any],
    keys: pa.Table | None = None,
) -> list[hits.ScoredRow]:
    """Return the current file that represents each of the nearest sequences, with the number of its files."""
    sequence_keys = list(dict.fromkeys(group.sequence_key for group in groups))
    current = _current_files(transaction, sequence_keys, conditions)
    if keys is not None:
        current = current.filter(is_among(current, keys))
    counts: dict[str, int] = {}
    members: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in current.to_pylist():
        counts[row["sequence_key"]] = counts.get(row["sequence_key"], 0) + 1
        members.setdefault((row["sequence_key"], row["vector_id"]), []).append(row)
    best: dict[str, tuple[dict[str, Any], float]] = {}
    own = query.reference
    for group in sorted(groups, key=lambda group: (-group.score, -_best_copy_rank(members.get(group.key, ()), own))):
        files = members.get(group.key)
        if files and group.sequence_key not in best and len(best) < query.limit:
            best[group.sequence_key] = _representative(files, own), group.score
    best_keys = pa.Table.from_pylist([row for row, _ in best.values()], schema=current.schema)
    rows = read_files(transaction, best_keys, [*hits.COLUMNS, "attempt_id"])
    scores = [score for _, score in best.values()]
    return [hits.ScoredRow(row, score, counts[row["sequence_key"]]) for row, score in zip(rows, scores, strict=True)]


def _representative(files: Sequence[dict[str, Any]], own: Record) -> dict[str, Any]:
    """Return the newest file of a sequence, preferring a copy of the reference in another sequence."""
    ordered = sorted(files, key=lambda row: str(row["file_path"]))
    return max(ordered, key=lambda row: (_copy_rank(row, own), str(row["inspection_timestamp"])))


def _best_copy_rank(files: Sequence[dict[str, Any]], own: Record) -> int:
    return max((_copy_rank(row, own) for row in files), default=0)


def _copy_rank(row: dict[str, Any], own: Record) -> int:
    """Return 2 for a file in another sequence that is identical to the reference, 1 for one with its header, or 0."""
    band = header_band(row, own)
    if band is None or row["sequence_key"] == own.identity.sequence_key:
        return 0
    return 2 if band is Band.IDENTICAL else 1


def _current_files(transaction: Transaction, sequence_keys: Sequence[str], conditions: Sequence[Any]) -> pa.Table:
    """Return the current files of some sequences that match the conditions."""
    columns = [*KEY_COLUMNS, "sequence_key", "vector_id", "file_path", "header_hash", "size_bytes"]
    files = latest_per_path(visible_rows(transaction.rows_by_key("files", columns, "sequence_key", sequence_keys)))
    if not conditions or not len(files):
        return files
    matching = transaction.rows_by_key(
        "files", ["file_id", "attempt_id"], "sequence_key", sequence_keys, also=conditions
    )
    return files.filter(is_among(files, matching))


def read_details(transaction: Transaction, files: Sequence[Mapping[str, Any]]) -> dict[str, StoredFile]:
    """Return the first part and the camera attributes of each hit by file_id, with one query per table."""
    attempts = {row["file_id"]: row["attempt_id"] for row in files}
    if not attempts:
        return {}

    def read_children(table: str, names: Sequence[str]) -> list[dict[str, Any]]:
        columns = ["file_id", "attempt_id", FILE_ORDER[table], *names]
        rows = distinct_children(transaction.rows_by_key(table, columns, "file_id", list(attempts)), table)
        return [row for row in rows.to_pylist() if attempts[row["file_id"]] == row["attempt_id"]]

    parts = read_children("parts", hits.PART_COLUMNS)
    first_parts = [row for row in parts if row["part_index"] == 0]
    return hits.details_by_id(first_parts, read_children("attributes", ("attribute_name", "attribute_value")))
