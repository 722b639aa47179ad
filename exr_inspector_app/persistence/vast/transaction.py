"""Transaction of a VAST Database: selects, inserts, updates and deletes in few requests of bounded size."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from functools import reduce
from operator import and_
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import vastdb
from vastdb.table import TableInTransaction
from vastdb.transaction import Transaction as SdkTransaction
from vastdb.util import serialize_record_batch

from exr_inspector_app.config import Vast
from exr_inspector_app.persistence.publish_rules import new_attempt
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress
from exr_inspector_app.persistence.vast import row_validation
from exr_inspector_app.persistence.vast.endpoints import EndpointPool
from exr_inspector_app.persistence.vast.errors import translate_errors, translate_stream_errors
from exr_inspector_app.persistence.vast.tables import Tables

ROW_ID = "$row_id"
MAX_INSERT_BYTES = 4_100_000  # of a request body; servers accept 5 MB
SCAN_BATCH_ROWS = 2**16  # one row group, whose columns a server reads as a whole; 100 MB of vectors
ROWS_PER_SPLIT = 16 * SCAN_BATCH_ROWS  # of a scan over several endpoints
_MAX_SPLITS = 1024
_COUNT_PAGE_ROWS = 64 * 2**16  # without columns
MAX_IN_LIST_BYTES = 600_000  # of the values in one predicate; servers accept about 1 MB in total
MAX_SHORT_LIST = 100  # values in one predicate, on a server that refuses long lists
MAX_CELL_BYTES = 100 * 1024  # of a text; servers accept 128 KB
_MAX_READ_BYTES, _CUT_CHARS = 128 * 1024, 4096  # of a text of another server; a longer one is cut to this
TEXT_PAGE_ROWS = 2048  # of values of attributes, which take up to 256 MB then
_PAGE_ROWS = {"attributes": 4 * TEXT_PAGE_ROWS}  # of other tables than SCAN_BATCH_ROWS
KEEP_ALIVE_S = 30.0  # between signs of life of an open transaction; the Java client of the vendor sends one every 60 s
_LITERAL_OVERHEAD_BYTES = 160  # of a value in a predicate

Expression = Any  # an ibis expression; None if no row can match


class Transaction:
    """Unit of work that is committed or rolled back as a whole by `Database`."""

    def __init__(
        self, sdk: SdkTransaction, vast: Vast, tables: Tables, check_stop: Callable[[], None] = lambda: None
    ) -> None:
        """Wrap a transaction that has begun.

        Args:
            sdk: Transaction of the SDK.
            vast: Settings, for error messages.
            tables: Metadata of the tables.
            check_stop: Called before each request; it raises once the user has cancelled the work.
        """
        self.sdk = sdk
        self.attempt_id = new_attempt()  # of every row that this transaction inserts
        self.tables = tables
        self.check_stop = check_stop
        self._vast = vast
        self._began = self._last_sign_of_life = time.monotonic()

    @property
    def id(self) -> int:
        """Transaction id on the server."""
        return int(self.sdk.active_txid)

    @property
    def age_s(self) -> float:
        """Seconds since the snapshot was taken."""
        return time.monotonic() - self._began

    def data_endpoints(self) -> list[str]:
        """Return the endpoint of the next query: one of the pool, or all of a session that the caller passed in."""
        api = self.sdk._rpc.api
        pool: EndpointPool | None = getattr(api, "pool", None)
        return [pool.next_data_endpoint()] if pool else [str(url) for url in api.endpoints]

    def _query_config(self, page_rows: int, scanned_rows: int) -> vastdb.QueryConfig:
        """Return the split of a select: one request to one endpoint, or for many rows one per endpoint at a time.

        Args:
            page_rows: Rows per request.
            scanned_rows: Rows of the table, if it is scanned.
        """
        pool: EndpointPool | None = getattr(self.sdk._rpc.api, "pool", None)
        endpoints = pool.data_endpoints() if pool and scanned_rows > ROWS_PER_SPLIT else self.data_endpoints()
        splits = min(-(-scanned_rows // ROWS_PER_SPLIT), _MAX_SPLITS) if len(endpoints) > 1 else 1
        return vastdb.QueryConfig(
            num_sub_splits=1,
            num_splits=max(splits, 1),
            data_endpoints=endpoints,
            limit_rows_per_sub_split=page_rows,
        )

    def batches(
        self,
        table: str,
        columns: Sequence[str],
        conditions: Sequence[Expression] = (),
        *,
        row_ids: bool = False,
        scanned_rows: int = 0,
        limit: int | None = None,
        page_rows: int | None = None,
    ) -> Generator[pa.RecordBatch, None, None]:
        """Yield the rows that match all conditions as they arrive, in no particular order.

        Args:
            table: Name of the table.
            columns: Columns to read.
            conditions: Conditions that the server checks.
            row_ids: Add the column ROW_ID.
            scanned_rows: Rows of a table that is read as a whole, to read from several endpoints at once.
            limit: Number of rows after which no more are requested.
            page_rows: Rows per request; None for SCAN_BATCH_ROWS, or fewer of attributes.
        """
        rows = page_rows or _PAGE_ROWS.get(table, SCAN_BATCH_ROWS)
        self.check_stop()
        with translate_stream_errors(self._vast):
            metadata = self.tables.metadata(self.sdk, table, for_row_ids=row_ids)
            # The SDK's `table_from_metadata` copies the metadata deeply, which takes longer than most requests.
            source = TableInTransaction(metadata, self.sdk, self.sdk._session_context)
            predicate = reduce(and_, conditions) if conditions else None
            config = self._query_config(min(limit or rows, rows), scanned_rows)
            for batch in source.select(list(columns), predicate, config, internal_row_id=row_ids, limit_rows=limit):
                if not row_validation.IS_INSTALLED:
                    batch.validate(full=True)
                yield cut_long_texts(self.tables.to_schema_types(table, batch))
                self.keep_alive()

    def keep_alive(self) -> None:
        """Query the state of the transaction if the last time was long ago: servers let idle ones expire.

        A stream of rows may be one request of many minutes, and its reader may pause between the rows.
        """
        now = time.monotonic()
        if now - self._last_sign_of_life >= KEEP_ALIVE_S:
            self._last_sign_of_life = now
            self.sdk._rpc.api.get_transaction(self.id)

    def scan(
        self, table: str, columns: Sequence[str], conditions: Sequence[Expression], progress: ScanProgress
    ) -> Iterator[pa.RecordBatch]:
        """Yield the matching rows of a table that may be large, reporting progress.

        The total of the progress counts all rows of the table, even if fewer match the conditions.
        """
        with translate_errors(self._vast):
            total = self.tables.row_count(self.sdk, table)
        with closing(self.batches(table, columns, conditions, scanned_rows=total)) as batches:
            yield from progress.track(batches, total)

    def rows(
        self,
        table: str,
        columns: Sequence[str],
        conditions: Sequence[Expression] = (),
        *,
        row_ids: bool = False,
        page_rows: int | None = None,
        keep: Callable[[pa.RecordBatch], pa.RecordBatch] | None = None,
    ) -> pa.Table:
        """Return the rows that match all conditions, in no particular order.

        Args:
            table: Name of the table.
            columns: Columns to read.
            conditions: Conditions that the server checks.
            row_ids: Add the column ROW_ID.
            page_rows: Rows per request; None for SCAN_BATCH_ROWS, or fewer of attributes.
            keep: Returns the matching rows of each batch, for conditions that the server cannot check.
        """
        arriving = self.batches(table, columns, conditions, row_ids=row_ids, page_rows=page_rows)
        batches = list(map(keep, arriving) if keep else arriving)
        return (
            pa.Table.from_batches(batches)
            if batches
            else _empty_table(self.tables.arrow_schema(table), columns, row_ids)
        )

    def count(self, table: str, conditions: Sequence[Expression] = ()) -> int:
        """Return the exact number of rows that match; the server sends no column."""
        return sum(batch.num_rows for batch in self.batches(table, [], conditions, page_rows=_COUNT_PAGE_ROWS))

    def rows_by_key(
        self,
        table: str,
        columns: Sequence[str],
        key: str,
        values: Sequence[str],
        *,
        also: Sequence[Expression] = (),
        row_ids: bool = False,
        page_rows: int | None = None,
        keep: Callable[[pa.RecordBatch], pa.RecordBatch] | None = None,
    ) -> pa.Table:
        """Return the rows whose `key` column is one of `values`, split into as many requests as the list needs."""
        column = self.tables.columns(table)[key]
        is_limited = self.tables.capabilities.lacks("predicate.long_list")
        chunks = _split_values(values, MAX_SHORT_LIST if is_limited else len(values))
        options: dict[str, Any] = {"row_ids": row_ids, "page_rows": page_rows, "keep": keep}
        parts = [self.rows(table, columns, [column.isin(chunk), *also], **options) for chunk in chunks]
        return pa.concat_tables(parts) if parts else _empty_table(self.tables.arrow_schema(table), columns, row_ids)

    def insert(self, table: str, rows: pa.Table) -> None:
        """Insert rows, split into requests that servers accept."""
        api, place = self.sdk._rpc.api, (self._vast.bucket, self._vast.schema, table)
        for body in _split_bodies(self.tables.to_stored_types(table, truncate_cells(rows))):
            self.check_stop()
            with translate_errors(self._vast):
                api.insert_rows(*place, serialize_record_batch(body), self.id)  # the SDK requires row ids, of 5.1

    def update(self, table: str, rows: pa.Table) -> None:
        """Update columns of the rows that the ROW_ID column identifies."""
        if len(rows):
            target = self.open_table(table, for_row_ids=True)
            with translate_errors(self._vast):
                target.update(self.tables.to_stored_types(table, rows).combine_chunks())

    def delete(self, table: str, rows: pa.Table) -> None:
        """Delete the rows that the ROW_ID column identifies."""
        if len(rows):
            target = self.open_table(table, for_row_ids=True)
            with translate_errors(self._vast):
                target.delete(rows.select([ROW_ID]).combine_chunks())

    def open_table(self, name: str, for_row_ids: bool = False) -> Any:
        """Return a table of the SDK; `for_row_ids` to update or delete rows."""
        self.check_stop()
        with translate_errors(self._vast):
            return self.sdk.table_from_metadata(self.tables.metadata(self.sdk, name, for_row_ids=for_row_ids))


def _empty_table(table: pa.Schema, columns: Sequence[str], row_ids: bool) -> pa.Table:
    fields = [table.field(name) for name in columns]
    return pa.schema([*fields, pa.field(ROW_ID, pa.uint64())] if row_ids else fields).empty_table()


def _split_values(values: Sequence[str], limit: int) -> Iterator[list[str]]:
    """Yield the distinct values in lists of at most `limit` that fit into a predicate."""
    chunk: list[str] = []
    size = 0
    for value in dict.fromkeys(values):
        size += len(value.encode()) + _LITERAL_OVERHEAD_BYTES
        if chunk and (size > MAX_IN_LIST_BYTES or len(chunk) == limit):
            yield chunk
            chunk, size = [], len(value.encode()) + _LITERAL_OVERHEAD_BYTES
        chunk.append(value)
    if chunk:
        yield chunk


def cut_long_texts(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the rows with texts that no publish writes cut, so that they do not stay in memory."""
    for position, field in enumerate(batch.schema):
        column = batch.column(position)
        if field.type != pa.string() or column.nbytes <= _MAX_READ_BYTES:
            continue
        lengths = pc.binary_length(column)
        if (pc.max(lengths).as_py() or 0) > _MAX_READ_BYTES:
            cut = pc.utf8_slice_codeunits(column, 0, _CUT_CHARS)
            arrays = [*batch.columns]
            arrays[position] = pc.if_else(pc.greater(lengths, _MAX_READ_BYTES), cut, column)
            batch = pa.RecordBatch.from_arrays(arrays, schema=batch.schema)
    return batch


