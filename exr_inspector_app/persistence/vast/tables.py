"""The tables of a VAST Database: what is known of them without asking, and making them once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import vastdb
from vastdb import errors
from vastdb._internal import VectorIndex
from vastdb.table_metadata import TableMetadata, TableRef
from vastdb.transaction import Transaction as SdkTransaction

from exr_inspector_app.config import Vast
from exr_inspector_app.errors import StoreDamagedError
from exr_inspector_app.persistence import schema

if TYPE_CHECKING:
    from exr_inspector_app.persistence.vast.transaction import Transaction

log = logging.getLogger(__name__)

INDEXED = {"files": vastdb.VectorIndexSpec("metadata_embedding", "l2sq")}
WITH_INDEX = (5, 5)  # the first server that has vector indexes

_sound: set[str] = set()  # places whose tables are there and of our version
_indexes: dict[tuple[str, str], VectorIndex | None] = {}  # of a place and a table


class Tables:
    """What this process knows of the tables of one place; asking for it anew would cost requests."""

    def __init__(self, vast: Vast) -> None:
        self._vast = vast
        self._plain = {name: self._metadata(name, None) for name in schema.TABLES}

    def columns(self, name: str) -> Any:
        """The columns of a table, to make conditions of."""
        return self._plain[name].ibis_table

    def ref(self, name: str) -> TableRef:
        """The full name of a table."""
        return self._plain[name].ref

    def metadata(self, sdk: SdkTransaction, name: str, *, for_row_ids: bool) -> TableMetadata:
        """What the SDK has to know of a table; row ids are of another type where there is a vector index."""
        if not for_row_ids or name not in INDEXED:
            return self._plain[name]
        return self._metadata(name, self.index(sdk, name))

    def index(self, sdk: SdkTransaction, name: str) -> VectorIndex | None:
        """The vector index of a table, asked for once."""
        key = (self._vast.place, name)
        if key not in _indexes:
            metadata = self._metadata(name, None)
            metadata.load_stats(sdk)
            assert metadata.stats is not None
            _indexes[key] = metadata.stats.vector_index
        return _indexes[key]

    def rows(self, sdk: SdkTransaction, name: str) -> int:
        """How many rows a table has, older headers and such as lost a race with them."""
        metadata = self._metadata(name, None)
        metadata.load_stats(sdk)
        assert metadata.stats is not None
        return int(metadata.stats.num_rows)

    def forget(self) -> None:
        """The tables may not be there any more, or be others."""
        _sound.discard(self._vast.place)
        for name in INDEXED:
            _indexes.pop((self._vast.place, name), None)

    def verify(self, transaction: Transaction) -> None:
        """Nothing, where the tables are of our version; Lost where there are none, StoreDamaged for newer ones."""
        if self._vast.place in _sound:
            return
        found = transaction.rows("schema_info", ["key", "value"]).to_pylist()
        versions = [int(row["value"]) for row in found if row["key"] == "schema_version" and row["value"].isdigit()]
        if max(versions, default=0) > schema.SCHEMA_VERSION:
            raise StoreDamagedError(
                f"The tables in {self._vast.place} were made by a newer exr-inspector (schema {max(versions)}, this "
                f"one knows {schema.SCHEMA_VERSION}); they were not touched. Update the program."
            )
        _sound.add(self._vast.place)

    def create(self, transaction: Transaction) -> list[str]:
        """The names of the tables that lacked and have been made, in a transaction that is yet to be committed."""
        sdk = transaction.sdk
        bucket = sdk.bucket(self._vast.bucket)
        place = bucket.schema(self._vast.schema, fail_if_missing=False) or bucket.create_schema(self._vast.schema)
        missing = [name for name in schema.TABLES if name not in set(place.tablenames())]
        for name in missing:
            self._create(sdk, place, name)
        if "schema_info" in missing:
            facts = schema.info()
            rows = {"key": list(facts), "value": list(facts.values())}
            transaction.insert("schema_info", pa.table(rows, schema=schema.SCHEMA_INFO))
        return missing

    def _create(self, sdk: SdkTransaction, place: Any, name: str) -> None:
        """One table, with its vector index where the server has such."""
        api = sdk._rpc.api
        index = INDEXED.get(name) if api.vast_version >= WITH_INDEX else None
        where = (self._vast.bucket, place.name, name, schema.TABLES[name])
        try:
            api.create_table(*where, txid=sdk.active_txid, vector_index=index)
        except (errors.BadRequest, errors.NotSupported, errors.NotImplemented) as error:
            if index is None:
                raise
            log.info("%s is made without a vector index: %r", name, error)
            api.create_table(*where, txid=sdk.active_txid)

    def _metadata(self, name: str, index: VectorIndex | None) -> TableMetadata:
        ref = TableRef(self._vast.bucket, self._vast.schema, name)
        return TableMetadata(ref, schema.TABLES[name], vastdb.TableType.Regular, vector_index=index)
