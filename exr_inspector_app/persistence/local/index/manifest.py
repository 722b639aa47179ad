"""Index manifest: which part of the index files is valid, and which rows of the library it covers.

Field names are the keys of `state.json`.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from exr_inspector_app.contracts import CHANNEL_DIM, EMBEDDING_VERSION, METADATA_DIM

FORMAT_VERSION = 3
VECTOR_DIMS = {"metadata_embedding": METADATA_DIM, "channel_fingerprint": CHANNEL_DIM}
_VERSIONS = [FORMAT_VERSION, EMBEDDING_VERSION, duckdb.__version__]  # DuckDB: another version may hash differently


@dataclass(frozen=True)
class IndexSegment:
    """File with the rows of the library from `start` to `stop`."""

    name: str
    size: int  # bytes
    start: int
    stop: int
    files: int
    check: int  # exclusive or of the hashes of its rows


@dataclass
class IndexManifest:
    """Valid part of the index files."""

    versions: list[Any] = field(default_factory=lambda: list(_VERSIONS))
    generation: int = field(default_factory=time.time_ns)  # number of the file created last
    segments: list[IndexSegment] = field(default_factory=list)  # in the order of the library
    last: dict[str, list[int]] = field(default_factory=dict)  # last row known of each child table, and its hash
    vectors: int = 0
    begun: int = field(default_factory=time.time_ns)  # generation of the vector files
    codes: dict[str, int] = field(default_factory=dict)  # generation of each file of codes
    ranges: dict[str, list[list[float]]] = field(default_factory=dict)

    @property
    def file_count(self) -> int:
        """Number of indexed files."""
        return sum(segment.files for segment in self.segments)

    @property
    def end_row(self) -> int:
        """First row number after the indexed rows."""
        return self.segments[-1].stop if self.segments else 0

    def next_generation(self) -> int:
        """Return the number of a new file, which no process has open."""
        self.generation += 1
        return self.generation

    def vectors_name(self, column: str) -> str:
        """Return the name of the file with the vectors of a column."""
        return f"{column}.{self.begun}.f32"

    def codes_name(self, column: str) -> str:
        """Return the name of the file with the quantized vectors of a column."""
        return f"{column}.{self.codes.get(column, 0)}.u8"

    @property
    def hashes_name(self) -> str:
        """Name of the file with the hashes of vector ids."""
        return f"vectors.{self.begun}.u64"

    def file_sizes(self) -> dict[str, int]:
        """Return the minimum size in bytes of each file."""
        sizes = {segment.name: segment.size for segment in self.segments} | {self.hashes_name: 8 * self.vectors}
        sizes |= {self.vectors_name(column): 4 * dim * self.vectors for column, dim in VECTOR_DIMS.items()}
        return sizes | {self.codes_name(column): VECTOR_DIMS[column] * self.vectors for column in self.codes}

    def to_json(self) -> str:
        """Return the content of `state.json`."""
        return json.dumps(asdict(self))


def read_manifest(folder: Path) -> IndexManifest | None:
    """Read the manifest of an index folder; None if it is missing, outdated, or does not match the files."""
    try:
        manifest = IndexManifest(**json.loads((folder / "state.json").read_text(encoding="ascii")))
        if manifest.versions != _VERSIONS:
            return None
        manifest.segments = [IndexSegment(**segment) for segment in manifest.segments]  # type: ignore[arg-type]
        is_complete = all(
            (folder / name).stat().st_size >= size for name, size in manifest.file_sizes().items() if size
        )
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return None
    return manifest if is_complete else None
