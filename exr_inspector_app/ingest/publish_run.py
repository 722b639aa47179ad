"""Publish run: batches of one publish, their retries while the store fails, and their results."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import (
    Batch,
    Event,
    FilePublished,
    FileReread,
    PublishResult,
    Record,
    RunFinished,
    StopCheck,
    StoreWaiting,
    not_persisted,
)
from exr_inspector_app.errors import (
    PublishCancelledError,
    RequestRejectedError,
    StoreError,
    VASTDatabaseError,
)
from exr_inspector_app.ingest.disk_check import CheckedRecord, DiskCheck
from exr_inspector_app.ingest.held_results import MAX_HELD_RESULTS, HeldResult, HeldResults
from exr_inspector_app.ingest.memory_size import record_size
from exr_inspector_app.ingest.patience import NO_PATIENCE, Patience
from exr_inspector_app.model import ExrFile
from exr_inspector_app.persistence.store import Store

log = logging.getLogger(__name__)

INDEX_UPDATE_FILES = 20_000  # new files between updates of the similarity index; another one follows at the end
MAX_WAITING_BATCHES = 20  # above this number the publish waits with them
MAX_WAITING_BYTES = 128 * 2**20  # of their records in memory; the same
RETRY_WAITS_S = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0)  # before the retries of a batch; the last one repeats
_POLL_S = 0.1  # of the stop callback during a wait

Items = Sequence[tuple[int, Record]]  # records with their indices


@dataclass(slots=True)
class _Waiting:
    """Batch that failed because of a fault that may pass."""

    items: Items
    due: float  # as time.monotonic
    size: int = 0  # of its records in memory
    retries: int = 0
    is_uncertain: bool = False  # an earlier attempt may have been committed


class PublishRun:
    """Publish in progress: its id, its counts, batches that wait for the store, and results that are not final.

    A batch that fails with a transient fault is retried later, while other batches continue. Only a fault that
    never passes, or the end of the patience, ends the publish. Where another publisher may turn out to have inserted
    the same file first, results are held until the end, and then report whose rows readers see.
    """

    def __init__(
        self,
        store: Store,
        publisher: str,
        roots: Sequence[Root],
        patience: Patience = NO_PATIENCE,
        publish_id: str = "",
        note: str | None = None,
    ) -> None:
        self._store = store
        self._disk = DiskCheck(roots)
        self._publisher, self._note = publisher, note
        self._patience = patience
        self._error: StoreError | None = None
        self._waiting: list[_Waiting] = []
        self._calls = 0
        self._has_responded = False
        self._failing_since: float | None = None
        self._last_failure: StoreWaiting | None = None
        self._indexed = self._written = 0  # inserted files: those in the similarity index, and all
        self.id = publish_id or new_publish_id()
        self._held = HeldResults(store, self.id)
        self.is_stopped = False
        self.inserted = self.present = self.failed = 0

    @property
    def error(self) -> StoreError | None:
        """Error that ended the publish."""
        return self._error

    @property
    def done(self) -> int:
        """Number of files with a result, final or not."""
        return self.inserted + self.present + self.failed + len(self._held)

    def publish(self, items: Items, stop: StopCheck) -> Iterator[Event]:
        """Publish (index, record) pairs as their files are on disk now, and yield the results that are final.

        Nothing is published once `stop` returns True; after an error that does not pass the store is not called again.
        """
        yield from self._attempt(_Waiting(items, 0.0), stop)
        for waiting in [waiting for waiting in self._waiting if waiting.due <= time.monotonic()]:
            yield from self._retry(waiting, stop)
        while self._is_over_limit() and not self._is_stopping(stop):
            yield from self._retry_next(stop)
        if len(self._held) > MAX_HELD_RESULTS:
            yield from self._release()
        self._update_index(INDEX_UPDATE_FILES)

    def settle(self, stop: StopCheck) -> Iterator[Event]:
        """Retry the waiting batches until they are published or the patience ends, and yield all held results."""
        while self._waiting and not self._is_stopping(stop):
            yield from self._retry_next(stop)
        yield from self._release()

    def refuse(self, index: int, file: ExrFile) -> FilePublished:
        """Count and return the result of a file with errors."""
        return self._final(index, file.path, refused_result(file))

    def finish(self) -> RunFinished:
        """Update the similarity index and return the final event; call it after `settle`."""
        self._update_index(1)
        counts = {"inserted": self.inserted, "present": self.present, "failed": self.failed}
        fault = self._error.sentence if self._error is not None else ""
        return RunFinished(self.inserted + self.present, self.failed, self.is_stopped, self.id, counts, fault)

    def close(self) -> None:
        """End the readers of the disk check."""
        self._disk.close()

    def _is_over_limit(self) -> bool:
        size = sum(waiting.size for waiting in self._waiting)
        return len(self._waiting) > MAX_WAITING_BATCHES or size > MAX_WAITING_BYTES

    def _is_stopping(self, stop: StopCheck) -> bool:
        self.is_stopped = self.is_stopped or stop()
        return self.is_stopped

    def _retry_next(self, stop: StopCheck) -> Iterator[Event]:
        """Wait until the next batch is due, and retry it."""
        waiting = min(self._waiting, key=lambda waiting: waiting.due)
        while time.monotonic() < waiting.due:
            if self._is_stopping(stop):
                return
            time.sleep(min(_POLL_S, max(waiting.due - time.monotonic(), 0.0)))
        yield from self._retry(waiting, stop)

    def _retry(self, waiting: _Waiting, stop: StopCheck) -> Iterator[Event]:
        self._waiting.remove(waiting)
        yield from self._attempt(waiting, stop)

    def _attempt(self, batch: _Waiting, stop: StopCheck) -> Iterator[Event]:
        """Publish a batch, or make it wait; yield its rereads and its final results in order."""
        checked = None if self._is_stopping(stop) else self._check([record for _, record in batch.items], stop)
        if checked is None:
            self.is_stopped = True
            return
        outcomes: list[HeldResult] = []
        remaining: list[tuple[int, Record]] = []
        for (index, _), now in zip(batch.items, checked, strict=True):
            if now.file is not None:
                yield FileReread(index, now.file, now.record)
            if now.record is not None:
                remaining.append((index, now.record))
            elif now.file is not None:
                outcomes.append(HeldResult(index, now.file.path, refused_result(now.file), self._calls))
        batch.items = remaining
        outcomes += self._write(batch, stop) if remaining else []
        for outcome in sorted(outcomes, key=lambda outcome: outcome.index):
            if self._store.has_final_inserts:
                yield self._final(outcome.index, outcome.path, outcome.result)
            else:
                self._held.add(outcome)
        if batch in self._waiting and self._last_failure is not None:
            yield self._last_failure

    def _write(self, batch: _Waiting, stop: StopCheck) -> list[HeldResult]:
        """Write a batch to the store, or make it wait; return its results."""
        try:
            results = self._publish(tuple(record for _, record in batch.items), stop)
        except PublishCancelledError:
            self.is_stopped = True
            return []
        except StoreError as error:
            return self._fail(batch, error)
        self._written += sum(result.inserted for result in results)
        return [
            HeldResult(index, _path(record), result, self._calls, batch.is_uncertain)
            for (index, record), result in zip(batch.items, results, strict=True)
        ]

    def _check(self, records: Sequence[Record], stop: StopCheck) -> list[CheckedRecord] | None:
        """Compare the records with the disk, unless the publish has ended; return None after a stop."""
        if self._error is not None:
            return [CheckedRecord(record) for record in records]
        return self._disk.run(records, stop)

    def _publish(self, records: tuple[Record, ...], stop: StopCheck) -> list[PublishResult]:
        if self._error is not None:
            raise self._error
        results = self._store.publish(Batch(records, self.id, self._publisher, self._note), stop)
        self._calls += 1
        self._has_responded, self._failing_since = True, None
        return results

    def _fail(self, batch: _Waiting, error: StoreError) -> list[HeldResult]:
        """Make a batch wait if its fault may pass; otherwise return error results."""
        self._has_responded = self._has_responded or not error.is_unreachable
        left = self._seconds_left() if self._error is None and _may_pass(error) else 0.0
        if left > 0:
            wait = RETRY_WAITS_S[min(batch.retries, len(RETRY_WAITS_S) - 1)]
            batch.due = time.monotonic() + min(wait, left)
            batch.retries += 1
            batch.size = sum(record_size(record) for _, record in batch.items)
            batch.is_uncertain = True  # of some failures it is unknown whether the rows were committed
            self._waiting.append(batch)
            files = sum(len(waiting.items) for waiting in self._waiting)
            self._last_failure = StoreWaiting(error.sentence, files, left)
            log.info("%d files wait for the store: %s", files, error.sentence)
            return []
        if not isinstance(error, RequestRejectedError):
            self._error = self._error or error
        sentence = error.sentence
        return [
            HeldResult(index, _path(record), not_persisted(sentence, record.identity.file_id), self._calls)
            for index, record in batch.items
        ]

    def _seconds_left(self) -> float:
        """Return the seconds for which the store may still fail."""
        now = time.monotonic()
        self._failing_since = self._failing_since if self._failing_since is not None else now
        patience = self._patience.seconds if self._has_responded else self._patience.first_contact
        return self._failing_since + patience - now

    def _release(self) -> Iterator[FilePublished]:
        """Yield the held results."""
        for index, path, result in self._held.release(self._calls, verify=not self.is_stopped):
            yield self._final(index, path, result)

    def _final(self, index: int, path: str, result: PublishResult) -> FilePublished:
        """Count and return a final result."""
        self.inserted += result.inserted
        self.present += result.status == "success" and not result.inserted
        self.failed += result.status == "error"
        return FilePublished(index, path, result)

    def _update_index(self, min_files: int) -> None:
        """Update the similarity index if at least `min_files` inserted files are missing from it."""
        if self._written - self._indexed >= min_files and self._error is None:
            self._store.update_index()
            self._indexed = self._written


def new_publish_id() -> str:
    """Return an id for a publish: the time in microseconds and 32 random bits."""
    return f"{time.time_ns() // 1000:x}-{secrets.token_hex(4)}"


def _may_pass(error: StoreError) -> bool:
    """Return True for a fault of a VAST Database that may pass; the local library waits by itself."""
    return isinstance(error, VASTDatabaseError) and error.is_transient


def _path(record: Record) -> str:
    return str(record.payload["file"]["path"])


def refused_result(file: ExrFile) -> PublishResult:
    """Return the result of a file whose errors prevent publishing."""
    return not_persisted("; ".join(problem.message for problem in file.errors))
