"""Byte sources: local files, bytes, and S3 objects."""
