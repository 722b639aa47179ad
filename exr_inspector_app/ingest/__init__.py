"""Ingest pipeline: walk folders, read headers, embed, and plan or publish."""
