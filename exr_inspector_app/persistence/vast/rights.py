"""Rights check of a key: inserts, updates and deletes a row of `files` in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus

import pyarrow as pa
from vastdb import errors

from exr_inspector_app.errors import KnownError, VASTDatabaseError
from exr_inspector_app.persistence.vast.prove.scratch import rows_of, rows_with_key
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Transaction

_KEY = "probe of `vast check`"  # file_id of the row, which no reader sees
_POLICY = "Ask the administrator for the policy of `exr-inspector vast schema --policy`."
_LOSSES = {
    "update": "sizes, dates and notes of published files stay as they are",
    "delete": "published files cannot be removed",
}
_PROVE = "Run `exr-inspector vast prove`: the program then does without, where it can."


def check_rights(transaction: Transaction, require_write: bool) -> str:
    """Try each right in `files`, the only table with a vector index; the caller rolls the transaction back.

    Returns:
        The permissions of the key.

    Raises:
        KnownError: A right to write is missing, and `require_write` is True.
    """
    rows_with_key(transaction, "files", _KEY)  # the right to read; one look-up at any size
    has_updates = not transaction.tables.capabilities.lacks("update.indexed")
    is_inserted, refused = _try_insert(transaction)
    if is_inserted:
        refused = _try_changes(transaction, has_updates)
    if not refused:
        return f"may read, insert, {'update' if has_updates else 'replace'} and delete"
    actions = " or ".join(action + reason for action, reason in refused.items())
    if require_write:
        remedy = _POLICY if "" in refused.values() else _PROVE
        raise KnownError(f"The key may not {actions} rows of files. {remedy}")
    if not is_inserted:
        return f"may read, but not {actions}, so this key cannot publish"
    return f"may read and insert, but not {actions}: {' and '.join(_LOSSES[action] for action in refused)}"


def require_insert(transaction: Transaction) -> None:
    """Check the right to insert, the only one that a publish of new files needs; the caller rolls back.

    Raises:
        KnownError: The key may not insert rows.
    """
    is_inserted, refused = _try_insert(transaction)
    if not is_inserted:
        raise KnownError(f"The key may not insert{refused['insert']} rows of files. {_POLICY}")


def _try_insert(transaction: Transaction) -> tuple[bool, dict[str, str]]:
    """Insert a row; return False and the reason if that is refused."""
    refused = _refusals({"insert": lambda: transaction.insert("files", rows_of("files", _KEY))})
    return not refused, refused


def _try_changes(transaction: Transaction, has_updates: bool) -> dict[str, str]:
    """Update and delete the inserted row, and return the reason of each refusal by action."""
    rows = rows_with_key(transaction, "files", _KEY, row_ids=True)
    changes = pa.table({ROW_ID: rows[ROW_ID], "inspection_count": pa.array([2] * len(rows), pa.int32())})
    update = {"update": lambda: transaction.update("files", changes)} if has_updates else {}
    return _refusals({**update, "delete": lambda: transaction.delete("files", rows)})


def _refusals(calls: Mapping[str, Callable[[], object]]) -> dict[str, str]:
    """Make calls, and return the reason of each refusal by action."""
    refused: dict[str, str] = {}
    for action, call in calls.items():
        try:
            call()
        except VASTDatabaseError as error:
            refused[action] = _reason(error)
    return refused


def _reason(error: VASTDatabaseError) -> str:
    """Return the reason of a refusal other than a missing right; raise errors that are no refusal."""
    cause = error.__cause__
    if isinstance(cause, errors.NotSupported):
        return " (not supported)"
    if not isinstance(cause, errors.HttpError) or isinstance(cause, errors.Slowdown):
        raise error
    return "" if cause.status == HTTPStatus.FORBIDDEN else f" ({cause.status}, {cause.code})"
