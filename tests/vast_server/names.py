"""Calls on named objects: schemas, tables and columns."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from . import replies
from .catalog import Catalog
from .database import Database
from .tables import Table, VectorIndex
from .wire import Call, RefusalError, Reply

METRICS = ("l2sq", "ip")
QUANTIZATIONS = ("scalar_8bit", "none")


def schema_create(database: Database, call: Call) -> Reply:
    """Create a schema."""
    database.change(call.transaction, call.schema, None, lambda catalog: catalog.create_schema(call.schema))
    return Reply()


def schema_alter(database: Database, call: Call) -> Reply:
    """Rename a schema."""
    new = call.query.get("tabular-new-schema-name")
    if new:
        database.change(call.transaction, call.schema, None, lambda catalog: catalog.rename_schema(call.schema, new))
    return Reply()


def schema_drop(database: Database, call: Call) -> Reply:
    """Remove an empty schema."""
    database.change(call.transaction, call.schema, None, lambda catalog: catalog.drop_schema(call.schema))
    return Reply()


def schema_list(database: Database, call: Call) -> Reply:
    """List the direct child schemas of a schema or bucket."""
    catalog = database.view(call.transaction)
    catalog.check_schema(call.schema)
    names, headers = page(call, catalog.children(call.schema))
    return Reply((replies.schema_list(call.parts[0], names),), headers)


def table_create(database: Database, call: Call) -> Reply:
    """Create a table with the columns in the body."""
    columns = pa.ipc.read_schema(pa.py_buffer(call.body))
    positions = [
        int(value) for name, value in call.headers.items() if name.lower().startswith("tabular-sorted-column-")
    ]
    table = Table.empty(columns, index=vector_index(call, columns))
    table = table.sort_by(positions) if positions else table
    database.change(call.transaction, call.table, None, lambda catalog: catalog.create_table(call.table, table))
    return Reply()


def vector_index(call: Call, columns: pa.Schema) -> VectorIndex | None:
    """Return the vector index that the headers specify."""
    name = call.headers.get("tabular-vector-index-column")
    if name is None:
        return None
    metric = call.headers.get("tabular-vector-index-distance-metric") or ""
    cluster = call.headers.get("tabular-vector-index-cluster-quantization") or "scalar_8bit"
    search = call.headers.get("tabular-vector-index-search-quantization") or "scalar_8bit"
    if name not in columns.names or not pa.types.is_fixed_size_list(columns.field(name).type):
        raise RefusalError(400, "InvalidArgument", f"invalid vector indexed column name {name}")
    if metric not in METRICS:
        supported = ", ".join(f"'{known}'" for known in METRICS)
        message = f"invalid vector index distance metric {metric}, supported metrics: {supported}"
        raise RefusalError(400, "InvalidArgument", message)
    if (cluster, search) == QUANTIZATIONS or not {cluster, search} <= set(QUANTIZATIONS):
        raise RefusalError(400, "InvalidArgument", f"invalid vector index quantization {cluster}, {search}")
    return VectorIndex(name, metric, cluster, search)


def table_alter(database: Database, call: Call) -> Reply:
    """Rename a table, or sort it."""
    if new := call.query.get("tabular-new-table-name"):
        schema, _, name = new.rpartition("/")
        key = (call.parts[0], schema, name)
        database.change(call.transaction, call.table, None, lambda catalog: catalog.rename_table(call.table, key))
    positions = [
        int(value) for name, value in call.headers.items() if name.lower().startswith("tabular-sorted-column-")
    ]
    if positions:
        change(database, call, lambda table: table.sort_by(positions))
    return Reply()


def table_drop(database: Database, call: Call) -> Reply:
    """Remove a table."""
    database.change(call.transaction, call.table, None, lambda catalog: catalog.drop_table(call.table))
    return Reply()


def table_list(database: Database, call: Call) -> Reply:
    """List the tables of a schema."""
    catalog = database.view(call.transaction)
    catalog.check_schema(call.schema)
    names, headers = page(call, catalog.table_names(call.schema))
    tables = [(name, catalog.table((*call.schema, name))) for name in names]
    return Reply((replies.table_list(*call.schema, tables),), headers)


def column_add(database: Database, call: Call) -> Reply:
    """Add columns to a table."""
    added = pa.ipc.read_schema(pa.py_buffer(call.body))
    change(database, call, lambda table: table.add_columns(added))
    return Reply()


def column_drop(database: Database, call: Call) -> Reply:
    """Remove columns from a table."""
    names = pa.ipc.read_schema(pa.py_buffer(call.body)).names
    change(database, call, lambda table: table.drop_columns(names))
    return Reply()


def column_alter(database: Database, call: Call) -> Reply:
    """Rename a column."""
    name, new = call.query["tabular-column-name"], call.query.get("tabular-new-column-name")
    if new:
        change(database, call, lambda table: table.rename_column(name, new))
    return Reply()


def column_list(database: Database, call: Call) -> Reply:
    """List a table's columns, with metadata on their sort order."""
    table = database.view(call.transaction).table(call.table)
    listed, headers = page(call, table.columns.names)
    return column_page(table, listed, headers)


def sorted_columns(database: Database, call: Call) -> Reply:
    """List the columns by which a table is sorted."""
    table = database.view(call.transaction).table(call.table)
    if not table.sorting:
        raise RefusalError(400, "InvalidArgument", "Listing sorted columns without elysium being enabled")
    listed, headers = page(call, [table.columns.names[position] for position in table.sorting])
    return column_page(table, listed, headers)


def column_page(table: Table, listed: list[str], headers: dict[str, str]) -> Reply:
    """Return some columns as an Arrow schema."""
    names = table.columns.names
    fields = []
    for name in listed:
        position = names.index(name) if table.sorting else 0
        sort = {"VAST:sort_type": "Unsorted"}
        if position in table.sorting:
            sort = {"VAST:sort_type": "Sorted", "VAST:sort_index": str(table.sorting.index(position))}
        fields.append(table.columns.field(name).with_metadata(sort))
    schema = pa.schema(fields, metadata={"VAST:columns": str(len(names))})
    return Reply((schema.serialize(), b"\xff\xff\xff\xff\x00\x00\x00\x00"), headers)


def change(database: Database, call: Call, operation: Any) -> None:
    """Apply an operation to the table of a call, with a lock on the whole table."""
    key = call.table

    def on_catalog(catalog: Catalog) -> Catalog:
        return catalog.change(key, operation)

    database.change(call.transaction, key, None, on_catalog)


def page(call: Call, names: list[str]) -> tuple[list[str], dict[str, str]]:
    """Return the requested page of a list, and the headers for the next page."""
    exact, prefix = call.headers.get("tabular-name-exact-match"), call.headers.get("tabular-name-prefix") or ""
    matching = [name for name in names if (name == exact if exact is not None else name.startswith(prefix))]
    start, count = int(call.headers.get("tabular-next-key") or 0), int(call.headers.get("tabular-max-keys") or 1000)
    return matching[start : start + count], {
        "tabular-next-key": str(start + count),
        "tabular-is-truncated": "true" if start + count < len(matching) else "false",
        "tabular-list-count": str(len(matching)),
    }
