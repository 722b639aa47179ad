"""Routing table: a kind for every request, and the function that executes it."""

from __future__ import annotations

from collections.abc import Callable

from . import engine, imports, names, projections, replies, rows
from .database import Database
from .wire import Call, RefusalError, Reply

Action = Callable[[Database, Call], Reply]
NO_SNAPSHOTS = b"<ListBucketResult><IsTruncated>false</IsTruncated><Marker></Marker></ListBucketResult>"


def begin(database: Database, call: Call) -> Reply:
    """Begin a transaction."""
    number = database.begin().number
    return Reply(headers={"tabular-txid": str(number), "x-vast-rcf-id": "E1:loopback"})


def commit(database: Database, call: Call) -> Reply:
    """Commit a transaction."""
    database.commit(call.transaction)
    return Reply()


def rollback(database: Database, call: Call) -> Reply:
    """Roll a transaction back."""
    if not (database.personality.rolls_back_committed and call.transaction not in database.open):
        database.rollback(call.transaction)
    return Reply()


def get_transaction(database: Database, call: Call) -> Reply:
    """Return whether a transaction is open."""
    database.find(call.transaction)
    return Reply(headers={"tabular-txid": str(call.transaction)})


def nothing(database: Database, call: Call) -> Reply:
    """Reply with headers alone."""
    return Reply()


def snapshots(database: Database, call: Call) -> Reply:
    """Return an empty list of snapshots."""
    return Reply((NO_SNAPSHOTS,))


def stats(database: Database, call: Call) -> Reply:
    """Return a table's size and address."""
    table = database.view(call.transaction).table(call.table)
    return Reply((replies.table_stats(table, (call.headers.get("Host") or "").split(":")[0]),))


ROUTES: dict[tuple[str, str], tuple[str, Action]] = {
    ("POST", "transaction"): ("begin", begin),
    ("PUT", "transaction"): ("commit", commit),
    ("DELETE", "transaction"): ("rollback", rollback),
    ("GET", "transaction"): ("get_tx", get_transaction),
    ("HEAD", ""): ("head_bucket", nothing),
    ("GET", "delimiter"): ("snapshots", snapshots),
    ("POST", "schema"): ("schema_create", names.schema_create),
    ("PUT", "schema"): ("schema_alter", names.schema_alter),
    ("DELETE", "schema"): ("schema_drop", names.schema_drop),
    ("GET", "schema"): ("schema_list", names.schema_list),
    ("POST", "table"): ("table_create", names.table_create),
    ("PUT", "table"): ("table_alter", names.table_alter),
    ("DELETE", "table"): ("table_drop", names.table_drop),
    ("GET", "table"): ("table_list", names.table_list),
    ("POST", "column"): ("column_add", names.column_add),
    ("PUT", "column"): ("column_alter", names.column_alter),
    ("DELETE", "column"): ("column_drop", names.column_drop),
    ("GET", "column"): ("columns", names.column_list),
    ("GET", "sorted-columns"): ("sorted_columns", names.sorted_columns),
    ("GET", "stats"): ("stats", stats),
    ("POST", "projection"): ("projection_create", projections.projection_create),
    ("PUT", "projection"): ("projection_alter", projections.projection_alter),
    ("DELETE", "projection"): ("projection_drop", projections.projection_drop),
    ("GET", "projection"): ("projection_list", projections.projection_list),
    ("POST", "rows"): ("insert", rows.insert),
    ("PUT", "rows"): ("update", rows.update),
    ("DELETE", "rows"): ("delete", rows.delete),
    ("GET", "data"): ("query", rows.query),
    ("POST", "data"): ("import", imports.import_files),
    ("PUT", ""): ("object_put", imports.put_object),
    ("DELETE", ""): ("object_delete", imports.delete_object),
    ("GET", "query-engine-capabilities"): ("engine_capabilities", engine.capabilities),
    ("POST", "query-engine-capabilities"): ("engine_capabilities", engine.capabilities),
    ("POST", "vastdb-run-query"): ("vector_query", engine.run_query),
    ("POST", "vastdb-query-status"): ("vector_status", engine.query_status),
    ("POST", "vastdb-data"): ("vector_data", engine.data),
    ("DELETE", "vastdb-run-query"): ("vector_close", engine.close),
    ("DELETE", "vastdb-data"): ("vector_close", engine.close),
}


def route(call: Call) -> tuple[str, Action]:
    """Return the kind of a call and the function that executes it."""
    if call.headers.get("tabular-get-vast-version"):
        return "version", nothing
    entry = ROUTES.get((call.method, call.command))
    if entry is None:
        return "unknown", unknown
    return entry


def unknown(database: Database, call: Call) -> Reply:
    """Refuse an unknown call."""
    raise RefusalError(501, "NotImplemented", f"{call.method} {call.command} is not known here")
