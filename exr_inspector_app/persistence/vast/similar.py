"""Similar files: the nearest rows by the server's query engine where it answers, otherwise by a scan of them all."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from exr_inspector_app.contracts import EMBEDDING_VERSION, Hit, Identity, Query, StoredFile
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress
from exr_inspector_app.persistence.vast import adbc_search
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.derived_filters import DerivedFilter, is_derived
from exr_inspector_app.persistence.vast.filter_expr import to_expressions
from exr_inspector_app.persistence.vast.top_k import GROUP_COLUMNS, ScoredGroup, TopK
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Transaction
from exr_inspector_app.persistence.vast.visibility import (
    KEY_COLUMNS,
    is_among,
    latest_per_path,
    matching_keys,
    read_files,
    visible_rows,
)

log = logging.getLogger(__name__)

_SPARE_GROUPS = 64  # groups that are collected beyond four times the limit, for those that turn out to be history

Answer = tuple[list[hits.ScoredRow], dict[str, StoredFile]]


def find_similar(database: Database, query: Query, template: PathTemplate, scan: ScanProgress) -> list[Hit]:
    """The nearest current files, sequences folded."""

    def look(transaction: Transaction) -> Answer:
        pushed = tuple(one for one in query.where if not is_derived(one))
        conditions = to_expressions(pushed, transaction.tables.columns("files"))
        if conditions is None:
            return [], {}
        if len(pushed) < len(query.where):
            told = DerivedFilter(transaction, template)
            found = _by_scan(transaction, query, conditions, scan, matching_keys(transaction, query.where, False, told))
        elif query.exact:
            found = _by_scan(transaction, query, conditions, scan)
        else:
            found = _by_engine_or_scan(database, transaction, query, conditions, scan)
        return found, read_details(transaction, [one.row for one in found])

    found, with_children = database.read(look) or ([], {})
    return hits.make_hits(found, query, with_children)


def _by_engine_or_scan(
    database: Database, transaction: Transaction, query: Query, conditions: Sequence[Any], scan: ScanProgress
) -> list[hits.ScoredRow]:
    try:
        return _by_engine(database, transaction, query, conditions)
    except adbc_search.DriverUnavailableError as reason:
        log.debug("Vectors are compared on this machine: %s", reason)
        return _by_scan(transaction, query, conditions, scan)


def _by_scan(
    transaction: Transaction, query: Query, conditions: Sequence[Any], scan: ScanProgress, among: pa.Table | None = None
) -> list[hits.ScoredRow]:
    """Every row's vector is looked at once; more often only where most of the nearest are history."""
    column, vector = hits.query_vector(query)
    columns = [*GROUP_COLUMNS, column, "file_id", "attempt_id"]
    room = 4 * query.limit + _SPARE_GROUPS
    while True:
        nearest = TopK(vector, column, room)
        for batch in transaction.scanned("files", columns, _comparable(transaction, conditions), scan):
            nearest.add(batch if among is None else batch.filter(is_among(batch, among)))
        found = _found(transaction, nearest.best(), query, conditions, among)
        if len(found) == query.limit or not nearest.is_full:
            return found
        room *= 4


def _by_engine(
    database: Database, transaction: Transaction, query: Query, conditions: Sequence[Any]
) -> list[hits.ScoredRow]:
    """The server's nearest rows, scored exactly here; driver.Unanswered where it does not tell enough."""
    column, vector = hits.query_vector(query)
    sequences = transaction.tables.columns("files").sequence_key
    ref = transaction.tables.ref("files")
    limit = 4 * query.limit + _SPARE_GROUPS
    nearest = TopK(vector, column, 4 * limit)
    excluded: set[str] = set()
    with adbc_search.open_query_engine(database.vast, transaction.id) as cursor:
        while True:
            others = [*_comparable(transaction, conditions), *(sequences != one for one in sorted(excluded))]
            rows = adbc_search.search(cursor, ref, column, vector, [*GROUP_COLUMNS, column], limit, others)
            for batch in rows.to_batches():
                nearest.add(batch)
            known = {one.sequence_key for one in nearest.best()}
            if len(rows) < limit or len(known) >= 2 * query.limit or known == excluded:
                break
            excluded, limit = known, 2 * limit  # long sequences would fill every answer
    found = _found(transaction, nearest.best(), query, conditions)
    if len(found) < query.limit and (len(rows) == limit or excluded):
        raise adbc_search.DriverUnavailableError("most of the nearest rows are history")
    return found


