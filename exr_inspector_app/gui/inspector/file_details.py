"""What is read of the selected file when somebody looks: its chunk map, bytes around a place, its sequence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from exr_inspector_app.errors import KnownError
from exr_inspector_app.exr.chunk_map import ChunkLevel, chunk_map
from exr_inspector_app.exr.diff.sequence_checks import FrameFinding, sequence_findings
from exr_inspector_app.exr.source.file_source import FileSource
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.tasks.task_runner import Failure, Stop, TaskRunner
from exr_inspector_app.ingest.reader_pool import patiently

CHUNKS, BYTES, SEQUENCE = "Chunk map", "Show bytes", "Frames"
_BEFORE, _SHOWN, _LINE = 64, 512, 16  # bytes


@dataclass(frozen=True, slots=True)
class ChunkState:
    """The chunk map of one part of one file."""

    path: str
    part: int
    levels: tuple[ChunkLevel, ...]


class FileDetailsLoader(QObject):
    """Reads in the background; the newest question counts."""

    chunks_read = Signal(object)  # Chunks
    bytes_read = Signal(str, str)  # path, lines
    sequence_read = Signal(object)  # list[FrameFinding]
    failed = Signal(str)  # a sentence
    bug = Signal(object)  # Failure with a report

    def __init__(self, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks

    def read_chunks(self, path: str, part: int) -> None:
        """`chunks_read` tells of the chunks of this part."""

        def work(stop: Stop) -> ChunkState:
            try:
                found = patiently(lambda path: chunk_map(path, part), path, stop)
            except OSError:
                found = None
            return ChunkState(path, part, tuple(found or ()))

        self._tasks.run(CHUNKS, work, self.chunks_read.emit, self._failed, supersede=True)

    def read_sequence(self, entries: Sequence[SessionFile]) -> None:
        """`sequence_read` tells what is odd among the frames of one sequence."""

        def work(stop: Stop) -> list[FrameFinding]:
            return sequence_findings(file for entry in entries if not stop() and (file := entry.read_file))

        self._tasks.run(SEQUENCE, work, self.sequence_read.emit, self._failed, supersede=True)

    def forget_sequence(self) -> None:
        """An answer that is on its way is of frames that nobody looks at any more."""
        self._tasks.drop(SEQUENCE)

    def read_bytes(self, path: str, offset: int) -> None:
        """`bytes_read` tells the bytes around this place."""

        def work(stop: Stop) -> tuple[str, str]:
            try:
                lines = patiently(lambda path: hex_lines(path, offset), path, stop)
            except OSError as error:
                raise KnownError(f"The bytes cannot be read: {error.strerror}.") from error
            if lines is None:
                raise KnownError("The bytes cannot be read: the storage of this file does not answer.")
            return path, lines

        self._tasks.run(BYTES, work, lambda told: self.bytes_read.emit(*told), self._failed, supersede=True)

    def _failed(self, failure: Failure) -> None:
        self.failed.emit(failure.sentence)
        if failure.report:
            self.bug.emit(failure)


def hex_lines(path: str, offset: int) -> str:
    """Sixteen bytes a line with their place and letters; the line of `offset` is marked.

    Raises OSError where the file cannot be read.
    """
    start = max(0, offset - _BEFORE) // _LINE * _LINE
    with FileSource(path) as source:
        data = source.read(start, _SHOWN)
    lines = []
    for at in range(0, len(data), _LINE):
        row = data[at : at + _LINE]
        mark = "▸" if start + at <= offset < start + at + _LINE else " "
        letters = "".join(chr(one) if 32 <= one < 127 else "·" for one in row)
        lines.append(f"{mark} {start + at:>12,}  {row.hex(' '):<{3 * _LINE - 1}}  {letters}")
    return "\n".join(lines)
