"""Reader pool: threads that read files and that stalled storage cannot block.

A reader that storage blocks for longer than STALL_TIMEOUT_S is late; time that it computes does not count. Another
thread takes over, and no more files are started in a folder or mount point with several late files. After
READ_TIMEOUT_S a late file is abandoned, and the files queued after it in a folder or mount point that does not answer
are set aside. When all other files are done, one of them is read as a probe: if it succeeds in STALL_TIMEOUT_S, the
others are read too. A blocked thread is never joined: it ends when its storage answers, or with the process.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.exr.source.storage_wait import storage_wait, waiting_since
from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.operating_system import Mount, mount_of, read_mounts
from exr_inspector_app.typing_forms import Generic, TypeVar

READER_COUNT = 8  # readers mostly wait for network shares, not for the processor
MAX_QUEUED = 2 * READER_COUNT  # files handed to readers whose results are not taken yet
MAX_THREADS = 64
STALL_TIMEOUT_S = 1.0
READ_TIMEOUT_S = 30.0
MAX_LATE_IN_FOLDER = 2  # a single late file may be one that an archive has to fetch first
MAX_LATE_IN_STORAGE = MAX_THREADS - MAX_QUEUED  # the other threads are reserved for other storage

T = TypeVar("T")


class ReadJob(NamedTuple):
    """File to read, with its folder and storage."""

    number: int
    path: str
    folder: str
    storage: str


class ReaderPool(Generic[T]):
    """Bounded thread pool that reads files; its methods are called by one thread."""

    def __init__(self, work: Callable[[str], T], *, computes: bool = False) -> None:
        """Create a pool without threads.

        Args:
            work: Reads one path; called by the readers. An exception is raised again by `take_done`.
            computes: `work` computes too, and marks its storage access with `storage_wait`; otherwise all of its time
                counts as storage access.
        """
        self._work = work if computes else _as_storage_access(work)
        self._mounts = read_mounts()
        self._waiting: dict[tuple[str, str], deque[ReadJob]] = {}  # by storage and folder
        self._jobs: queue.SimpleQueue[ReadJob | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[tuple[int, T | BaseException]] = queue.SimpleQueue()
        self._queued: dict[int, ReadJob] = {}  # handed to the readers, without a result
        self._readers: dict[int, int] = {}  # thread by job; written by the readers
        self._late: set[int] = set()
        self._abandoned: dict[int, ReadJob] = {}  # their readers are still blocked
        self._unreported: set[int] = set()  # the abandoned ones that may still answer before the end
        self._set_aside: dict[tuple[str, str], deque[ReadJob]] = {}  # like `_waiting`, until the end
        self._probes: dict[int, tuple[str, str]] = {}  # one file for each folder that is tried again
        self._retried: set[tuple[str, str]] = set()
        self._threads: list[threading.Thread] = []
        self._last_check = 0.0

    def add(self, index: int, path: str) -> None:
        """Queue a file; `index` identifies its result and must be unique."""
        folder = os.path.dirname(path)
        storage = _storage_of(folder, self._mounts)
        self._waiting.setdefault((storage, folder), deque()).append(ReadJob(index, path, folder, storage))

    def take_done(self, timeout: float, *, more_follow: bool = False) -> Iterator[tuple[int, T | None]]:
        """Yield (index, result) of each finished file, and at the end (index, None) of each abandoned one.

        Args:
            timeout: Seconds to wait for the first result.
            more_follow: More files will be added, so this is not the end yet.
        """
        self._start_jobs()
        self._abandon_overdue()
        if not more_follow and not self._waiting and self._queued.keys() <= self._probes.keys():
            yield from self._retry_or_report()
        try:
            result = self._results.get(timeout=timeout) if self._queued else None
            while result is not None:
                yield from self._accept(*result)
                result = self._results.get_nowait()
        except queue.Empty:
            return

    def close(self) -> None:
        """Start no further file, wait up to STALL_TIMEOUT_S for the readers, and detach blocked ones."""
        self._waiting.clear()
        self._set_aside.clear()
        try:
            while True:
                self._jobs.get_nowait()
        except queue.Empty:
            for _ in self._threads:
                self._jobs.put(None)
        end = time.monotonic() + STALL_TIMEOUT_S
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _accept(self, index: int, result: T | BaseException) -> Iterator[tuple[int, T]]:
        self._late.discard(index)
        if self._abandoned.pop(index, None) is not None:
            if index not in self._unreported:
                return
            self._unreported.discard(index)
        else:
            del self._queued[index]
            self._resume(self._probes.pop(index, None))
        if isinstance(result, BaseException):
            raise result
        yield index, result

    def _start_jobs(self) -> None:
        """Hand waiting files to the readers, and start the threads that these need."""
        late = self._count_stalled(self._late)
        for (storage, folder), jobs in list(self._waiting.items()):
            while jobs and len(self._queued) - len(self._late) < MAX_QUEUED:
                if late[folder] >= MAX_LATE_IN_FOLDER or late[storage] >= MAX_LATE_IN_STORAGE:
                    break
                job = jobs.popleft()
                self._queued[job.number] = job
                self._jobs.put(job)
            if not jobs:
                del self._waiting[storage, folder]
        blocked = len(self._late) + len(self._abandoned)
        thread_count = min(MAX_THREADS, len(self._queued) + len(self._abandoned), READER_COUNT + blocked)
        while len(self._threads) < thread_count:
            self._threads.append(start_reader(self._run_reader, f"reader {len(self._threads) + 1}"))

    def _count_stalled(self, indexes: set[int]) -> Counter[str]:
        """Count the given and the abandoned files, per folder and per storage; a folder that resumed starts at 0."""
        jobs = [self._queued[index] for index in indexes]
        jobs += [job for job in self._abandoned.values() if (job.storage, job.folder) not in self._retried]
        return Counter(key for job in jobs for key in (job.folder, job.storage))

    def _abandon_overdue(self) -> None:
        """Update the set of late files, and set aside what does not answer; at most ten times per STALL_TIMEOUT_S."""
        now = time.monotonic()
        if now - self._last_check < STALL_TIMEOUT_S / 10:
            return
        self._last_check = now
        since = {index: waiting_since(thread) for index, thread in list(self._readers.items())}
        waits = {index: now - start for index, start in since.items() if start and index in self._queued}
        self._late = {index for index, wait in waits.items() if wait > STALL_TIMEOUT_S}
        for index in [index for index in self._late if waits[index] > READ_TIMEOUT_S or index in self._probes]:
            self._abandon(index)
        abandoned = self._count_stalled(set())
        for key, jobs in list(self._waiting.items()):
            storage, folder = key
            if abandoned[folder] >= MAX_LATE_IN_FOLDER or abandoned[storage] >= MAX_LATE_IN_STORAGE:
                del self._waiting[key]
                self._probes = {index: probed for index, probed in self._probes.items() if probed != key}
                self._set_aside.setdefault(key, deque()).extend(jobs)

    def _abandon(self, index: int) -> None:
        self._late.discard(index)
        self._probes.pop(index, None)
        self._abandoned[index] = self._queued.pop(index)
        self._unreported.add(index)

    def _retry_or_report(self) -> Iterator[tuple[int, None]]:
        """Start a probe for each folder that was set aside, once; yield the files that have no further chance."""
        stalled = self._count_stalled(set())
        for key in list(self._set_aside):
            is_dead = stalled[key[0]] >= MAX_LATE_IN_STORAGE or len(self._abandoned) >= MAX_LATE_IN_STORAGE
            if key in self._retried or is_dead:
                if key not in self._probes.values():
                    yield from ((job.number, None) for job in self._set_aside.pop(key))
            elif len(self._probes) < READER_COUNT:
                self._retried.add(key)
                job = self._set_aside[key].popleft()
                self._probes[job.number] = key
                self._waiting[key] = deque([job])
        if not self._set_aside and not self._queued and not self._waiting:
            reported, self._unreported = self._unreported, set()
            yield from ((index, None) for index in sorted(reported))

    def _resume(self, key: tuple[str, str] | None) -> None:
        """Queue the files of a folder whose probe has answered."""
        jobs = self._set_aside.pop(key, None) if key else None
        if key and jobs:
            self._waiting.setdefault(key, deque()).extend(jobs)

    def _run_reader(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._readers[job.number] = threading.get_ident()
            try:
                result: T | BaseException = self._work(job.path)
            except BaseException as error:  # raised again by the thread that takes the result
                result = error
            del self._readers[job.number]
            self._results.put((job.number, result))
            del result  # which may be large, and this thread may wait for its next file until the end


def start_reader(run: Callable[[], None], name: str) -> threading.Thread:
    """Start a thread that reads storage and does not keep the process alive."""
    (thread := threading.Thread(target=run, name=name, daemon=True)).start()
    return thread


def _as_storage_access(work: Callable[[str], T]) -> Callable[[str], T]:
    """Return `work` with all of its time counted as storage access."""

    def timed(path: str) -> T:
        with storage_wait:
            return work(path)

    return timed


def run_with_timeout(work: Callable[[str], T], path: str, stop: StopCheck, seconds: float = READ_TIMEOUT_S) -> T | None:
    """Run `work(path)` in a reader thread and return its result.

    Args:
        work: Reads the path; its exception is raised again here.
        path: The path to read.
        stop: Polled every 50 ms.
        seconds: Time limit.

    Returns:
        The result, or None after the time limit or once `stop` returns True.
    """
    readers, end = ReaderPool(work), time.monotonic() + seconds
    readers.add(0, path)
    try:
        while not stop() and time.monotonic() < end:
            for _, result in readers.take_done(0.05):
                return result
        return None
    finally:
        readers.close()


def _storage_of(folder: str, mounts: list[Mount]) -> str:
    """Return the mount point, drive, or volume of a folder."""
    absolute = os.path.abspath(folder)
    if mount := mount_of(absolute, mounts):
        return mount.point
    drive = os.path.splitdrive(absolute)[0]
    return drive or "/".join(absolute.split("/")[:3])
