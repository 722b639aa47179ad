"""Store in a VAST Database, shared by all users and machines."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from exr_inspector_app.config import Root, Vast
from exr_inspector_app.contracts import (
    Batch,
    CheckReport,
    Facet,
    Filter,
    Hit,
    Listing,
    LoadedShard,
    Page,
    Plan,
    Preview,
    ProgressCallback,
    PublishResult,
    PublishSummary,
    Query,
    Record,
    RekeyedRange,
    RepairedRange,
    Shard,
    StopCheck,
    StoredFile,
    Vectors,
    ignore_progress,
    never_stop,
)
from exr_inspector_app.persistence import publish_rules
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.roots import Roots, require_absolute, with_roots
from exr_inspector_app.persistence.similarity.blend import blend_hits
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress
from exr_inspector_app.persistence.vast import bulk_load, publish, reembed, stored_roots, writer
from exr_inspector_app.persistence.vast.browse import browse
from exr_inspector_app.persistence.vast.database import DEFAULT_TIMEOUT_S, Database
from exr_inspector_app.persistence.vast.derived_filters import DerivedFilter, is_local
from exr_inspector_app.persistence.vast.engine_browse import browse_by_engine, count_by_engine
from exr_inspector_app.persistence.vast.integrity import check, repair_ranges
from exr_inspector_app.persistence.vast.migration.rekey import rekey_ranges
from exr_inspector_app.persistence.vast.newest_rows import MAX_EXACT_ROWS, matching_rows, newest_keys
from exr_inspector_app.persistence.vast.previews import find_similar_looks, put_previews, read_previews
from exr_inspector_app.persistence.vast.publish_history import list_publishes
from exr_inspector_app.persistence.vast.rights import require_insert
from exr_inspector_app.persistence.vast.scan import scan_files
from exr_inspector_app.persistence.vast.search.similar import find_similar
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.persistence.vast.visibility import matching_keys, read_files, read_stored_file, visible_rows

log = logging.getLogger(__name__)
Rows = list[dict[str, Any]]


class VastStore:
    """Store in a VAST Database; connects on first use and stays connected until `close`."""

    has_final_inserts = False  # without unique keys, a concurrent publisher with an earlier attempt wins

    def __init__(
        self,
        vast: Vast,
        session: Any = None,
        timeout: tuple[float, float] = DEFAULT_TIMEOUT_S,
        template: PathTemplate | None = None,
    ) -> None:
        self._database = Database(vast, session, timeout)
        self._template = template or PathTemplate()
        self._may_import = True  # until the server refuses
        self.target = f"VAST {urlsplit(vast.endpoint).hostname}"

    def ensure_tables(self) -> None:
        """Create the missing tables; see `Store.ensure_tables`."""
        self._database.ensure_tables()

    def require_writable(self, *, tries_write: bool = False) -> None:
        """Try the right to insert, if asked to and if the tables exist; see `Store.require_writable`."""
        if tries_write:
            self._database.read(require_insert)

    def roots(self) -> Roots | None:
        """Return the roots of the database; see `Store.roots`."""
        return stored_roots.known_roots(self._database)

    def set_roots(self, roots: Sequence[Root]) -> None:
        """Replace the roots; see `Store.set_roots`."""
        require_absolute(roots, self.target)
        stored_roots.replace_roots(self._database, roots)

    def rekey(
        self, *, start: str = "", apply: bool = False, roots: Sequence[Root] | None = None
    ) -> Iterator[RekeyedRange]:
        """Compute the keys of all rows; see `Store.rekey`."""
        return rekey_ranges(self._database, start, apply=apply, roots=roots)

    def publish(self, batch: Batch, stop: StopCheck = never_stop) -> list[PublishResult]:
        """Publish a batch; see `Store.publish`."""
        return publish.publish(self._database, batch, stop)

    def load(self, shard: Shard, stop: StopCheck = never_stop) -> LoadedShard:
        """Load a shard; see `Store.load`."""
        try:
            return bulk_load.load_shard(self._database, shard, stop, may_import=self._may_import)
        except bulk_load.ImportRefusedError as error:
            log.warning("%s", error.sentence)
            self._may_import = False
        return bulk_load.load_shard(self._database, shard, stop, may_import=False)

    def close_ledger(self, plan: str, summary: str) -> None:
        """Replace the ledger rows of a plan by a summary; see `Store.close_ledger`."""
        bulk_load.close_ledger(self._database, plan, summary)

    def set_notes(self, notes: Mapping[str, str | None]) -> None:
        """Replace the notes of files; see `Store.set_notes`."""
        self._database.write(lambda transaction: writer.update_notes(transaction, notes), lambda *_: False)

    def publishes_of(self, file_ids: Sequence[str]) -> dict[str, str]:
        """Return the publish that inserted each file; see `Store.publishes_of`."""
        return publish.publishes_of(self._database, file_ids)

    def update_index(self) -> None:
        """Do nothing: this store has no local similarity index."""

    def plan(self, batch: Batch) -> Plan:
        """Return the effect of publishing each record; see `Store.plan`."""

        def read_known(transaction: Transaction) -> tuple[Sequence[Record], Rows, dict[str, str | None]]:
            records = with_roots(batch.records, transaction.tables.roots)
            ids = [record.identity.file_id for record in records]
            names = [*publish_rules.KNOWN_COLUMNS, "attempt_id"]
            files = visible_rows(transaction.rows_by_key("files", names, "file_id", ids)).to_pylist()
            paths = [record.identity.file_path_normalized for record in records]
            return records, files, _known_paths(transaction, paths)

        records, files, known_paths = self._database.read(read_known) or (batch.records, [], {})
        known = {row["file_id"]: row for row in files}
        seen: set[str] = set()
        items = [publish_rules.plan_record(record, known, known_paths, seen) for record in records]
        given = zip(items, batch.records, strict=True)
        return Plan(self.target, tuple(replace(item, record=record) for item, record in given))

    def get(self, file_id: str) -> StoredFile | None:
        """Return one file with its children; see `Store.get`."""
        return self._database.read(lambda transaction: read_stored_file(transaction, file_id))

    def find(
        self, where: Filter = (), *, limit: int = 1000, offset: int = 0, history: bool = False
    ) -> list[StoredFile]:
        """Return the matching files, newest first; see `Store.find`."""

        def read_page(transaction: Transaction) -> list[dict[str, Any]]:
            derived = DerivedFilter(transaction, self._template)
            if matching_rows(transaction, where) <= MAX_EXACT_ROWS:
                keys = matching_keys(transaction, where, history, derived)
            else:
                for keys in newest_keys(transaction, where, history, derived):
                    if len(keys) >= offset + limit:
                        break
            order = [("inspection_timestamp", "descending"), ("file_path_normalized", "ascending")]
            page = keys.sort_by([*order, ("file_id", "ascending")]).slice(offset, limit)
            return read_files(transaction, page)

        return [StoredFile(row) for row in self._database.read(read_page) or []]

    def scan(self, where: Filter = (), *, history: bool = False, batch_files: int = 1000) -> Iterator[list[StoredFile]]:
        """Yield all matching files in batches; see `Store.scan`."""
        return scan_files(self._database, self._template, where, history, batch_files)

    def count(self, where: Filter = (), *, history: bool = False) -> int:
        """Return the number of matching files; see `Store.count`."""

        def count_keys(transaction: Transaction) -> int:
            rows = matching_rows(transaction, where)
            if rows > MAX_EXACT_ROWS:
                count = count_by_engine(self._database.vast, transaction, where, history, self._template)
                if count is not None:
                    return count
            if rows > MAX_EXACT_ROWS and not any(is_local(part, transaction.tables.capabilities) for part in where):
                return rows  # with older headers, which can be excluded only by reading all rows
            return len(matching_keys(transaction, where, history, DerivedFilter(transaction, self._template)))

        return self._database.read(count_keys) or 0

    def browse(self, listing: Listing) -> Page:
        """Return one page of the listing with its facets; see `Store.browse`."""
        vast = self._database.vast

        def read_page(transaction: Transaction) -> Page:
            page = None
            if matching_rows(transaction, ()) > MAX_EXACT_ROWS:
                page = browse_by_engine(vast, transaction, listing, self._template)
            return page or browse(transaction, listing, self._template)

        page = self._database.read(read_page)
        return page or Page((), 0, 0, tuple(Facet(name, ()) for name in listing.facets))

    def similar(
        self, query: Query, stop: StopCheck = never_stop, on_progress: ProgressCallback = ignore_progress
    ) -> list[Hit]:
        """Return the nearest files, best first; see `Store.similar`."""
        if query.weights:
            return blend_hits(lambda part: self.similar(part, stop, on_progress), query)
        (reference,) = with_roots([query.reference], self.roots())
        query, progress = replace(query, reference=reference), ScanProgress(stop, on_progress)
        search = find_similar_looks if query.by == "look" else find_similar
        return search(self._database, query, self._template, progress)

    def put_previews(self, previews: Sequence[Preview]) -> int:
        """Store thumbnails of published files; see `Store.put_previews`."""
        return put_previews(self._database, previews)

    def previews(self, file_ids: Sequence[str]) -> dict[str, Preview]:
        """Return the thumbnail of each file or its sequence; see `Store.previews`."""
        return self._database.read(lambda transaction: read_previews(transaction, file_ids)) or {}

    def delete(self, file_ids: Sequence[str]) -> int:
        """Delete files with all their rows; see `Store.delete`."""
        ids = list(file_ids)

        def is_deleted(transaction: Transaction, _: int) -> bool:
            return not len(transaction.rows_by_key("files", ["file_id"], "file_id", ids))

        return self._database.write(lambda transaction: writer.delete_files(transaction, ids), is_deleted)

    def undo(self, publish_id: str) -> int:
        """Delete the files of one publish that no other contains; see `Store.undo`."""

        def is_undone(transaction: Transaction, _: int) -> bool:
            return not writer.undoable_file_ids(transaction, publish_id)

        def work(transaction: Transaction) -> int:
            return writer.delete_files(transaction, writer.undoable_file_ids(transaction, publish_id))

        return self._database.write(work, is_undone)

    def publishes(self, limit: int = 100, published_by: str = "") -> list[PublishSummary]:
        """Return the newest publishes; see `Store.publishes`."""
        return self._database.read(lambda transaction: list_publishes(transaction, limit, published_by)) or []

    def get_many(self, file_ids: Sequence[str]) -> list[StoredFile]:
        """Return files with all their children; see `Store.get_many`."""
        return self._database.read(lambda transaction: reembed.get_many(transaction, file_ids)) or []

    def update_vectors(self, revised: Sequence[Vectors]) -> None:
        """Replace the vectors of files; see `Store.update_vectors`."""
        ids = [item.file_id for item in revised]
        self._database.write(
            lambda transaction: reembed.update_vectors(transaction, revised),
            lambda transaction, _: reembed.has_current_vectors(transaction, ids),
        )

    def check(self) -> CheckReport:
        """Repair duplicates and orphans, and report problems; see `Store.check`."""
        return check(self._database, self.target)

    def repair(self, start: str = "") -> Iterator[RepairedRange]:
        """Repair range by range of file_id, from the range that contains `start`; see `integrity.repair_ranges`."""
        return repair_ranges(self._database, start)

    def close(self) -> None:
        """Close the connections; see `Store.close`."""
        self._database.close()


def _known_paths(transaction: Transaction, paths: Sequence[str]) -> dict[str, str | None]:
    """Return the newest time of inspection of each path that is published."""
    columns = ["file_path_normalized", "inspection_timestamp"]
    files = transaction.rows_by_key("files", columns, "file_path_normalized", paths)
    newest = files.group_by("file_path_normalized").aggregate([("inspection_timestamp", "max")])
    return dict(
        zip(newest["file_path_normalized"].to_pylist(), newest["inspection_timestamp_max"].to_pylist(), strict=True)
    )
