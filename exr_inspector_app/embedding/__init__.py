"""Unit vectors of set-ups and channel sets, equal on every machine and every Python."""

from exr_inspector_app.embedding.channels import channel_fingerprint, channel_vectors
from exr_inspector_app.embedding.metadata import metadata_embedding

__all__ = ["channel_fingerprint", "channel_vectors", "metadata_embedding"]
