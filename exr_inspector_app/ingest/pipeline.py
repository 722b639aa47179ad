"""Ingest pipeline: generators from paths to events, shared by window, command line, and serverless function."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Literal

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import (
    Event,
    FileInspected,
    FilePublished,
    PathUnreadable,
    Plan,
    Progress,
    Record,
    RunFinished,
    StopCheck,
    measure_progress,
    never_stop,
    persisted,
)
from exr_inspector_app.ingest.disk_check import DiskCheck, Inspected
from exr_inspector_app.ingest.known_files import KnownFiles
from exr_inspector_app.ingest.memory_size import transaction_size
from exr_inspector_app.ingest.patience import NO_PATIENCE, Patience
from exr_inspector_app.ingest.planning import PlanBatcher, make_plan
from exr_inspector_app.ingest.publish_run import PublishRun
from exr_inspector_app.ingest.scan import FileScan, Pace, ReadFile
from exr_inspector_app.persistence.store import Store

FILES_PER_TRANSACTION = 1000  # one transaction takes about 20 requests to a VAST Database
BYTES_PER_TRANSACTION = 96 * 2**20  # of records and rows in memory beyond ordinary ones, unless one is larger
PROGRESS_INTERVAL_S = 0.1
MIN_FILES_FOR_ESTIMATE = 10  # no remaining time before


def inspect(
    paths: Sequence[str],
    *,
    roots: Sequence[Root] = (),
    store: Store | None = None,
    stop: StopCheck = never_stop,
    read: ReadFile | None = None,
    pace: Pace = never_stop,
    known: KnownFiles | None = None,
) -> Iterator[Event]:
    """Inspect files and compute their records.

    Args:
        paths: Files, folders, and sequences; with `read` the names that it knows.
        roots: The path map of the configuration.
        store: Yield `PlanReady` events for this store. None plans nothing.
        stop: Polled between batches of files.
        read: Returns the inspected file of a name, None for files on disk; called by several threads.
        pace: Called by a reader before each file; it may block.
        known: Lookup of published files, which are not read; each yields `FilePublished`.

    Yields:
        Events in the order in which files are done, then one `RunFinished`, also after a stop.

    Raises:
        StoreError: The store failed; raised after `RunFinished`, when every file is inspected.
    """
    progress, plans, failed = ProgressThrottle("inspect"), PlanBatcher(store, roots), 0
    scan = FileScan(paths, roots, read, pace, known)
    try:
        while scan.has_more and not stop():
            for event in scan.find_files():
                failed += isinstance(event, PathUnreadable)
                yield event
            for file in scan.take_known():
                yield FilePublished(file.index, file.path, persisted(file.file_id, False))
                yield from progress.advance(1, scan.total)
            for inspected in scan.take_inspected():
                failed += bool(inspected.file.errors)
                plans.add(inspected.record)
                yield inspected
                del inspected  # a large one, while the next file is read
                yield from progress.advance(1, scan.total)
            yield from plans.flush_if_due(last=not scan.has_more)
    finally:
        scan.close()
        plans.close()
    yield from progress.finish(scan.total)
    yield RunFinished(done=progress.done, failed=failed, stopped=scan.has_more)
    if plans.error:
        raise plans.error


def plan(
    inspected: Sequence[Inspected], store: Store, *, roots: Sequence[Root] = (), stop: StopCheck = never_stop
) -> Plan:
    """Return the effect of publishing each file, after a comparison with the disk; write nothing.

    Args:
        inspected: Records, and files that could not be published when they were inspected, in the order of the plan.
        store: The store to query.
        roots: The path map of the configuration, for files that have changed.
        stop: Polled while files are compared; the plan of a run that was stopped is empty.
    """
    with closing(DiskCheck(roots)) as disk:
        return make_plan(inspected, store, disk, stop) or Plan(store.target, ())


def publish(
    records: Sequence[Record],
    store: Store,
    *,
    publisher: str,
    roots: Sequence[Root] = (),
    stop: StopCheck = never_stop,
    patience: Patience = NO_PATIENCE,
    note: str | None = None,
) -> Iterator[Event]:
    """Publish records as their files are on disk now, one transaction per FILES_PER_TRANSACTION of them.

    Args:
        records: The records in the order of their indices.
        store: The store to write to.
        publisher: Name of the user, stored with the files.
        roots: The path map of the configuration, for files that have changed.
        stop: Polled between requests, and while files are compared with the disk.
        patience: How long batches wait for a store that fails.
        note: Column `note` of new rows.

    Yields:
        One `FilePublished` per record, after a `FileReread` if its file has changed; `Progress` and `StoreWaiting`,
        then one `RunFinished`. A store that fails for longer than the patience yields error results.
    """
    progress = ProgressThrottle("publish")
    with closing(PublishRun(store, publisher, roots, patience, note=note)) as run:
        for batch in batches_of(enumerate(records)):
            yield from run.publish(batch, stop)
            if run.is_stopped:
                break
            yield from progress.advance(run.done - progress.done, len(records))
        yield from run.settle(stop)
        progress.done = run.done
        yield from progress.finish(len(records))
        yield run.finish()


def ingest(
    paths: Sequence[str],
    store: Store,
    *,
    publisher: str,
    roots: Sequence[Root] = (),
    stop: StopCheck = never_stop,
    patience: Patience = NO_PATIENCE,
    publish_id: str = "",
    skip_known: bool = False,
    note: str | None = None,
) -> Iterator[Event]:
    """Inspect files and publish them in batches while the next ones are read.

    Args:
        paths: Files, folders, and sequences.
        store: The store to write to.
        publisher: Name of the user, stored with the files.
        roots: The path map of the configuration.
        stop: Polled between batches of files and requests; files that wait for their batch are not published.
        patience: How long batches wait for a store that fails.
        publish_id: Id of the publish, to continue an earlier one; empty for a new one.
        skip_known: Do not read files that are published with their present path, size and date.
        note: Column `note` of new rows.

    Yields:
        The events of `inspect` and one `FilePublished` per file, after a `FileReread` if the file has changed; one
        `RunFinished` at the end.
    """
    known = KnownFiles(store, roots) if skip_known else None
    try:
        with closing(PublishRun(store, publisher, roots, patience, publish_id, note)) as run:
            yield from _ingest(inspect(paths, roots=roots, stop=stop, known=known), run, stop)
    finally:
        if known:
            known.close()


def _ingest(events: Iterator[Event], run: PublishRun, stop: StopCheck) -> Iterator[Event]:
    """Publish the records that the events of an inspection contain."""
    waiting = RecordBatch()
    for event in events:
        match event:
            case RunFinished():
                run.is_stopped |= event.stopped
                continue
            case FileInspected(index, file, None):
                yield event
                yield run.refuse(index, file)
                del file
                continue
            case FileInspected(index, _, Record() as record):
                full = waiting.add(index, record)
                yield event
                del record, event  # a large one, while the next file is read
                yield from run.publish(full, stop) if full else ()
                continue
            case PathUnreadable():
                run.failed += 1
            case FilePublished():
                run.present += 1
        yield event
    yield from run.publish(waiting.take(), stop)
    yield from run.settle(stop)
    yield run.finish()


def batches_of(records: Iterable[tuple[int, Record]]) -> Iterator[list[tuple[int, Record]]]:
    """Split (index, record) pairs into transactions of bounded size."""
    batch = RecordBatch()
    for index, record in records:
        if full := batch.add(index, record):
            yield full
    if last := batch.take():
        yield last


class RecordBatch:
    """Records of the next transaction, with their indices."""

    def __init__(self) -> None:
        self._items: list[tuple[int, Record]] = []
        self._bytes = 0

    def add(self, index: int, record: Record) -> list[tuple[int, Record]]:
        """Add a record; return the records of a transaction that is full, with or without this one."""
        size = transaction_size(record)
        full = self.take() if self._bytes + size > BYTES_PER_TRANSACTION else []
        self._items.append((index, record))
        self._bytes += size
        return full or (self.take() if len(self._items) >= FILES_PER_TRANSACTION else [])

    def take(self) -> list[tuple[int, Record]]:
        """Return the records, and begin another transaction."""
        taken, self._items, self._bytes = self._items, [], 0
        return taken


@dataclass
class ProgressThrottle:
    """Counter that yields `Progress` at most every PROGRESS_INTERVAL_S."""

    what: Literal["inspect", "publish"]
    done: int = 0
    _started: float = field(default_factory=time.monotonic)
    _last_event: float = 0.0

    def advance(self, count: int, total: int) -> Iterator[Progress]:
        """Add to the count, and yield the progress if the interval is over."""
        self.done += count
        now = time.monotonic()
        if now - self._last_event >= PROGRESS_INTERVAL_S:
            self._last_event = now
            yield self._progress(total)

    def finish(self, total: int) -> Iterator[Progress]:
        """Yield the final progress."""
        yield self._progress(total)

    def _progress(self, total: int) -> Progress:
        progress = measure_progress(self.what, self.done, total, self._started)
        return progress if self.done >= MIN_FILES_FOR_ESTIMATE else progress._replace(seconds_left=None)
