"""Scan: find files under paths, and read them into inspected files and records."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import FileInspected, FilesFound, PathUnreadable, Record
from exr_inspector_app.exr import inspect_file, unreadable_file
from exr_inspector_app.exr.sequences.discovery import discover
from exr_inspector_app.ingest.folder_walker import STALLED_MESSAGE, FolderWalker
from exr_inspector_app.ingest.reader_pool import READ_TIMEOUT_S, ReaderPool
from exr_inspector_app.ingest.records import make_record
from exr_inspector_app.model import ExrFile, Problem

MAX_WAITING_FILES = 25_600  # found but not read; the walker pauses above this number

ReadFile: TypeAlias = Callable[[str], ExrFile]
Pace: TypeAlias = Callable[[], object]  # called by a reader before each file; it may block


class FileScan:
    """Scan of paths with a folder walker and a reader pool; its methods are called by one thread."""

    def __init__(self, paths: Sequence[str], roots: Sequence[Root], read: ReadFile | None, pace: Pace) -> None:
        """Create a scan that starts with the first call of `find_files`.

        Args:
            paths: Files, folders, and sequences; with `read` the names that it knows.
            roots: The path map of the configuration.
            read: Returns the inspected file of a name, None for files on disk; called by the readers.
            pace: Called by a reader before each file; it may block.
        """
        self._walker = FolderWalker(paths, iter if read else discover)
        self._embedding_lock = threading.Lock()
        self._readers = ReaderPool(partial(self._read, read or inspect_file, roots, pace))
        self._paths: dict[int, str] = {}  # of the files without a result
        self.total = 0

    @property
    def has_more(self) -> bool:
        """True until all files are found and their results taken."""
        return self._walker.has_more or bool(self._paths)

    def find_files(self) -> Iterator[FilesFound | PathUnreadable]:
        """Yield the next files that the walker found, in its order, and the paths that lead to no file."""
        if not self._walker.has_more or len(self._paths) > MAX_WAITING_FILES:
            return
        batch: list[str] = []
        for item in self._walker.take_items():
            if isinstance(item, str):
                batch.append(item)
                continue
            yield from self._queue(batch)
            batch = []
            yield item
        yield from self._queue(batch)

    def _queue(self, batch: list[str]) -> Iterator[FilesFound]:
        if batch:
            for index, path in enumerate(batch, self.total):
                self._paths[index] = path
                self._readers.add(index, path)
            self.total += len(batch)
            yield FilesFound(tuple(batch), self.total)

    def take_inspected(self) -> Iterator[FileInspected]:
        """Yield the files that are done; wait up to 100 ms for one once all files are found."""
        for index, result in self._readers.take_done(0.0 if self._walker.has_more else 0.1):
            path = self._paths.pop(index)
            if result is None:
                stalled = Problem("stalled", STALLED_MESSAGE.format(READ_TIMEOUT_S))
                result = unreadable_file(path, stalled), None
            yield FileInspected(index, *result)

    def close(self) -> None:
        """Stop the walker and the readers, and detach threads that storage blocks."""
        self._walker.close()
        self._readers.close()

    def _read(self, read: ReadFile, roots: Sequence[Root], pace: Pace, path: str) -> tuple[ExrFile, Record | None]:
        """Read one file and make its record.

        Embeddings are computed by one reader at a time. They hold the interpreter lock, and the GUI thread would
        otherwise queue for it with every reader.
        """
        pace()
        file = read(path)
        with self._embedding_lock:
            return file, make_record(file, roots)
