"""Threads that read files and walk folders, which no stalled storage can hold up.

A reader that storage keeps waiting for longer than PATIENCE is late: another one takes its place, and no more
files are begun of a folder or a share of which several are late. After TIMEOUT a late file is given up, and so
are those that wait behind it in a folder or share that does not answer at all. Nobody waits for a thread that
hangs: it ends when its storage answers, or with the process.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from exr_inspector_app.contracts import StopCheck

READERS = 8  # a slow share keeps a reader waiting, not the processor
MAX_QUEUED = 2 * READERS  # files handed to the readers before their results are taken
MOST_THREADS = 64
STALL_TIMEOUT_S = 1.0  # seconds
TIMEOUT = 30.0
SLOW_FOLDER_S = 2  # one alone may be a file that an archive has to fetch first
SLOW_STORAGE_S = MOST_THREADS - MAX_QUEUED  # the others are for other storage

T = TypeVar("T")


class ReadJob(NamedTuple):
    """One file to read, and what it may stall with."""

    number: int
    path: str
    folder: str
    storage: str


class ReaderPool(Generic[T]):
    """A bounded pool that reads files; used by one thread."""

    def __init__(self, work: Callable[[str], T]) -> None:
        self._work = work
        self._storages = _mount_points()
        self._waiting: dict[tuple[str, str], deque[ReadJob]] = {}  # by storage and folder
        self._jobs: queue.SimpleQueue[ReadJob | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[tuple[int, T | BaseException]] = queue.SimpleQueue()
        self._given: dict[int, ReadJob] = {}
        self._begun: dict[int, float] = {}  # written by the readers
        self._late: set[int] = set()
        self._lost: dict[int, ReadJob] = {}  # given up, their readers still hang
        self._threads: list[threading.Thread] = []
        self._looked = 0.0

    def add(self, index: int, path: str) -> None:
        """A file is to be read."""
        folder = os.path.dirname(path)
        storage = _storage_of(folder, self._storages)
        self._waiting.setdefault((storage, folder), deque()).append(ReadJob(index, path, folder, storage))

    @property
    def count(self) -> int:
        """The files that have no result yet."""
        return len(self._given) + sum(map(len, self._waiting.values()))

    def done(self, patience: float) -> Iterator[tuple[int, T | None]]:
        """The files that are done now, None where storage did not answer; waits so many seconds for the first."""
        self._feed()
        yield from self._overdue()
        try:
            result = self._results.get(timeout=patience) if self._given else None
            while result is not None:
                yield from self._taken(*result)
                result = self._results.get_nowait()
        except queue.Empty:
            return

    def close(self) -> None:
        """No further file is begun; readers that still hang after a moment are left behind."""
        self._waiting.clear()
        try:
            while True:
                self._jobs.get_nowait()
        except queue.Empty:
            for _ in self._threads:
                self._jobs.put(None)
        end = time.monotonic() + STALL_TIMEOUT_S
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _taken(self, index: int, result: T | BaseException) -> Iterator[tuple[int, T]]:
        self._begun.pop(index, None)
        self._late.discard(index)
        if self._lost.pop(index, None) is not None:
            return
        del self._given[index]
        if isinstance(result, BaseException):
            raise result
        yield index, result

    def _feed(self) -> None:
        """Hands on what may be begun, and sees to it that somebody is there to read it."""
        late = self._stalled(self._late)
        for (storage, folder), jobs in list(self._waiting.items()):
            while jobs and len(self._given) - len(self._late) < MAX_QUEUED:
                if late[folder] >= SLOW_FOLDER_S or late[storage] >= SLOW_STORAGE_S:
                    break
                job = jobs.popleft()
                self._given[job.number] = job
                self._jobs.put(job)
            if not jobs:
                del self._waiting[storage, folder]
        wanted = min(MOST_THREADS, len(self._given) + len(self._lost), READERS + len(self._late) + len(self._lost))
        while len(self._threads) < wanted:
            thread = threading.Thread(target=self._read, name=f"reader {len(self._threads) + 1}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _stalled(self, indexes: set[int]) -> Counter[str]:
        """How many of some files, and of those that are lost, are in each folder and storage."""
        jobs = [*(self._given[index] for index in indexes), *self._lost.values()]
        return Counter(key for job in jobs for key in (job.folder, job.storage))

    def _overdue(self) -> Iterator[tuple[int, None]]:
        """Files that are given up, after a look at who is late."""
        now = time.monotonic()
        if now - self._looked < STALL_TIMEOUT_S / 10:
            return
        self._looked = now
        waits = {index: now - since for index, since in list(self._begun.items()) if index in self._given}
        self._late = {index for index, wait in waits.items() if wait > STALL_TIMEOUT_S}
        for index in [index for index in self._late if waits[index] > TIMEOUT]:
            self._late.discard(index)
            self._lost[index] = self._given.pop(index)
            yield index, None
        lost = self._stalled(set())
        for key, jobs in list(self._waiting.items()):
            if lost[key[1]] >= SLOW_FOLDER_S or lost[key[0]] >= SLOW_STORAGE_S:
                del self._waiting[key]
                yield from ((job.number, None) for job in jobs)

    def _read(self) -> None:
        """The life of a reader."""
        while (job := self._jobs.get()) is not None:
            self._begun[job.number] = time.monotonic()
            try:
                result: T | BaseException = self._work(job.path)
            except BaseException as error:  # told by the thread that waits for the result
                result = error
            self._results.put((job.number, result))


def patiently(work: Callable[[str], T], path: str, stop: StopCheck, seconds: float = TIMEOUT) -> T | None:
    """What `work` makes of one path; None where its storage does not answer in time, or nobody waits any more."""
    readers, end = ReaderPool(work), time.monotonic() + seconds
    readers.add(0, path)
    try:
        while not stop() and time.monotonic() < end:
            for _, result in readers.done(0.05):
                return result
        return None
    finally:
        readers.close()


def _mount_points() -> list[str]:
    """Where other storage begins, the deepest first; read without asking that storage anything."""
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    points = {line.split(" ")[1].replace("\\040", " ") for line in lines if " " in line}
    return sorted(points, key=len, reverse=True)


def _storage_of(folder: str, points: list[str]) -> str:
    """The mount point, the drive or the volume that a folder is on."""
    whole = os.path.abspath(folder)
    for point in points:
        if whole == point or whole.startswith(point.rstrip("/") + "/"):
            return point
    drive = os.path.splitdrive(whole)[0]
    return drive or "/".join(whole.split("/")[:3])
