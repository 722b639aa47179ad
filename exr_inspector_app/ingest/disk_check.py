"""Disk check: compares inspected records with the files on disk, and reads changed files again.

Plans and publishes use the files on disk, not the records that a window or a long run has read earlier.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import Record, StopCheck, never_stop
from exr_inspector_app.exr import inspect_file, unreadable_file
from exr_inspector_app.exr.source.file_source import stat_file
from exr_inspector_app.exr.source.storage_wait import storage_wait
from exr_inspector_app.ingest.folder_walker import STALLED_MESSAGE
from exr_inspector_app.ingest.reader_pool import MAX_LATE_IN_FOLDER, READ_TIMEOUT_S, ReaderPool
from exr_inspector_app.ingest.records import make_record
from exr_inspector_app.ingest.scan import report_bug
from exr_inspector_app.model import ExrFile, Problem

GONE = Problem("gone", "The file is no longer on disk.")
MISSING_CODES = ("not-found", "vanished")  # problems of a file that is gone
NEVER_FOUND = (None, None)
MISSING_FILE_ERRORS = (FileNotFoundError, NotADirectoryError)

Inspected: TypeAlias = Record | ExrFile
Stamp: TypeAlias = tuple[int | None, str | None]  # size and date


@dataclass(frozen=True, slots=True)
class CheckedRecord:
    """Record or file that was compared with the disk.

    Attributes:
        record: The record to publish: the given one if its file has not changed, None if it cannot be published.
        file: The file as it was read again, or with the reason why it cannot be read. None if it has not changed.
    """

    record: Record | None
    file: ExrFile | None = None


UNCHANGED = CheckedRecord(None)


class DiskCheck:
    """Check of records against the disk with a reader pool; its methods are called by one thread.

    Records of objects and of payloads (`Record.is_on_disk`) are not checked. Storage that does not respond delays only
    its own files, and a folder that has not responded is not waited for again.
    """

    def __init__(self, roots: Sequence[Root] = ()) -> None:
        """Create a check without threads.

        Args:
            roots: The path map of the configuration, for the records of changed files.
        """
        self._roots = roots
        self._readers = ReaderPool(self._check, computes=True)
        self._embedding_lock = threading.Lock()  # as in `FileScan`
        self._stamps: dict[str, set[Stamp]] = {}  # as inspected, by path
        self._added = 0
        self._stalled: Counter[str] = Counter()  # abandoned files, by folder

    def run(self, inspected: Sequence[Inspected], stop: StopCheck = never_stop) -> list[CheckedRecord] | None:
        """Compare size and date of each record with its file, and read changed files again.

        Args:
            inspected: Records, and files that could not be published when they were inspected; several may have the
                same path.
            stop: Polled while files are checked.

        Returns:
            One result for each, in their order; None once `stop` returns True.
        """
        self._stamps = {}
        for path, stamp in filter(None, map(_stamp_of, inspected)):
            self._stamps.setdefault(path, set()).add(stamp)
        paths = dict(enumerate(self._stamps, self._added))
        self._added += len(paths)
        checked: dict[str, CheckedRecord] = {}
        for number, path in paths.items():
            if self._stalled[os.path.dirname(path)] >= MAX_LATE_IN_FOLDER:
                checked[path] = _stalled(path)
            else:
                self._readers.add(number, path)
        while len(checked) < len(paths):
            if stop():
                return None
            for number, result in self._readers.take_done(0.05):
                if number in paths:  # others are of a run that was stopped
                    checked[paths[number]] = result or self._abandon(paths[number])
        return [_result(item, checked) for item in inspected]

    def _abandon(self, path: str) -> CheckedRecord:
        self._stalled[os.path.dirname(path)] += 1
        return _stalled(path)

    def close(self) -> None:
        """End the readers, and detach threads that storage blocks."""
        self._readers.close()

    def _check(self, path: str) -> CheckedRecord:
        """Return UNCHANGED, or the file as it is now; called by the readers."""
        known = self._stamps.get(path)
        try:
            with storage_wait:
                stamp = stat_file(path)
            if {stamp} == known:
                return UNCHANGED
        except (OSError, ValueError):  # `inspect_file` reports the reason
            pass
        try:
            file = inspect_file(path)
            if file.errors and file.errors[0].code in MISSING_CODES:
                return UNCHANGED if known == {NEVER_FOUND} else CheckedRecord(None, unreadable_file(path, GONE))
            with self._embedding_lock:
                return CheckedRecord(make_record(file, self._roots, is_on_disk=True), file)
        except Exception as error:  # a bug is a problem of this file alone
            return CheckedRecord(None, report_bug(path, error))


def _stamp_of(item: Inspected) -> tuple[str, Stamp] | None:
    """Return path, size and date of an inspected file; None if it is not checked."""
    if isinstance(item, ExrFile):
        return item.path, (item.size_bytes, item.mtime)
    file = item.payload["file"]
    return (file["path"], (file["size_bytes"], file["mtime"])) if item.is_on_disk else None


def _result(item: Inspected, checked: Mapping[str, CheckedRecord]) -> CheckedRecord:
    """Return the result of a record or file: the one of its path if it has changed."""
    stamp = _stamp_of(item)
    now = checked[stamp[0]] if stamp else UNCHANGED
    if now is not UNCHANGED:
        return now
    return UNCHANGED if isinstance(item, ExrFile) else CheckedRecord(item)


def _stalled(path: str) -> CheckedRecord:
    """Return the result of a file whose storage did not respond."""
    problem = Problem("stalled", STALLED_MESSAGE.format(READ_TIMEOUT_S))
    return CheckedRecord(None, unreadable_file(path, problem))
