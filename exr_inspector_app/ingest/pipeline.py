"""The one loop from paths to events that window, command line and function share."""

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
    never_stop,
    not_persisted,
    measure_progress,
)
from exr_inspector_app.errors import StoreError
from exr_inspector_app.ingest.scan import FileScan, Pace, Read
from exr_inspector_app.model import ExrFile
from exr_inspector_app.persistence.store import Store

BATCH = 1000  # records that are published in one transaction; a VAST Database is asked 20 times for each
SETTLE_AFTER = 20_000  # new files until the store settles them in the midst of a publish; it also does at the end
PLAN_AFTER = 0.5  # seconds that inspected files wait for their status at the most


def inspect(
    paths: Sequence[str],
    *,
    roots: Sequence[Root] = (),
    store: Store | None = None,
    stop: StopCheck = never_stop,
    read: Read | None = None,
    pace: Pace = never_stop,
) -> Iterator[Event]:
    """Every file under the paths, read and embedded, in the order in which they are done.

    With `read`, the paths are no files to look for but names that it knows. With a store, Planned events tell
    what publishing would do. Ends with Finished, also after a stop; a store that fails raises its StoreError
    after that, when every file has been inspected.
    """
    meter, reading, plans = ProgressThrottle("inspect"), FileScan(paths, roots, read, pace), PlanBatcher(store)
    failed = 0
    try:
        while reading.goes_on and not stop():
            for found in reading.walk():
                failed += isinstance(found, PathUnreadable)
                yield found
            for inspected in reading.take():
                failed += bool(inspected.file.errors)
                plans.add(inspected.record)
                yield inspected
                yield from meter.step(1, reading.total)
            yield from plans.due(last=not reading.goes_on)
    finally:
        reading.close()
    yield from meter.last(reading.total)
    yield RunFinished(done=meter.done, failed=failed, stopped=reading.goes_on)
    if plans.error:
        raise plans.error


def publish(
    records: Sequence[Record], store: Store, *, publisher: str, stop: StopCheck = never_stop
) -> Iterator[Event]:
    """The records in the store, batch by batch, one Published for each; ends with Finished."""
    meter, publishing = ProgressThrottle("publish"), PublishRun(store, publisher)
    stopped = False
    for start in range(0, len(records), BATCH):
        if stopped := stop():
            break
        part = records[start : start + BATCH]
        yield from publishing.send(list(enumerate(part, start)))
        yield from meter.step(len(part), len(records))
    yield from meter.last(len(records))
    yield publishing.finished(stopped)


def ingest(
    paths: Sequence[str], store: Store, *, publisher: str, roots: Sequence[Root] = (), stop: StopCheck = never_stop
) -> Iterator[Event]:
    """Every file under the paths, inspected and published as they come; ends with one Finished."""
    publishing = PublishRun(store, publisher)
    waiting: list[tuple[int, Record]] = []
    stopped = False
    for event in inspect(paths, roots=roots, stop=stop):
        match event:
            case RunFinished():
                stopped = event.stopped
                continue
            case FileInspected(index, file, None):
                yield event
                yield publishing.refused(index, file)
                continue
            case FileInspected(index, _, Record() as ready):
                waiting.append((index, ready))
            case PathUnreadable():
                publishing.failed += 1
        yield event
        if len(waiting) >= BATCH:
            yield from publishing.send(waiting)
            waiting = []
    if not stopped:
        yield from publishing.send(waiting)
    yield publishing.finished(stopped)


@dataclass
class ProgressThrottle:
    """Counts what is done and tells of it ten times a second at the most."""

    what: Literal["inspect", "publish"]
    done: int = 0
    _started: float = field(default_factory=time.monotonic)
    _told: float = 0.0

    def step(self, more: int, total: int) -> Iterator[Progress]:
        self.done += more
        now = time.monotonic()
        if now - self._told >= 0.1:
            self._told = now
            yield self._progress(total)

    def last(self, total: int) -> Iterator[Progress]:
        yield self._progress(total)

    def _progress(self, total: int) -> Progress:
        told = measure_progress(self.what, self.done, total, self._started)
        return told if self.done >= 10 else replace(told, seconds_left=None)


class PlanBatcher:
    """Collects inspected records and asks the store about many of them at once."""

    def __init__(self, store: Store | None) -> None:
        self._store = store
        self._waiting: list[Record] = []
        self._asked = time.monotonic()
        self.error: StoreError | None = None

    def add(self, one: Record | None) -> None:
        if one is not None and self._store is not None and self.error is None:
            self._waiting.append(one)

    def due(self, last: bool) -> Iterator[PlanReady]:
        """What publishing would do, when it is time to ask."""
        late = time.monotonic() - self._asked >= PLAN_AFTER
        if self._store is None or not self._waiting or not (last or late):
            return
        batch, self._waiting = Batch(tuple(self._waiting), "", ""), []
        try:
            yield PlanReady(self._store.plan(batch))
        except StoreError as error:
            self.error = error
        self._asked = time.monotonic()


class PublishRun:
    """One publish of a person: its id, its counts, and what the store said."""

    def __init__(self, store: Store, publisher: str) -> None:
        self._store = store
        self._publisher = publisher
        self._error: StoreError | None = None
        self.id = f"{time.time_ns() // 1000:x}-{secrets.token_hex(4)}"
        self.inserted = self.present = self.failed = 0
        self._settled = 0  # of those inserted

    def send(self, waiting: Sequence[tuple[int, Record]]) -> Iterator[FilePublished]:
        """The results of some records; a store that failed once is not asked again."""
        if not waiting:
            return
        records = tuple(ready for _, ready in waiting)
        for (index, ready), result in zip(waiting, self._results(records), strict=True):
            self.inserted += result.inserted
            self.present += result.status == "success" and not result.inserted
            self.failed += result.status == "error"
            yield FilePublished(index, ready.payload["file"]["path"], result)
        self._settle(SETTLE_AFTER)

    def _results(self, records: tuple[Record, ...]) -> list[PublishResult]:
        if self._error is None:
            try:
                return self._store.publish(Batch(records, self.id, self._publisher))
            except StoreError as error:
                self._error = error
        return [not_persisted(self._error.sentence, one.identity.file_id) for one in records]

    def refused(self, index: int, file: ExrFile) -> FilePublished:
        """The result of a file that its errors keep from being published."""
        self.failed += 1
        return FilePublished(index, file.path, refusal(file))

    def _settle(self, least: int) -> None:
        """The store settles what was inserted, where that is so many files; one that failed is not asked again."""
        if self.inserted - self._settled >= least and self._error is None:
            self._store.update_index()
            self._settled = self.inserted

    def finished(self, stopped: bool) -> RunFinished:
        self._settle(1)
        counts = {"inserted": self.inserted, "present": self.present, "failed": self.failed}
        return RunFinished(self.inserted + self.present, self.failed, stopped, self.id, counts)


def refusal(file: ExrFile) -> PublishResult:
    """The result of a file that its errors keep from being published."""
    return not_persisted("; ".join(problem.message for problem in file.errors))
