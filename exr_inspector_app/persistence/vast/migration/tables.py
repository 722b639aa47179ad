"""Metadata of tables in the middle of a migration: their columns as the server lists them, of either version."""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa

from exr_inspector_app.config import Vast
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.schema_versions import mismatches
from exr_inspector_app.persistence.vast.errors import translate_errors
from exr_inspector_app.persistence.vast.tables import Tables, TableTransaction

FRAME = pa.field("frame_number_2", pa.float64())  # until the column of version 1 is dropped: its type cannot change


class StoredTables(Tables):
    """Metadata cache of tables whose columns are not those of the current schema."""

    def __init__(self, vast: Vast) -> None:
        super().__init__(vast)
        self._stored: dict[str, pa.Schema] = {}

    def load_columns(self, transaction: TableTransaction, names: Collection[str]) -> None:
        """Read the columns of tables.

        Raises:
            StoreError: A table does not exist.
        """
        with translate_errors(self._vast):
            bucket = transaction.sdk.bucket(self._vast.bucket)
            namespace = bucket.schema(self._vast.schema, fail_if_missing=False)
            missing = set(names) - set(namespace.tablenames() if namespace else ())
        self._stored = {name: self.stored_columns(transaction.sdk, name) for name in names if name not in missing}
        if missing:
            raise StoreError(f"No table {', '.join(sorted(missing))} in {self._vast.location}.")

    def verify(self, transaction: TableTransaction) -> None:
        """Accept tables of any version."""

    def arrow_schema(self, name: str) -> pa.Schema:
        """Return the columns of a table as they are stored."""
        return self._stored[name]

    def has_list_vectors(self, name: str) -> bool:
        """Return True if the vectors of a table are lists of any length."""
        return any(pa.types.is_list(field.type) for field in self._stored[name])

    def _stored_schema(self, name: str) -> pa.Schema | None:
        return self._stored.get(name)


class MigrationTables(StoredTables):
    """Metadata cache of the tables of one place while they are migrated."""

    def __init__(self, vast: Vast) -> None:
        super().__init__(vast)
        self.info: dict[str, str] = {}  # rows of schema_info

    def load(self, transaction: TableTransaction) -> None:
        """Read the columns of all tables, and the rows of `schema_info`.

        Raises:
            StoreError: A table does not exist.
            StoreDamagedError: Those that exist are of another program.
        """
        try:
            self.load_columns(transaction, list(schema.TABLES))
        except StoreError:
            self.refuse_other_versions()
            raise
        rows = self.read_info(transaction)
        self._check_newer(rows)
        self.info = dict(rows)

    def is_current(self) -> bool:
        """Return True if the tables have the columns and the version of the current schema."""
        version = self.info.get("schema_version", str(schema.SCHEMA_VERSION))
        return version == str(schema.SCHEMA_VERSION) and not self._lacking(schema.SCHEMA_VERSION)

    def refuse_other_versions(self) -> None:
        """Refuse tables without all columns of version 1.

        Raises:
            StoreDamagedError: They are of another program.
        """
        lacking, current = self._lacking(1), self._lacking(schema.SCHEMA_VERSION)
        if lacking:
            raise self._foreign([column for column in lacking if column in current] or lacking)

    def _lacking(self, version: int) -> list[str]:
        return [column for name, columns in self._stored.items() for column in mismatches(name, columns, version)]
