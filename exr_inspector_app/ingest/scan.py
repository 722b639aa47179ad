"""Scan: find files under paths, and read them into inspected files and records."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from exr_inspector_app.contracts import FileInspected, FilesFound, PathUnreadable
from exr_inspector_app.exr import inspect_file, unreadable_file
from exr_inspector_app.exr.paths.expansion import discover
from exr_inspector_app.exr.sequences.folder_index import frame_on_disk
from exr_inspector_app.exr.sequences.frame_number import Frame, frame_number
from exr_inspector_app.exr.source.header_budget import HeaderReservation, MemoryBudget, reserve_for_results
from exr_inspector_app.exr.source.storage_wait import storage_wait
from exr_inspector_app.ingest.folder_walker import STALLED_MESSAGE, FolderWalker
from exr_inspector_app.ingest.memory_size import file_size, record_size
from exr_inspector_app.ingest.reader_pool import READ_TIMEOUT_S, ReaderPool
from exr_inspector_app.model import ExrFile, Problem
from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.typing_forms import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from exr_inspector_app.config import Root
    from exr_inspector_app.contracts import Record
    from exr_inspector_app.ingest.known_files import KnownFiles

MAX_WAITING_FILES = 25_600  # found but not read; the walker pauses above this number

RESULT_BYTES = 128 * 2**20  # of large headers whose results are not taken yet
_FILE_FACTOR, _RECORD_FACTOR = 32, 80  # bytes in memory, without and with a record, per byte of the header
HEAVY_CHANNELS = 1000  # files with more wait for each other, not ordinary ones for them
MAX_REASON_CHARS = 200

ReadFile: TypeAlias = Callable[[str], ExrFile]
Pace: TypeAlias = Callable[[], object]  # called by a reader before each file; it may block
_Result: TypeAlias = "tuple[ExrFile, Record | None, HeaderReservation]"


class FoundFile:
    """File that was found, with its frame by the names in its folder; equal for equal paths."""

    __slots__ = ("frame", "path")

    def __init__(self, path: str, frame: Frame | None) -> None:
        self.path = path
        self.frame = frame

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FoundFile) and other.path == self.path

    def __hash__(self) -> int:
        return hash(self.path)


class KnownFile(NamedTuple):
    """File that is published and has not changed since."""

    index: int  # type: ignore[assignment]  # hides `tuple.index`
    path: str
    file_id: str


class FileScan:
    """Scan of paths with a folder walker and a reader pool; its methods are called by one thread."""

    def __init__(
        self,
        paths: Sequence[str],
        roots: Sequence[Root],
        read: ReadFile | None,
        pace: Pace,
        known: KnownFiles | None = None,
        *,
        has_records: bool = True,
    ) -> None:
        """Create a scan that starts with the first call of `find_files`.

        Args:
            paths: Files, folders, and sequences; with `read` the names that it knows.
            roots: The path map of the configuration.
            read: Returns the inspected file of a name, None for files on disk; called by the readers.
            pace: Called by a reader before each file; it may block.
            known: Lookup of files that are not read; `take_known` returns them.
            has_records: Make the records of files, which takes packages that headers alone do not need.
        """
        self._lookup = known
        self._has_records = has_records
        self._known: list[KnownFile] = []
        self._walker = FolderWalker(paths, _find_names if read else partial(_find_files, roots=roots), computes=True)
        self._embedding_locks = {False: threading.Lock(), True: threading.Lock()}  # of ordinary and of heavy files
        self._memory = MemoryBudget(RESULT_BYTES, _RECORD_FACTOR if has_records else _FILE_FACTOR)
        self._is_on_disk = read is None
        read = _as_storage_access(read) if read else inspect_file
        self._readers = ReaderPool(partial(self._read, read, roots, pace), computes=True)
        self._files: dict[int, FoundFile] = {}  # those without a result
        self.total = 0

    @property
    def has_more(self) -> bool:
        """True until all files are found and their results taken."""
        return self._walker.has_more or bool(self._files)

    def find_files(self) -> Iterator[FilesFound | PathUnreadable]:
        """Yield the next files that the walker found, in its order, and the paths that lead to no file."""
        if not self._walker.has_more or len(self._files) > MAX_WAITING_FILES:
            return
        batch: list[FoundFile] = []
        for item in self._walker.take_items():
            if isinstance(item, PathUnreadable):
                yield from self._queue(batch)
                batch = []
                yield item
            else:
                batch.append(item)
        yield from self._queue(batch)

    def _queue(self, batch: list[FoundFile]) -> Iterator[FilesFound]:
        if batch:
            known = self._lookup.find([listed.path for listed in batch]) if self._lookup else {}
            for index, listed in enumerate(batch, self.total):
                if listed.path in known:
                    self._known.append(KnownFile(index, listed.path, known[listed.path]))
                    continue
                self._files[index] = listed
                self._readers.add(index, listed.path)
            self.total += len(batch)
            paths, frames = (tuple(getattr(listed, name) for listed in batch) for name in ("path", "frame"))
            yield FilesFound(paths, self.total, frames)

    def take_known(self) -> list[KnownFile]:
        """Return the files that were found in the lookup since the last call."""
        taken, self._known = self._known, []
        return taken

    def take_inspected(self) -> Iterator[FileInspected]:
        """Yield the files that are done; wait up to 100 ms for one once all files are found.

        The memory of a large header is available to others once the next file is requested.
        """
        has_more = self._walker.has_more
        for index, result in self._readers.take_done(0.0 if has_more else 0.1, more_follow=has_more):
            listed = self._files.pop(index)
            if result is None:
                stalled = Problem("stalled", STALLED_MESSAGE.format(READ_TIMEOUT_S))
                result = unreadable_file(listed.path, stalled), None, HeaderReservation()
            file, record, memory = result
            if file.header_hash is None:  # unreadable: its frame was judged by its name alone
                file = file._replace(frame_number=listed.frame)
            yield FileInspected(index, file, record)
            del file, record, result
            memory.release()

    def close(self) -> None:
        """Stop the walker and the readers, and detach threads that storage blocks."""
        self._memory.close()
        self._walker.close()
        self._readers.close()

    def _read(self, read: ReadFile, roots: Sequence[Root], pace: Pace, path: str) -> _Result:
        """Read one file and make its record; a bug in either is a problem of this file alone."""
        pace()
        memory = HeaderReservation(self._memory)
        try:
            with reserve_for_results(memory):
                file = read(path)
            record = self._make_record(file, roots) if self._has_records else None
            if memory.is_held:  # ordinary headers need no estimate, which takes tens of microseconds
                memory.shrink(file_size(file) + (record_size(record) if record else 0))
            return file, record, memory
        except Exception as error:
            memory.release()
            return report_bug(path, error), None, memory

    def _make_record(self, file: ExrFile, roots: Sequence[Root]) -> Record | None:
        """Return the record of a file.

        Embeddings of ordinary files are computed by one reader at a time, and those of heavy ones by another. They hold
        the interpreter lock, and the GUI thread would otherwise queue for it with every reader.
        """
        from exr_inspector_app.ingest.records import make_record

        with self._embedding_locks[file.channel_count > HEAVY_CHANNELS]:
            return make_record(file, roots, is_on_disk=self._is_on_disk)


def _as_storage_access(read: ReadFile) -> ReadFile:
    """Return `read` with all of its time counted as storage access."""

    def timed(name: str) -> ExrFile:
        with storage_wait:
            return read(name)

    return timed


def report_bug(path: str, error: Exception) -> ExrFile:
    """Log an unforeseen exception while a file was read; return the file with a sentence that has the place."""
    import logging  # imported on demand: not for sound files
    import traceback

    logging.getLogger(__name__).error("Bug while reading %r", path, exc_info=error)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    reason = f"{type(error).__name__}: {error}".splitlines()[0][:MAX_REASON_CHARS]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"
    message = f"A bug in exr-inspector prevented reading ({reason}, {place}). Report it with this file."
    return unreadable_file(path, Problem("bug", message))


def _find_files(paths: Sequence[str], roots: Sequence[Root]) -> Iterator[FoundFile | PathUnreadable]:
    """Yield the files under paths with their frames; runs in a thread of the walker."""
    for item in discover(paths, roots):
        yield FoundFile(item, frame_on_disk(item)) if isinstance(item, str) else item


def _find_names(names: Sequence[str]) -> Iterator[FoundFile]:
    """Yield names that need not be files on disk."""
    for name in names:
        yield FoundFile(name, frame_number(name))
