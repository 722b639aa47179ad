"""Index files: the similarity index of a library in a folder next to it, a cache that can be rebuilt at any time.

The folder `NAME.similar` may be deleted at any time. `state.json`, the manifest, determines how much of the other files
is valid; it is written last and replaced atomically, so that an interrupted write leaves the previous state. Files are
only appended to; a file that has to be rewritten gets a new name, since other processes may have the old one open. A
writer has the library open, which excludes other writers.

* `COLUMN.N.f32`: distinct vectors, in order of insertion.
* `COLUMN.N.u8`: the same, quantized, once there are many.
* `vectors.N.u64`: hash of the id of each vector.
* `rows.N.arrow`: rows of files, each with the position of its vector and all columns that a hit is made of.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from exr_inspector_app.contracts import Matrix
from exr_inspector_app.persistence.local.index.manifest import VECTOR_DIMS, IndexManifest, IndexSegment, read_manifest
from exr_inspector_app.persistence.similarity.vector_index import EXACT_LIMIT, Codes, Range, padded_range, quantize

MAX_SEGMENT_ROWS = 262_144  # of a segment; smaller ones are merged
_QUANTIZE_BATCH_ROWS = 32_768  # vectors that are quantized at a time

Hashes = npt.NDArray[np.uint64]


class IndexFiles:
    """Files of one library's index at one state of its manifest."""

    def __init__(self, folder: Path, manifest: IndexManifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self._written: set[str] = set()  # not yet flushed to disk

    def matrix(self, column: str) -> Matrix:
        """Map the distinct vectors of a column, shape (vectors, n) float32."""
        matrix: Matrix = self._map(
            self.manifest.vectors_name(column), np.float32, (self.manifest.vectors, VECTOR_DIMS[column])
        )
        return matrix

    def codes(self, column: str) -> tuple[Codes, Range] | None:
        """Map the quantized vectors of a column with their range; None if there are too few to quantize."""
        if column not in self.manifest.codes:
            return None
        codes = self._map(self.manifest.codes_name(column), np.uint8, (self.manifest.vectors, VECTOR_DIMS[column]))
        return codes, _to_range(self.manifest.ranges[column])

    def hashes(self) -> Hashes:
        """Map the hash of the id of each vector."""
        hashes: Hashes = self._map(self.manifest.hashes_name, np.uint64, (self.manifest.vectors,))
        return hashes

    def read_segments(self) -> list[pa.Table]:
        """Map the rows of files, segment by segment, in the order of the library."""
        return [self._read_segment(segment) for segment in self.manifest.segments]

    def is_readable(self, segment: IndexSegment) -> bool:
        """Return True if a segment can be read and has the expected number of rows."""
        try:
            return len(self._read_segment(segment)) == segment.files
        except (OSError, pa.ArrowException):
            return False

    def append_vectors(self, hashes: Hashes, vectors: dict[str, Matrix]) -> None:
        """Append vectors; they are valid after `commit`."""
        count = self.manifest.vectors
        self._write_at(self.manifest.hashes_name, 8 * count, hashes)
        for column, matrix in vectors.items():
            self._write_at(self.manifest.vectors_name(column), 4 * VECTOR_DIMS[column] * count, matrix)
        self.manifest.vectors += len(hashes)

    def append_codes(self, quantized: int) -> None:
        """Quantize the vectors after the first `quantized`, or all of them if one is out of range."""
        if self.manifest.vectors < EXACT_LIMIT:
            return
        for column, dim in VECTOR_DIMS.items():
            matrix = self.matrix(column)
            start = quantized if column in self.manifest.codes else 0
            if start and not _to_range(self.manifest.ranges[column]).contains(matrix[start:]):
                start = 0
            if not start:
                self.manifest.ranges[column] = [bound.tolist() for bound in padded_range(matrix)]
                self.manifest.codes[column] = self.manifest.next_generation()
            value_range = _to_range(self.manifest.ranges[column])
            for row in range(start, len(matrix), _QUANTIZE_BATCH_ROWS):
                codes = quantize(matrix[row : row + _QUANTIZE_BATCH_ROWS], value_range)
                self._write_at(self.manifest.codes_name(column), dim * row, codes)

    def append_rows(self, table: pa.Table, start: int, stop: int, check: int) -> None:
        """Write the rows of the library from `start` to `stop`, merged with small segments before them.

        Args:
            table: Rows of files.
            start: First row number.
            stop: Row number after the last one.
            check: Exclusive or of the hashes of the rows.
        """
        added = IndexSegment("", 0, start, stop, len(table), check)
        position = sum(segment.start < start for segment in self.manifest.segments)
        tables = [table]
        while position and self._is_merged(before := self.manifest.segments[position - 1], added):
            position -= 1
            del self.manifest.segments[position]
            tables.insert(0, self._read_segment(before))
            both = before.files + added.files
            added = replace(added, start=before.start, files=both, check=before.check ^ added.check)
        merged = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
        name = f"rows.{self.manifest.next_generation()}.arrow"
        with pa.OSFile(str(self.folder / name), "wb") as file, pa.ipc.new_file(file, merged.schema) as writer:
            writer.write_table(merged)
        self._written.add(name)
        size = (self.folder / name).stat().st_size
        self.manifest.segments.insert(position, replace(added, name=name, size=size))

    def commit(self) -> None:
        """Make everything that was appended valid, and delete files that are no longer used."""
        names = self.manifest.file_sizes().keys()
        for name in self._written & names:
            _flush_to_disk(self.folder / name)
        self._written.clear()
        fresh = self.folder / f"state.{os.getpid()}.new"
        fresh.write_text(self.manifest.to_json(), encoding="ascii")
        _flush_to_disk(fresh)
        fresh.replace(self.folder / "state.json")
        for path in self.folder.iterdir():
            if path.name not in names and path.name != "state.json":
                with contextlib.suppress(OSError):  # still mapped by a search on Windows; the next commit deletes it
                    path.unlink()

    @staticmethod
    def _is_merged(before: IndexSegment, added: IndexSegment) -> bool:
        """Return True if two segments are merged: each row is rewritten a few times, and few segments stay small."""
        is_adjacent = before.stop == added.start
        return is_adjacent and before.files < 2 * added.files and before.files + added.files <= MAX_SEGMENT_ROWS

    def _read_segment(self, segment: IndexSegment) -> pa.Table:
        with pa.memory_map(str(self.folder / segment.name)) as file:
            return pa.ipc.open_file(file).read_all()

    def _map(self, name: str, dtype: Any, shape: tuple[int, ...]) -> Any:
        if not self.manifest.vectors:
            return np.zeros(shape, dtype)  # an empty file cannot be mapped
        return np.memmap(self.folder / name, dtype, "r", 0, shape)

    def _write_at(self, name: str, start: int, numbers: npt.NDArray[Any]) -> None:
        """Write numbers at an offset at or before the end of a file; bytes from there on were not valid."""
        path = self.folder / name
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.seek(start)
            file.write(np.ascontiguousarray(numbers).data)
        self._written.add(name)


_temporary: dict[Path, tempfile.TemporaryDirectory[str]] = {}  # by library; deleted when the process ends


def open_if_writable(library: Path) -> IndexFiles | None:
    """Open the index next to a library, or an empty one; None if the folder cannot be written."""
    folder = library.with_name(f"{library.name}.similar")
    try:
        folder.mkdir(exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return None
    return IndexFiles(folder, read_manifest(folder) or IndexManifest())


def open_unwritable(library: Path) -> IndexFiles:
    """Open the index next to a library to read it, or an empty one."""
    folder = library.with_name(f"{library.name}.similar")
    return IndexFiles(folder, read_manifest(folder) or IndexManifest())


def open_temporary(library: Path) -> IndexFiles:
    """Open the index of a library in a temporary folder of this process."""
    if library not in _temporary:
        # At the end of the process files may still be mapped, which prevents deletion on Windows.
        _temporary[library] = tempfile.TemporaryDirectory(prefix="exr-inspector-", ignore_cleanup_errors=True)
    folder = Path(_temporary[library].name)
    return IndexFiles(folder, read_manifest(folder) or IndexManifest())


def _to_range(bounds: list[list[float]]) -> Range:
    return Range(*(np.array(bound, np.float32) for bound in bounds))


def _flush_to_disk(path: Path) -> None:
    """Flush a file to disk, so that it survives a power failure."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())
