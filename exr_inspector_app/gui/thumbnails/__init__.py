"""Thumbnails of opened and of published files."""
