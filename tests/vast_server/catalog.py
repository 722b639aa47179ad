"""Immutable catalog of schemas and tables; every change returns a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from .tables import Table
from .wire import RefusalError

SchemaKey = tuple[str, str]  # bucket, path of the schema
TableKey = tuple[str, str, str]  # bucket, path of the schema, name


@dataclass(frozen=True)
class Catalog:
    """Everything that is stored, at one moment."""

    schemas: frozenset[SchemaKey] = frozenset()
    tables: Mapping[TableKey, Table] = field(default_factory=dict)

    def table(self, key: TableKey) -> Table:
        """Return the table of that name."""
        if key not in self.tables:
            raise RefusalError(404, "TabularNoSuchTable", f"there is no table {'/'.join(key)}")
        return self.tables[key]

    def check_schema(self, key: SchemaKey) -> None:
        """Refuse a missing schema; the root of a bucket always exists."""
        if key[1] and key not in self.schemas:
            raise RefusalError(404, "TabularNoSuchSchema", f"there is no schema {'/'.join(key)}")

    def children(self, key: SchemaKey) -> list[str]:
        """Return the names of the direct child schemas, sorted."""
        bucket, path = key
        prefix = f"{path}/" if path else ""
        below = (name[len(prefix) :] for owner, name in self.schemas if owner == bucket and name.startswith(prefix))
        return sorted(name for name in below if "/" not in name)

    def table_names(self, key: SchemaKey) -> list[str]:
        """Return the names of the tables of a schema, sorted."""
        return sorted(name for bucket, schema, name in self.tables if (bucket, schema) == key)

    def create_schema(self, key: SchemaKey) -> Catalog:
        """Add a schema."""
        if key in self.schemas:
            raise RefusalError(409, "TabularSchemaAlreadyExists", f"there is a schema {'/'.join(key)} already")
        return replace(self, schemas=self.schemas | {key})

    def drop_schema(self, key: SchemaKey) -> Catalog:
        """Remove an empty schema."""
        self.check_schema(key)
        if self.children(key) or self.table_names(key):
            raise RefusalError(409, "TabularSchemaNotEmpty", f"the schema {'/'.join(key)} is not empty")
        return replace(self, schemas=self.schemas - {key})

    def rename_schema(self, key: SchemaKey, new: str) -> Catalog:
        """Rename a schema with everything in it."""
        self.check_schema(key)
        if (key[0], new) in self.schemas:
            raise RefusalError(409, "TabularSchemaAlreadyExists", f"there is a schema {new} already")

        def moved(bucket: str, path: str) -> str:
            inside = bucket == key[0] and (path == key[1] or path.startswith(f"{key[1]}/"))
            return new + path[len(key[1]) :] if inside else path

        return Catalog(
            frozenset((bucket, moved(bucket, path)) for bucket, path in self.schemas),
            {(bucket, moved(bucket, path), name): table for (bucket, path, name), table in self.tables.items()},
        )

    def create_table(self, key: TableKey, table: Table) -> Catalog:
        """Add a table."""
        self.check_schema(key[:2])
        if key in self.tables:
            raise RefusalError(409, "TabularTableAlreadyExists", f"there is a table {'/'.join(key)} already")
        return replace(self, tables={**self.tables, key: table})

    def drop_table(self, key: TableKey) -> Catalog:
        """Remove a table."""
        self.table(key)
        return replace(self, tables={name: table for name, table in self.tables.items() if name != key})

    def rename_table(self, key: TableKey, new: TableKey) -> Catalog:
        """Rename a table."""
        return self.drop_table(key).create_table(new, self.table(key))

    def change(self, key: TableKey, operation: Callable[[Table], Table]) -> Catalog:
        """Replace a table by the result of `operation`."""
        return replace(self, tables={**self.tables, key: operation(self.table(key))})
