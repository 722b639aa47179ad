"""What look-ups by similarity need of a library, kept in files beside it: brought up to date, never the truth.

The folder `NAME.similar` may be deleted at any time. `state.json` says how much of the other files counts; it
is written last and replaced as a whole, so that a torn write leaves the state before. Files only grow; what has to
be written anew gets a new name, since other processes may have the old one open.

* `COLUMN.N.f32`: the distinct vectors, in the order in which they were met.
* `COLUMN.N.u8`: the same coded, once there are many.
* `vectors.N.u64`: what each vector's id hashes to.
* `rows.N.arrow`: rows of files, each with the place of its vector and all that a hit is made of.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from exr_inspector_app.contracts import CHANNEL_DIM, EMBEDDING_VERSION, METADATA_DIM, Matrix
from exr_inspector_app.persistence.similarity import SMALL, Codes, Range, encode, ranges

FORMAT = 1
DIMS = {"metadata_embedding": METADATA_DIM, "channel_fingerprint": CHANNEL_DIM}
_PIECE = 32_768  # vectors that are read or written at one time
_VERSIONS = [FORMAT, EMBEDDING_VERSION, duckdb.__version__]  # hashes are DuckDB's; another one may hash otherwise

Hashes = npt.NDArray[np.uint64]


@dataclass
class State:
    """How much of the cache counts, and of which rows of the library it is made."""

    versions: list[Any] = field(default_factory=lambda: list(_VERSIONS))
    generation: int = field(default_factory=time.time_ns)  # one more whenever a file is begun
    files: int = 0  # rows of file_rows, and what they hash to together
    check: str = "0"
    children: dict[str, int] = field(default_factory=dict)  # rows of the tables of children
    vectors: int = 0
    vector_rows: int = 0  # rows of the table `vectors` that were looked at
    begun: int = field(default_factory=time.time_ns)  # the generation of the vectors' files
    codes: dict[str, int] = field(default_factory=dict)  # the generation of each file of codes
    ranges: dict[str, list[list[float]]] = field(default_factory=dict)
    segments: list[list[Any]] = field(default_factory=list)  # name, bytes


class Cache:
    """The files of one library's cache, as one state says."""

    def __init__(self, folder: Path, state: State) -> None:
        self.folder = folder
        self.state = state

    def matrix(self, column: str) -> Matrix:
        """The distinct vectors as they lie on disk, shape (vectors, n)."""
        found: Matrix = self._map(self._vectors(column), np.dtype(np.float32), (self.state.vectors, DIMS[column]))
        return found

    def codes(self, column: str) -> tuple[Codes, Range] | None:
        """The coded vectors; None while there are few."""
        if column not in self.state.codes:
            return None
        codes = self._map(self._codes(column), np.dtype(np.uint8), (self.state.vectors, DIMS[column]))
        return codes, _range(self.state.ranges[column])

    def hashes(self) -> Hashes:
        """What the id of each vector hashes to."""
        found: Hashes = self._map(self._hashes(), np.dtype(np.uint64), (self.state.vectors,))
        return found

    def segments(self) -> list[pa.Table]:
        """The rows of files, in the order of the library, as they lie on disk."""
        found = []
        for name, _ in self.state.segments:
            with pa.memory_map(str(self.folder / name)) as file:
                found.append(pa.ipc.open_file(file).read_all())
        return found

    def add_vectors(self, hashes: Hashes, vectors: dict[str, Matrix]) -> None:
        """More vectors, behind the others; they count once the state is kept."""
        count = self.state.vectors
        _append(self._hashes(), 8 * count, hashes.tobytes())
        for column, matrix in vectors.items():
            _append(self._vectors(column), 4 * DIMS[column] * count, np.ascontiguousarray(matrix, np.float32).tobytes())
        self.state.vectors += len(hashes)

    def add_codes(self, coded: int) -> None:
        """Codes for the vectors behind the first `coded`; for all where one lies outside the range."""
        if self.state.vectors < SMALL:
            return
        for column, dim in DIMS.items():
            matrix = self.matrix(column)
            start = coded if column in self.state.codes else 0
            if start and not _range(self.state.ranges[column]).holds(matrix[start:]):
                start = 0
            if not start:
                self.state.ranges[column] = [part.tolist() for part in ranges(matrix)]
                self.state.codes[column] = self.begin()
            between = _range(self.state.ranges[column])
            for at in range(start, len(matrix), _PIECE):
                _append(self._codes(column), dim * at, encode(matrix[at : at + _PIECE], between).tobytes())

    def add_rows(self, table: pa.Table) -> None:
        """More rows of files."""
        path = self.folder / f"rows.{self.begin()}.arrow"
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
        self.state.segments.append([path.name, path.stat().st_size])

    def begin(self) -> int:
        """The number of a file that nobody has open."""
        self.state.generation += 1
        return self.state.generation

    def keep(self) -> None:
        """What was added counts from now on; files that no longer count are removed."""
        names = {name for name, _ in self.state.segments} | {self._hashes().name}
        for column in DIMS:
            names |= {self._vectors(column).name, self._codes(column).name}
        for name in names:
            with contextlib.suppress(FileNotFoundError):  # no codes, or no vectors yet
                _to_disk(self.folder / name)
        fresh = self.folder / f"state.{os.getpid()}.new"
        fresh.write_text(json.dumps(asdict(self.state)), encoding="ascii")
        _to_disk(fresh)
        fresh.replace(self.folder / "state.json")
        for path in self.folder.iterdir():
            if path.name not in names and path.name != "state.json":
                with contextlib.suppress(OSError):  # another process may have it open
                    path.unlink()

    def _vectors(self, column: str) -> Path:
        return self.folder / f"{column}.{self.state.begun}.f32"

    def _codes(self, column: str) -> Path:
        return self.folder / f"{column}.{self.state.codes.get(column, 0)}.u8"

    def _hashes(self) -> Path:
        return self.folder / f"vectors.{self.state.begun}.u64"

    def _map(self, path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Any:
        if not self.state.vectors:
            return np.zeros(shape, dtype)  # an empty file cannot be mapped
        return np.memmap(path, dtype, "r", 0, shape)


_temporary: dict[Path, tempfile.TemporaryDirectory[str]] = {}


def opened(library: Path) -> Cache:
    """The cache of a library as it was kept; an empty one where there is none that can be used.

    A folder that cannot be written gives way to one that goes with the process.
    """
    folder = library.with_name(f"{library.name}.similar")
    try:
        folder.mkdir(exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        if library not in _temporary:
            _temporary[library] = tempfile.TemporaryDirectory(prefix="exr-inspector-")
        folder = Path(_temporary[library].name)
    return Cache(folder, _state(folder) or State())


def _state(folder: Path) -> State | None:
    """The state in a folder, where the files are as long as it says and of these versions."""
    try:
        state = State(**json.loads((folder / "state.json").read_text(encoding="ascii")))
        if state.versions != _VERSIONS:
            return None
        cache = Cache(folder, state)
        wanted = {folder / name: size for name, size in state.segments}
        wanted[cache._hashes()] = 8 * state.vectors
        wanted |= {cache._vectors(column): 4 * dim * state.vectors for column, dim in DIMS.items()}
        wanted |= {cache._codes(column): DIMS[column] * state.vectors for column in state.codes}
        whole = all(path.stat().st_size >= size for path, size in wanted.items() if size)
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return state if whole else None


def _range(lists: list[list[float]]) -> Range:
    return Range(*(np.array(part, np.float32) for part in lists))


def _append(path: Path, start: int, data: bytes) -> None:
    """Bytes at a place at or before the end of a file; what stood there does not count."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.seek(start)
        file.write(data)


def _to_disk(path: Path) -> None:
    """What was written to a file survives a loss of power."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())
