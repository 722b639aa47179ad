"""The local library: a store in one DuckDB file, with nothing to set up."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

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
    PublishResult,
    Query,
    Record,
    Stored,
    Vectors,
)
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import outcomes, schema
from exr_inspector_app.persistence.blend import blended
from exr_inspector_app.persistence.derived import PathTemplate
from exr_inspector_app.persistence.local import library, reembed, rows
from exr_inspector_app.persistence.local.browse import browse
from exr_inspector_app.persistence.local.filters import where as sql_where
from exr_inspector_app.persistence.local.previews import put_previews, similar_looks, stored_previews
from exr_inspector_app.persistence.local.similar import similar
from exr_inspector_app.persistence.reembed import NEWER, OUTDATED, notes

log = logging.getLogger(__name__)

Connection = duckdb.DuckDBPyConnection
_FACTS = ", ".join(schema.FACTS)


class LocalStore:
    """Published metadata in a DuckDB file; opened for each call and closed after it."""

    target = "Local library"

    def __init__(self, path: Path, patience: float = 10.0, template: PathTemplate | None = None) -> None:
        self._library = library.Library(path, patience)
        self._template = template or PathTemplate()

    def ensure_tables(self) -> None:
        with self._library.connected():
            pass

    def publish(self, batch: Batch) -> list[PublishResult]:
        sound, refused = outcomes.parted(batch.records)
        known: dict[str, dict[str, Any]] = {}
        met: list[Record] = []
        attempt = outcomes.new_attempt()
        if sound:
            try:
                with self._library.transaction() as connection:
                    known = _known(connection, list(sound))
                    new = [one for file_id, one in sound.items() if file_id not in known]
                    arriving, unfit = rows.prepared(new, batch, attempt)
                    refused.update(unfit)
                    rows.append(connection, arriving)
                    met = [sound[file_id] for file_id in known]
                    rows.refresh(connection, [one for one in met if outcomes.has_changed(one, known[_id(one)])])
            except StoreError:
                if not self._is_written(attempt):
                    raise
            self._meet(met, known, batch.publish_id)
        inserted = set(sound) - set(known) - set(refused)
        return [outcomes.result(one, inserted, refused) for one in batch.records]

    def plan(self, batch: Batch) -> Plan:
        known: dict[str, dict[str, Any]] = {}
        paths: dict[str, str | None] = {}
        if self._library.exists:
            with self._library.connected() as connection:
                known = _known(connection, [_id(one) for one in batch.records])
                paths = _known_paths(connection, [one.identity.file_path_normalized for one in batch.records])
        seen: set[str] = set()
        return Plan(self.target, tuple(outcomes.planned(one, known, paths, seen) for one in batch.records))

    def get(self, file_id: str) -> Stored | None:
        if not self._library.exists:
            return None
        with self._library.connected() as connection:
            found = _rows(connection, f"SELECT {_FACTS} FROM file_rows WHERE file_id = ?", [file_id])
            if not found:
                return None
            children = [_children(connection, name, file_id) for name in library.CHILDREN]
        return Stored(found[0], *children)

    def find(self, where: Filter = (), *, limit: int = 1000, offset: int = 0, history: bool = False) -> list[Stored]:
        text, values = self._where(where)
        order = "ORDER BY inspection_timestamp DESC, file_path_normalized, file_id LIMIT ? OFFSET ?"
        query = f"SELECT {_FACTS} FROM {_source(history)} WHERE {text} {order}"
        if not self._library.exists:
            return []
        with self._library.connected() as connection:
            return [Stored(row) for row in _rows(connection, query, [*values, limit, offset])]

    def count(self, where: Filter = (), *, history: bool = False) -> int:
        text, values = self._where(where)
        if not self._library.exists:
            return 0
        with self._library.connected() as connection:
            return _number(connection, f"SELECT count(*) FROM {_source(history)} WHERE {text}", values)

    def browse(self, listing: Listing) -> Page:
        if not self._library.exists:
            return Page((), 0, 0, tuple(Facet(name, ()) for name in listing.facets))
        with self._library.connected() as connection:
            return browse(connection, listing, self._template)

    def similar(self, query: Query) -> list[Hit]:
        if not self._library.exists:
            return []
        if query.weights:
            return blended(self.similar, query)
        where = sql_where(query.where, self._template) if query.where else None
        return (similar_looks if query.by == "look" else similar)(self._library, query, where)

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
            return rows.delete(connection, list(file_ids))

    def undo(self, publish_id: str) -> int:
        query = "SELECT file_id FROM file_rows WHERE publish_id = ? AND inspection_count = 1"
        with self._library.transaction() as connection:
            mine = [row[0] for row in connection.execute(query, [publish_id]).fetchall()]
            return rows.delete(connection, mine) if publish_id else 0  # no id names no publish

    def whole(self, file_ids: Sequence[str]) -> list[Stored]:
        if not self._library.exists:
            return []
        with self._library.connected() as connection:
            return reembed.whole(connection, file_ids)

    def revise(self, revised: Sequence[Vectors]) -> None:
        with self._library.transaction() as connection:
            reembed.revise(connection, revised)

    def check(self) -> CheckReport:
        with self._library.connected() as connection:
            files = _number(connection, "SELECT count(*) FROM file_rows")
            problems = tuple(_problems(connection))
        versions = notes(self.count(OUTDATED, history=True), self.count(NEWER, history=True))
        kind = library.file_system(self._library.path)
        note = (
            f"The library {self._library.path} lies on a network file system ({kind}), where locks cannot be "
            "relied on; keep it on a local disk."
        )
        return CheckReport(self.target, files, schema.SCHEMA_VERSION, ((note,) if kind else ()) + versions, problems)

    def close(self) -> None:
        """Nothing is held between calls."""

    def _where(self, where: Filter) -> tuple[str, list[Any]]:
        """The filter in SQL, its values apart."""
        found = sql_where(where, self._template)
        return found.text, list(found.values)

    def _is_written(self, attempt: str) -> bool:
        """True where a commit that reported an error has been kept all the same, as a full disk may leave it."""
        try:
            with self._library.connected() as connection:
                query = "SELECT count(*) FROM file_rows WHERE attempt_id = ?"
                return _number(connection, query, [attempt]) > 0
        except StoreError:
            return False

    def _meet(self, met: Sequence[Record], known: dict[str, dict[str, Any]], publish_id: str) -> None:
        """Known files of other publishes are counted; trouble here fails no publish."""
        others = [one for one in met if not publish_id or known[_id(one)]["publish_id"] != publish_id]
        if not others:
            return
        try:
            with self._library.transaction() as connection:
                rows.count_meeting(connection, others)
        except StoreError as error:
            log.warning("Counters of known files were not updated: %s", error.sentence)


def _id(record: Record) -> str:
    return record.identity.file_id


def _known(connection: Connection, file_ids: list[str]) -> dict[str, dict[str, Any]]:
    """What is stored of these files, by file_id."""
    query = f"SELECT {', '.join(outcomes.KNOWN)} FROM file_rows WHERE file_id IN (SELECT unnest(?::VARCHAR[]))"
    return {row["file_id"]: row for row in _rows(connection, query, [file_ids])}


def _known_paths(connection: Connection, paths: list[str]) -> dict[str, str | None]:
    """Since when each path is known, for those that are."""
    query = (
        "SELECT file_path_normalized, max(inspection_timestamp) FROM file_rows "
        "WHERE file_path_normalized IN (SELECT unnest(?::VARCHAR[])) GROUP BY 1"
    )
    return dict(connection.execute(query, [paths]).fetchall())


_CHECKS = {
    "SELECT count(*) FROM file_rows WHERE vector_id NOT IN (SELECT vector_id FROM vectors)": (
        "{} files lack their vectors."
    ),
    "SELECT count(DISTINCT file_id) FROM attribute_rows WHERE file_id NOT IN (SELECT file_id FROM file_rows)": (
        "{} files have attributes but no row of their own."
    ),
    "SELECT count(DISTINCT file_id) FROM channel_rows WHERE file_id NOT IN (SELECT file_id FROM file_rows)": (
        "{} files have channels but no row of their own."
    ),
    "SELECT count(*) FROM file_rows f WHERE channel_count <> "
    "(SELECT count(*) FROM channels c WHERE c.file_id = f.file_id)": "{} files lack some of their channels.",
}


def _problems(connection: Connection) -> list[str]:
    """What does not fit together, each in a sentence."""
    for table in ("vectors", "channel_vectors", "file_rows", "previews", *library.CHILDREN.values()):
        _number(connection, f"SELECT bit_xor(hash(t)) % 2 FROM {table} t")  # every block is read and its sum compared
    found = [(sentence, _number(connection, query)) for query, sentence in _CHECKS.items()]
    return [sentence.format(f"{count:,}") for sentence, count in found if count]


def _children(connection: Connection, name: str, file_id: str) -> list[dict[str, Any]]:
    """The rows of one table that belong to a file, in file order."""
    return _rows(connection, f"{library.select(name)} WHERE r.file_id = ? ORDER BY r.rowid", [file_id])


def _rows(connection: Connection, query: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    table: pa.Table = connection.sql(query, params=list(values)).to_arrow_table()
    return list(table.to_pylist())


def _number(connection: Connection, query: str, values: Sequence[Any] = ()) -> int:
    return int(connection.execute(query, list(values)).fetchall()[0][0] or 0)


def _source(history: bool) -> str:
    return "file_rows" if history else "current_files"
