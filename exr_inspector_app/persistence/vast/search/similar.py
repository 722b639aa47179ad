"""Similarity search in a VAST Database: by the server's query engine if it responds, or in a cache of its vectors."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from exr_inspector_app.contracts import EMBEDDING_VERSION, Hit, Query, StoredFile
from exr_inspector_app.persistence.index.checks import IndexDamagedError
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.derived_filters import DerivedFilter, is_local
from exr_inspector_app.persistence.vast.filter_expr import to_expressions
from exr_inspector_app.persistence.vast.search import adbc_search
from exr_inspector_app.persistence.vast.search.cached_search import search_cache
from exr_inspector_app.persistence.vast.search.current_rows import current_rows, read_details
from exr_inspector_app.persistence.vast.search.top_k import GROUP_COLUMNS, TopK
from exr_inspector_app.persistence.vast.search.vector_cache import CacheUnavailableError, discard_cache
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.persistence.vast.visibility import (
    is_among,
    matching_keys,
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
        keys = None
        if len(pushed_down) < len(query.where):
            derived = DerivedFilter(transaction, template)
            keys = matching_keys(transaction, query.where, False, derived, ["embedding_version"])
        if query.exact:
            scored = _search_by_scan(transaction, query, conditions, progress, keys)
        elif keys is not None:
            scored = _search_by_cache_or_scan(database, transaction, query, conditions, progress, keys)
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
        return _search_by_cache_or_scan(database, transaction, query, conditions, progress)


def _search_by_cache_or_scan(
    database: Database,
    transaction: Transaction,
    query: Query,
    conditions: Sequence[Any],
    progress: ScanProgress,
    keys: pa.Table | None = None,
) -> list[hits.ScoredRow]:
    try:
        return search_cache(database.vast, transaction, query, conditions, progress, keys)
    except IndexDamagedError:
        discard_cache(database.vast)  # the next search reads all vectors again
    except CacheUnavailableError as reason:
        log.info("All rows of %s are read: %s", database.vast.location, reason)
    return _search_by_scan(transaction, query, conditions, progress, keys)


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
        scored = current_rows(transaction, nearest.best(), query, conditions, keys)
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
    scored = current_rows(transaction, nearest.best(), query, conditions)
    if len(scored) < query.limit and (len(rows) == limit or excluded):
        raise adbc_search.DriverUnavailableError("most of the nearest rows are history")
    return scored


def _with_version(transaction: Transaction, conditions: Sequence[Any]) -> list[Any]:
    """Return the conditions and one on the embedding version: vectors of other versions are not comparable."""
    return [*conditions, transaction.tables.columns("files").embedding_version == EMBEDDING_VERSION]
