"""Similarity search in the vector cache of a VAST Database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Query
from exr_inspector_app.persistence.index.search import best_rows, index_of
from exr_inspector_app.persistence.index.snapshot import Snapshot, read_rows, text_hash
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress
from exr_inspector_app.persistence.similarity.vector_index import Mask
from exr_inspector_app.persistence.vast import vector_rows
from exr_inspector_app.persistence.vast.current_rows import current_rows
from exr_inspector_app.persistence.vast.top_k import ScoredGroup
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.persistence.vast.vector_cache import CachedVectors, open_cache

_SCORE_DECIMALS = 6  # as in a scan, so that the order is the same


def search_cache(
    vast: Vast,
    transaction: Transaction,
    query: Query,
    conditions: Sequence[Any],
    progress: ScanProgress,
    keys: pa.Table | None,
) -> list[hits.ScoredRow]:
    """Return the nearest current rows, read again from the server.

    Args:
        vast: The database.
        transaction: Snapshot to read.
        query: Query by metadata or channels.
        conditions: Conditions on columns of `files`.
        progress: Callbacks while vectors are read.
        keys: Files to consider, or None for all that meet the conditions.

    Raises:
        CacheUnavailableError: The caller compares all rows itself.
        IndexDamagedError: A file of the cache is cut or altered.
    """
    cached = open_cache(transaction, vast, progress)
    if conditions and keys is None:
        keys = transaction.rows("files", vector_rows.ID_COLUMNS, conditions)
    allowed = None
    if keys is not None:
        allowed = cached.shot.current & np.isin(cached.shot.numbers, vector_rows.numbers_of(keys))
    limit = 2 * query.limit  # some sequences turn out to be history
    while True:
        groups = _nearest(cached, replace(query, limit=limit), allowed)
        scored = current_rows(transaction, groups, query, (), keys, lambda name: str(text_hash(name)))
        if len(scored) == query.limit or len(groups) < limit:
            return scored
        limit *= 4


def _nearest(cached: CachedVectors, query: Query, allowed: Mask | None) -> list[ScoredGroup]:
    """Return the nearest row of each sequence in the cache."""
    shot: Snapshot = cached.shot
    if not len(shot.order):
        return []
    column, vector = hits.query_vector(query)
    best = best_rows(shot, index_of(shot, column), vector, query, allowed)
    rows = read_rows(shot, [row for row, _ in best])
    return [
        ScoredGroup(
            details["sequence_key"],
            str(cached.hashes[shot.vectors[row]]),
            round(score, _SCORE_DECIMALS),
            details["inspection_timestamp"],
            details["file_path"],
        )
        for details, (row, score) in zip(rows, best, strict=True)
    ]
