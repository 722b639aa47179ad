"""Index manifest: which part of the index files is valid, and which rows of the library it covers.

Field names are the keys of `state.json`. The manifest names no files; their names follow from numbers. A manifest whose
checksum, types or ranges are wrong counts as missing.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from exr_inspector_app.contracts import CHANNEL_DIM, EMBEDDING_VERSION, METADATA_DIM
from exr_inspector_app.persistence.index.checks import BLOCK_ROWS
from exr_inspector_app.persistence.index.segment_file import SegmentSize, details_name, rows_bytes, rows_name

FORMAT_VERSION = 4
VECTOR_DIMS = {"metadata_embedding": METADATA_DIM, "channel_fingerprint": CHANNEL_DIM}
STATE_NAME = "state.json"
_CHECK = "check"


@dataclass(frozen=True)
class IndexSegment:
    """Files with the rows of the library from `start` to `stop`."""

    generation: int  # number of its files
    start: int
    stop: int
    files: int
    check: int  # exclusive or of the hashes of its rows
    rows_check: int
    details_bytes: int

    @property
    def size(self) -> SegmentSize:
        """Checksum and size of its files."""
        return SegmentSize(self.rows_check, self.details_bytes)


@dataclass
class IndexManifest:
    """Valid part of the index files."""

    versions: list[Any]  # see `make_manifest`
    generation: int = field(default_factory=time.time_ns)  # number of the file created last
    segments: list[IndexSegment] = field(default_factory=list)  # in the order of the library
    last: dict[str, list[int]] = field(default_factory=dict)  # last row known of each child table, and its hash
    vectors: int = 0
    begun: int = field(default_factory=time.time_ns)  # generation of the vector files
    codes: dict[str, int] = field(default_factory=dict)  # generation of each file of codes
    ranges: dict[str, list[list[float]]] = field(default_factory=dict)
    blocks: dict[str, list[int]] = field(default_factory=dict)  # checksum of each block of BLOCK_ROWS rows, by file
    verified: list[int] = field(default_factory=list, compare=False)  # signature of the library when no row was missing

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

    def sums_name(self, column: str) -> str:
        """Return the name of the file with the checksum of each vector of a column."""
        return f"{column}.{self.begun}.sums"

    def codes_name(self, column: str) -> str:
        """Return the name of the file with the quantized vectors of a column."""
        return f"{column}.{self.codes.get(column, 0)}.u8"

    @property
    def hashes_name(self) -> str:
        """Name of the file with the hashes of vector ids."""
        return f"vectors.{self.begun}.u64"

    def file_sizes(self) -> dict[str, int]:
        """Return the minimum size in bytes of each file."""
        sizes = {self.hashes_name: 8 * self.vectors}
        for segment in self.segments:
            sizes[rows_name(segment.generation)] = rows_bytes(segment.files)
            sizes[details_name(segment.generation)] = segment.details_bytes
        for column, dim in VECTOR_DIMS.items():
            sizes[self.vectors_name(column)] = 4 * dim * self.vectors
            sizes[self.sums_name(column)] = 8 * self.vectors
        return sizes | {self.codes_name(column): VECTOR_DIMS[column] * self.vectors for column in self.codes}

    def to_json(self) -> str:
        """Return the content of `state.json`, with its checksum."""
        content = asdict(self)
        return json.dumps({**content, _CHECK: _digest(content)})


def make_manifest(origin: str) -> IndexManifest:
    """Return the manifest of an empty index whose hashes the program of this version computes."""
    return IndexManifest(_versions(origin))


def parse_manifest(text: str, origin: str) -> IndexManifest | None:
    """Parse the content of `state.json`; return None for one that is damaged or of another version."""
    try:
        content = json.loads(text)
        if content.pop(_CHECK) != _digest(content) or content["versions"] != _versions(origin):
            return None
        segments = [IndexSegment(**segment) for segment in content.pop("segments")]
        manifest = IndexManifest(**content, segments=segments)
        return manifest if _is_valid(manifest) else None
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None


def _versions(origin: str) -> list[Any]:
    return [FORMAT_VERSION, EMBEDDING_VERSION, origin]


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _is_valid(manifest: IndexManifest) -> bool:
    """Return True if all values have their types and lie in their ranges."""
    numbers = [manifest.generation, manifest.vectors, manifest.begun, *manifest.codes.values()]
    numbers += [number for segment in manifest.segments for number in asdict(segment).values()]
    names = {manifest.hashes_name, *map(manifest.sums_name, VECTOR_DIMS), *map(manifest.codes_name, manifest.codes)}
    blocks = -(-manifest.vectors // BLOCK_ROWS)
    return (
        all(type(number) is int and 0 <= number < 2**64 for number in numbers)
        and all(type(number) is int for number in manifest.verified)
        and set(manifest.codes) == set(manifest.ranges) <= set(VECTOR_DIMS)
        and all(_is_range(manifest.ranges[column], VECTOR_DIMS[column]) for column in manifest.ranges)
        and set(manifest.blocks) == (names if blocks else set(manifest.blocks))
        and all(len(checks) == blocks for checks in manifest.blocks.values())
        and all(segment.start < segment.stop and segment.files for segment in manifest.segments)
    )


def _is_range(bounds: object, dim: int) -> bool:
    """Return True for the lower and the upper bound of each number of a vector."""
    return (
        isinstance(bounds, list)
        and len(bounds) == 2
        and all(isinstance(bound, list) and len(bound) == dim for bound in bounds)
        and all(isinstance(number, float) for bound in bounds for number in bound)
    )
