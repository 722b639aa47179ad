"""Backfill run: lists a source, has an engine encode the shards, and loads them into the store."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from exr_inspector_app.backfill.engine import Engine
from exr_inspector_app.backfill.loading import Loader
from exr_inspector_app.backfill.shard_worker import inspect_paths
from exr_inspector_app.backfill.sources import ListedFile, Source
from exr_inspector_app.backfill.work_folder import LoadedMark, WorkFolder
from exr_inspector_app.contracts import (
    Event,
    FilePublished,
    PathUnreadable,
    Progress,
    RunFinished,
    StopCheck,
    measure_progress,
    never_stop,
)
from exr_inspector_app.errors import KnownError, PublishCancelledError
from exr_inspector_app.ingest.pipeline import FILES_PER_TRANSACTION, RecordBatch
from exr_inspector_app.ingest.publish_run import PublishRun
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.services.backend import Backend

MAX_ENCODED_SHARDS = 200  # that wait for the store; about 300 MB
_POLL_S = 0.5


class ShardsFailedError(KnownError):
    """Shards whose rows could not be written; another run continues with them."""

    code = "output"


@dataclass
class _Counts:
    """Counts of the run, and of those that it continues."""

    inserted: int = 0
    present: int = 0
    failed: int = 0
    again: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        return self.inserted + self.present + self.failed + len(self.again)

    def add(self, mark: LoadedMark) -> None:
        """Add the counts of a loaded shard."""
        self.inserted += mark.inserted
        self.present += mark.present
        self.failed += len(mark.failed)
        self.again += mark.again


def backfill(
    backend: Backend, source: Source, work: WorkFolder, engine: Engine, shard_files: int, stop: StopCheck = never_stop
) -> Iterator[Event]:
    """Publish all files of a source. Continues where an earlier run with the same work folder was interrupted.

    Args:
        backend: Configuration and target.
        source: Files to publish.
        work: Work folder, opened for this source and target.
        engine: Engine that inspects the files; the caller closes it.
        shard_files: Files per shard, which is one transaction.
        stop: Polled between shards and requests.

    Yields:
        `PathUnreadable` for each file that cannot be published, `Progress`, `StoreWaiting`, and one `RunFinished`.

    Raises:
        UsageError: Another process uses the work folder.
        StoreError: The store failed for longer than the patience. Loaded shards stay loaded.
        ShardsFailedError: The rows of some shards could not be written; all others are loaded.
    """
    counts, stopped = _Counts(), False
    with work.locked(), backend.store() as store:
        store.require_writable()
        store.ensure_tables()
        try:
            if work.manifest.shards is None:
                yield from _list(source, work, shard_files, stop)
            counts.failed = work.manifest.unreadable
            for mark in work.marks():
                counts.add(mark)
            with closing(Loader(store, work, backend.patience)) as loader:
                yield from _run_shards(work, engine, loader, counts, stop)
            yield from _publish_again(backend, store, work, counts, stop)
            _finish(store, work, counts)
        except PublishCancelledError:
            stopped = True
    totals = {"inserted": counts.inserted, "present": counts.present, "failed": counts.failed}
    yield RunFinished(counts.inserted + counts.present, counts.failed, stopped, work.manifest.publish_id, totals)


def _list(source: Source, work: WorkFolder, shard_files: int, stop: StopCheck) -> Iterator[PathUnreadable]:
    """Write the lists of the shards, and yield the folders that cannot be listed."""
    unreadable: list[PathUnreadable] = []

    def paths() -> Iterator[str]:
        for item in source.list_files():
            if stop():
                raise PublishCancelledError("The backfill was stopped.")
            if isinstance(item, ListedFile):
                yield item.path
            else:
                unreadable.append(item)
                work.manifest.unreadable += 1

    work.write_lists(paths(), shard_files)
    yield from unreadable


def _run_shards(work: WorkFolder, engine: Engine, loader: Loader, counts: _Counts, stop: StopCheck) -> Iterator[Event]:
    """Encode and load all shards that remain."""
    to_encode, encoded = (deque(numbers) for numbers in work.remaining())
    running, errors = 0, dict[int, str]()
    started, before = time.monotonic(), counts.done
    while to_encode or running or encoded:
        if stop():
            raise PublishCancelledError("The backfill was stopped.")
        while to_encode and running < engine.capacity and len(encoded) + running < MAX_ENCODED_SHARDS:
            engine.submit(work.task(to_encode.popleft()))
            running += 1
        for finished in engine.poll(0.0 if encoded else _POLL_S) if running else ():
            running -= 1
            if finished.error is None:
                encoded.append(finished.number)
            else:
                errors[finished.number] = finished.error
        if encoded:
            number = encoded.popleft()
            yield from loader.load(number, stop)
            counts.add(work.mark(number))
        yield _progress(counts, work.manifest.files, started, before)
    if errors:
        sentence = next(iter(errors.values()))
        raise ShardsFailedError(f"{len(errors)} shards are not loaded: {sentence} Run the command again for the rest.")


def _progress(counts: _Counts, total: int, started: float, before: int) -> Progress:
    return measure_progress("publish", min(counts.done, total), total, started, before)


def _publish_again(
    backend: Backend, store: Store, work: WorkFolder, counts: _Counts, stop: StopCheck
) -> Iterator[Event]:
    """Publish the files that have changed since they were inspected or published, and large ones, as they are now."""
    paths, counts.again = sorted(set(counts.again)), []
    for event in publish_paths(backend, store, paths, work.manifest.publish_id, stop):
        match event:
            case FilePublished(_, path, result):
                counts.inserted += result.inserted
                counts.present += result.status == "success" and not result.inserted
                counts.failed += result.status == "error"
                if result.status == "error":
                    yield PathUnreadable(path, "unreadable", result.error or result.message)
            case PathUnreadable():
                counts.failed += 1
                yield event
            case _:
                yield event
    if stop():
        raise PublishCancelledError("The backfill was stopped.")


def publish_paths(
    backend: Backend, store: Store, paths: Sequence[str], publish_id: str, stop: StopCheck
) -> Iterator[Event]:
    """Publish files on disk and objects of buckets as `publish` does, with updates of those that are published.

    Yields:
        `PathUnreadable` for paths that cannot be published, and the events of a publish run but the last one.
    """
    roots = backend.config.roots
    with closing(PublishRun(store, backend.config.publisher, roots, backend.patience, publish_id)) as run:
        batch, index = RecordBatch(), 0
        for start in range(0, len(paths), FILES_PER_TRANSACTION):
            for path, result in inspect_paths(paths[start : start + FILES_PER_TRANSACTION], roots):
                if isinstance(result, str):
                    yield PathUnreadable(path, "unreadable", result)
                elif full := batch.add(index, result):
                    yield from run.publish(full, stop)
                index += 1
        if last := batch.take():
            yield from run.publish(last, stop)
        yield from run.settle(stop)
        run.finish()


def _finish(store: Store, work: WorkFolder, counts: _Counts) -> None:
    """Close the ledger, update the similarity index, and delete the content of the work folder."""
    summary = {"files": work.manifest.files, "inserted": counts.inserted, "present": counts.present,
               "failed": counts.failed, "publish_id": work.manifest.publish_id}  # fmt: skip
    store.close_ledger(work.manifest.plan, json.dumps(summary))
    store.update_index()
    work.finish()
