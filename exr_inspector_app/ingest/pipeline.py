"""Ingest pipeline: generators from paths to events, shared by window, command line, and serverless function."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import (
    Batch,
    Event,
    FileInspected,
    FilePublished,
    PathUnreadable,
    PlanReady,
    Progress,
    PublishResult,
    Record,
    RunFinished,
    StopCheck,
    measure_progress,
    never_stop,
    not_persisted,
)
from exr_inspector_app.errors import StoreError
from exr_inspector_app.ingest.scan import FileScan, Pace, ReadFile
from exr_inspector_app.model import ExrFile
from exr_inspector_app.persistence.store import Store

FILES_PER_TRANSACTION = 1000  # one transaction takes about 20 requests to a VAST Database
INDEX_UPDATE_FILES = 20_000  # new files between updates of the similarity index; another one follows at the end
PLAN_INTERVAL_S = 0.5  # the longest time that inspected files wait for their plan
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
) -> Iterator[Event]:
    """Inspect files and compute their records.

    Args:
        paths: Files, folders, and sequences; with `read` the names that it knows.
        roots: The path map of the configuration.
        store: Yield `PlanReady` events for this store. None plans nothing.
        stop: Polled between batches of files.
        read: Returns the inspected file of a name, None for files on disk; called by several threads.
        pace: Called by a reader before each file; it may block.

    Yields:
        Events in the order in which files are done, then one `RunFinished`, also after a stop.

    Raises:
        StoreError: The store failed; raised after `RunFinished`, when every file is inspected.
    """
    progress, scan, plans = ProgressThrottle("inspect"), FileScan(paths, roots, read, pace), PlanBatcher(store)
    failed = 0
    try:
        while scan.has_more and not stop():
            for event in scan.find_files():
                failed += isinstance(event, PathUnreadable)
                yield event
            for inspected in scan.take_inspected():
                failed += bool(inspected.file.errors)
                plans.add(inspected.record)
                yield inspected
                yield from progress.advance(1, scan.total)
            yield from plans.flush_if_due(last=not scan.has_more)
    finally:
        scan.close()
    yield from progress.finish(scan.total)
    yield RunFinished(done=progress.done, failed=failed, stopped=scan.has_more)
    if plans.error:
        raise plans.error


def publish(
    records: Sequence[Record], store: Store, *, publisher: str, stop: StopCheck = never_stop
) -> Iterator[Event]:
    """Publish records, one transaction per FILES_PER_TRANSACTION of them.

    Args:
        records: The records in the order of the results.
        store: The store to write to.
        publisher: Name of the user, stored with the files.
        stop: Polled between transactions.

    Yields:
        One `FilePublished` per record, `Progress`, then one `RunFinished`. A store that fails yields error results.
    """
    progress, run = ProgressThrottle("publish"), PublishRun(store, publisher)
    stopped = False
    for start in range(0, len(records), FILES_PER_TRANSACTION):
        if stopped := stop():
            break
        batch = records[start : start + FILES_PER_TRANSACTION]
        yield from run.publish(list(enumerate(batch, start)))
        yield from progress.advance(len(batch), len(records))
    yield from progress.finish(len(records))
    yield run.finish(stopped)


def ingest(
    paths: Sequence[str], store: Store, *, publisher: str, roots: Sequence[Root] = (), stop: StopCheck = never_stop
) -> Iterator[Event]:
    """Inspect files and publish them in batches while the next ones are read.

    Args:
        paths: Files, folders, and sequences.
        store: The store to write to.
        publisher: Name of the user, stored with the files.
        roots: The path map of the configuration.
        stop: Polled between batches of files; inspected files that wait for their batch are not published.

    Yields:
        The events of `inspect` and one `FilePublished` per file, with a single `RunFinished` at the end.
    """
    run = PublishRun(store, publisher)
    waiting: list[tuple[int, Record]] = []
    stopped = False
    for event in inspect(paths, roots=roots, stop=stop):
        match event:
            case RunFinished():
                stopped = event.stopped
                continue
            case FileInspected(index, file, None):
                yield event
                yield run.refuse(index, file)
                continue
            case FileInspected(index, _, Record() as record):
                waiting.append((index, record))
            case PathUnreadable():
                run.failed += 1
        yield event
        if len(waiting) >= FILES_PER_TRANSACTION:
            yield from run.publish(waiting)
            waiting = []
    if not stopped:
        yield from run.publish(waiting)
    yield run.finish(stopped)


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
        return progress if self.done >= MIN_FILES_FOR_ESTIMATE else replace(progress, seconds_left=None)


class PlanBatcher:
    """Batcher of inspected records that asks the store for the plan of many at a time."""

    def __init__(self, store: Store | None) -> None:
        self._store = store
        self._waiting: list[Record] = []
        self._last_plan = time.monotonic()
        self.error: StoreError | None = None

    def add(self, record: Record | None) -> None:
        """Add a record, if there is a store that has not failed."""
        if record is not None and self._store is not None and self.error is None:
            self._waiting.append(record)

    def flush_if_due(self, last: bool) -> Iterator[PlanReady]:
        """Yield the plan of the waiting records every PLAN_INTERVAL_S, and at the end if `last`."""
        is_due = last or time.monotonic() - self._last_plan >= PLAN_INTERVAL_S
        if self._store is None or not self._waiting or not is_due:
            return
        batch, self._waiting = Batch(tuple(self._waiting), "", ""), []
        try:
            yield PlanReady(self._store.plan(batch))
        except StoreError as error:
            self.error = error
        self._last_plan = time.monotonic()


class PublishRun:
    """Publish in progress: its id, its counts, and the first error of the store."""

    def __init__(self, store: Store, publisher: str) -> None:
        self._store = store
        self._publisher = publisher
        self._error: StoreError | None = None
        self.id = f"{time.time_ns() // 1000:x}-{secrets.token_hex(4)}"
        self.inserted = self.present = self.failed = 0
        self._indexed = 0  # how many of the inserted files the similarity index contains

    def publish(self, waiting: Sequence[tuple[int, Record]]) -> Iterator[FilePublished]:
        """Publish (index, record) pairs and yield their results; after an error the store is not called again."""
        if not waiting:
            return
        records = tuple(record for _, record in waiting)
        for (index, record), result in zip(waiting, self._results(records), strict=True):
            self.inserted += result.inserted
            self.present += result.status == "success" and not result.inserted
            self.failed += result.status == "error"
            yield FilePublished(index, record.payload["file"]["path"], result)
        self._update_index(INDEX_UPDATE_FILES)

    def _results(self, records: tuple[Record, ...]) -> list[PublishResult]:
        if self._error is None:
            try:
                return self._store.publish(Batch(records, self.id, self._publisher))
            except StoreError as error:
                self._error = error
        return [not_persisted(self._error.sentence, record.identity.file_id) for record in records]

    def refuse(self, index: int, file: ExrFile) -> FilePublished:
        """Count and return the result of a file with errors."""
        self.failed += 1
        return FilePublished(index, file.path, refused_result(file))

    def _update_index(self, min_files: int) -> None:
        """Update the similarity index if at least `min_files` inserted files are missing from it."""
        if self.inserted - self._indexed >= min_files and self._error is None:
            self._store.update_index()
            self._indexed = self.inserted

    def finish(self, stopped: bool) -> RunFinished:
        """Update the similarity index and return the final event."""
        self._update_index(1)
        counts = {"inserted": self.inserted, "present": self.present, "failed": self.failed}
        return RunFinished(self.inserted + self.present, self.failed, stopped, self.id, counts)


def refused_result(file: ExrFile) -> PublishResult:
    """Return the result of a file whose errors prevent publishing."""
    return not_persisted("; ".join(problem.message for problem in file.errors))
