"""Embeddings of headers, channels and images: unit vectors that are equal on every machine and Python version."""

from exr_inspector_app.embedding.channel_fingerprint import channel_fingerprint, channel_vectors, fingerprint_of
from exr_inspector_app.embedding.look import has_structure, look_embedding
from exr_inspector_app.embedding.metadata import metadata_embedding

__all__ = [
    "channel_fingerprint",
    "channel_vectors",
    "fingerprint_of",
    "has_structure",
    "look_embedding",
    "metadata_embedding",
]
