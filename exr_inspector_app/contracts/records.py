"""What is published and what is stored: records, their vectors and pictures, and the files of a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from exr_inspector_app.model import Payload

METADATA_DIM = 384
CHANNEL_DIM = 128
LOOK_DIM = 256
EMBEDDING_VERSION = 3

Vector: TypeAlias = npt.NDArray[np.float32]  # one unit vector, shape (n,)
Matrix: TypeAlias = npt.NDArray[np.float32]  # one unit vector a row, shape (rows, n)
StopCheck: TypeAlias = Callable[[], bool]  # asked now and then; True once the work is not wanted any more


def never_stop() -> bool:
    """The answer of nobody who wants to stop."""
    return False


@dataclass(frozen=True, slots=True)
class Identity:
    """The names under which one header at one path is known; equal on every machine of a studio."""

    file_path: str  # as shown; bytes that are not UTF-8 stand as %XX
    file_path_normalized: str
    path_folded: str
    sequence_key: str  # the normalised path with its frame number as ####; the path itself without one
    header_hash: str
    file_id: str


@dataclass(frozen=True, slots=True)
class Record:
    """One inspected file, ready to publish: its payload, its identity and its vectors."""

    payload: Payload
    identity: Identity
    metadata_embedding: Vector  # (384,)
    channel_fingerprint: Vector  # (128,)
    channel_vectors: Matrix  # (channels, 128), in payload order
    inspected_at: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True)
class Vectors:
    """The vectors of one published file, computed anew."""

    file_id: str
    metadata_embedding: Vector  # (384,)
    channel_fingerprint: Vector  # (128,)
    channel_vectors: Matrix  # (channels, 128), in file order


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that one person publishes in one go; its publish_id is what undo takes back."""

    records: tuple[Record, ...]
    publish_id: str
    published_by: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The picture of one published file, for lists and for look-up by look."""

    file_id: str
    look_embedding: Vector  # (256,)
    thumbnail: bytes  # JPEG, at most 48 KB


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file as a store has it: the columns of `files` without the vectors, and its children."""

    file: Mapping[str, Any]
    parts: Sequence[Mapping[str, Any]] = ()
    channels: Sequence[Mapping[str, Any]] = ()
    attributes: Sequence[Mapping[str, Any]] = ()
