"""Current files of the nearest sequences in a VAST Database, read again by key, and the details of hits."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from exr_inspector_app.contracts import Band, Query, Record, StoredFile
from exr_inspector_app.persistence.similarity import hits
from exr_inspector_app.persistence.similarity.explanations import header_band
from exr_inspector_app.persistence.vast.search.top_k import ScoredGroup
from exr_inspector_app.persistence.vast.transaction import TEXT_PAGE_ROWS, Transaction
from exr_inspector_app.persistence.vast.visibility import (
    FILE_ORDER,
    KEY_COLUMNS,
    distinct_children,
    is_among,
    latest_per_path,
    read_files,
    visible_rows,
)

_MAX_DETAILS = 10_000  # files in memory, about 1 KB each
_NO_DETAILS = StoredFile({})  # of a file without a first part
_details: OrderedDict[tuple[str, str], StoredFile] = OrderedDict()  # by file and attempt, whose rows never change
_lock = threading.Lock()


def current_rows(
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
    """Return the first part and the camera attributes of each hit by file_id, with one query per table.

    They never change, so those of the last searches are kept in memory.
    """
    attempts = {row["file_id"]: row["attempt_id"] for row in files}
    known = {file_id: _details.get((file_id, attempt)) for file_id, attempt in attempts.items()}
    missing = {file_id: attempts[file_id] for file_id, stored in known.items() if stored is None}
    read = _read_details(transaction, missing) if missing else {}
    with _lock:
        _details.update({(file_id, attempts[file_id]): read.get(file_id, _NO_DETAILS) for file_id in missing})
        while len(_details) > _MAX_DETAILS:
            _details.popitem(last=False)
    details = known | read
    return {file_id: stored for file_id, stored in details.items() if stored is not None and stored is not _NO_DETAILS}


def _read_details(transaction: Transaction, attempts: Mapping[str, str]) -> dict[str, StoredFile]:
    def read_children(table: str, names: Sequence[str]) -> list[dict[str, Any]]:
        columns = ["file_id", "attempt_id", FILE_ORDER[table], *names]
        stored = transaction.rows_by_key(table, columns, "file_id", list(attempts), page_rows=TEXT_PAGE_ROWS)
        rows = distinct_children(stored, table)
        return [row for row in rows.to_pylist() if attempts[row["file_id"]] == row["attempt_id"]]

    parts = read_children("parts", hits.PART_COLUMNS)
    first_parts = [row for row in parts if row["part_index"] == 0]
    return hits.details_by_id(first_parts, read_children("attributes", ("attribute_name", "attribute_value")))
