"""Table metadata of a VAST Database: cached on the client, and used to create the tables once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Protocol

import pyarrow as pa
import vastdb
from vastdb import errors
from vastdb._internal import VectorIndex
from vastdb.table_metadata import TableMetadata, TableRef
from vastdb.transaction import Transaction as SdkTransaction

from exr_inspector_app.config import Vast
from exr_inspector_app.errors import StoreDamagedError
from exr_inspector_app.persistence import schema

log = logging.getLogger(__name__)

VECTOR_INDEXES = {"files": vastdb.VectorIndexSpec("metadata_embedding", "l2sq")}
MIN_VECTOR_INDEX_VERSION = (5, 5)

_verified_places: set[str] = set()  # places whose tables exist and have a supported schema version
_vector_indexes: dict[tuple[str, str], VectorIndex | None] = {}  # by place and table


class TableTransaction(Protocol):
    """Interface of a transaction that `Tables` uses."""

    sdk: SdkTransaction

    def rows(self, table: str, columns: Sequence[str]) -> pa.Table:
        """Return the rows of a table."""
        ...

    def insert(self, table: str, rows: pa.Table) -> None:
        """Insert rows into a table."""
        ...


class Tables:
    """Metadata cache for the tables of one place; querying the server every time would cost requests."""

    def __init__(self, vast: Vast) -> None:
        self._vast = vast
        self._metadata_by_table = {name: self._new_metadata(name, None) for name in schema.TABLES}

    def columns(self, name: str) -> Any:
        """Return the columns of a table as ibis expressions."""
        return self._metadata_by_table[name].ibis_table

    def ref(self, name: str) -> TableRef:
        """Return the full name of a table."""
        return self._metadata_by_table[name].ref

    def metadata(self, sdk: SdkTransaction, name: str, *, for_row_ids: bool) -> TableMetadata:
        """Return the metadata that the SDK needs; a vector index changes the type of the row ids."""
        if not for_row_ids or name not in VECTOR_INDEXES:
            return self._metadata_by_table[name]
        return self._new_metadata(name, self.vector_index(sdk, name))

    def vector_index(self, sdk: SdkTransaction, name: str) -> VectorIndex | None:
        """Return the vector index of a table, querying the server on the first call only."""
        key = (self._vast.location, name)
        if key not in _vector_indexes:
            _vector_indexes[key] = self._stats(sdk, name).vector_index
        return _vector_indexes[key]

    def row_count(self, sdk: SdkTransaction, name: str) -> int:
        """Return the number of rows of a table, counting older headers and duplicates."""
        return int(self._stats(sdk, name).num_rows)

    def invalidate(self) -> None:
        """Clear the cache after an error that suggests missing or replaced tables."""
        _verified_places.discard(self._vast.location)
        for name in VECTOR_INDEXES:
            _vector_indexes.pop((self._vast.location, name), None)

    def verify(self, transaction: TableTransaction) -> None:
        """Check the schema version of the tables, once per place and process.

        Raises:
            ConnectionLostError: A table does not exist.
            StoreDamagedError: The tables are of a newer version.
        """
        if self._vast.location in _verified_places:
            return
        rows = transaction.rows("schema_info", ["key", "value"]).to_pylist()
        versions = [int(row["value"]) for row in rows if row["key"] == "schema_version" and row["value"].isdigit()]
        if max(versions, default=0) > schema.SCHEMA_VERSION:
            raise StoreDamagedError(
                f"The tables in {self._vast.location} are from a newer exr-inspector (schema {max(versions)}, "
                f"supported: {schema.SCHEMA_VERSION}). They were not changed. Update exr-inspector."
            )
        _verified_places.add(self._vast.location)

    def create(self, transaction: TableTransaction) -> list[str]:
        """Create the missing tables and return their names; the caller commits."""
        sdk = transaction.sdk
        bucket = sdk.bucket(self._vast.bucket)
        namespace = bucket.schema(self._vast.schema, fail_if_missing=False) or bucket.create_schema(self._vast.schema)
        existing = set(namespace.tablenames())
        missing = [name for name in schema.TABLES if name not in existing]
        for name in missing:
            self._create_table(sdk, namespace, name)
        if "schema_info" in missing:
            info = schema.new_schema_info()
            rows = {"key": list(info), "value": list(info.values())}
            transaction.insert("schema_info", pa.table(rows, schema=schema.SCHEMA_INFO))
        return missing

    def _create_table(self, sdk: SdkTransaction, namespace: Any, name: str) -> None:
        """Create one table, with its vector index where the server supports it."""
        api = sdk._rpc.api
        index = VECTOR_INDEXES.get(name) if api.vast_version >= MIN_VECTOR_INDEX_VERSION else None
        arguments = (self._vast.bucket, namespace.name, name, schema.TABLES[name])
        try:
            api.create_table(*arguments, txid=sdk.active_txid, vector_index=index)
        except (errors.BadRequest, errors.NotSupported, errors.NotImplemented) as error:
            if index is None:
                raise
            log.info("Creating %s without a vector index: %r", name, error)
            api.create_table(*arguments, txid=sdk.active_txid)

    def _stats(self, sdk: SdkTransaction, name: str) -> Any:
        metadata = self._new_metadata(name, None)
        metadata.load_stats(sdk)
        assert metadata.stats is not None
        return metadata.stats

    def _new_metadata(self, name: str, index: VectorIndex | None) -> TableMetadata:
        ref = TableRef(self._vast.bucket, self._vast.schema, name)
        return TableMetadata(ref, schema.TABLES[name], vastdb.TableType.Regular, vector_index=index)
