"""Arrow schemas of the tables, shared by every store. Columns are described in resources/help/database.md."""

from __future__ import annotations

import time

import pyarrow as pa

from exr_inspector_app.contracts import CHANNEL_DIM, EMBEDDING_VERSION, LOOK_DIM, METADATA_DIM

SCHEMA_VERSION = 2


def vector_type(dim: int) -> pa.DataType:
    """Return the Arrow type of a float32 vector of fixed length without nulls."""
    return pa.list_(pa.field("item", pa.float32(), nullable=False), dim)


def _schema(columns: dict[str, pa.DataType]) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in columns.items()])


_TEXT, _INT32, _INT64, _FLAG = pa.string(), pa.int32(), pa.int64(), pa.bool_()
_FLOAT32, _FLOAT64 = pa.float32(), pa.float64()
_OWNER = {"file_id": _TEXT, "attempt_id": _TEXT}

FILES = _schema(
    {
        **_OWNER,
        "publish_id": _TEXT,
        "file_path": _TEXT,
        "file_path_normalized": _TEXT,
        "path_folded": _TEXT,
        "sequence_key": _TEXT,
        "header_hash": _TEXT,
        "size_bytes": _INT64,
        "mtime": _TEXT,
        "frame_number": _FLOAT64,
        "multipart_count": _INT32,
        "is_deep": _FLAG,
        "is_complete": _FLAG,
        "metadata_embedding": vector_type(METADATA_DIM),
        "channel_fingerprint": vector_type(CHANNEL_DIM),
        "vector_id": _TEXT,
        "embedding_version": _INT32,
        "compression": _TEXT,
        "width": _INT32,
        "height": _INT32,
        "color_space": _TEXT,
        "renderer": _TEXT,
        "renderer_version": _TEXT,
        "writer": _TEXT,
        "render_software": _TEXT,
        "picture_layer": _TEXT,
        "channel_count": _INT32,
        "channel_list": _TEXT,
        "inspection_timestamp": _TEXT,
        "inspection_count": _INT32,
        "last_inspected": _TEXT,
        "published_by": _TEXT,
        "note": _TEXT,
    }
)
PARTS = _schema(
    {
        **_OWNER,
        "file_path": _TEXT,
        "part_index": _INT32,
        "part_name": _TEXT,
        "view_name": _TEXT,
        "multi_view": _TEXT,  # JSON
        "width": _INT32,
        "height": _INT32,
        "data_window": _TEXT,  # JSON
        "display_window": _TEXT,  # JSON
        "pixel_aspect_ratio": _FLOAT32,
        "line_order": _TEXT,
        "compression": _TEXT,
        "color_space": _TEXT,
        "render_software": _TEXT,
        "is_tiled": _FLAG,
        "tile_width": _INT32,
        "tile_height": _INT32,
        "tile_depth": _INT32,
        "is_deep": _FLAG,
        "chunk_count": _INT32,
        "chunks_present": _INT32,
    }
)
CHANNELS = _schema(
    {
        **_OWNER,
        "file_path": _TEXT,
        "part_index": _INT32,
        "position": _INT32,  # in the file
        "channel_name": _TEXT,
        "view_name": _TEXT,
        "layer_name": _TEXT,
        "component_name": _TEXT,
        "channel_type": _TEXT,
        "x_sampling": _INT32,
        "y_sampling": _INT32,
        "channel_fingerprint": vector_type(CHANNEL_DIM),
    }
)
ATTRIBUTES = _schema(
    {
        **_OWNER,
        "file_path": _TEXT,
        "part_index": _INT32,
        "position": _INT32,  # in the file
        "attribute_name": _TEXT,
        "attribute_type": _TEXT,
        "attribute_value": _TEXT,  # JSON
        "value_text": _TEXT,
        "value_int": _INT64,
        "value_float": _FLOAT64,
    }
)
PREVIEWS = _schema(
    {"file_id": _TEXT, "picture_layer": _TEXT, "look_embedding": vector_type(LOOK_DIM), "thumbnail": pa.binary()}
)
SCHEMA_INFO = _schema({"key": _TEXT, "value": _TEXT})

TABLES = {
    "files": FILES,
    "parts": PARTS,
    "channels": CHANNELS,
    "attributes": ATTRIBUTES,
    "previews": PREVIEWS,
    "schema_info": SCHEMA_INFO,
}
VECTOR_COLUMNS = ("metadata_embedding", "channel_fingerprint")
FILE_COLUMNS = tuple(name for name in FILES.names if name not in VECTOR_COLUMNS)  # shown and filtered by queries


def new_schema_info() -> dict[str, str]:
    """Return the rows of `schema_info` for new tables."""
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return {"schema_version": str(SCHEMA_VERSION), "embedding_version": str(EMBEDDING_VERSION), "created": created}
