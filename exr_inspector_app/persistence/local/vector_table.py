"""The vectors of the local library: each is kept once, however many files or channels have it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import CHANNEL_DIM, Matrix
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.local.arrow_relations import insert_rows

Connection = duckdb.DuckDBPyConnection


def insert_missing(connection: Connection, pairs: pa.Table) -> None:
    """The vectors of files (vector_id and both vectors) that the library has not; a pair may come several times."""
    names = pairs["vector_id"].to_pylist()
    query = "SELECT vector_id FROM vectors WHERE vector_id IN (SELECT unnest(?::VARCHAR[]))"
    known = {row[0] for row in connection.execute(query, [names]).fetchall()}
    firsts = {name: place for place, name in reversed(list(enumerate(names)))}
    places = sorted(place for name, place in firsts.items() if name not in known)
    insert_rows(connection, pairs.take(pa.array(places, pa.int64())), "vectors")


def delete_unused(connection: Connection) -> None:
    """Vectors that nobody has any more are gone."""
    for table, key, users in (
        ("vectors", "vector_id", "file_rows"),
        ("channel_vectors", "channel_vector", "channel_rows"),
    ):
        connection.execute(f"DELETE FROM {table} WHERE {key} NOT IN (SELECT {key} FROM {users})")


def distinct_channels(matrices: Sequence[Matrix]) -> tuple[pa.Array, pa.Table]:
    """For each channel the place of its vector, and the distinct vectors; frames that share them are hashed once."""
    seen: dict[bytes, list[int]] = {}
    found: dict[str, int] = {}
    vectors: list[np.ndarray[Any, Any]] = []
    places: list[int] = []
    for matrix in matrices:
        key = matrix.tobytes()
        if key not in seen:
            hashes = [blake2b(row.tobytes(), digest_size=16).hexdigest() for row in matrix]
            for name, row in zip(hashes, matrix, strict=True):
                if found.setdefault(name, len(vectors)) == len(vectors):
                    vectors.append(row)
            seen[key] = [found[name] for name in hashes]
        places += seen[key]
    flat = np.concatenate(vectors) if vectors else np.zeros(0, dtype=np.float32)
    column = pa.FixedSizeListArray.from_arrays(pa.array(flat), type=schema.vector_type(CHANNEL_DIM))
    listed = {"hash": pa.array(list(found), pa.string()), "channel_fingerprint": column}
    return pa.array(places, pa.int32()), pa.table(listed)


def insert_channel_vectors(connection: Connection, vectors: pa.Table) -> pa.Array:
    """The number of each channel vector; those that are new are added. Numbers take a tenth of the hashes' room."""
    query = "SELECT hash, channel_vector FROM channel_vectors WHERE hash IN (SELECT unnest(?::VARCHAR[]))"
    hashes = vectors["hash"].to_pylist()
    numbers: dict[str, int] = dict(connection.execute(query, [hashes]).fetchall())
    free = connection.execute("SELECT coalesce(max(channel_vector) + 1, 0) FROM channel_vectors").fetchall()[0][0]
    places = [place for place, name in enumerate(hashes) if name not in numbers]
    given = range(free, free + len(places))
    numbers.update(zip((hashes[place] for place in places), given, strict=True))
    added = vectors.take(pa.array(places, pa.int64())).append_column("channel_vector", pa.array(given, pa.int32()))
    insert_rows(connection, added, "channel_vectors")
    return pa.array([numbers[name] for name in hashes], pa.int32())
