"""Tables of many generated files, put into a loopback server without a publish."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import EMBEDDING_VERSION
from exr_inspector_app.persistence import schema
from tests.vast_server import VastServer

FRAMES = 25  # files in a sequence
CHUNK_ROWS = 25_000  # a multiple of FRAMES
NEWEST = datetime(2026, 11, 1, tzinfo=UTC)
COMPRESSIONS = ("zip", "dwaa", "piz", "zips", "none")


def sequence_key(number: int) -> str:
    """Return the key of a sequence; those of higher numbers are newer."""
    return f"/show/shot{number:06}/beauty.#.exr"


def fill(server: VastServer, vast: Vast, rows: int) -> None:
    """Add rows of `files`, one minute apart; chunks share their vectors, so that they take little memory."""
    flat = {
        field.name: pa.FixedSizeListArray.from_arrays(
            pa.array(np.zeros(CHUNK_ROWS * field.type.list_size, np.float32)), type=field.type
        )
        for field in schema.FILES
        if pa.types.is_fixed_size_list(field.type)
    }
    key = (vast.bucket, vast.schema, "files")
    database = server.database
    for start in range(0, rows, CHUNK_ROWS):
        table = pa.table({**_columns(start, rows), **flat}).select(schema.FILES.names).cast(schema.FILES)
        ids = np.arange(start, start + CHUNK_ROWS, dtype=np.uint64)
        database.committed = database.committed.change(key, lambda own, table=table, ids=ids: own.insert(table, ids))


def _columns(start: int, rows: int) -> dict[str, Any]:
    numbers = range(start, start + CHUNK_ROWS)
    paths = [f"/show/shot{number // FRAMES:06}/beauty.{1001 + number % FRAMES}.exr" for number in numbers]
    times = [(NEWEST - timedelta(minutes=rows - number)).isoformat(timespec="microseconds") for number in numbers]
    columns: dict[str, Any] = {
        field.name: pa.nulls(CHUNK_ROWS, field.type)
        for field in schema.FILES
        if not pa.types.is_fixed_size_list(field.type)
    }
    return columns | {
        "file_id": [hashlib.md5(path.encode(), usedforsecurity=False).hexdigest() for path in paths],
        "attempt_id": [f"{number:032x}" for number in numbers],
        "publish_id": ["generated"] * CHUNK_ROWS,
        "file_path": paths,
        "file_path_normalized": paths,
        "path_folded": paths,
        "sequence_key": [sequence_key(number // FRAMES) for number in numbers],
        "header_hash": [f"{number:064x}" for number in numbers],
        "size_bytes": pa.array([4_000_000] * CHUNK_ROWS, pa.int64()),
        "frame_number": [float(1001 + number % FRAMES) for number in numbers],
        "is_deep": [False] * CHUNK_ROWS,
        "is_complete": [True] * CHUNK_ROWS,
        "vector_id": ["0" * 32] * CHUNK_ROWS,
        "embedding_version": pa.array([EMBEDDING_VERSION] * CHUNK_ROWS, pa.int32()),
        "compression": [COMPRESSIONS[number // FRAMES % len(COMPRESSIONS)] for number in numbers],
        "channel_count": pa.array([7] * CHUNK_ROWS, pa.int32()),
        "inspection_count": pa.array([1] * CHUNK_ROWS, pa.int32()),
        "multipart_count": pa.array([1] * CHUNK_ROWS, pa.int32()),
        "width": pa.array([1920] * CHUNK_ROWS, pa.int32()),
        "height": pa.array([1080] * CHUNK_ROWS, pa.int32()),
        "channel_list": ["|R|G|B|A|diffuse.R|diffuse.G|diffuse.B|"] * CHUNK_ROWS,
        "inspection_timestamp": times,
        "last_inspected": times,
        "published_by": ["me"] * CHUNK_ROWS,
    }
