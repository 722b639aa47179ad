"""Scan of the files of a VAST Database by ranges of file_id: one pass over the keys, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from exr_inspector_app.contracts import Filter, StoredFile
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.derived_filters import DerivedFilter
from exr_inspector_app.persistence.vast.id_ranges import IdRange, split_ids
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.persistence.vast.visibility import matching_keys, read_files


def scan_files(
    database: Database, template: PathTemplate, where: Filter, history: bool, batch_files: int
) -> Iterator[list[StoredFile]]:
    """Yield the matching files in batches; each range of file_id is read in its own snapshot."""

    def read_range(transaction: Transaction, ids: IdRange) -> list[StoredFile]:
        also, derived = ids.conditions(transaction, "files"), DerivedFilter(transaction, template)
        keys = matching_keys(transaction, where, history, derived, also=also)
        return [StoredFile(row) for row in read_files(transaction, keys)]

    total = database.read(lambda transaction: transaction.tables.row_count(transaction.sdk, "files"))
    pending: list[StoredFile] = []
    for ids in split_ids(total or 0, batch_files):
        pending += database.read(partial(read_range, ids=ids)) or []
        while len(pending) >= batch_files:
            yield pending[:batch_files]
            del pending[:batch_files]
    if pending:
        yield pending
