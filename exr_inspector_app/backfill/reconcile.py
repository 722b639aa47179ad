"""Reconcile: compares a listing of files with the published ones by path, size and date, and publishes the rest."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from exr_inspector_app.backfill.path_buckets import PathBuckets, Row
from exr_inspector_app.backfill.run import publish_paths
from exr_inspector_app.backfill.shard_worker import OBJECT_SCHEME
from exr_inspector_app.backfill.sources import ListedFile, Source
from exr_inspector_app.config import Root
from exr_inspector_app.contracts import Condition, Event, PathUnreadable, StopCheck, never_stop
from exr_inspector_app.exr.paths.roots import local_path
from exr_inspector_app.ingest.file_stamps import FileStamps
from exr_inspector_app.ingest.publish_run import new_publish_id
from exr_inspector_app.persistence.identity import normalize
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.path_roots import key_roots
from exr_inspector_app.text.encoding import percent_encode_invalid

GONE_NOTE = "gone: "  # with which the note of a file that no longer exists begins
ABSENT = -1  # as the size of a listed file that does not exist
_CHUNK = 1000  # files per check of the disk, or per transaction
_SCAN_FILES = 10_000
_TOLERANCE_S = 1.0  # of dates of a catalog, which may be less precise than those of the file system


class Status(StrEnum):
    """Difference between a listing and the published files."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    BACK = "back"  # marked as gone before


@dataclass(frozen=True, slots=True)
class Difference:
    """File that differs; `file_id` is empty for a new one."""

    status: Status
    path: str
    file_id: str = ""


class Reconciler:
    """Comparison of a source with a store; used for one run, by one thread.

    Attributes:
        backend: Configuration and target.
        store: The open store.
        publish_id: Publish id of the files that are published.
        is_empty: True once the source has listed no file at all, so that nothing counts as gone.
    """

    def __init__(self, backend: Backend, store: Store, source: Source, scope: Sequence[str]) -> None:
        """Create a comparison.

        Args:
            backend: Configuration and target.
            store: The open store.
            source: Files that should be published.
            scope: Folders, or addresses of buckets, that the source lists completely: published files below them that
                are not listed are gone.
        """
        self.backend, self.store, self.publish_id = backend, store, new_publish_id()
        self._source = source
        self._roots = key_roots(store, backend.config)
        self._scope = [_prefix(folder, self._roots) for folder in scope]
        self._unknown: list[str] = []  # prefixes of keys below which the listing is incomplete
        self._stamps = FileStamps()
        self.is_empty = True

    def compare(self, stop: StopCheck = never_stop) -> Iterator[Difference | PathUnreadable]:
        """Yield the differences, and the folders that cannot be listed."""
        with tempfile.TemporaryDirectory(prefix="exr-inspector-") as folder, PathBuckets(Path(folder)) as buckets:
            yield from self._add_listed(buckets, stop)
            self._add_stored(buckets, stop)
            for listed, stored in buckets.pairs():
                if stop():
                    return
                yield from self._compare_bucket(listed, stored)

    def close(self) -> None:
        """End the readers."""
        self._stamps.close()

    def _add_listed(self, buckets: PathBuckets, stop: StopCheck) -> Iterator[PathUnreadable]:
        listed_files = self._source.list_files()
        while (part := list(islice(listed_files, _CHUNK))) and not stop():
            files = [item for item in part if isinstance(item, ListedFile)]
            unknown = [file.path for file in files if file.size_bytes is None and _is_on_disk(file.path)]
            stamps = self._stamps.read(list(dict.fromkeys(unknown)), stop)
            for file in files:
                self.is_empty = False
                buckets.add("listed", _key(file.path, self._roots), [file.path, *_state(file, stamps.get(file.path))])
            for item in part:
                if isinstance(item, PathUnreadable):
                    self._unknown.append(_prefix(item.path, self._roots))
                    yield item

    def _add_stored(self, buckets: PathBuckets, stop: StopCheck) -> None:
        for prefix in self._scope or [""]:
            where = (Condition("file_path_normalized", "starts_with", prefix),) if prefix else ()
            for batch in self.store.scan(where, batch_files=_SCAN_FILES):
                if stop():
                    return
                for row in (stored.file for stored in batch):
                    values = [row[name] for name in ("file_path", "file_id", "size_bytes", "mtime", "note")]
                    buckets.add("stored", row["file_path_normalized"], values)

    def _compare_bucket(self, listed: dict[str, Row], stored: dict[str, Row]) -> Iterator[Difference]:
        for key, (path, *state) in sorted(listed.items()):
            if key in stored:
                yield from _compare_file(path, state, *stored[key][1:])
            elif state[0] != ABSENT:
                yield Difference(Status.NEW, path)
        if self._scope and not self.is_empty:
            yield from self._find_gone({key: row for key, row in stored.items() if key not in listed})

    def _find_gone(self, missing: dict[str, Row]) -> Iterator[Difference]:
        """Yield the published files that are not listed and not on disk.

        An unlisted file that is on disk is not gone: a link may lead to it, or it is newer than the list.
        """
        rows = {key: row for key, row in missing.items() if not key.startswith(tuple(self._unknown))}
        places = {key: local_path(row[0], self._roots) for key, row in rows.items()}
        stamps = self._stamps.read([place for place in dict.fromkeys(places.values()) if _is_on_disk(place)])
        for key, (path, file_id, _, _, _) in sorted(rows.items()):
            place = places[key]
            if not _is_on_disk(place) or _is_absent(place, stamps[place]):
                yield Difference(Status.GONE, path, file_id)


