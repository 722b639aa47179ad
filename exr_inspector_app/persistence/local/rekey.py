"""Rekey of the local library: moves files to the keys that its roots give them, one transaction per range."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import Identity, RekeyedRange
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.id_ranges import split_bounds
from exr_inspector_app.persistence.local import tables, writer
from exr_inspector_app.persistence.local.arrow_io import execute_with, fetch_count, fetch_rows
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.local.stored_roots import read_roots
from exr_inspector_app.persistence.roots import IDENTITY_COLUMNS, KEY_COLUMNS, stored_identity

Connection = duckdb.DuckDBPyConnection

MAX_RANGE_FILES = 20_000
_COLUMNS = ", ".join((*IDENTITY_COLUMNS, "attempt_id"))


@dataclass(frozen=True, slots=True)
class _Plan:
    """Files whose key differs, by file_id, and those that become one with a file of an earlier attempt."""

    changes: Mapping[str, Identity]
    losers: frozenset[str]


def rekey_ranges(
    database: LocalDatabase, start: str = "", *, apply: bool = False, roots: Sequence[Root] | None = None
) -> Iterator[RekeyedRange]:
    """Compute the keys of all rows range by range of file_id; see `Store.rekey`."""
    if not database.exists:
        return
    with database.connect() as connection:
        bounds = split_bounds(fetch_count(connection, "SELECT count(*) FROM file_rows"), MAX_RANGE_FILES)
    for index, (lower, upper) in enumerate(bounds, 1):
        if upper is None or upper > start:
            with database.transaction() if apply else database.connect() as connection:
                used = roots if roots is not None else read_roots(connection, str(database.path)) or ()
                files, plan = _plan_range(connection, lower, upper, used)
                if apply:
                    _move(connection, plan)
            paths = [f"{new.file_path} -> {new.file_path_normalized}" for new in plan.changes.values()]
            counts = (files, len(plan.changes), len(plan.losers))
            yield RekeyedRange(lower, index, len(bounds), *counts, example=min(paths, default=""))


def _plan_range(connection: Connection, lower: str, upper: str | None, roots: Sequence[Root]) -> tuple[int, _Plan]:
    """Return the number of files of a range, and what changes of them."""
    condition = "file_id >= ? AND (?::VARCHAR IS NULL OR file_id < ?)"
    rows = fetch_rows(connection, f"SELECT {_COLUMNS} FROM file_rows WHERE {condition}", [lower, upper, upper])
    attempts: dict[str, str] = {}  # of files that move or that have a key to which one moves
    changes: dict[str, Identity] = {}
    arriving, count = rows, len(rows)
    while arriving:  # a file that leaves a key to which another one moves has to move with it
        attempts |= {row["file_id"]: row["attempt_id"] or "" for row in arriving}
        changes |= _changes(arriving, roots)
        targets = {identity.file_id for identity in changes.values()} - attempts.keys()
        query = f"SELECT {_COLUMNS} FROM file_rows WHERE file_id IN (SELECT unnest(?::VARCHAR[]))"
        arriving = fetch_rows(connection, query, [sorted(targets)]) if targets else []
    return count, _Plan(changes, _losers(changes, attempts))


def _changes(rows: Sequence[Mapping[str, object]], roots: Sequence[Root]) -> dict[str, Identity]:
    identities = [(row, stored_identity(row, roots)) for row in rows]
    return {
        str(row["file_id"]): identity
        for row, identity in identities
        if identity.file_path_normalized != row["file_path_normalized"]
    }


def _losers(changes: Mapping[str, Identity], attempts: Mapping[str, str]) -> frozenset[str]:
    """Return the files whose new key a file of an earlier attempt has or gets."""
    by_target: dict[str, list[str]] = {}
    for file_id, identity in changes.items():
        by_target.setdefault(identity.file_id, []).append(file_id)
    losers: set[str] = set()
    for target, file_ids in by_target.items():
        rivals = [*file_ids, target] if target in attempts and target not in changes else file_ids
        losers |= set(sorted(rivals, key=lambda name: (attempts[name], name))[1:])
    return frozenset(losers)


def _move(connection: Connection, plan: _Plan) -> None:
    """Give the files their new keys in all tables, and remove the files that became one with another."""
    moving = {old: new for old, new in plan.changes.items() if old not in plan.losers}
    _keep_counts(connection, plan)
    _keep_previews(connection, plan)
    writer.delete_files(connection, sorted(plan.losers))
    names = KEY_COLUMNS
    columns = {name: pa.array([getattr(new, name) for new in moving.values()], pa.string()) for name in names}
    keys = pa.table({"old": pa.array(list(moving), pa.string()), **columns})
    for table in (*tables.CHILD_TABLES.values(), "previews"):
        execute_with(connection, keys, _update_sql(table, ("file_id",)))
    # Two steps, so that an exchange of keys never has two rows of one key, which the primary key refuses.
    execute_with(
        connection, keys, "UPDATE file_rows SET file_id = '-' || n.old FROM arriving n WHERE file_rows.file_id = n.old"
    )
    execute_with(connection, keys, _update_sql("file_rows", names).replace("= n.old", "= '-' || n.old"))


def _update_sql(table: str, names: Sequence[str]) -> str:
    sets = ", ".join(f"{name} = n.{name}" for name in names)
    return f"UPDATE {table} SET {sets} FROM arriving n WHERE {table}.file_id = n.old"


def _keep_counts(connection: Connection, plan: _Plan) -> None:
    """Add the inspection counts of files that become one with another, so that undo knows of both publishes."""
    execute_with(
        connection,
        _winners(plan),
        "UPDATE file_rows SET inspection_count = inspection_count + n.added, last_inspected = "
        "greatest(last_inspected, n.last) FROM (SELECT a.winner, sum(l.inspection_count)::INTEGER AS added, "
        "max(l.last_inspected) AS last FROM arriving a JOIN file_rows l ON l.file_id = a.loser "
        "JOIN file_rows w ON w.file_id = a.winner WHERE l.publish_id <> w.publish_id GROUP BY 1) n "
        "WHERE file_rows.file_id = n.winner",
    )


def _keep_previews(connection: Connection, plan: _Plan) -> None:
    """Move one preview of a file that becomes one with another that has none."""
    execute_with(
        connection,
        _winners(plan),
        "UPDATE previews SET file_id = n.winner FROM (SELECT winner, min(loser) AS loser FROM arriving a WHERE loser "
        "IN (SELECT file_id FROM previews) AND winner NOT IN (SELECT file_id FROM previews) GROUP BY winner) n "
        "WHERE previews.file_id = n.loser",
    )


def _winners(plan: _Plan) -> pa.Table:
    """Return the file that each loser becomes one with, by present file_id."""
    winner_of = {identity.file_id: old for old, identity in plan.changes.items() if old not in plan.losers}
    targets = [plan.changes[name].file_id if name in plan.changes else name for name in sorted(plan.losers)]
    winners = [winner_of.get(target, target) for target in targets]
    kind = schema.FILES.field("file_id").type
    return pa.table({"loser": pa.array(sorted(plan.losers), kind), "winner": pa.array(winners, kind)})
