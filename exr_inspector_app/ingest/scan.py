"""The files that have been found, are being read, and are done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import FileInspected, FilesFound, PathUnreadable, Record
from exr_inspector_app.exr import inspect_file, unreadable_file
from exr_inspector_app.exr.sequences.discovery import discover
from exr_inspector_app.ingest.folder_walker import STALLED, FolderWalker
from exr_inspector_app.ingest.reader_pool import TIMEOUT, ReaderPool
from exr_inspector_app.ingest.records import record
from exr_inspector_app.model import ExrFile, Problem

MOST_WAITING = 25_600  # files found before they are read; no more are looked for meanwhile

Read: TypeAlias = Callable[[str], ExrFile]
Pace: TypeAlias = Callable[[], object]  # called by a reader before each file; may let it wait


class FileScan:
    """Paths become inspected files and their records; used by one thread."""

    def __init__(self, paths: Sequence[str], roots: Sequence[Root], read: Read | None, pace: Pace) -> None:
        self._walk = FolderWalker(paths, iter if read else discover)
        self._reckoning = threading.Lock()
        self._readers = ReaderPool(partial(self._read, read or inspect_file, roots, pace))
        self._paths: dict[int, str] = {}  # of the files that are not done
        self.total = 0

    @property
    def goes_on(self) -> bool:
        """True while a file may still come."""
        return self._walk.goes_on or bool(self._paths)

    def walk(self) -> Iterator[FilesFound | PathUnreadable]:
        """The next files that are found, in the order given, and paths that lead to none."""
        if not self._walk.goes_on or len(self._paths) > MOST_WAITING:
            return
        batch: list[str] = []
        for item in self._walk.found():
            if isinstance(item, str):
                batch.append(item)
                continue
            yield from self._found(batch)
            batch = []
            yield item
        yield from self._found(batch)

    def _found(self, batch: list[str]) -> Iterator[FilesFound]:
        if batch:
            for index, path in enumerate(batch, self.total):
                self._paths[index] = path
                self._readers.add(index, path)
            self.total += len(batch)
            yield FilesFound(tuple(batch), self.total)

    def take(self) -> Iterator[FileInspected]:
        """The files that are done now; waits a moment for one where nothing else is to do."""
        for index, result in self._readers.done(0.0 if self._walk.goes_on else 0.1):
            path = self._paths.pop(index)
            yield FileInspected(
                index, *(result or (unreadable_file(path, Problem("stalled", STALLED.format(TIMEOUT))), None))
            )

    def close(self) -> None:
        """Nothing more is looked for or read; nobody waits for storage that does not answer."""
        self._walk.close()
        self._readers.close()

    def _read(self, read: Read, roots: Sequence[Root], pace: Pace, path: str) -> tuple[ExrFile, Record | None]:
        """One file read, and its record.

        Records are reckoned one at a time: that needs the interpreter, for which a window would otherwise have to
        wait behind every reader.
        """
        pace()
        file = read(path)
        with self._reckoning:
            return file, record(file, roots)
