"""Numbered records with distinct vectors, and the expected nearest ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from exr_inspector_app.contracts import METADATA_DIM, Query, Record, Vector
from exr_inspector_app.persistence.index.private_folder import folder_of
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.local.index.owner import library_owner
from tests.records import batch

DICE = np.random.default_rng(11)
VECTORS = DICE.standard_normal((400, METADATA_DIM)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)


def numbered(pattern: Record, number: int, vector: Vector | None = None) -> Record:
    name = f"/show/s{number:04}/file.exr"
    names = {"file_path": name, "file_path_normalized": name, "path_folded": name, "sequence_key": name}
    identity = replace(pattern.identity, **names, header_hash=f"{number:064x}", file_id=f"{number:032x}")
    return replace(pattern, identity=identity, metadata_embedding=VECTORS[number] if vector is None else vector)


def publish(store: LocalStore, pattern: Record, numbers: range) -> None:
    store.publish(batch(*(numbered(pattern, number) for number in numbers)))


def search(store: LocalStore, pattern: Record, number: int = 7, **query: object) -> list[int]:
    reference = replace(pattern, metadata_embedding=VECTORS[number])
    return [int(hit.file_id, 16) for hit in store.similar(Query(reference, **query))]  # type: ignore[arg-type]


def nearest(numbers: Sequence[int], number: int = 7) -> list[int]:
    scores = VECTORS[list(numbers)] @ VECTORS[number]
    return [numbers[position] for position in np.argsort(-scores)[:20]]


def folder(tmp_path: Path) -> Path:
    """Return the folder of the index of `library.duckdb`."""
    return folder_of(library_owner((tmp_path / "library.duckdb").resolve()))


def files(tmp_path: Path, pattern: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder(tmp_path).glob(pattern)}


def segments(tmp_path: Path) -> list[int]:
    """Return the number of files in each segment of the index."""
    state = json.loads((folder(tmp_path) / "state.json").read_text())
    return [segment["files"] for segment in state["segments"]]
