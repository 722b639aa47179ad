"""Rekey of a VAST Database: moves files to the keys that the present roots give them.

A row that moves keeps its attempt. So two rows that get the same key are a file with two attempts, and readers see the
first; a row that two processes have moved at the same time is a repeated row, and readers see it once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import Identity, RekeyedRange
from exr_inspector_app.errors import StoreError, VASTUnavailableError
from exr_inspector_app.persistence.roots import IDENTITY_COLUMNS, KEY_COLUMNS, stored_identity
from exr_inspector_app.persistence.vast import writer
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.id_ranges import IdRange, split_ids
from exr_inspector_app.persistence.vast.row_updates import update_rows
from exr_inspector_app.persistence.vast.transaction import ROW_ID, Transaction
from exr_inspector_app.persistence.vast.visibility import CHILD_TABLES, duplicate_rows, visible_rows

log = logging.getLogger(__name__)

MAX_RANGE_FILES = 20_000  # about 20 MB of paths and keys
BATCH_FILES = 200  # moved in one transaction
_COLUMNS = (*IDENTITY_COLUMNS, "attempt_id")

Changes = dict[str, Identity]  # new identity by file_id


@dataclass
class MovedFiles:
    """Counts of moved files, of those that became one with another, and of those that stay for now."""

    moved: int = 0
    joined: int = 0
    held: int = 0


def rekey_ranges(
    database: Database, start: str = "", *, apply: bool = False, roots: Sequence[Root] | None = None
) -> Iterator[RekeyedRange]:
    """Compute the keys of all rows range by range of file_id; see `Store.rekey`."""
    total = database.read(lambda transaction: transaction.tables.row_count(transaction.sdk, "files"))
    if total is None:
        return
    ranges = split_ids(total, MAX_RANGE_FILES)
    for index, ids in enumerate(ranges, 1):
        if ids.upper is None or ids.upper > start:
            yield _rekey_range(database, ids, (index, len(ranges)), apply, roots)


def move_files(database: Database, file_ids: Sequence[str]) -> MovedFiles:
    """Move those of the files whose key differs under the present roots, and remove the duplicates of their keys.

    Files that another transaction holds keep their key.

    Raises:
        StoreError: The database failed; transactions before are kept.
    """
    done = MovedFiles()
    waiting = [list(file_ids[start : start + BATCH_FILES]) for start in range(0, len(file_ids), BATCH_FILES)]
    while waiting:
        part = waiting.pop()
        try:
            is_half = len(part) < min(BATCH_FILES, len(file_ids))
            changes, joined = database.write(partial(_move, file_ids=part), _are_moved, () if is_half else None)
        except VASTUnavailableError as error:
            log.info("%d files keep their keys for now: %s", len(part), error.sentence)
            middle = len(part) // 2
            if middle:
                waiting += [part[middle:], part[:middle]]
            done.held += not middle
            continue
        done.moved += len(changes)
        done.joined += joined
        _remove_duplicates(database, [identity.file_id for identity in changes.values()])
    return done


def _rekey_range(
    database: Database, ids: IdRange, position: tuple[int, int], apply: bool, roots: Sequence[Root] | None
) -> RekeyedRange:
    def plan(transaction: Transaction) -> tuple[int, Changes, int, str]:
        transaction.tables.read_info(transaction)
        used = roots if roots is not None else transaction.tables.roots or ()
        rows = transaction.rows("files", _COLUMNS, ids.conditions(transaction, "files"))
        changes = _changes(rows, used)
        joined = 0 if apply else _count_joined(changes, _unmoved(transaction, changes, used))
        return len(visible_rows(rows)), changes, joined, _example(changes)

    files, changes, joined, example = database.read(plan) or (0, {}, 0, "")
    counts = move_files(database, sorted(changes)) if apply else MovedFiles(len(changes), joined)
    return RekeyedRange(ids.lower, *position, files, counts.moved, counts.joined, counts.held, example)


def _changes(rows: pa.Table, roots: Sequence[Root]) -> Changes:
    """Return the new identities of the visible rows whose key differs."""
    identities = {row["file_id"]: stored_identity(row, roots) for row in visible_rows(rows).to_pylist()}
    keys = {row["file_id"]: row["file_path_normalized"] for row in rows.to_pylist()}
    return {name: new for name, new in identities.items() if new.file_path_normalized != keys[name]}


def _example(changes: Mapping[str, Identity]) -> str:
    if not changes:
        return ""
    first = min(changes.values(), key=lambda identity: identity.file_path)
    return f"{first.file_path} -> {first.file_path_normalized}"


def _unmoved(transaction: Transaction, changes: Changes, roots: Sequence[Root]) -> set[str]:
    """Return the existing files with one of the new keys that stay there; add those that move away to the changes.

    A file must not join one that is about to leave the key, as where two roots have exchanged their names.
    """
    staying: set[str] = set()
    while True:
        targets = {identity.file_id for identity in changes.values()} - changes.keys() - staying
        rows = transaction.rows_by_key("files", _COLUMNS, "file_id", sorted(targets))
        leaving = _changes(rows, roots)
        staying |= set(rows["file_id"].to_pylist()) - leaving.keys()
        if not leaving:
            return staying
        changes |= leaving


def _count_joined(changes: Changes, staying: set[str]) -> int:
    return len(changes) + len(staying) - len({identity.file_id for identity in changes.values()} | staying)


def _move(transaction: Transaction, file_ids: Sequence[str]) -> tuple[Changes, int]:
    """Move the files with all their rows; return the changes, and the number of files that became one with another."""
    transaction.tables.read_info(transaction)
    roots = transaction.tables.roots or ()
    changes = _changes(transaction.rows_by_key("files", _COLUMNS, "file_id", file_ids), roots)
    staying = _unmoved(transaction, changes, roots)
    if not changes:
        return {}, 0
    for table in ("files", *CHILD_TABLES):
        names = KEY_COLUMNS if table == "files" else ("file_id",)
        rows = transaction.rows_by_key(table, ["file_id"], "file_id", list(changes), row_ids=True)
        _update_keys(transaction, table, rows, names, changes)
    _move_previews(transaction, changes)
    return changes, _count_joined(changes, staying)


def _update_keys(
    transaction: Transaction, table: str, rows: pa.Table, names: Sequence[str], changes: Mapping[str, Identity]
) -> None:
    """Set the key columns of rows by their present file_id."""
    identities = [changes[file_id] for file_id in rows["file_id"].to_pylist()]
    columns = {name: pa.array([getattr(new, name) for new in identities], pa.string()) for name in names}
    update_rows(transaction, table, rows, pa.table({ROW_ID: rows[ROW_ID], **columns}))


def _move_previews(transaction: Transaction, changes: Mapping[str, Identity]) -> None:
    """Move the previews of the files; of files that become one, one preview stays."""
    targets = {identity.file_id for identity in changes.values()}
    ids = sorted({*changes, *targets})
    rows = transaction.rows_by_key("previews", ["file_id"], "file_id", ids, row_ids=True)
    taken = {name for name in rows["file_id"].to_pylist() if name not in changes}
    is_moved, is_surplus = [], []
    for file_id in rows["file_id"].to_pylist():
        target = changes[file_id].file_id if file_id in changes else ""
        is_moved.append(bool(target) and target not in taken)
        is_surplus.append(bool(target) and target in taken)
        taken |= {target} if target else set()
    _update_keys(transaction, "previews", rows.filter(pa.array(is_moved, pa.bool_())), ("file_id",), changes)
    transaction.delete("previews", rows.filter(pa.array(is_surplus, pa.bool_())))


def _are_moved(transaction: Transaction, result: tuple[Changes, int]) -> bool:
    """Return True if no file has its old key any more; an exchange of keys runs again, which changes nothing."""
    changes = result[0]
    left = set(changes) - {identity.file_id for identity in changes.values()}
    return bool(left) and not len(transaction.rows_by_key("files", ["file_id"], "file_id", sorted(left)))


def _remove_duplicates(database: Database, file_ids: Sequence[str]) -> None:
    """Delete hidden rows; rows locked by another transaction are left to `vast mend`."""

    def find(transaction: Transaction) -> list[str]:
        return duplicate_rows(transaction.rows_by_key("files", ["file_id", "attempt_id"], "file_id", file_ids))

    try:
        if file_ids and (duplicates := database.read(find)):
            writer.remove_duplicates(database, duplicates)
    except StoreError as error:
        log.info("Duplicate rows remain for now: %s", error.sentence)
