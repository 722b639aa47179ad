"""The local library: a store in one DuckDB file, with nothing to set up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from exr_inspector_app.contracts import (
    Batch,
    CheckReport,
    Facet,
    Filter,
    Hit,
    Listing,
    Page,
    PartialHits,
    Plan,
    Preview,
    ProgressCallback,
    PublishResult,
    Query,
    StopCheck,
    StoredFile,
    Vectors,
    ignore_progress,
    never_stop,
)
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.embedding_versions import NEWER, OUTDATED, version_notes
from exr_inspector_app.persistence.local import database, reembed, tables, writer
from exr_inspector_app.persistence.local.browse import browse
from exr_inspector_app.persistence.local.filter_sql import where_sql as sql_where
from exr_inspector_app.persistence.local.index.catch_up import catch_up
from exr_inspector_app.persistence.local.index.update import update_index
from exr_inspector_app.persistence.local.integrity import find_problems
from exr_inspector_app.persistence.local.previews import put_previews, similar_looks, stored_previews
from exr_inspector_app.persistence.local.publish import plan_records, publish
from exr_inspector_app.persistence.local.result_rows import fetch_count, fetch_rows
from exr_inspector_app.persistence.local.similar import similar
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.similarity.blend import blend_hits
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress

Connection = duckdb.DuckDBPyConnection
_FACTS = ", ".join(schema.FILE_COLUMNS)


class LocalStore:
    """Published metadata in a DuckDB file; opened for each call and closed after it."""

    target = "Local library"

    def __init__(self, path: Path, patience: float = 10.0, template: PathTemplate | None = None) -> None:
        self._library = database.LocalDatabase(path, patience)
        self._template = template or PathTemplate()

    def ensure_tables(self) -> None:
        with self._library.connected():
            pass

    def publish(self, batch: Batch) -> list[PublishResult]:
        return publish(self._library, batch)

    def update_index(self) -> None:
        update_index(self._library)

    def plan(self, batch: Batch) -> Plan:
        return Plan(self.target, plan_records(self._library, batch.records))

    def get(self, file_id: str) -> StoredFile | None:
        if not self._library.exists:
            return None
        with self._library.connected() as connection:
            found = fetch_rows(connection, f"SELECT {_FACTS} FROM file_rows WHERE file_id = ?", [file_id])
            if not found:
                return None
            children = [_children(connection, name, file_id) for name in tables.CHILD_TABLES]
        return StoredFile(found[0], *children)

    def find(
        self, where: Filter = (), *, limit: int = 1000, offset: int = 0, history: bool = False
    ) -> list[StoredFile]:
        text, values = self._where(where)
        order = "ORDER BY inspection_timestamp DESC, file_path_normalized, file_id LIMIT ? OFFSET ?"
        query = f"SELECT {_FACTS} FROM {_source(history)} WHERE {text} {order}"
        if not self._library.exists:
            return []
        with self._library.connected() as connection:
            return [StoredFile(row) for row in fetch_rows(connection, query, [*values, limit, offset])]

    def count(self, where: Filter = (), *, history: bool = False) -> int:
        text, values = self._where(where)
        if not self._library.exists:
            return 0
        with self._library.connected() as connection:
            return fetch_count(connection, f"SELECT count(*) FROM {_source(history)} WHERE {text}", values)

    def browse(self, listing: Listing) -> Page:
        if not self._library.exists:
            return Page((), 0, 0, tuple(Facet(name, ()) for name in listing.facets))
        with self._library.connected() as connection:
            return browse(connection, listing, self._template)

    def similar(
        self, query: Query, stop: StopCheck = never_stop, on_progress: ProgressCallback = ignore_progress
    ) -> list[Hit]:
        if not self._library.exists:
            return []
        scan = ScanProgress(stop, on_progress)
        if query.weights or query.by != "look":  # looks are compared as they are stored
            for done, total in catch_up(self._library, scan):
                if found := self._hits(query, ScanProgress(stop), so_far=True):
                    on_progress(PartialHits(tuple(found), done, total))
        return self._hits(query, scan)

    def _hits(self, query: Query, scan: ScanProgress, so_far: bool = False) -> list[Hit]:
        """The nearest files; with `so_far` those among the files that the cache knows."""
        if query.weights:
            return blend_hits(lambda one: self._hits(one, scan, so_far), query)
        where = sql_where(query.where, self._template) if query.where else None
        if query.by == "look":
            return similar_looks(self._library, query, where)
        return similar(self._library, query, where, scan, so_far)

    def put_previews(self, previews: Sequence[Preview]) -> int:
        if not self._library.exists or not previews:
            return 0
        with self._library.transaction() as connection:
            return put_previews(connection, previews)

    def previews(self, file_ids: Sequence[str]) -> dict[str, Preview]:
        if not self._library.exists:
            return {}
        with self._library.connected() as connection:
            return stored_previews(connection, file_ids)

    def delete(self, file_ids: Sequence[str]) -> int:
        with self._library.transaction() as connection:
            return writer.delete_files(connection, list(file_ids))

    def undo(self, publish_id: str) -> int:
        query = "SELECT file_id FROM file_rows WHERE publish_id = ? AND inspection_count = 1"
        with self._library.transaction() as connection:
            mine = [row[0] for row in connection.execute(query, [publish_id]).fetchall()]
            return writer.delete_files(connection, mine) if publish_id else 0  # no id names no publish

    def get_many(self, file_ids: Sequence[str]) -> list[StoredFile]:
        if not self._library.exists:
            return []
        with self._library.connected() as connection:
            return reembed.get_many(connection, file_ids)

    def update_vectors(self, revised: Sequence[Vectors]) -> None:
        with self._library.transaction() as connection:
            reembed.update_vectors(connection, revised)

    def check(self) -> CheckReport:
        with self._library.connected() as connection:
            files = fetch_count(connection, "SELECT count(*) FROM file_rows")
            found = tuple(find_problems(connection))
        versions = version_notes(self.count(OUTDATED, history=True), self.count(NEWER, history=True))
        kind = database.network_file_system(self._library.path)
        note = (
            f"The library {self._library.path} lies on a network file system ({kind}), where locks cannot be "
            "relied on; keep it on a local disk."
        )
        return CheckReport(self.target, files, schema.SCHEMA_VERSION, ((note,) if kind else ()) + versions, found)

    def close(self) -> None:
        """Nothing is held between calls."""

    def _where(self, where: Filter) -> tuple[str, list[Any]]:
        """The filter in SQL, its values apart."""
        found = sql_where(where, self._template)
        return found.text, list(found.values)


def _children(connection: Connection, name: str, file_id: str) -> list[dict[str, Any]]:
    """The rows of one table that belong to a file, in file order."""
    return fetch_rows(connection, f"{tables.select_sql(name)} WHERE r.file_id = ? ORDER BY r.rowid", [file_id])


def _source(history: bool) -> str:
    return "file_rows" if history else "current_files"
