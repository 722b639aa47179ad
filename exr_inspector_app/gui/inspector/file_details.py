"""File details loader: reads chunk map, bytes and sequence findings of the selected file on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import KnownError
from exr_inspector_app.exr.chunk_map import ChunkLevel, chunk_map
from exr_inspector_app.exr.diff.sequence_checks import FrameFinding, sequence_findings
from exr_inspector_app.exr.source.file_source import FileSource
from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.ingest.reader_pool import run_with_timeout
from exr_inspector_app.model import StoredValue

CHUNKS_KIND, BYTES_KIND, SEQUENCE_KIND, VALUE_KIND = "Chunk map", "Show bytes", "Frames", "Read attribute"
_BYTES_BEFORE, _MAX_BYTES, _LINE_BYTES = 64, 512, 16  # of a hex dump


@dataclass(frozen=True, slots=True)
class ChunkState:
    """Chunk map of one part of one file."""

    path: str
    part: int
    levels: tuple[ChunkLevel, ...]


class FileDetailsLoader(QObject):
    """Loader that runs in the background; a newer request of the same sort supersedes the earlier one."""

    chunks_read = Signal(object)  # ChunkState
    bytes_read = Signal(str, str)  # path, lines
    sequence_read = Signal(object)  # list[FrameFinding]
    value_read = Signal(object, object)  # StoredValue, and its plain dict, or the sentence why it cannot be read
    failed = Signal(str)  # a sentence

    def __init__(self, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks

    def read_chunks(self, path: str, part: int) -> None:
        """Read the chunk map of a part and emit `chunks_read`; it is empty if the file cannot be read."""

        def work(stop: StopCheck) -> ChunkState:
            try:
                levels = run_with_timeout(lambda path: chunk_map(path, part), path, stop)
            except OSError:
                levels = None
            return ChunkState(path, part, tuple(levels or ()))

        self._tasks.run(CHUNKS_KIND, work, self.chunks_read.emit, self.failed.emit, supersede=True)

    def read_sequence(self, entries: Sequence[SessionFile]) -> None:
        """Compare the frames of a sequence and emit `sequence_read` with their findings."""

        def work(stop: StopCheck) -> list[FrameFinding]:
            return sequence_findings(file for entry in entries if not stop() and (file := entry.read_file))

        self._tasks.run(SEQUENCE_KIND, work, self.sequence_read.emit, self.failed.emit, supersede=True)

    def drop_sequence(self) -> None:
        """Drop sequence findings that are still being computed."""
        self._tasks.drop(SEQUENCE_KIND)

    def read_bytes(self, path: str, offset: int) -> None:
        """Read the bytes around an offset and emit `bytes_read` with a hex dump."""

        def work(stop: StopCheck) -> tuple[str, str]:
            try:
                lines = run_with_timeout(lambda path: hex_lines(path, offset), path, stop)
            except OSError as error:
                raise KnownError(strings.cannot_read(error.strerror or str(error))) from error
            if lines is None:
                raise KnownError(strings.STORAGE_NOT_RESPONDING)
            return path, lines

        self._tasks.run(
            BYTES_KIND, work, lambda result: self.bytes_read.emit(*result), self.failed.emit, supersede=True
        )

    def read_value(self, path: str, value: StoredValue) -> None:
        """Read the bytes of a large attribute of a file and emit `value_read`."""

        def work(stop: StopCheck) -> dict[str, Any]:
            loaded = run_with_timeout(lambda _: value.load(), path, stop)
            if loaded is None:
                raise KnownError(strings.STORAGE_NOT_RESPONDING)
            return loaded

        def fail(sentence: str) -> None:
            self.value_read.emit(value, sentence)

        self._tasks.run(VALUE_KIND, work, lambda loaded: self.value_read.emit(value, loaded), fail)


def hex_lines(path: str, offset: int) -> str:
    """Return a hex dump with sixteen bytes per line; the line of `offset` is marked.

    Raises:
        OSError: The file cannot be read.
    """
    start = max(0, offset - _BYTES_BEFORE) // _LINE_BYTES * _LINE_BYTES
    with FileSource(path) as source:
        data = source.read(start, _MAX_BYTES)
    lines = []
    for at in range(0, len(data), _LINE_BYTES):
        row = data[at : at + _LINE_BYTES]
        mark = "▸" if start + at <= offset < start + at + _LINE_BYTES else " "
        letters = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in row)
        lines.append(f"{mark} {start + at:>12,}  {row.hex(' '):<{3 * _LINE_BYTES - 1}}  {letters}")
    return "\n".join(lines)
