"""Loader: loads encoded shards into the store, with the files that are on disk as the worker has read them."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator, Mapping
from typing import Any

from exr_inspector_app.backfill.shard_worker import OBJECT_SCHEME
from exr_inspector_app.backfill.work_folder import LoadedMark, WorkFolder
from exr_inspector_app.contracts import Event, LoadedShard, PathUnreadable, Shard, StopCheck, StoreWaiting
from exr_inspector_app.errors import RequestRejectedError, StoreError, VASTDatabaseError
from exr_inspector_app.ingest.file_stamps import FileStamps
from exr_inspector_app.ingest.patience import Patience
from exr_inspector_app.ingest.publish_run import RETRY_WAITS_S
from exr_inspector_app.persistence.store import Store

log = logging.getLogger(__name__)

_POLL_S = 0.1  # of the stop callback during a wait
_STAMP_NAMES = ("size_bytes", "mtime", "is_complete")

Facts = tuple[str, int | None, str | None, bool | None]  # path, size, date, completeness of a file


class Loader:
    """Loader of shards; its methods are called by one thread."""

    def __init__(self, store: Store, work: WorkFolder, patience: Patience) -> None:
        self._store, self._work, self._patience = store, work, patience
        self._stamps = FileStamps()
        self._has_responded = False

    def load(self, number: int, stop: StopCheck) -> Iterator[Event]:
        """Load a shard, mark it as loaded, and yield its failures and the waits for the store.

        Files that have changed on disk since they were inspected are left out. They, and published files that have
        changed since their publish, are listed in the mark, with those that are too large for a shard.

        Raises:
            StoreError: The store failed for longer than the patience.
            PublishCancelledError: `stop` returned True.
        """
        report = self._work.report(number)
        files: dict[str, Facts] = {file_id: tuple(facts) for file_id, facts in report["files"].items()}
        stale = self._stale(files, stop)
        shard = self._work.shard(number, frozenset(stale))
        try:
            loaded = yield from self._load_patiently(shard, len(files), stop)
        except RequestRejectedError as error:
            log.warning("The files of shard %d are published one by one: %s", number, error.sentence)
            stale, loaded = set(files), LoadedShard(0)
        changed = {file_id for file_id, row in loaded.known.items() if _has_changed(files[file_id], row)}
        again = sorted({files[file_id][0] for file_id in stale | changed} | set(report.get("again", ())))
        failed = [(path, sentence) for path, sentence in report["failures"]]
        present = len(files) - loaded.inserted - len(stale | changed)
        count = self._work.file_count(number)
        self._work.mark_loaded(number, LoadedMark(count, loaded.inserted, max(present, 0), failed, again))
        yield from (PathUnreadable(path, "unreadable", sentence) for path, sentence in failed)

    def close(self) -> None:
        """End the readers."""
        self._stamps.close()

    def _stale(self, files: Mapping[str, Facts], stop: StopCheck) -> set[str]:
        """Return the ids of files that have changed on disk since they were inspected, or are gone."""
        by_path = {facts[0]: (file_id, facts[1:3]) for file_id, facts in files.items() if _is_on_disk(facts)}
        stamps = self._stamps.read(list(by_path), stop)
        return {file_id for path, (file_id, stamp) in by_path.items() if stamps.get(path, stamp) != stamp}

    def _load_patiently(self, shard: Shard, files: int, stop: StopCheck) -> Generator[Event, None, LoadedShard]:
        """Load a shard, and retry for as long as the patience lasts while the store fails."""
        started, retries = time.monotonic(), 0
        while True:
            try:
                loaded = self._store.load(shard, stop)
                self._has_responded = True
                return loaded
            except RequestRejectedError:
                raise
            except StoreError as error:
                patience = self._patience.seconds if self._has_responded else self._patience.first_contact
                left = started + patience - time.monotonic()
                if left <= 0 or not (isinstance(error, VASTDatabaseError) and error.is_transient):
                    raise
                yield StoreWaiting(error.sentence, files, left)
                _wait(min(RETRY_WAITS_S[min(retries, len(RETRY_WAITS_S) - 1)], left), stop)
                retries += 1


def _is_on_disk(facts: Facts) -> bool:
    return not facts[0].startswith(OBJECT_SCHEME)


def _has_changed(facts: Facts, row: Mapping[str, Any]) -> bool:
    """Return True if size, date or completeness differ from the stored row; None is not known."""
    return any(value is not None and value != row[name] for name, value in zip(_STAMP_NAMES, facts[1:], strict=True))


def _wait(seconds: float, stop: StopCheck) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not stop():
        time.sleep(_POLL_S)
