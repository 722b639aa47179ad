"""Similarity search in a VAST Database: query engine, cached vectors, and scans."""
