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
from exr_inspector_app.contracts import LEDGER_PREFIX
from exr_inspector_app.errors import StoreDamagedError
from exr_inspector_app.persistence import schema, schema_versions
from exr_inspector_app.persistence.roots import ROOTS_KEY, Roots, from_values
from exr_inspector_app.persistence.vast import projections
from exr_inspector_app.persistence.vast.capabilities import CAPABILITIES_KEY, Capabilities, newest_capabilities
from exr_inspector_app.persistence.vast.errors import translate_errors

log = logging.getLogger(__name__)

VECTOR_INDEXES = {"files": vastdb.VectorIndexSpec("metadata_embedding", "l2sq")}
MIN_VECTOR_INDEX_VERSION = (5, 5)

VECTOR_TABLES = ("files", "channels", "previews")
LIST_VECTORS = ("vector_type", "list")  # row of schema_info of tables whose vectors are lists of any length

_MAX_LISTED_COLUMNS = 5

_verified_places: set[str] = set()  # places whose tables exist and have a supported schema version
_list_schemas: dict[tuple[str, str], pa.Schema] = {}  # by place and table: columns of a table with lists as vectors
_vector_indexes: dict[tuple[str, str], VectorIndex | None] = {}  # by place and table
_capabilities: dict[str, Capabilities] = {}  # by place
_root_values: dict[str, list[str | None]] = {}  # by place: values of the rows of roots


class TableTransaction(Protocol):
    """Interface of a transaction that `Tables` uses."""

    sdk: SdkTransaction

    def rows(self, table: str, columns: Sequence[str], conditions: Sequence[Any] = ()) -> pa.Table:
        """Return the rows of a table that match all conditions."""
        ...

    def insert(self, table: str, rows: pa.Table) -> None:
        """Insert rows into a table."""
        ...