def _comparable(transaction: Transaction, conditions: Sequence[Any]) -> list[Any]:
    """The conditions, and that a vector is of the version with which it is compared."""
    return [*conditions, transaction.tables.columns("files").embedding_version == EMBEDDING_VERSION]


def _found(
    transaction: Transaction,
    groups: Sequence[ScoredGroup],
    query: Query,
    conditions: Sequence[Any],
    among: pa.Table | None = None,
) -> list[hits.ScoredRow]:
    """The current file that stands for each of the nearest sequences, and how many are in it."""
    sequences = list(dict.fromkeys(one.sequence_key for one in groups))
    live = _live(transaction, sequences, conditions)
    if among is not None:
        live = live.filter(is_among(live, among))
    counts: dict[str, int] = {}
    members: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in live.to_pylist():
        counts[row["sequence_key"]] = counts.get(row["sequence_key"], 0) + 1
        members.setdefault((row["sequence_key"], row["vector_id"]), []).append(row)
    best: dict[str, tuple[dict[str, Any], float]] = {}
    own = query.reference.identity
    for group in sorted(groups, key=lambda one: (-one.score, not _has_copy(members.get(one.key, ()), own))):
        mine = members.get(group.key)
        if mine and group.sequence_key not in best and len(best) < query.limit:
            best[group.sequence_key] = _standing(mine, own), group.score
    keys = pa.Table.from_pylist([row for row, _ in best.values()], schema=live.schema)
    facts = read_files(transaction, keys, [*hits.COLUMNS, "attempt_id"])
    scores = [score for _, score in best.values()]
    return [hits.ScoredRow(row, score, counts[row["sequence_key"]]) for row, score in zip(facts, scores, strict=True)]


def _standing(files: Sequence[dict[str, Any]], own: Identity) -> dict[str, Any]:
    """The file that stands for its sequence: the newest, but a copy of the reference in another sequence first."""
    ordered = sorted(files, key=lambda row: str(row["file_path"]))
    return max(ordered, key=lambda row: (_is_copy(row, own), str(row["inspection_timestamp"])))


def _has_copy(files: Sequence[dict[str, Any]], own: Identity) -> bool:
    return any(_is_copy(row, own) for row in files)


def _is_copy(row: dict[str, Any], own: Identity) -> bool:
    return bool(row["header_hash"] == own.header_hash and row["sequence_key"] != own.sequence_key)


def _live(transaction: Transaction, sequences: Sequence[str], conditions: Sequence[Any]) -> pa.Table:
    """The current files of some sequences that meet the conditions."""
    columns = [*KEY_COLUMNS, "sequence_key", "vector_id", "file_path", "header_hash"]
    files = latest_per_path(visible_rows(transaction.rows_of("files", columns, "sequence_key", sequences)))
    if not conditions or not len(files):
        return files
    matching = transaction.rows_of("files", ["file_id", "attempt_id"], "sequence_key", sequences, also=conditions)
    return files.filter(is_among(files, among=matching))


def read_details(transaction: Transaction, files: Sequence[Mapping[str, Any]]) -> dict[str, StoredFile]:
    """The first part and the camera attributes of each hit: one look-up a table for all of them."""
    attempts = {row["file_id"]: row["attempt_id"] for row in files}
    if not attempts:
        return {}

    def owned(table: str, names: Sequence[str]) -> list[dict[str, Any]]:
        columns = ["file_id", "attempt_id", *names]
        rows = transaction.rows_of(table, columns, "file_id", list(attempts), row_ids=True).sort_by(ROW_ID)
        return [row for row in rows.to_pylist() if attempts[row["file_id"]] == row["attempt_id"]]

    firsts = [row for row in owned("parts", ("part_index", *hits.PART_COLUMNS)) if row["part_index"] == 0]
    return hits.details_by_id(firsts, owned("attributes", ("attribute_name", "attribute_value")))
