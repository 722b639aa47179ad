"""Rights check of a key: inserts, updates and deletes a row of `files` in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import pyarrow as pa
from vastdb import errors

from exr_inspector_app.errors import KnownError, VASTDatabaseError
from exr_inspector_app.persistence.vast.prove.scratch import rows_of, rows_with_key
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Transaction

_KEY = "probe of `vast check`"  # file_id of the row, which no reader sees
_POLICY = "Ask the administrator for the policy of `exr-inspector vast schema --policy`."


def check_rights(transaction: Transaction, require_write: bool) -> str:
    """Try each right in `files`, the only table with a vector index; the caller rolls the transaction back.

    Returns:
        The permissions of the key.

    Raises:
        KnownError: A right to write is missing, and `require_write` is True.
    """
    rows_with_key(transaction, "files", _KEY)  # the right to read; one look-up at any size
    refused: list[str] = []

    def attempt(action: str, call: Callable[[], object]) -> None:
        try:
            call()
        except VASTDatabaseError as error:
            refused.append(action + _reason(error))

    attempt("insert", lambda: transaction.insert("files", rows_of("files", _KEY)))
    has_updates = not transaction.tables.capabilities.lacks("update.indexed")
    if not refused:
        rows = rows_with_key(transaction, "files", _KEY, row_ids=True)
        counts = pa.array([2] * len(rows), pa.int32())
        if has_updates:
            changes = pa.table({ROW_ID: rows[ROW_ID], "inspection_count": counts})
            attempt("update", lambda: transaction.update("files", changes))
        attempt("delete", lambda: transaction.delete("files", rows))
    if not refused:
        return f"may read, insert, {'update' if has_updates else 'replace'} and delete"
    if require_write:
        raise KnownError(f"The key may not {' or '.join(refused)} rows of files. {_POLICY}")
    return f"may read, but not {' or '.join(refused)}, so this key cannot publish"


def _reason(error: VASTDatabaseError) -> str:
    """Return the reason of a refusal other than a missing right; raise errors that are no refusal."""
    cause = error.__cause__
    if isinstance(cause, errors.NotSupported):
        return " (not supported)"
    if not isinstance(cause, errors.HttpError) or isinstance(cause, errors.Slowdown):
        raise error
    return "" if cause.status == HTTPStatus.FORBIDDEN else f" ({cause.status}, {cause.code})"
