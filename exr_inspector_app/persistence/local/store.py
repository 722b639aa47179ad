"""Local library: a store in one DuckDB file that needs no setup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import (
    Batch,
    CheckReport,
    Facet,
    Filter,
    Hit,
    Listing,
    LoadedShard,
    Page,
    PartialHits,
    Plan,
    Preview,
    ProgressCallback,
    PublishResult,
    PublishSummary,
    Query,
    RekeyedRange,
    Shard,
    StopCheck,
    StoredFile,
    Vectors,
    ignore_progress,
    never_stop,
)
from exr_inspector_app.errors import PublishCancelledError, StoreUnavailableError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.embedding_versions import NEWER, OUTDATED, version_notes
from exr_inspector_app.persistence.index.checks import IndexDamagedError
from exr_inspector_app.persistence.local import maintenance, tables, writer
from exr_inspector_app.persistence.local.arrow_io import fetch_count, fetch_rows
from exr_inspector_app.persistence.local.browse import browse
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.local.index.snapshot import is_current
from exr_inspector_app.persistence.local.index.update import (
    catch_up,
    discard_index,
    load_if_complete,
    update_index,
)
from exr_inspector_app.persistence.local.network_storage import network_file_system
from exr_inspector_app.persistence.local.previews import find_similar_looks, put_previews, read_previews
from exr_inspector_app.persistence.local.publish import plan_records, publish, publishes_of
from exr_inspector_app.persistence.local.publish_history import list_publishes
from exr_inspector_app.persistence.local.rekey import rekey_ranges
from exr_inspector_app.persistence.local.similar import find_similar
from exr_inspector_app.persistence.local.stored_roots import known_roots, replace_roots
from exr_inspector_app.persistence.migration import Describe
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.query.filter_sql import where_sql
from exr_inspector_app.persistence.roots import Roots, require_absolute, with_roots
from exr_inspector_app.persistence.similarity.blend import blend_hits
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress

Connection = duckdb.DuckDBPyConnection
_COLUMNS = ", ".join(schema.FILE_COLUMNS)


class LocalStore:
    """Store of published metadata in a DuckDB file, opened for each call and closed afterwards.

    Implements `persistence.store.Store`, which documents the methods.

    Args:
        path: Library file; it is created by the first call that writes.
        lock_timeout_s: Time in seconds to wait for another process that has the file open.
        template: Path template of the derived columns show, shot, task, and version.
        describe: Function that describes files of a library of an older schema version, which is then migrated when
            it is opened for the first time; None to refuse such a library.
        is_shared: Create the file with the permissions of the umask, not for this user alone.
    """

    target = "Local library"
    has_final_inserts = True

    def __init__(
        self,
        path: Path,
        lock_timeout_s: float = 10.0,
        template: PathTemplate | None = None,
        describe: Describe | None = None,
        is_shared: bool = False,
    ) -> None:
        self._database = LocalDatabase(path, lock_timeout_s, describe, is_shared)
        self._template = template or PathTemplate()

    def ensure_tables(self) -> None:
        """Create missing tables; see `Store.ensure_tables`."""
        with self._database.connect():
            pass

    def require_writable(self, *, tries_write: bool = False) -> None:
        """Check that the library can be written; see `Store.require_writable`."""
        self._database.require_writable()

    def roots(self) -> Roots | None:
        """Return the roots of the library; see `Store.roots`."""
        return known_roots(self._database)

    def set_roots(self, roots: Sequence[Root]) -> None:
        """Replace the roots; see `Store.set_roots`."""
        require_absolute(roots, self.target)
        with self._database.transaction() as connection:
            replace_roots(connection, roots)

    def rekey(
        self, *, start: str = "", apply: bool = False, roots: Sequence[Root] | None = None
    ) -> Iterator[RekeyedRange]:
        """Compute the keys of all rows; see `Store.rekey`."""
        return rekey_ranges(self._database, start, apply=apply, roots=roots)

    def publish(self, batch: Batch, stop: StopCheck = never_stop) -> list[PublishResult]:
        """Insert new records and refresh changed ones; see `Store.publish`."""
        if stop():
            raise PublishCancelledError("The publish was stopped.")
        return publish(self._database, batch)

    def load(self, shard: Shard, stop: StopCheck = never_stop) -> LoadedShard:
        """Load a shard; see `Store.load`."""
        if stop():
            raise PublishCancelledError("The load was stopped.")
        from exr_inspector_app.persistence.local import bulk_load  # with Parquet, 70 ms that a search does not need

        return bulk_load.load_shard(self._database, shard)

    def close_ledger(self, plan: str, summary: str) -> None:
        """Replace the ledger rows of a plan by a summary; see `Store.close_ledger`."""
        from exr_inspector_app.persistence.local import bulk_load

        bulk_load.close_ledger(self._database, plan, summary)

    def set_notes(self, notes: Mapping[str, str | None]) -> None:
        """Replace the notes of files; see `Store.set_notes`."""
        with self._database.transaction() as connection:
            writer.update_notes(connection, notes)

    def publishes_of(self, file_ids: Sequence[str]) -> dict[str, str]:
        """Return the publish that inserted each file; see `Store.publishes_of`."""
        return publishes_of(self._database, file_ids)

    def update_index(self) -> None:
        """Update the similarity index after a publish; see `Store.update_index`."""
        update_index(self._database)

    def plan(self, batch: Batch) -> Plan:
        """Return the effect of publishing each record; see `Store.plan`."""
        return Plan(self.target, plan_records(self._database, batch.records))

    def get(self, file_id: str) -> StoredFile | None:
        """Return one file with its children; see `Store.get`."""
        if not self._database.exists:
            return None
        with self._database.connect() as connection:
            rows = fetch_rows(connection, f"SELECT {_COLUMNS} FROM file_rows WHERE file_id = ?", [file_id])
            if not rows:
                return None
            children = [_read_children(connection, name, file_id) for name in tables.CHILD_TABLES]
        return StoredFile(rows[0], *children)

    def find(
        self, where: Filter = (), *, limit: int = 1000, offset: int = 0, history: bool = False
    ) -> list[StoredFile]:
        """Return matching files, newest first; see `Store.find`."""
        condition = where_sql(where, self._template)
        order = "ORDER BY inspection_timestamp DESC, file_path_normalized, file_id LIMIT ? OFFSET ?"
        query = f"SELECT {_COLUMNS} FROM {_source(history)} WHERE {condition.text} {order}"
        if not self._database.exists:
            return []
        with self._database.connect() as connection:
            return [StoredFile(row) for row in fetch_rows(connection, query, [*condition.values, limit, offset])]

    def scan(self, where: Filter = (), *, history: bool = False, batch_files: int = 1000) -> Iterator[list[StoredFile]]:
        """Yield all matching files in batches; see `Store.scan`. Between batches the library is closed."""
        condition = where_sql(where, self._template)
        after = f"{condition.text} AND file_id > ? ORDER BY file_id LIMIT ?"
        query, last = f"SELECT {_COLUMNS} FROM {_source(history)} WHERE {after}", ""
        while self._database.exists:
            with self._database.connect() as connection:
                rows = fetch_rows(connection, query, [*condition.values, last, batch_files])
            if not rows:
                return
            last = rows[-1]["file_id"]
            yield [StoredFile(row) for row in rows]

    def count(self, where: Filter = (), *, history: bool = False) -> int:
        """Return the number of matching files; see `Store.count`."""
        condition = where_sql(where, self._template)
        if not self._database.exists:
            return 0
        with self._database.connect() as connection:
            query = f"SELECT count(*) FROM {_source(history)} WHERE {condition.text}"
            return fetch_count(connection, query, condition.values)

    def browse(self, listing: Listing) -> Page:
        """Return one page of the current files; see `Store.browse`."""
        if not self._database.exists:
            return Page((), 0, 0, tuple(Facet(name, ()) for name in listing.facets))
        with self._database.connect() as connection:
            return browse(connection, listing, self._template)

    def similar(
        self, query: Query, stop: StopCheck = never_stop, on_progress: ProgressCallback = ignore_progress
    ) -> list[Hit]:
        """Return the files nearest to the reference; see `Store.similar`."""
        if not self._database.exists:
            return []
        try:
            return self._similar(query, stop, on_progress)
        except IndexDamagedError:
            discard_index(self._database)
        try:
            return self._similar(query, stop, on_progress)
        except IndexDamagedError as error:  # by something that changes the files all the time
            raise StoreUnavailableError(
                f"The similarity index of {self._database.path} changes while it is read. Search again."
            ) from error

    def _similar(self, query: Query, stop: StopCheck, on_progress: ProgressCallback) -> list[Hit]:
        """Search in the index, which is updated first.

        Raises:
            IndexDamagedError: A file of the index is cut or altered.
        """
        uses_index = query.weights or query.by != "look"  # looks are compared without it
        with ExitStack() as opened:
            if uses_index and not is_current(self._database):
                opened.enter_context(self._database.connect())  # once for both: it takes 30 ms with a million files
                load_if_complete(self._database)
            (reference,) = with_roots([query.reference], self.roots())
        query, scan = replace(query, reference=reference), ScanProgress(stop, on_progress)
        if uses_index:
            for done, total in catch_up(self._database, scan):
                if hits := self._find_similar(query, ScanProgress(stop), partial=True):
                    on_progress(PartialHits(tuple(hits), done, total))
        return self._find_similar(query, scan)

    def _find_similar(self, query: Query, scan: ScanProgress, partial: bool = False) -> list[Hit]:
        """Return the nearest files; with `partial` only among the files that the index contains."""
        if query.weights:
            return blend_hits(lambda single: self._find_similar(single, scan, partial), query)
        where = where_sql(query.where, self._template) if query.where else None
        if query.by == "look":
            return find_similar_looks(self._database, query, where)
        return find_similar(self._database, query, where, scan, partial)

    def put_previews(self, previews: Sequence[Preview]) -> int:
        """Store the previews of published files; see `Store.put_previews`."""
        if not self._database.exists or not previews:
            return 0
        with self._database.transaction() as connection:
            return put_previews(connection, previews)

    def previews(self, file_ids: Sequence[str]) -> dict[str, Preview]:
        """Return the preview to show for each file; see `Store.previews`."""
        if not self._database.exists:
            return {}
        with self._database.connect() as connection:
            return read_previews(connection, file_ids)

    def delete(self, file_ids: Sequence[str]) -> int:
        """Delete files with all their rows; see `Store.delete`."""
        with self._database.transaction() as connection:
            return writer.delete_files(connection, list(file_ids))

    def undo(self, publish_id: str) -> int:
        """Delete the files that only this publish has inserted; see `Store.undo`."""
        query = "SELECT file_id FROM file_rows WHERE publish_id = ? AND inspection_count = 1"
        with self._database.transaction() as connection:
            file_ids = [row[0] for row in connection.execute(query, [publish_id]).fetchall()]
            return writer.delete_files(connection, file_ids) if publish_id else 0  # an empty id names no publish

    def publishes(self, limit: int = 100, published_by: str = "") -> list[PublishSummary]:
        """Return the newest publishes; see `Store.publishes`."""
        return list_publishes(self._database, limit, published_by)

    def get_many(self, file_ids: Sequence[str]) -> list[StoredFile]:
        """Return files with all their children; see `Store.get_many`."""
        if not self._database.exists:
            return []
        with self._database.connect() as connection:
            return maintenance.get_many(connection, file_ids)

    def update_vectors(self, revised: Sequence[Vectors]) -> None:
        """Replace the vectors of published files; see `Store.update_vectors`."""
        with self._database.transaction() as connection:
            maintenance.update_vectors(connection, revised)

    def migrate(self) -> Path | None:
        """Migrate a library of an older schema version; return the path of its backup, or None if it is current."""
        return self._database.migrate()

    def check(self) -> CheckReport:
        """Verify the integrity of the library; see `Store.check`."""
        files, problems = 0, tuple[str, ...]()
        if self._database.exists:
            with self._database.connect() as connection:
                files = fetch_count(connection, "SELECT count(*) FROM file_rows")
                problems = tuple(maintenance.find_problems(connection))
        notes = version_notes(self.count(OUTDATED, history=True), self.count(NEWER, history=True))
        if kind := network_file_system(self._database.path):
            note = (
                f"The library {self._database.path} is on a network file system ({kind}), where file locks are "
                "unreliable. Move it to a local disk."
            )
            notes = (note, *notes)
        return CheckReport(self.target, files, schema.SCHEMA_VERSION, notes, problems)

    def close(self) -> None:
        """Do nothing: no connection stays open between calls."""


def _read_children(connection: Connection, name: str, file_id: str) -> list[dict[str, Any]]:
    """Return the rows of one table that belong to a file, in file order."""
    query = f"{tables.select_sql(name)} WHERE r.file_id = ? ORDER BY r.{tables.FILE_ORDER[name]}"
    return fetch_rows(connection, query, [file_id])


def _source(history: bool) -> str:
    return "file_rows" if history else "current_files"
