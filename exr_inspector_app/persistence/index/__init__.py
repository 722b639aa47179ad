"""Similarity index on disk: distinct vectors and rows of files in private folders, for every store."""
