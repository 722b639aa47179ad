"""Probe of the import of Parquet files from the bucket of the database."""

from __future__ import annotations

from http import HTTPStatus

import pyarrow as pa
import pyarrow.parquet as pq
from vastdb.config import ImportConfig
from vastdb.errors import ImportFilesError

from exr_inspector_app.persistence.vast.objects import send_object
from exr_inspector_app.persistence.vast.prove.fact import Fact, RefutedError, UnprovenError
from exr_inspector_app.persistence.vast.prove.scratch import Scratch, object_key, rows_of, rows_with_key

_ROWS = 20


def _import(scratch: Scratch) -> str:
    key, name = scratch.new_key(), object_key(scratch.vast.schema)
    sink = pa.BufferOutputStream()
    pq.write_table(scratch.database.tables.to_stored_types("files", rows_of("files", key, _ROWS)), sink)
    scratch.has_object = True
    response = send_object(scratch.database, "PUT", name, sink.getvalue().to_pybytes(), scratch.timeout)
    if response.status_code != HTTPStatus.OK:
        raise UnprovenError(f"The key may not upload a test file to {scratch.vast.bucket} ({response.status_code}).")
    config = ImportConfig(import_concurrency=1, data_endpoints=[scratch.vast.endpoint])
    with scratch.transaction() as transaction:
        try:
            transaction.open_table("files").import_files([f"/{scratch.vast.bucket}/{name}"], config)
        except ImportFilesError as error:
            raise RefutedError(f"Refused: {error.error_dict.get('res')}.") from error
        count = len(rows_with_key(transaction, "files", key, "metadata_embedding"))
    if count != _ROWS:
        raise RefutedError(f"{count} of {_ROWS} rows are imported.")
    if len(scratch.read("files", key)):
        raise RefutedError("Imported rows stay after a rollback.")
    return f"{_ROWS} rows are imported within a transaction, and gone after its rollback."


FACTS = (
    Fact(
        "import.parquet",
        "Can Parquet files be imported within a transaction?",
        _import,
        "a backfill inserts its rows",
    ),
)
