"""Chunk layout, mip and rip levels, and the chunk offset table."""
