"""Lookup of published files for a publish that is continued: unchanged files are not read again."""

from __future__ import annotations

from collections.abc import Sequence

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import Condition
from exr_inspector_app.ingest.file_stamps import FileStamps
from exr_inspector_app.persistence.identity import normalize
from exr_inspector_app.persistence.store import Store

_LOOKUP_PATHS = 500  # in one query; the list of paths stays below 600 KB


class KnownFiles:
    """Lookup by path, size and date, with a reader pool for the disk; its methods are called by one thread."""

    def __init__(self, store: Store, roots: Sequence[Root]) -> None:
        """Create a lookup.

        Args:
            store: The store to query.
            roots: The path map of the configuration, for a store without roots.
        """
        self._store = store
        stored = store.roots()
        self._roots = roots if stored is None else stored
        self._stamps = FileStamps()

    def find(self, paths: Sequence[str]) -> dict[str, str]:
        """Return the file_id of each path that is published, complete, and unchanged on disk."""
        known: dict[str, str] = {}
        for start in range(0, len(paths), _LOOKUP_PATHS):
            known.update(self._find(list(dict.fromkeys(paths[start : start + _LOOKUP_PATHS]))))
        return known

    def _find(self, paths: Sequence[str]) -> dict[str, str]:
        normalized = {path: normalize(path, self._roots) for path in paths}
        where = (Condition("file_path_normalized", "in", tuple(dict.fromkeys(normalized.values()))),)
        rows = {row.file["file_path_normalized"]: row.file for row in self._store.find(where, limit=len(paths))}
        published = {path: rows[key] for path, key in normalized.items() if key in rows}
        stamps = self._stamps.read([path for path, row in published.items() if row["is_complete"] is not False])
        return {
            path: str(published[path]["file_id"])
            for path, stamp in stamps.items()
            if stamp == (published[path]["size_bytes"], published[path]["mtime"])
        }

    def close(self) -> None:
        """End the readers."""
        self._stamps.close()
