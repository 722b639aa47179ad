"""Persistence of published metadata: stores, rows, filters, and similarity."""
