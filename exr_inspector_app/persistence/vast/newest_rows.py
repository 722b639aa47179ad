"""Newest rows of a large table of a VAST Database: a period that holds enough of them, found by counts alone.

Servers sort no rows. The number of rows since some time costs one request without data, so that the period of a page
takes a few such requests, and only the rows of that period are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from exr_inspector_app.contracts import Filter
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.vast.derived_filters import DerivedFilter, is_local, source_columns
from exr_inspector_app.persistence.vast.filter_expr import to_expressions
from exr_inspector_app.persistence.vast.transaction import Expression, Transaction
from exr_inspector_app.persistence.vast.visibility import (
    KEY_COLUMNS,
    is_among,
    latest_per_path,
    versions_of,
    visible_rows,
)

MAX_EXACT_ROWS = 2**16  # rows that match, up to which all of them are read
_FIRST_ROWS = 4_000  # read at first; as many again, eight times, if they hold too few sequences
_GROWTH = 8
_FIRST_PERIOD = timedelta(hours=1)
_MAX_PERIODS = 8  # each six times as long; the last one of almost 32 years
_MAX_STEPS = 24  # of the bisection between two periods, to less than a minute


def matching_rows(transaction: Transaction, where: Filter) -> int:
    """Return the number of rows that match the conditions that the server checks, with history and duplicates."""
    conditions = _server_conditions(transaction, where)
    if conditions is None:
        return 0
    if not conditions:
        return transaction.tables.row_count(transaction.sdk, "files")
    return transaction.count("files", conditions)


def newest_keys(
    transaction: Transaction,
    where: Filter,
    history: bool,
    derived: DerivedFilter,
    extra_columns: Sequence[str] = (),
) -> Iterator[pa.Table]:
    """Yield the newest matching files with KEY_COLUMNS and `extra_columns`, each time of a longer period.

    The last table has the rows of about MAX_EXACT_ROWS rows of the server, or all that match.
    """
    capabilities = transaction.tables.capabilities
    remaining = tuple(condition for condition in where if is_local(condition, capabilities))
    sources = source_columns([condition.column for condition in remaining])
    columns = list(dict.fromkeys([*KEY_COLUMNS, *extra_columns, *sources]))
    conditions = _server_conditions(transaction, where)
    if conditions is None:
        yield pa.schema([schema.FILES.field(name) for name in columns]).empty_table()
        return
    rows = _FIRST_ROWS
    while True:
        since = start_of_period(transaction, conditions, rows)
        period = [transaction.tables.columns("files").inspection_timestamp >= since] if since else []
        batches = list(transaction.batches("files", columns, [*conditions, *period], limit=2 * MAX_EXACT_ROWS))
        fields = pa.schema([schema.FILES.field(name) for name in columns])
        matching = pa.Table.from_batches(batches) if batches else fields.empty_table()
        # Newer rows of a path are in the period too, unless they do not match the conditions.
        candidates = versions_of(transaction, matching, columns) if conditions and len(matching) else matching
        visible = visible_rows(candidates)
        visible = visible if history else latest_per_path(visible)
        yield derived.apply(visible.filter(is_among(visible, matching)) if conditions else visible, remaining)
        if not since or rows >= MAX_EXACT_ROWS:
            return
        rows = min(rows * _GROWTH, MAX_EXACT_ROWS)


def _server_conditions(transaction: Transaction, where: Filter) -> list[Expression] | None:
    capabilities = transaction.tables.capabilities
    pushed_down = tuple(condition for condition in where if not is_local(condition, capabilities))
    return to_expressions(pushed_down, transaction.tables.columns("files"))


def start_of_period(transaction: Transaction, conditions: Sequence[Expression], rows: int) -> str:
    """Return the start of a period until now with at least `rows` rows, and at most twice as many if times allow it.

    Returns:
        The start as text, or an empty text if all matching rows are needed.
    """
    column = transaction.tables.columns("files").inspection_timestamp

    def count_since(start: datetime) -> int:
        return transaction.count("files", [*conditions, column >= _to_text(start)])

    now = datetime.now(UTC)
    late, early = now, now
    for power in range(_MAX_PERIODS):
        early = now - _FIRST_PERIOD * 6**power
        count = count_since(early)
        if count >= rows:
            break
        late = early
    else:
        return ""
    for _ in range(_MAX_STEPS):
        if count <= 2 * rows or late - early < timedelta(microseconds=2):
            break
        middle = early + (late - early) / 2
        middle_count = count_since(middle)
        if middle_count >= rows:
            early, count = middle, middle_count
        else:
            late = middle
    return _to_text(early)


def _to_text(moment: datetime) -> str:
    """Return a time in the form of `inspection_timestamp`, which sorts as text."""
    return moment.isoformat(timespec="microseconds")
