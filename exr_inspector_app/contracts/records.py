"""Data classes of published and stored files: identities, records, vectors, previews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from exr_inspector_app.model import Payload

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

METADATA_DIM = 384
CHANNEL_DIM = 128
LOOK_DIM = 256
EMBEDDING_VERSION = 5
MAX_THUMBNAIL_BYTES = 48 * 1024

Vector: TypeAlias = "npt.NDArray[np.float32]"  # unit vector, shape (n,)
Matrix: TypeAlias = "npt.NDArray[np.float32]"  # unit vectors, shape (rows, n)


@dataclass(frozen=True, slots=True)
class Identity:
    """Identity of a header at a path: paths, keys, and ids that are equal on every machine of a studio."""

    file_path: str  # as this machine spells it, with invalid UTF-8 percent-encoded
    file_path_normalized: str  # equal on every machine
    path_folded: str  # the normalized path in lower case
    sequence_key: str  # normalized path with # for each digit of the frame number
    header_hash: str
    file_id: str  # 32 hexadecimal digits


@dataclass(frozen=True, slots=True)
class Record:
    """Inspected file, ready to publish."""

    payload: Payload
    identity: Identity
    metadata_embedding: Vector  # (384,)
    channel_fingerprint: Vector  # (128,)
    channel_vectors: Matrix  # (channels, 128), in payload order
    inspected_at: str  # ISO 8601, UTC
    is_on_disk: bool = False  # its path is a file that this process has read, so that changes can be looked up
    note: str | None = None  # column `note` of a new row, such as the verdict of a profile


@dataclass(frozen=True, slots=True)
class Vectors:
    """Recomputed vectors of a published file."""

    file_id: str
    metadata_embedding: Vector  # (384,)
    channel_fingerprint: Vector  # (128,)
    channel_vectors: Matrix  # (channels, 128), in file order


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that one user publishes together; `Store.undo` reverts them by `publish_id`."""

    records: tuple[Record, ...]
    publish_id: str
    published_by: str
    note: str | None = None  # column `note` of new rows whose record has none


@dataclass(frozen=True, slots=True)
class Preview:
    """Thumbnail and look of a published file."""

    file_id: str
    look_embedding: Vector | None  # (256,); None for a picture without structure
    thumbnail: bytes  # JPEG, at most MAX_THUMBNAIL_BYTES; of a shared database it may be anything
    picture_layer: str | None = None  # layer of the picture that was chosen; None if unknown


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Stored file: columns of `files` without vectors, and rows of its children in file order."""

    file: Mapping[str, Any]
    parts: Sequence[Mapping[str, Any]] = ()
    channels: Sequence[Mapping[str, Any]] = ()
    attributes: Sequence[Mapping[str, Any]] = ()
