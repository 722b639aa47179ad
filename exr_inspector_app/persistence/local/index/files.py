"""What look-ups by similarity need of a library, kept in files beside it: brought up to date, never the truth.

The folder `NAME.similar` may be deleted at any time. `state.json` says how much of the other files counts; it
is written last and replaced as a whole, so that a torn write leaves the state before. Files only grow; what has to
be written anew gets a new name, since other processes may have the old one open. Whoever writes has the library open,
so that nobody else does.

* `COLUMN.N.f32`: the distinct vectors, in the order in which they were met.
* `COLUMN.N.u8`: the same coded, once there are many.
* `vectors.N.u64`: what each vector's id hashes to.
* `rows.N.arrow`: rows of files, each with the place of its vector and all that a hit is made of.
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

MAX_SEGMENT_ROWS = 262_144  # rows of one segment; smaller ones are put together
_QUANTIZE_BATCH_ROWS = 32_768  # vectors that are coded at one time

Hashes = npt.NDArray[np.uint64]


class IndexFiles:
    """The files of one library's cache, as one state says."""

    def __init__(self, folder: Path, state: IndexManifest) -> None:
        self.folder = folder
        self.state = state
        self._written: set[str] = set()  # and not on disk for sure

    def matrix(self, column: str) -> Matrix:
        """The distinct vectors as they lie on disk, shape (vectors, n)."""
        found: Matrix = self._map(
            self.state.vectors_name(column), np.float32, (self.state.vectors, VECTOR_DIMS[column])
        )
        return found

    def codes(self, column: str) -> tuple[Codes, Range] | None:
        """The coded vectors; None while there are few."""
        if column not in self.state.codes:
            return None
        codes = self._map(self.state.codes_name(column), np.uint8, (self.state.vectors, VECTOR_DIMS[column]))
        return codes, _range(self.state.ranges[column])

    def hashes(self) -> Hashes:
        """What the id of each vector hashes to."""
        found: Hashes = self._map(self.state.hashes_name, np.uint64, (self.state.vectors,))
        return found

    def segments(self) -> list[pa.Table]:
        """The rows of files, in the order of the library, as they lie on disk."""
        return [self._rows(one) for one in self.state.segments]

    def is_sound(self, segment: IndexSegment) -> bool:
        """True where a segment can be read, and has as many rows as its state says."""
        try:
            return len(self._rows(segment)) == segment.files
        except (OSError, pa.ArrowException):
            return False

    def add_vectors(self, hashes: Hashes, vectors: dict[str, Matrix]) -> None:
        """More vectors, behind the others; they count once the state is kept."""
        count = self.state.vectors
        self._append(self.state.hashes_name, 8 * count, hashes)
        for column, matrix in vectors.items():
            self._append(self.state.vectors_name(column), 4 * VECTOR_DIMS[column] * count, matrix)
        self.state.vectors += len(hashes)

    def add_codes(self, coded: int) -> None:
        """Codes for the vectors behind the first `coded`; for all where one lies outside the range."""
        if self.state.vectors < EXACT_LIMIT:
            return
        for column, dim in VECTOR_DIMS.items():
            matrix = self.matrix(column)
            start = coded if column in self.state.codes else 0
            if start and not _range(self.state.ranges[column]).contains(matrix[start:]):
                start = 0
            if not start:
                self.state.ranges[column] = [part.tolist() for part in padded_range(matrix)]
                self.state.codes[column] = self.state.begin()
            between = _range(self.state.ranges[column])
            for at in range(start, len(matrix), _QUANTIZE_BATCH_ROWS):
                self._append(
                    self.state.codes_name(column), dim * at, quantize(matrix[at : at + _QUANTIZE_BATCH_ROWS], between)
                )

    def add_rows(self, table: pa.Table, start: int, stop: int, check: int) -> None:
        """The rows of the library from `start` to `stop`, put together with those before them while these are few."""
        added = IndexSegment("", 0, start, stop, len(table), check)
        at = sum(one.start < start for one in self.state.segments)
        parts = [table]
        while at and self._is_joined(before := self.state.segments[at - 1], added):
            at -= 1
            del self.state.segments[at]
            parts.insert(0, self._rows(before))
            both = before.files + added.files
            added = replace(added, start=before.start, files=both, check=before.check ^ added.check)
        whole = pa.concat_tables(parts).unify_dictionaries().combine_chunks()
        name = f"rows.{self.state.begin()}.arrow"
        with pa.OSFile(str(self.folder / name), "wb") as file, pa.ipc.new_file(file, whole.schema) as writer:
            writer.write_table(whole)
        self._written.add(name)
        self.state.segments.insert(at, replace(added, name=name, size=(self.folder / name).stat().st_size))

    def keep(self) -> None:
        """What was added counts from now on; files that no longer count are removed."""
        names = self.state.sizes().keys()
        for name in self._written & names:
            _to_disk(self.folder / name)
        self._written.clear()
        fresh = self.folder / f"state.{os.getpid()}.new"
        fresh.write_text(self.state.text(), encoding="ascii")
        _to_disk(fresh)
        fresh.replace(self.folder / "state.json")
        for path in self.folder.iterdir():
            if path.name not in names and path.name != "state.json":
                with contextlib.suppress(OSError):  # another process may have it open
                    path.unlink()

    @staticmethod
    def _is_joined(before: IndexSegment, added: IndexSegment) -> bool:
        """Each row is written anew a few times only, and there are a few small segments at the most."""
        return (
            before.stop == added.start
            and before.files < 2 * added.files
            and before.files + added.files <= MAX_SEGMENT_ROWS
        )

    def _rows(self, segment: IndexSegment) -> pa.Table:
        with pa.memory_map(str(self.folder / segment.name)) as file:
            return pa.ipc.open_file(file).read_all()

    def _map(self, name: str, dtype: Any, shape: tuple[int, ...]) -> Any:
        if not self.state.vectors:
            return np.zeros(shape, dtype)  # an empty file cannot be mapped
        return np.memmap(self.folder / name, dtype, "r", 0, shape)

    def _append(self, name: str, start: int, numbers: npt.NDArray[Any]) -> None:
        """Numbers at a place at or before the end of a file; what stood there does not count."""
        path = self.folder / name
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.seek(start)
            file.write(np.ascontiguousarray(numbers).data)
        self._written.add(name)


_temporary: dict[Path, tempfile.TemporaryDirectory[str]] = {}


def open_if_writable(library: Path) -> IndexFiles | None:
    """The cache beside a library as it was kept, an empty one where there is none; None where it cannot be written."""
    folder = library.with_name(f"{library.name}.similar")
    try:
        folder.mkdir(exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return None
    return IndexFiles(folder, read_manifest(folder) or IndexManifest())


def open_or_temporary(library: Path) -> IndexFiles:
    """The cache of a library; where none can be beside it, one that goes with the process."""
    if cache := open_if_writable(library):
        return cache
    if library not in _temporary:
        _temporary[library] = tempfile.TemporaryDirectory(prefix="exr-inspector-")
    folder = Path(_temporary[library].name)
    return IndexFiles(folder, read_manifest(folder) or IndexManifest())


def _range(lists: list[list[float]]) -> Range:
    return Range(*(np.array(part, np.float32) for part in lists))


def _to_disk(path: Path) -> None:
    """What was written to a file survives a loss of power."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())
