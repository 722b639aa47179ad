"""Record builder: payload, identity, and embedding vectors of a file, ready to publish or to search with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import Record, Vector
from exr_inspector_app.embedding import channel_vectors, fingerprint_of, metadata_embedding
from exr_inspector_app.model import ExrFile, Payload, payload
from exr_inspector_app.persistence.identity import header_hash_of, identify


def make_record(file: ExrFile, roots: Sequence[Root] = (), *, is_on_disk: bool = False) -> Record | None:
    """Return the record of an inspected file.

    Args:
        file: The file.
        roots: The path map of the configuration, for the normalized path.
        is_on_disk: The file was read from disk at its path; a publish then checks whether it has changed.

    Returns:
        The record, or None if errors in the file prevent publishing.
    """
    if file.errors or file.header_hash is None:
        return None
    record = record_from_payload(payload(file), roots)
    return replace(record, is_on_disk=is_on_disk)


def record_from_payload(payload: Payload, roots: Sequence[Root] = ()) -> Record:
    """Return the record of a payload without errors.

    Args:
        payload: An inspection payload (resources/help/payload.md).
        roots: The path map of the configuration, for the normalized path.
    """
    file, vectors = payload["file"], channel_vectors(payload["channels"])
    return Record(
        payload=payload,
        identity=identify(file["path"], file.get("frame_number"), header_hash_of(payload), roots),
        metadata_embedding=metadata_embedding(payload),
        channel_fingerprint=fingerprint_of(vectors),
        channel_vectors=vectors,
        inspected_at=datetime.now(UTC).isoformat(timespec="microseconds"),
    )


def mean_record(records: Sequence[Record]) -> Record:
    """Return the first record with the mean of the vectors of all, for a search with several files at once.

    The mean vectors have unit length; where the mean is zero, the vector of the first record stays.
    """

    def mean(vectors: Sequence[Vector]) -> Vector:
        total = np.sum(vectors, axis=0, dtype=np.float64)
        length = float(np.linalg.norm(total))
        return np.asarray(total / length, dtype=np.float32) if length else vectors[0]

    return replace(
        records[0],
        metadata_embedding=mean([record.metadata_embedding for record in records]),
        channel_fingerprint=mean([record.channel_fingerprint for record in records]),
    )
