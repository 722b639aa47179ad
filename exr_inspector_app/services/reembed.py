"""Re-embedding job: recompute the vectors of published files from their stored metadata."""

from __future__ import annotations

from collections.abc import Iterator

from exr_inspector_app.contracts import StopCheck, StoredFile, Vectors, never_stop
from exr_inspector_app.embedding import channel_fingerprint, channel_vectors, metadata_embedding
from exr_inspector_app.persistence.embedding_versions import OUTDATED
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.services.lookup import embedding_payload

FILES_PER_TRANSACTION = 1000  # read, embedded, and written together


def reembed(store: Store, stop: StopCheck = never_stop) -> Iterator[int]:
    """Recompute vectors of an older embedding version, batch by batch; those of a newer version are not changed.

    Args:
        store: The store to update.
        stop: Polled before each batch. Completed batches stay; another run continues with the rest.

    Yields:
        Number of files done so far, after each batch.
    """
    done = 0
    for files in store.scan(OUTDATED, history=True, batch_files=FILES_PER_TRANSACTION):
        if stop():
            return
        vectors = [_compute_vectors(stored) for stored in store.get_many([stored.file["file_id"] for stored in files])]
        store.update_vectors(vectors)
        done += len(vectors)
        yield done


def _compute_vectors(stored: StoredFile) -> Vectors:
    payload = embedding_payload(stored)
    channels = payload["channels"]
    return Vectors(
        stored.file["file_id"], metadata_embedding(payload), channel_fingerprint(channels), channel_vectors(channels)
    )
