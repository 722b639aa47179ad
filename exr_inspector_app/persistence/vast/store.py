"""A VAST Database as a store: what everybody on every machine has published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import (
    Batch,
    CheckReport,
    Facet,
    Filter,
    Hit,
    Listing,
    Page,
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
from exr_inspector_app.persistence import publish_rules
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.similarity.blend import blend_hits
from exr_inspector_app.persistence.similarity.scan_progress import ScanProgress
from exr_inspector_app.persistence.vast import publish as publishing
from exr_inspector_app.persistence.vast import reembed, writer
from exr_inspector_app.persistence.vast.browse import browse
from exr_inspector_app.persistence.vast.database import DEFAULT_TIMEOUT_S, Database
from exr_inspector_app.persistence.vast.derived_filters import DerivedFilter
from exr_inspector_app.persistence.vast.integrity import check
from exr_inspector_app.persistence.vast.previews import find_similar_looks, put_previews, read_previews
from exr_inspector_app.persistence.vast.similar import find_similar
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.persistence.vast.visibility import matching_keys, read_files, read_stored_file, visible_rows


class VastStore:
    """Published metadata in a VAST Database; connected when it is first asked, for as long as it is open."""

    def __init__(
        self,
        vast: Vast,
        session: Any = None,
        timeout: tuple[float, float] = DEFAULT_TIMEOUT_S,
        template: PathTemplate | None = None,
    ) -> None:
        self._database = Database(vast, session, timeout)
        self._template = template or PathTemplate()
        self.target = f"VAST {urlsplit(vast.endpoint).hostname}"

    def ensure_tables(self) -> None:
        self._database.ensure_tables()

    def publish(self, batch: Batch) -> list[PublishResult]:
        return publishing.publish(self._database, batch)

    def update_index(self) -> None:
        """Nothing is kept for look-ups."""

    def plan(self, batch: Batch) -> Plan:
        records = batch.records
        ids = [one.identity.file_id for one in records]
        paths = [one.identity.file_path_normalized for one in records]

        def look(transaction: Transaction) -> tuple[list[dict[str, Any]], dict[str, str | None]]:
            names = [*publish_rules.KNOWN_COLUMNS, "attempt_id"]
            known = visible_rows(transaction.rows_of("files", names, "file_id", ids)).to_pylist()
            return known, _known_paths(transaction, paths)

        found, since = self._database.read(look) or ([], {})
        known = {row["file_id"]: row for row in found}
        seen: set[str] = set()
        return Plan(self.target, tuple(publish_rules.plan_record(one, known, since, seen) for one in records))

    def get(self, file_id: str) -> StoredFile | None:
        return self._database.read(lambda transaction: read_stored_file(transaction, file_id))

    def find(
        self, where: Filter = (), *, limit: int = 1000, offset: int = 0, history: bool = False
    ) -> list[StoredFile]:
        def look(transaction: Transaction) -> list[dict[str, Any]]:
            keys = matching_keys(transaction, where, history, DerivedFilter(transaction, self._template))
            order = [("inspection_timestamp", "descending"), ("file_path_normalized", "ascending")]
            page = keys.sort_by([*order, ("file_id", "ascending")]).slice(offset, limit)
            return read_files(transaction, page)

        return [StoredFile(row) for row in self._database.read(look) or []]

    def count(self, where: Filter = (), *, history: bool = False) -> int:
        def look(transaction: Transaction) -> int:
            return len(matching_keys(transaction, where, history, DerivedFilter(transaction, self._template)))

        return self._database.read(look) or 0

    def browse(self, listing: Listing) -> Page:
        page = self._database.read(lambda transaction: browse(transaction, listing, self._template))
        return page or Page((), 0, 0, tuple(Facet(name, ()) for name in listing.facets))

    def similar(
        self, query: Query, stop: StopCheck = never_stop, on_progress: ProgressCallback = ignore_progress
    ) -> list[Hit]:
        if query.weights:
            return blend_hits(lambda one: self.similar(one, stop, on_progress), query)
        if query.by == "look":
            return find_similar_looks(self._database, query, self._template, ScanProgress(stop, on_progress))
        return find_similar(self._database, query, self._template, ScanProgress(stop, on_progress))

    def put_previews(self, previews: Sequence[Preview]) -> int:
        return put_previews(self._database, previews)

    def previews(self, file_ids: Sequence[str]) -> dict[str, Preview]:
        return self._database.read(lambda transaction: read_previews(transaction, file_ids)) or {}

    def delete(self, file_ids: Sequence[str]) -> int:
        ids = list(file_ids)

        def gone(look: Transaction, _: int) -> bool:
            return not len(look.rows_of("files", ["file_id"], "file_id", ids))

        return self._database.write(lambda transaction: writer.delete_files(transaction, ids), gone)

    def undo(self, publish_id: str) -> int:
        def gone(look: Transaction, _: int) -> bool:
            return not writer.undoable_file_ids(look, publish_id)

        def work(transaction: Transaction) -> int:
            return writer.delete_files(transaction, writer.undoable_file_ids(transaction, publish_id))

        return self._database.write(work, gone)

    def get_many(self, file_ids: Sequence[str]) -> list[StoredFile]:
        return self._database.read(lambda transaction: reembed.get_many(transaction, file_ids)) or []

    def update_vectors(self, revised: Sequence[Vectors]) -> None:
        ids = [one.file_id for one in revised]
        self._database.write(
            lambda transaction: reembed.update_vectors(transaction, revised),
            lambda look, _: reembed.has_current_vectors(look, ids),
        )

    def check(self) -> CheckReport:
        return check(self._database, self.target)

    def close(self) -> None:
        self._database.close()


def _known_paths(transaction: Transaction, paths: Sequence[str]) -> dict[str, str | None]:
    """Since when each path is known, for those that are."""
    columns = ["file_path_normalized", "inspection_timestamp"]
    found = transaction.rows_of("files", columns, "file_path_normalized", paths)
    newest = found.group_by("file_path_normalized").aggregate([("inspection_timestamp", "max")])
    return dict(
        zip(newest["file_path_normalized"].to_pylist(), newest["inspection_timestamp_max"].to_pylist(), strict=True)
    )
