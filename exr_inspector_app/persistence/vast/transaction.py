"""One transaction of a VAST Database: selects, inserts, updates and deletes in few requests of bounded size."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from functools import reduce
from operator import and_
from typing import Any

import pyarrow as pa
import vastdb
from vastdb.transaction import Transaction as SdkTransaction

from exr_inspector_app.config import Vast
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.publish_rules import new_attempt
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress
from exr_inspector_app.persistence.vast.errors import translate_errors, translate_stream_errors
from exr_inspector_app.persistence.vast.tables import Tables

ROW_ID = "$row_id"
LARGEST_BODY = 4_100_000  # bytes of an insert; servers take 5 MB
ROWS_AT_ONCE = 32 * 1024  # of a scan: 50 MB of vectors
LARGEST_LIST = 600_000  # bytes of the values that one predicate may list; servers take about 1 MB in all
LARGEST_CELL = 100 * 1024  # bytes of a text; servers take 128 KB
_LITERAL = 160  # bytes that a value in a predicate takes besides its own

Condition = Any  # an expression of ibis; None where nothing can match


class Transaction:
    """Work that is kept as a whole or not at all; made, committed and rolled back by `Database`."""

    def __init__(self, sdk: SdkTransaction, vast: Vast, tables: Tables) -> None:
        self.sdk = sdk
        self.attempt = new_attempt()  # stands on every row that this transaction writes
        self.tables = tables
        self._vast = vast
        self._endpoints = [str(url) for url in sdk._rpc.api.endpoints]

    @property
    def id(self) -> int:
        """The number by which the server knows this transaction."""
        return int(self.sdk.active_txid)

    def batches(
        self,
        table: str,
        columns: Sequence[str],
        conditions: Sequence[Condition] = (),
        *,
        row_ids: bool = False,
        rows_at_once: int = 64 * 1024,
    ) -> Generator[pa.RecordBatch, None, None]:
        """The rows that meet all conditions, as they come: in no particular order."""
        config = vastdb.QueryConfig(
            num_sub_splits=4, num_splits=1, data_endpoints=self._endpoints, limit_rows_per_sub_split=rows_at_once // 4
        )
        with translate_stream_errors(self._vast):
            source = self.sdk.table_from_metadata(self.tables.metadata(self.sdk, table, for_row_ids=row_ids))
            where = reduce(and_, conditions) if conditions else None
            yield from source.select(list(columns), where, config, internal_row_id=row_ids)

    def scanned(
        self, table: str, columns: Sequence[str], conditions: Sequence[Condition], scan: ScanProgress
    ) -> Iterator[pa.RecordBatch]:
        """As `batches`, of a table that may be large; the scan is told of all its rows, also where fewer meet the
        conditions.
        """
        with translate_errors(self._vast):
            total = self.tables.rows(self.sdk, table)
        with closing(self.batches(table, columns, conditions, rows_at_once=ROWS_AT_ONCE)) as batches:
            yield from scan.over(batches, total)

    def rows(
        self, table: str, columns: Sequence[str], conditions: Sequence[Condition] = (), *, row_ids: bool = False
    ) -> pa.Table:
        """The rows that meet all conditions, in no particular order."""
        found = list(self.batches(table, columns, conditions, row_ids=row_ids))
        return pa.Table.from_batches(found) if found else _none(table, columns, row_ids)

    def rows_of(
        self,
        table: str,
        columns: Sequence[str],
        key: str,
        values: Sequence[str],
        *,
        also: Sequence[Condition] = (),
        row_ids: bool = False,
    ) -> pa.Table:
        """The rows whose key is one of the values, in as many requests as the length of the list asks for."""
        column = self.tables.columns(table)[key]
        found = [self.rows(table, columns, [column.isin(part), *also], row_ids=row_ids) for part in _listed(values)]
        return pa.concat_tables(found) if found else _none(table, columns, row_ids)

    def insert(self, table: str, rows: pa.Table) -> None:
        """The rows, in bodies that the server takes."""
        target = self._table(table)
        for body in _bodies(_fitting(rows)):
            with translate_errors(self._vast):
                target.insert(body)

    def update(self, table: str, rows: pa.Table) -> None:
        """Other values in rows that are named by their row ids."""
        if len(rows):
            target = self._table(table, for_row_ids=True)
            with translate_errors(self._vast):
                target.update(rows.combine_chunks())

    def delete(self, table: str, rows: pa.Table) -> None:
        """The rows that are named by their row ids are gone."""
        if len(rows):
            target = self._table(table, for_row_ids=True)
            with translate_errors(self._vast):
                target.delete(rows.select([ROW_ID]).combine_chunks())

    def _table(self, name: str, for_row_ids: bool = False) -> Any:
        with translate_errors(self._vast):
            return self.sdk.table_from_metadata(self.tables.metadata(self.sdk, name, for_row_ids=for_row_ids))


def _none(table: str, columns: Sequence[str], row_ids: bool) -> pa.Table:
    """No rows of some columns."""
    fields = [schema.TABLES[table].field(name) for name in columns]
    return pa.schema([*fields, pa.field(ROW_ID, pa.uint64())] if row_ids else fields).empty_table()


def _listed(values: Sequence[str]) -> Iterator[list[str]]:
    """The values in lists that fit into a predicate."""
    part: list[str] = []
    size = 0
    for value in dict.fromkeys(values):
        size += len(value.encode()) + _LITERAL
        if part and size > LARGEST_LIST:
            yield part
            part, size = [], len(value.encode()) + _LITERAL
        part.append(value)
    if part:
        yield part


def _fitting(rows: pa.Table) -> pa.Table:
    """The rows without texts that are too long for a cell; such ones are cut, as only huge lists of channels are."""
    for place, field in enumerate(rows.schema):
        if field.type != pa.string():
            continue
        texts = rows.column(place).combine_chunks()
        if texts.nbytes > LARGEST_CELL and max((len(text) for text in texts.to_pylist() if text), default=0) * 4 > (
            LARGEST_CELL
        ):
            rows = rows.set_column(place, field, pa.array([_cut(text) for text in texts.to_pylist()], pa.string()))
    return rows


def _cut(text: str | None) -> str | None:
    raw = (text or "").encode()
    return raw[:LARGEST_CELL].decode("utf-8", "ignore") if len(raw) > LARGEST_CELL else text


def _bodies(rows: pa.Table) -> Iterator[pa.RecordBatch]:
    """The rows in batches of at most LARGEST_BODY bytes on the wire."""
    for batch in rows.combine_chunks().to_batches():
        yield from _halved(batch)


def _halved(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    size = pa.ipc.get_record_batch_size(batch)
    if size <= LARGEST_BODY or len(batch) == 1:
        yield batch
        return
    pieces = -(-size // LARGEST_BODY)
    step = -(-len(batch) // pieces)
    for start in range(0, len(batch), step):
        yield from _halved(batch.slice(start, step))
