"""Files become records: payload, identity and vectors, ready to publish or to ask with."""

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


def record(file: ExrFile, roots: Sequence[Root] = ()) -> Record | None:
    """The record to publish of a file, or None where its errors forbid it."""
    if file.errors or file.header_hash is None:
        return None
    return record_of(payload(file), roots)


def record_of(facts: Payload, roots: Sequence[Root] = ()) -> Record:
    """The record of a payload that is sound, wherever it comes from."""
    file, vectors = facts["file"], channel_vectors(facts["channels"])
    return Record(
        payload=facts,
        identity=identify(file["path"], file.get("frame_number"), header_hash_of(facts), roots),
        metadata_embedding=metadata_embedding(facts),
        channel_fingerprint=fingerprint_of(vectors),
        channel_vectors=vectors,
        inspected_at=datetime.now(UTC).isoformat(timespec="microseconds"),
    )


def mean_record(records: Sequence[Record]) -> Record:
    """The first record with the mean of all vectors: what is like this is like all of them."""

    def mean(vectors: Sequence[Vector]) -> Vector:
        summed = np.sum(vectors, axis=0, dtype=np.float64)
        length = float(np.linalg.norm(summed))
        return np.asarray(summed / length, dtype=np.float32) if length else vectors[0]

    return replace(
        records[0],
        metadata_embedding=mean([one.metadata_embedding for one in records]),
        channel_fingerprint=mean([one.channel_fingerprint for one in records]),
    )
