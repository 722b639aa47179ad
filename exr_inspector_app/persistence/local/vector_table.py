"""Vector tables of the local library: distinct vectors, each stored once for all files or channels that share it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import CHANNEL_DIM, Matrix
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.local.arrow_io import insert_rows

Connection = duckdb.DuckDBPyConnection


def insert_missing(connection: Connection, pairs: pa.Table) -> None:
    """Insert the vector pairs of files (`vector_id` and both vectors) that are not stored yet; pairs may repeat."""
    names = pairs["vector_id"].to_pylist()
    query = "SELECT vector_id FROM vectors WHERE vector_id IN (SELECT unnest(?::VARCHAR[]))"
    stored = {row[0] for row in connection.execute(query, [names]).fetchall()}
    first_rows = {name: row for row, name in reversed(list(enumerate(names)))}
    missing = sorted(row for name, row in first_rows.items() if name not in stored)
    insert_rows(connection, pairs.take(pa.array(missing, pa.int64())), "vectors")


def delete_unused(connection: Connection) -> None:
    """Delete vectors that no file or channel uses."""
    for table, key, users in (
        ("vectors", "vector_id", "file_rows"),
        ("channel_vectors", "channel_vector", "channel_rows"),
    ):
        connection.execute(f"DELETE FROM {table} WHERE {key} NOT IN (SELECT {key} FROM {users})")


def distinct_channels(matrices: Sequence[Matrix]) -> tuple[pa.Array, pa.Table]:
    """Return the position of each channel's vector among the distinct ones, and the table of distinct vectors.

    Args:
        matrices: Channel vectors of each file, (channels, 128) float32; equal matrices are hashed once.
    """
    by_matrix: dict[bytes, list[int]] = {}
    by_hash: dict[str, int] = {}
    vectors: list[np.ndarray[Any, Any]] = []
    positions: list[int] = []
    for matrix in matrices:
        key = matrix.tobytes()
        if key not in by_matrix:
            hashes = [blake2b(row.tobytes(), digest_size=16).hexdigest() for row in matrix]
            for digest, row in zip(hashes, matrix, strict=True):
                if by_hash.setdefault(digest, len(vectors)) == len(vectors):
                    vectors.append(row)
            by_matrix[key] = [by_hash[digest] for digest in hashes]
        positions += by_matrix[key]
    flat = np.concatenate(vectors) if vectors else np.zeros(0, dtype=np.float32)
    column = pa.FixedSizeListArray.from_arrays(pa.array(flat), type=schema.vector_type(CHANNEL_DIM))
    table = pa.table({"hash": pa.array(list(by_hash), pa.string()), "channel_fingerprint": column})
    return pa.array(positions, pa.int32()), table


def insert_channel_vectors(connection: Connection, vectors: pa.Table) -> pa.Array:
    """Insert channel vectors that are not stored yet; return the number of each vector.

    Channel rows reference vectors by number, which takes a tenth of the space of a hash.
    """
    query = "SELECT hash, channel_vector FROM channel_vectors WHERE hash IN (SELECT unnest(?::VARCHAR[]))"
    hashes = vectors["hash"].to_pylist()
    numbers: dict[str, int] = dict(connection.execute(query, [hashes]).fetchall())
    free = connection.execute("SELECT coalesce(max(channel_vector) + 1, 0) FROM channel_vectors").fetchall()[0][0]
    missing = [position for position, digest in enumerate(hashes) if digest not in numbers]
    new_numbers = range(free, free + len(missing))
    numbers.update(zip((hashes[position] for position in missing), new_numbers, strict=True))
    rows = vectors.take(pa.array(missing, pa.int64()))
    insert_rows(connection, rows.append_column("channel_vector", pa.array(new_numbers, pa.int32())), "channel_vectors")
    return pa.array([numbers[digest] for digest in hashes], pa.int32())
