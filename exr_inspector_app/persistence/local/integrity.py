"""What does not fit together in the tables of the local library."""

from __future__ import annotations

import duckdb

from exr_inspector_app.persistence.local.result_rows import fetch_count
from exr_inspector_app.persistence.local.tables import CHILD_TABLES

_CHECKS = {
    "SELECT count(*) FROM file_rows WHERE vector_id NOT IN (SELECT vector_id FROM vectors)": (
        "{} files lack their vectors."
    ),
    "SELECT count(DISTINCT file_id) FROM attribute_rows WHERE file_id NOT IN (SELECT file_id FROM file_rows)": (
        "{} files have attributes but no row of their own."
    ),
    "SELECT count(DISTINCT file_id) FROM channel_rows WHERE file_id NOT IN (SELECT file_id FROM file_rows)": (
        "{} files have channels but no row of their own."
    ),
    "SELECT count(DISTINCT file_id) FROM part_rows WHERE file_id NOT IN (SELECT file_id FROM file_rows)": (
        "{} files have parts but no row of their own."
    ),
    "SELECT count(*) FROM file_rows f WHERE multipart_count <> "
    "(SELECT count(*) FROM part_rows p WHERE p.file_id = f.file_id)": "{} files lack parts, or have some twice.",
    "SELECT count(*) FROM file_rows f WHERE channel_count <> "
    "(SELECT count(*) FROM channels c WHERE c.file_id = f.file_id)": "{} files lack some of their channels.",
}


def find_problems(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """What does not fit together, each in a sentence."""
    for table in ("vectors", "channel_vectors", "file_rows", "previews", *CHILD_TABLES.values()):
        fetch_count(
            connection, f"SELECT bit_xor(hash(t)) % 2 FROM {table} t"
        )  # every block is read and its sum compared
    found = [(sentence, fetch_count(connection, query)) for query, sentence in _CHECKS.items()]
    return [sentence.format(f"{count:,}") for sentence, count in found if count]
