"""Plain functions over the inspection payload, for scripts and functions; the work is done in the rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import CHANNEL_DIM, METADATA_DIM
from exr_inspector_app.embedding import channel_fingerprint, metadata_embedding
from exr_inspector_app.errors import VASTDatabaseError, VectorEmbeddingError
from exr_inspector_app.model import Payload
from exr_inspector_app.persistence import rows
from exr_inspector_app.persistence.identity import header_hash_of, identify

__all__ = [
    "VASTDatabaseError",
    "VectorEmbeddingError",
    "compute_channel_fingerprint",
    "compute_metadata_embedding",
    "payload_to_attributes_rows",
    "payload_to_channels_rows",
    "payload_to_files_row",
    "payload_to_parts_rows",
]

Floats = Sequence[float] | np.ndarray[Any, Any]


def compute_metadata_embedding(payload: Payload, embedding_dim: int = METADATA_DIM) -> list[float]:
    """The unit vector of a payload's set-up; equal for the frames of a sequence.

    Raises VectorEmbeddingError for a dimension below 1 or something that is no payload.
    """
    return [float(x) for x in metadata_embedding(payload, embedding_dim)]


def compute_channel_fingerprint(channels: Sequence[Mapping[str, Any]], embedding_dim: int = CHANNEL_DIM) -> list[float]:
    """The unit vector of a list of channels (rows of the payload's `channels`); zeros for no channels."""
    return [float(x) for x in channel_fingerprint(channels, embedding_dim)]


def payload_to_files_row(payload: Payload, metadata_embedding: Floats, file_id: str | None = None) -> pa.Table:
    """The one row of `files` of a payload; its file_id is computed where none is given."""
    facts = payload["file"]
    identity = identify(facts["path"], facts.get("frame_number"), header_hash_of(payload))
    fingerprint = channel_fingerprint(payload.get("channels") or [])
    vector = _vector(metadata_embedding, METADATA_DIM)
    return rows.files_row(payload, identity, vector, fingerprint, file_id)


def payload_to_parts_rows(payload: Payload, file_id: str) -> pa.Table:
    """The rows of `parts`, one a part."""
    return rows.parts_rows(payload, file_id)


def payload_to_channels_rows(
    payload: Payload, file_id: str, channel_fingerprint: Floats | Sequence[Floats]
) -> pa.Table:
    """The rows of `channels`, with one vector for every row or one a channel."""
    return rows.channels_rows(payload, file_id, np.asarray(channel_fingerprint, dtype=np.float32))


def payload_to_attributes_rows(payload: Payload, file_id: str) -> pa.Table:
    """The rows of `attributes`, one an attribute, in file order."""
    return rows.attributes_rows(payload, file_id)


def _vector(values: Floats, dim: int) -> np.ndarray[Any, Any]:
    """The values as float32; VectorEmbeddingError for another length or a number that is not finite."""
    vector = np.asarray(values, dtype=np.float32)
    if vector.shape != (dim,) or not np.isfinite(vector).all():
        raise VectorEmbeddingError(f"A vector of {dim} finite numbers is needed; this has {vector.shape}.")
    return vector
