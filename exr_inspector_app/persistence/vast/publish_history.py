"""Publish history of a VAST Database: the newest rows of `files`, grouped on the client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import Condition, Filter, PublishSummary
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.publish_history import GROUP_COLUMNS, fold_publishes
from exr_inspector_app.persistence.vast.newest_rows import MAX_EXACT_ROWS, matching_rows, start_of_period
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.persistence.vast.visibility import visible_rows

_COLUMNS = ("file_id", "attempt_id", *GROUP_COLUMNS, "inspection_count", "inspection_timestamp", "file_path")
_PERIOD_ROWS = (4_000, 32_000, MAX_EXACT_ROWS)  # read until they hold more publishes than requested

_TOTALS = {
    "files": ("file_id", "count"),
    "removable": ("is_removable", "sum"),
    "attempt_id": ("attempt_id", "max"),
    "inspection_timestamp": ("inspection_timestamp", "max"),
    "file_path": ("file_path", "min"),
}  # of a group


def list_publishes(transaction: Transaction, limit: int, published_by: str) -> list[PublishSummary]:
    """Return the newest publishes, all or those of one user."""
    where: Filter = (Condition("published_by", "=", published_by),) if published_by else ()
    total = matching_rows(transaction, where)
    if not total:
        return []
    summaries: list[PublishSummary] = []
    for rows in _periods(transaction, published_by, total):
        summaries = _summarize(rows, limit + 1)
        if len(summaries) > limit:
            break
    listed = summaries[:limit]
    return listed if total <= MAX_EXACT_ROWS else [_with_all_files(transaction, summary) for summary in listed]


def _periods(transaction: Transaction, published_by: str, total: int) -> Iterator[pa.Table]:
    """Yield the newest rows, each time of a longer period; all rows of a small table at once."""
    columns = transaction.tables.columns("files")
    conditions = [columns.published_by == published_by] if published_by else []
    if total <= MAX_EXACT_ROWS:
        yield transaction.rows("files", _COLUMNS, conditions)
        return
    fields = pa.schema([schema.FILES.field(name) for name in _COLUMNS])
    for count in _PERIOD_ROWS:
        since = start_of_period(transaction, conditions, count)
        period = [columns.inspection_timestamp >= since] if since else []
        batches = list(transaction.batches("files", _COLUMNS, [*conditions, *period], limit=2 * MAX_EXACT_ROWS))
        yield pa.Table.from_batches(batches) if batches else fields.empty_table()


def _summarize(rows: pa.Table, limit: int) -> list[PublishSummary]:
    visible = visible_rows(rows)
    is_own = pc.fill_null(pc.equal(visible["inspection_count"], 1), False)
    visible = visible.append_column("is_removable", pc.cast(is_own, pa.int64()))
    grouped = visible.group_by(list(GROUP_COLUMNS), use_threads=False).aggregate(list(_TOTALS.values()))
    names = {"_".join(total): name for name, total in _TOTALS.items()}
    groups = grouped.rename_columns([names.get(name, name) for name in grouped.column_names])
    return fold_publishes(groups.to_pylist(), limit)


def _with_all_files(transaction: Transaction, summary: PublishSummary) -> PublishSummary:
    """Return a summary with the number of all rows of the publish: only the newest ones have been read."""
    column = transaction.tables.columns("files").publish_id
    files = max(transaction.count("files", [column == summary.publish_id]), summary.files)
    return replace(summary, files=files, removable=summary.removable + files - summary.files)