def _state(file: ListedFile, stamp: tuple[int, str] | str | None) -> list[Any]:
    """Return size, date and precision of a file: ABSENT if it does not exist, None for unknown values."""
    if file.size_bytes is not None:
        return [file.size_bytes, file.mtime, _TOLERANCE_S]
    if isinstance(stamp, tuple):
        return [*stamp, 0.0]
    return [ABSENT if _is_on_disk(file.path) and _is_absent(file.path, stamp) else None, None, 0.0]


def _is_absent(path: str, stamp: tuple[int, str] | str | None) -> bool:
    """Return True if there is no file at a path, by its stamp; a broken link is a file."""
    return isinstance(stamp, str) and not os.path.lexists(path)


def _is_on_disk(path: str) -> bool:
    return not path.startswith(OBJECT_SCHEME)


def _compare_file(
    path: str, state: Sequence[Any], file_id: str, size: int | None, mtime: str | None, note: str | None
) -> Iterator[Difference]:
    """Yield the differences between the state of a listed file, and columns of the published one."""
    now, date, tolerance = state
    if now == ABSENT:
        yield Difference(Status.GONE, path, file_id)
        return
    if now is not None and (now != size or not _is_same_time(date, mtime, tolerance)):
        yield Difference(Status.CHANGED, path, file_id)
    if (note or "").startswith(GONE_NOTE):
        yield Difference(Status.BACK, path, file_id)


def reconcile(
    reconciler: Reconciler, stop: StopCheck = never_stop, *, apply: bool = False, remove: bool = False
) -> Iterator[Difference | Event]:
    """Compare, and with `apply` publish new and changed files, and mark those that are gone.

    Args:
        reconciler: The comparison.
        stop: Polled between batches.
        apply: Write to the store.
        remove: Remove the entries of files that are gone, instead of marking them.

    Yields:
        Differences, folders that cannot be listed, and the events of `publish_paths`.
    """
    pending: list[Difference] = []
    for item in reconciler.compare(stop):
        yield item
        if apply and isinstance(item, Difference):
            pending.append(item)
        if len(pending) >= _CHUNK:
            yield from _apply(reconciler, pending, stop, remove)
            pending = []
    yield from _apply(reconciler, pending, stop, remove)
    if apply:
        reconciler.store.update_index()


def _apply(reconciler: Reconciler, differences: Sequence[Difference], stop: StopCheck, remove: bool) -> Iterator[Event]:
    store = reconciler.store
    if paths := [item.path for item in differences if item.status in (Status.NEW, Status.CHANGED)]:
        yield from publish_paths(reconciler.backend, store, paths, reconciler.publish_id, stop)
    gone = [item.file_id for item in differences if item.status is Status.GONE]
    back = [item.file_id for item in differences if item.status is Status.BACK]
    if not stop():
        _mark(store, gone, back, remove)


def _mark(store: Store, gone: Sequence[str], back: Sequence[str], remove: bool) -> None:
    """Set and delete notes; a note that a user has written stays."""
    if remove and gone:
        store.delete(gone)
    notes: dict[str, str | None] = dict.fromkeys(back)
    if not remove:
        today = datetime.now(UTC).date().isoformat()
        files = store.find((Condition("file_id", "in", tuple(gone)),), limit=len(gone), history=True) if gone else []
        notes |= {row.file["file_id"]: f"{GONE_NOTE}{today}" for row in files if not row.file["note"]}
    if notes:
        store.set_notes(notes)


def _key(path: str, roots: Sequence[Root]) -> str:
    return percent_encode_invalid(normalize(path, roots))


def _prefix(folder: str, roots: Sequence[Root]) -> str:
    """Return the prefix of the keys below a folder, or of the objects of s3://bucket/prefix."""
    key = _key(folder, roots)
    return key if folder.startswith(OBJECT_SCHEME) else f"{key.rstrip('/')}/"


def _is_same_time(first: str | None, second: str | None, tolerance_s: float) -> bool:
    """Compare two dates; None is not known."""
    if first is None or second is None or first == second:
        return True
    difference = datetime.fromisoformat(first) - datetime.fromisoformat(second)
    return abs(difference.total_seconds()) < tolerance_s