def truncate_cells(rows: pa.Table) -> pa.Table:
    """Return the rows with texts over MAX_CELL_BYTES truncated; only huge channel lists are that long."""
    for position, field in enumerate(rows.schema):
        if field.type != pa.string():
            continue
        column = rows.column(position).combine_chunks()
        if column.nbytes <= MAX_CELL_BYTES:
            continue
        texts = column.to_pylist()
        if max((len(text) for text in texts if text), default=0) * 4 > MAX_CELL_BYTES:  # 4 bytes per character at most
            rows = rows.set_column(position, field, pa.array(list(map(_truncate, texts)), pa.string()))
    return rows


def _truncate(text: str | None) -> str | None:
    raw = (text or "").encode()
    return raw[:MAX_CELL_BYTES].decode("utf-8", "ignore") if len(raw) > MAX_CELL_BYTES else text


def _split_bodies(rows: pa.Table) -> Iterator[pa.RecordBatch]:
    """Yield the rows in batches of at most MAX_INSERT_BYTES on the wire."""
    for batch in rows.combine_chunks().to_batches():
        yield from _split_batch(batch)


def _split_batch(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    size = pa.ipc.get_record_batch_size(batch)
    if size <= MAX_INSERT_BYTES or len(batch) == 1:
        yield batch
        return
    pieces = -(-size // MAX_INSERT_BYTES)
    step = -(-len(batch) // pieces)
    for start in range(0, len(batch), step):
        yield from _split_batch(batch.slice(start, step))