class Tables:
    """Metadata cache for the tables of one place; querying the server every time would cost requests."""

    def __init__(self, vast: Vast) -> None:
        self._vast = vast
        self._metadata_by_table: dict[str, TableMetadata] = {}

    def columns(self, name: str) -> Any:
        """Return the columns of a table as ibis expressions."""
        return self._cached_metadata(name).ibis_table

    @property
    def capabilities(self) -> Capabilities:
        """Answers from `vast prove`, read with the schema version."""
        return _capabilities.get(self._vast.location, Capabilities())

    @property
    def is_verified(self) -> bool:
        """True once the schema version was checked, and the contents of `schema_info` are cached."""
        return self._vast.location in _verified_places

    @property
    def roots(self) -> Roots | None:
        """Roots that were read last, at the latest with the schema version; None if the database has none.

        Raises:
            StoreDamagedError: The roots cannot be read.
        """
        return from_values(_root_values.get(self._vast.location, ()), self._vast.location)

    def has_other_roots(self, known: Roots | None) -> bool:
        """Return True if the cached roots are others than the known ones; False if they cannot be read."""
        try:
            return self.roots != known
        except StoreDamagedError:
            return False

    def ref(self, name: str) -> TableRef:
        """Return the full name of a table."""
        return TableRef(self._vast.bucket, self._vast.schema, name)

    def arrow_schema(self, name: str) -> pa.Schema:
        """Return the columns of a table, with vectors of fixed length."""
        return schema.TABLES[name]

    def has_list_vectors(self, name: str) -> bool:
        """Return True if the vectors of a verified table are lists of any length, as Trino creates them."""
        return self._stored_schema(name) is not None

    def to_stored_types(self, name: str, rows: pa.Table) -> pa.Table:
        """Return rows of a table, or columns of them, with vectors of the type that the table has."""
        stored = self._stored_schema(name)
        if stored is None:
            return rows
        for position, field in enumerate(rows.schema):
            if pa.types.is_fixed_size_list(field.type):
                own = stored.field(field.name)
                rows = rows.set_column(position, own, rows.column(position).combine_chunks().cast(own.type))
        return rows

    def to_schema_types(self, name: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return rows as stored with vectors of fixed length; raise StoreDamagedError for another length."""
        if not any(pa.types.is_list(field.type) for field in batch.schema):  # a batch without columns has a length, too
            return batch
        fields = [
            schema.TABLES[name].field(field.name) if pa.types.is_list(field.type) else field for field in batch.schema
        ]
        try:
            arrays = [array.cast(field.type) for array, field in zip(batch.columns, fields, strict=True)]
        except pa.ArrowInvalid as error:
            raise StoreDamagedError(
                f"A vector in {self._vast.location}/{name} has another length. Delete the row and publish its file."
            ) from error
        return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))

    def metadata(self, sdk: SdkTransaction, name: str, *, for_row_ids: bool) -> TableMetadata:
        """Return the metadata that the SDK needs; a vector index changes the type of the row ids."""
        if not for_row_ids or name not in VECTOR_INDEXES:
            return self._cached_metadata(name)
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
        for name in VECTOR_TABLES:
            _list_schemas.pop((self._vast.location, name), None)
        for name in VECTOR_INDEXES:
            _vector_indexes.pop((self._vast.location, name), None)

    def verify(self, transaction: TableTransaction) -> None:
        """Check the schema version of the tables, once per place and process.

        Raises:
            ConnectionLostError: A table does not exist.
            StoreDamagedError: The tables are of another version or another program.
        """
        if self._vast.location in _verified_places:
            return
        rows = self.read_info(transaction)
        version = self._check_version(rows)
        if version is None or LIST_VECTORS in rows:  # made by the statements of `vast schema`, or without vectors
            self.refuse_foreign(transaction.sdk, list(schema.TABLES))
            self._read_columns(transaction.sdk)
        _verified_places.add(self._vast.location)

    def read_info(self, transaction: TableTransaction) -> list[tuple[str, str]]:
        """Return the rows of `schema_info`, and cache the capabilities and the roots in them."""
        key = self.columns("schema_info").key
        is_no_ledger = (key < LEDGER_PREFIX) | (key > f"{LEDGER_PREFIX}{chr(0xFFFF)}")  # of loads, thousands of rows
        rows = transaction.rows("schema_info", ["key", "value"], [is_no_ledger]).to_pylist()
        info = [(row["key"], row["value"]) for row in rows]
        _capabilities[self._vast.location] = newest_capabilities(v for key, v in info if key == CAPABILITIES_KEY)
        _root_values[self._vast.location] = [value for key, value in info if key == ROOTS_KEY]
        return info

    def refuse_foreign(self, sdk: SdkTransaction, names: Sequence[str]) -> None:
        """Refuse tables of these names that are not ours, by their columns; one request per table.

        Raises:
            StoreDamagedError: A table is of another program, or of an older version.
        """
        stored = {name: self.stored_columns(sdk, name) for name in names}
        missing = [column for name, columns in stored.items() for column in schema_versions.mismatches(name, columns)]
        if not missing:
            return
        if not any(schema_versions.mismatches(name, columns, 1) for name, columns in stored.items()):
            raise self._outdated(1)
        raise self._foreign(missing)

    def _foreign(self, lacking: Sequence[str]) -> StoreDamagedError:
        listed = ", ".join(lacking[:_MAX_LISTED_COLUMNS]) + (" ..." if lacking[_MAX_LISTED_COLUMNS:] else "")
        return StoreDamagedError(
            f"The tables in {self._vast.location} are not from exr-inspector: missing {listed}. They were not "
            "changed. Choose another schema with VAST_DB_SCHEMA."
        )

    def _check_version(self, info: Sequence[tuple[str, str]]) -> int | None:
        """Return the version in the rows of `schema_info`, or None without one; refuse any but the current one."""
        version = self._check_newer(info)
        if version is not None and version < schema.SCHEMA_VERSION:
            raise self._outdated(version)
        return version

    def _check_newer(self, info: Sequence[tuple[str, str]]) -> int | None:
        """Return the version in the rows of `schema_info`, or None without one; refuse a newer one."""
        version = version_in(info)
        if version is not None and version > schema.SCHEMA_VERSION:
            raise StoreDamagedError(
                f"The tables in {self._vast.location} are from a newer exr-inspector (schema {version}, "
                f"supported: {schema.SCHEMA_VERSION}). They were not changed. Update exr-inspector."
            )
        return version

    def _outdated(self, version: int) -> StoreDamagedError:
        return StoreDamagedError(
            f"The tables in {self._vast.location} are of an older version (schema {version}, current: "
            f"{schema.SCHEMA_VERSION}). Run `exr-inspector vast migrate` once."
        )

    def create(self, transaction: TableTransaction) -> list[str]:
        """Create missing tables and projections, describe them in `schema_info`, and return what changed.

        The caller commits.

        Raises:
            StoreDamagedError: Existing tables are of another program or version; nothing is added to them.
        """
        sdk = transaction.sdk
        bucket = sdk.bucket(self._vast.bucket)
        namespace = bucket.schema(self._vast.schema, fail_if_missing=False) or bucket.create_schema(self._vast.schema)
        existing = set(namespace.tablenames()) & set(schema.TABLES)
        missing = [name for name in schema.TABLES if name not in existing]
        if "schema_info" in existing:
            self._check_version(self.read_info(transaction))
        self.refuse_foreign(sdk, sorted(existing))
        has_lists = any([self._create_table(sdk, namespace, name) for name in missing])
        unsorted = projections.list_missing(sdk, self._vast, [name for name in schema.TABLES if name in existing])
        unsorted |= {name: list(projections.PROJECTIONS.get(name, ())) for name in missing}
        if self.capabilities.lacks("projection.use"):
            unsorted = {}
        added = [*missing, *projections.create(sdk, self._vast, unsorted)]
        keys = [] if "schema_info" in missing else transaction.rows("schema_info", ["key"])["key"].to_pylist()
        if "schema_version" in keys and not has_lists:
            return added
        if has_lists or existing & set(VECTOR_TABLES):
            self._read_columns(sdk)
        info = {} if "schema_version" in keys else schema.new_schema_info()
        if any(self.has_list_vectors(name) for name in VECTOR_TABLES) and LIST_VECTORS[0] not in keys:
            info |= dict([LIST_VECTORS])
        if info:
            rows = {"key": list(info), "value": list(info.values())}
            transaction.insert("schema_info", pa.table(rows, schema=schema.SCHEMA_INFO))
        return [*added, *info]

    def _create_table(self, sdk: SdkTransaction, namespace: Any, name: str) -> bool:
        """Create one table, with its vector index and with vectors of fixed length where the server supports them.

        Returns:
            True if its vectors are lists of any length.
        """
        api = sdk._rpc.api
        index = VECTOR_INDEXES.get(name) if api.vast_version >= MIN_VECTOR_INDEX_VERSION else None
        columns = schema.TABLES[name]
        attempts = [(columns, index)] if index is not None else []
        attempts += [(columns, None), (with_list_vectors(columns), None)]
        if name not in VECTOR_TABLES:
            attempts = [(columns, None)]
        for columns, index in attempts[:-1]:
            try:
                api.create_table(
                    self._vast.bucket, namespace.name, name, columns, txid=sdk.active_txid, vector_index=index
                )
                return False
            except (errors.BadRequest, errors.NotSupported, errors.NotImplemented) as error:
                log.info("Creating %s without %s: %r", name, "a vector index" if index else "vectors", error)
        api.create_table(self._vast.bucket, namespace.name, name, attempts[-1][0], txid=sdk.active_txid)
        return name in VECTOR_TABLES

    def _read_columns(self, sdk: SdkTransaction) -> None:
        """Read the tables that have lists as vectors; three requests."""
        for name in VECTOR_TABLES:
            stored = {field.name: field.type for field in self.stored_columns(sdk, name)}
            columns = [
                field.with_type(kind) if pa.types.is_list(kind := stored.get(field.name, field.type)) else field
                for field in schema.TABLES[name]
            ]
            if columns != list(schema.TABLES[name]):
                _list_schemas[self._vast.location, name] = pa.schema(columns)

    def stored_columns(self, sdk: SdkTransaction, name: str) -> pa.Schema:
        """Return the columns of a table as the server lists them; one request."""
        place = (self._vast.bucket, self._vast.schema, name)
        with translate_errors(self._vast):
            return sdk._rpc.api.list_all_columns(*place, sorted_columns=False, txid=sdk.active_txid)

    def _stored_schema(self, name: str) -> pa.Schema | None:
        """Return the columns of a table that differ from `schema.TABLES`, or None if they do not."""
        return _list_schemas.get((self._vast.location, name))

    def _cached_metadata(self, name: str) -> TableMetadata:
        columns = self._stored_schema(name) or schema.TABLES[name]
        known = self._metadata_by_table.get(name)
        if known is None or known.arrow_schema is not columns:
            known = self._metadata_by_table[name] = self._new_metadata(name, None)
        return known

    def _stats(self, sdk: SdkTransaction, name: str) -> Any:
        metadata = self._new_metadata(name, None)
        with translate_errors(self._vast):
            metadata.load_stats(sdk)
        assert metadata.stats is not None
        return metadata.stats

    def _new_metadata(self, name: str, index: VectorIndex | None) -> TableMetadata:
        columns = self._stored_schema(name) or schema.TABLES[name]
        return TableMetadata(self.ref(name), columns, vastdb.TableType.Regular, vector_index=index)


def version_in(info: Sequence[tuple[str, str]]) -> int | None:
    """Return the schema version in the rows of `schema_info`, or None without one."""
    return max((int(value) for key, value in info if key == "schema_version" and value.isdigit()), default=None)


def with_list_vectors(columns: pa.Schema) -> pa.Schema:
    """Return the columns with lists of any length in place of vectors."""
    return pa.schema(
        [
            field.with_type(pa.list_(pa.float32())) if pa.types.is_fixed_size_list(field.type) else field
            for field in columns
        ]
    )
