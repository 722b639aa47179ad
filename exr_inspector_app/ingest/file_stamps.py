"""Reader of size and date of many files, with a reader pool that stalled storage cannot block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.exr.source.file_source import stat_file
from exr_inspector_app.ingest.reader_pool import ReaderPool

Stamp: TypeAlias = tuple[int, str]  # size and date


class FileStamps:
    """Pool that reads size and date; its methods are called by one thread."""

    def __init__(self) -> None:
        self._readers: ReaderPool[Stamp | str] = ReaderPool(_stat)
        self._added = 0

    def read(self, paths: Sequence[str], stop: StopCheck = never_stop) -> dict[str, Stamp | str | None]:
        """Return size and date of each file; a text for one without access, None for storage that does not answer.

        Args:
            paths: Paths of the files, each once.
            stop: Polled while files are read; files without a result are absent once it returns True.
        """
        by_number = dict(enumerate(paths, self._added))
        self._added += len(paths)
        for number, path in by_number.items():
            self._readers.add(number, path)
        stamps: dict[str, Stamp | str | None] = {}
        while len(stamps) < len(paths) and not stop():
            for number, stamp in self._readers.take_done(0.05):
                if number in by_number:  # others are of a call that was stopped
                    stamps[by_number[number]] = stamp
        return stamps

    def close(self) -> None:
        """End the readers."""
        self._readers.close()


def _stat(path: str) -> Stamp | str:
    """Return size and date of a file, or the error; called by the readers."""
    try:
        return stat_file(path)
    except (OSError, ValueError) as error:
        return str(error)
