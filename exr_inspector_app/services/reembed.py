"""Embeddings of published files made anew from what is stored of them, without the files."""

from __future__ import annotations

from collections.abc import Iterator

from exr_inspector_app.contracts import StopCheck, StoredFile, Vectors, never_stop
from exr_inspector_app.embedding import channel_fingerprint, channel_vectors, metadata_embedding
from exr_inspector_app.persistence.embedding_versions import OUTDATED, payload_to_embed
from exr_inspector_app.persistence.store import Store

FILES_PER_TRANSACTION = 1000  # files that are read, embedded and written in one transaction


def reembed(store: Store, stop: StopCheck = never_stop) -> Iterator[int]:
    """Vectors of older versions are made anew from what is stored, some files at a time; yields how many are done.

    Files with vectors of a newer version keep them. What is done stays done after a stop.
    """
    done = 0
    while not stop():
        ids = [one.file["file_id"] for one in store.find(OUTDATED, limit=FILES_PER_TRANSACTION, history=True)]
        revised = [_vectors(one) for one in store.get_many(ids)]
        if not revised:
            return
        store.update_vectors(revised)
        done += len(revised)
        yield done


def _vectors(stored: StoredFile) -> Vectors:
    """The vectors of a published file."""
    facts = payload_to_embed(stored)
    channels = facts["channels"]
    return Vectors(
        stored.file["file_id"], metadata_embedding(facts), channel_fingerprint(channels), channel_vectors(channels)
    )
