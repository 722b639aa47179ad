"""Calls on objects of the bucket, and the import of Parquet objects into a table."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq

from .database import Database
from .flat import Flat
from .rows import NO_ROWS, change
from .tables import Table
from .wire import Call, RefusalError, Reply

MAX_FILES = 10  # of one request


def put_object(database: Database, call: Call) -> Reply:
    """Store an object."""
    with database.lock:
        database.objects[tuple(call.parts)] = call.body
    return Reply()


def delete_object(database: Database, call: Call) -> Reply:
    """Delete an object; a missing one is no error."""
    with database.lock:
        database.objects.pop(tuple(call.parts), None)
    return Reply()


def import_files(database: Database, call: Call) -> Reply:
    """Insert the rows of Parquet objects in the transaction of the call."""
    files = Flat.root(call.body).tables(0)
    if len(files) > MAX_FILES:
        raise RefusalError(400, "InvalidArgument", f"at most {MAX_FILES} files are imported by one request")
    table = database.view(call.transaction).table(call.table)
    lines = []
    for file in files:
        bucket, name = file.text(1).decode(), file.text(2).decode()
        line = {"bucket_name": bucket, "object_name": name, "res": "Success", "err_msg": ""}
        try:
            rows = table.conform(pq.read_table(pa.BufferReader(database.objects[bucket, *name.split("/")])))
            insert(database, call, rows)
        except (KeyError, RefusalError, pa.ArrowException) as error:
            line |= {"res": "TabularImportFailed", "err_msg": str(error)}
        lines.append(json.dumps(line).ljust(1024).encode())  # clients read pieces of this size
    return Reply(tuple(lines))


def insert(database: Database, call: Call, rows: pa.Table) -> None:
    """Insert rows with new ids."""
    ids = database.view(call.transaction).table(call.table).ids.take(rows.num_rows)

    def operation(own: Table) -> Table:
        return own.insert(own.conform(rows), ids)

    change(database, call, NO_ROWS, operation)
