"""How much of a library's cache counts: its state, read back only where the files are as it says."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from exr_inspector_app.contracts import CHANNEL_DIM, EMBEDDING_VERSION, METADATA_DIM

FORMAT_VERSION = 2
VECTOR_DIMS = {"metadata_embedding": METADATA_DIM, "channel_fingerprint": CHANNEL_DIM}
_VERSIONS = [
    FORMAT_VERSION,
    EMBEDDING_VERSION,
    duckdb.__version__,
]  # hashes are DuckDB's; another one may hash otherwise


@dataclass(frozen=True)
class IndexSegment:
    """A file with the rows of the library from `start` to `stop`."""

    name: str
    size: int
    start: int
    stop: int
    files: int
    check: int  # what its rows hash to together


@dataclass
class IndexManifest:
    """How much of the cache counts, and of which rows of the library it is made."""

    versions: list[Any] = field(default_factory=lambda: list(_VERSIONS))
    generation: int = field(default_factory=time.time_ns)  # one more whenever a file is begun
    segments: list[IndexSegment] = field(default_factory=list)  # in the order of the library
    last: dict[str, list[int]] = field(default_factory=dict)  # of each table of children the last row that was known
    vectors: int = 0
    begun: int = field(default_factory=time.time_ns)  # the generation of the vectors' files
    codes: dict[str, int] = field(default_factory=dict)  # the generation of each file of codes
    ranges: dict[str, list[list[float]]] = field(default_factory=dict)

    @property
    def files(self) -> int:
        """How many rows of the library it knows."""
        return sum(one.files for one in self.segments)

    @property
    def end(self) -> int:
        """Behind the last row that it knows."""
        return self.segments[-1].stop if self.segments else 0

    def begin(self) -> int:
        """The number of a file that nobody has open."""
        self.generation += 1
        return self.generation

    def vectors_name(self, column: str) -> str:
        return f"{column}.{self.begun}.f32"

    def codes_name(self, column: str) -> str:
        return f"{column}.{self.codes.get(column, 0)}.u8"

    @property
    def hashes_name(self) -> str:
        return f"vectors.{self.begun}.u64"

    def sizes(self) -> dict[str, int]:
        """How long each of the files is at least."""
        found = {one.name: one.size for one in self.segments} | {self.hashes_name: 8 * self.vectors}
        found |= {self.vectors_name(column): 4 * dim * self.vectors for column, dim in VECTOR_DIMS.items()}
        return found | {self.codes_name(column): VECTOR_DIMS[column] * self.vectors for column in self.codes}

    def text(self) -> str:
        """The state as it is written."""
        return json.dumps(asdict(self))


def read_manifest(folder: Path) -> IndexManifest | None:
    """The state in a folder, where the files are as long as it says and of these versions."""
    try:
        state = IndexManifest(**json.loads((folder / "state.json").read_text(encoding="ascii")))
        if state.versions != _VERSIONS:
            return None
        state.segments = [IndexSegment(**one) for one in state.segments]  # type: ignore[arg-type]
        whole = all((folder / name).stat().st_size >= size for name, size in state.sizes().items() if size)
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return None
    return state if whole else None
