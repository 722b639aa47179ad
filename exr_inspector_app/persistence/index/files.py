"""Index files: a similarity index in a private folder, a cache that can be rebuilt at any time.

`state.json`, the manifest, determines how much of the other files is valid; it is written last and replaced atomically,
so that an interrupted write leaves the previous state. Files are only appended to; a file that has to be rewritten gets
a new name, since other processes may have the old one open. A writer has the library open, which excludes other
writers. Reads verify checksums, and damage raises IndexDamagedError: the index is then rebuilt. So
nothing is flushed to disk.

* `COLUMN.N.f32`: distinct vectors, in order of insertion; `COLUMN.N.sums`: the checksum of each.
* `COLUMN.N.u8`: the same vectors, quantized, once there are many.
* `vectors.N.u64`: hash of the id of each vector.
* `rows.N.dat`, `details.N.dat`: rows of files, each with the position of its vector, and all columns that a hit is
  made of; see `segment_file`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from exr_inspector_app.config.atomic_file import PRIVATE_FILE, write_file
from exr_inspector_app.contracts import Matrix
from exr_inspector_app.persistence.index.checks import (
    BLOCK_ROWS,
    Checks,
    IndexDamagedError,
    block_check,
    row_checks,
)
from exr_inspector_app.persistence.index.index_file import new_file, open_file
from exr_inspector_app.persistence.index.manifest import (
    STATE_NAME,
    VECTOR_DIMS,
    IndexManifest,
    IndexSegment,
    make_manifest,
    parse_manifest,
)
from exr_inspector_app.persistence.index.private_folder import (
    IndexOwner,
    existing_folders,
    folder_of,
    make_folder,
    temporary_folder,
)
from exr_inspector_app.persistence.index.segment_file import RowArray, Segment, open_segment, write_segment
from exr_inspector_app.persistence.index.vector_rows import CodeBlocks, VectorRows, read_block
from exr_inspector_app.persistence.similarity.quantized_codes import Range, padded_range, quantize
from exr_inspector_app.persistence.similarity.vector_index import EXACT_LIMIT

MAX_SEGMENT_ROWS = 262_144  # of a segment; smaller ones are merged
MAX_STATE_BYTES = 64 * 2**20

Hashes = npt.NDArray[np.uint64]


class IndexFiles:
    """Files of one index at one state of its manifest."""

    def __init__(self, folder: Path, manifest: IndexManifest) -> None:
        self.folder = folder
        self.manifest = manifest

    def matrix(self, column: str) -> VectorRows:
        """Open the distinct vectors of a column, shape (vectors, n) float32."""
        checks = self._read_numbers(self.manifest.sums_name(column))
        file = open_file(self.folder / self.manifest.vectors_name(column)) if len(checks) else None
        return VectorRows(file, VECTOR_DIMS[column], checks)

    def codes(self, column: str) -> tuple[CodeBlocks, Range] | None:
        """Open the quantized vectors of a column with their range; None if there are too few to quantize."""
        manifest = self.manifest
        if column not in manifest.codes:
            return None
        name = manifest.codes_name(column)
        blocks = CodeBlocks(open_file(self.folder / name), list(manifest.blocks[name]))
        return blocks, _to_range(manifest.ranges[column])

    def hashes(self) -> Hashes:
        """Read the hash of the id of each vector."""
        return self._read_numbers(self.manifest.hashes_name)

    def open_segments(self) -> list[Segment]:
        """Open the segments, in the order of the library."""
        return [self._open_segment(segment) for segment in self.manifest.segments]

    def append_vectors(self, hashes: Hashes, vectors: dict[str, Matrix]) -> None:
        """Append vectors; they are valid after `commit`."""
        count = self.manifest.vectors
        self._write_numbers(self.manifest.hashes_name, count, hashes)
        for column, matrix in vectors.items():
            self._write_at(self.manifest.vectors_name(column), 4 * VECTOR_DIMS[column] * count, matrix)
            self._write_numbers(self.manifest.sums_name(column), count, row_checks(matrix))
        self.manifest.vectors += len(hashes)

    def append_codes(self, quantized: int) -> None:
        """Quantize the vectors after the first `quantized`, or all of them if one is out of range."""
        if self.manifest.vectors < EXACT_LIMIT:
            return
        for column, dim in VECTOR_DIMS.items():
            rows = self.matrix(column)
            start = quantized if column in self.manifest.codes else 0
            if start and not _to_range(self.manifest.ranges[column]).contains(rows[start:]):
                start = 0
            if not start:
                self.manifest.blocks.pop(self.manifest.codes_name(column), None)
                self.manifest.ranges[column] = [bound.tolist() for bound in padded_range(rows[:])]
                self.manifest.codes[column] = self.manifest.next_generation()
            value_range, name = _to_range(self.manifest.ranges[column]), self.manifest.codes_name(column)
            while start < len(rows):
                stop = min(len(rows), (start // BLOCK_ROWS + 1) * BLOCK_ROWS)
                self._write_block(name, start, quantize(rows[start:stop], value_range), (dim,))
                start = stop

    def append_rows(self, rows: RowArray, details: pa.Table, start: int, stop: int, check: int) -> None:
        """Write the rows of the library from `start` to `stop`, merged with small segments before them.

        Args:
            rows: Rows of files.
            details: Columns that hits are made of, for the same files.
            start: First row number.
            stop: Row number after the last one.
            check: Exclusive or of the hashes of the rows.
        """
        added = IndexSegment(0, start, stop, len(rows), check, 0, 0)
        position = sum(segment.start < start for segment in self.manifest.segments)
        arrays, batches = [rows], details.to_batches()
        while position and self._is_merged(before := self.manifest.segments[position - 1], added):
            position -= 1
            del self.manifest.segments[position]
            opened = self._open_segment(before)
            arrays.insert(0, opened.rows)
            batches = [*opened.batches(), *batches]
            both = before.files + added.files
            added = replace(added, start=before.start, files=both, check=before.check ^ added.check)
        generation, merged = self.manifest.next_generation(), np.concatenate(arrays)
        rows_check, details_bytes = write_segment(self.folder, generation, merged, pa.Table.from_batches(batches))
        segment = replace(added, generation=generation, rows_check=rows_check, details_bytes=details_bytes)
        self.manifest.segments.insert(position, segment)

    def commit(self) -> None:
        """Make everything that was appended valid, and delete files that are no longer used."""
        names = self.manifest.file_sizes().keys()
        self.manifest.verified = []
        self._write_state()
        for path in self.folder.iterdir():
            if path.name not in names and path.name != STATE_NAME:
                with contextlib.suppress(OSError):  # still open in a search on Windows; the next commit deletes it
                    path.unlink()

    def mark_verified(self, signature: Sequence[int]) -> None:
        """Record the signature of a library whose rows are all in the index, so that new processes trust it."""
        if self.manifest.verified != list(signature):
            self.manifest.verified = list(signature)
            with contextlib.suppress(OSError):  # then the rows are compared again
                self._write_state()

    def _write_state(self) -> None:
        state = self.manifest.to_json().encode()
        write_file(self.folder / STATE_NAME, state, PRIVATE_FILE, is_durable=False, follow_links=False)

    @staticmethod
    def _is_merged(before: IndexSegment, added: IndexSegment) -> bool:
        """Return True if two segments are merged: each row is rewritten a few times, and few segments stay small."""
        is_adjacent = before.stop == added.start
        return is_adjacent and before.files < 2 * added.files and before.files + added.files <= MAX_SEGMENT_ROWS

    def _open_segment(self, segment: IndexSegment) -> Segment:
        return open_segment(self.folder, segment.generation, segment.files, segment.size)

    def _read_numbers(self, name: str) -> Checks:
        """Read one number per vector, block by block."""
        numbers: Checks = np.empty(self.manifest.vectors, np.uint64)
        if len(numbers):
            with open_file(self.folder / name) as file:
                for start in range(0, len(numbers), BLOCK_ROWS):
                    read_block(file, start, numbers[start : start + BLOCK_ROWS], self.manifest.blocks[name])
        return numbers

    def _write_numbers(self, name: str, start: int, numbers: Checks) -> None:
        """Write one number per vector from row `start` on."""
        written = 0
        while written < len(numbers):
            row = start + written
            size = min(len(numbers) - written, BLOCK_ROWS - row % BLOCK_ROWS)
            self._write_block(name, row, numbers[written : written + size], ())
            written += size

    def _write_block(self, name: str, start: int, rows: npt.NDArray[Any], shape: tuple[int, ...]) -> None:
        """Write rows within one block, and update the checksum of the block.

        Raises:
            IndexDamagedError: The rows before them in the block are altered.
        """
        checks, begin = self.manifest.blocks.setdefault(name, []), start - start % BLOCK_ROWS
        block = rows
        if start > begin:
            before = np.empty((start - begin, *shape), rows.dtype)
            with open_file(self.folder / name) as file:
                block = np.concatenate([read_block(file, begin, before, checks), rows])
        self._write_at(name, start * (rows.nbytes // len(rows)), rows)
        checks[begin // BLOCK_ROWS :] = [block_check(block)]

    def _write_at(self, name: str, start: int, numbers: npt.NDArray[Any]) -> None:
        """Write numbers at an offset at or before the end of a file; bytes from there on were not valid."""
        path = self.folder / name
        with open_file(path, to_write=True) if start else new_file(path) as file:
            file.write(start, numbers)


def open_if_writable(owner: IndexOwner) -> IndexFiles | None:
    """Open the index of an owner, or an empty one; None if the folder of indexes cannot be written."""
    folder = make_folder(owner)
    return None if folder is None else _open_folder(folder, owner)


def open_unwritable(owner: IndexOwner) -> IndexFiles:
    """Open the index of an owner to read it, or an empty one."""
    return _open_folder(folder_of(owner), owner)


def open_temporary(owner: IndexOwner) -> IndexFiles:
    """Open the index of an owner in a temporary folder of this process."""
    return _open_folder(temporary_folder(owner), owner)


def _open_folder(folder: Path, owner: IndexOwner) -> IndexFiles:
    return IndexFiles(folder, read_manifest(folder, owner.origin) or make_manifest(owner.origin))


def read_manifest(folder: Path, origin: str) -> IndexManifest | None:
    """Read the manifest of an index folder; None if it is missing, damaged, or does not match the files."""
    try:
        with open_file(folder / STATE_NAME) as file:
            manifest = parse_manifest(file.read_bytes(MAX_STATE_BYTES).decode("ascii"), origin)
        if manifest is None:
            return None
        sizes = manifest.file_sizes().items()
        is_complete = all((folder / name).lstat().st_size >= size for name, size in sizes if size)
    except (OSError, ValueError, IndexDamagedError):
        return None
    return manifest if is_complete else None


def discard(owner: IndexOwner) -> None:
    """Make the next search rebuild the index of an owner, since its files are damaged."""
    for folder in existing_folders(owner):
        with contextlib.suppress(OSError):
            (folder / STATE_NAME).unlink(missing_ok=True)


def _to_range(bounds: list[list[float]]) -> Range:
    return Range(*(np.array(bound, np.float32) for bound in bounds))
