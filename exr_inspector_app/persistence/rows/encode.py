"""Row encoder: Arrow tables of inspection payloads, built column by column for many files at once."""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import CHANNEL_DIM, EMBEDDING_VERSION, Identity, Matrix, Preview, Record, Vector
from exr_inspector_app.errors import VectorEmbeddingError
from exr_inspector_app.model import AttributePayload, Payload, StoredValue
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.identity import display_path
from exr_inspector_app.persistence.rows.attribute_values import Cells, encode_value, finite_or_none, json_or_none
from exr_inspector_app.text.encoding import percent_encode_invalid

MAX_TEXT_CHARS = 4096  # of a name; a cell of a VAST Database holds 128 KB
MAX_LIST_BYTES = 2**21  # of the names of all channels
_INT32 = 2**31

AuditColumns = Mapping[str, Any]  # columns of `files` that a publish adds: attempt_id, publish_id, ...


def files_table(records: Sequence[Record], audit: AuditColumns) -> pa.Table:
    """Encode the `files` rows of records.

    Args:
        records: Records with valid vectors.
        audit: Columns with one value for all rows, as `publish_rules.audit_columns` returns them.
    """
    rows = [file_columns(record.payload, record.identity) for record in records]
    columns = {name: [row.get(name) for row in rows] for name in schema.FILE_COLUMNS}
    columns["vector_id"] = [vector_id(record.metadata_embedding, record.channel_fingerprint) for record in records]
    columns["inspection_timestamp"] = columns["last_inspected"] = [record.inspected_at for record in records]
    columns.update({name: [value] * len(records) for name, value in audit.items()})
    columns["note"] = [record.note or audit.get("note") for record in records]
    vectors = {
        "metadata_embedding": _stack([record.metadata_embedding for record in records]),
        "channel_fingerprint": _stack([record.channel_fingerprint for record in records]),
    }
    return _table(schema.FILES, {**columns, **vectors})


def parts_table(records: Sequence[Record], attempt_id: str | None) -> pa.Table:
    """Encode the `parts` rows of records, in order of records and parts."""
    sections = [record.payload["parts"] for record in records]
    return _table(schema.PARTS, {**_owner_columns(records, sections, attempt_id), **_part_columns(_concat(sections))})


def channels_table(records: Sequence[Record], attempt_id: str | None, vectors: bool = True) -> pa.Table:
    """Encode the `channels` rows of records in payload order; without `channel_fingerprint` unless `vectors`."""
    sections = [record.payload["channels"] for record in records]
    columns = {**_owner_columns(records, sections, attempt_id), **_channel_columns(_concat(sections))}
    columns["position"] = _positions(sections)
    if not vectors:
        return _table(schema.CHANNELS.remove(schema.CHANNELS.get_field_index("channel_fingerprint")), columns)
    columns["channel_fingerprint"] = np.concatenate([record.channel_vectors for record in records])
    return _table(schema.CHANNELS, columns)


def attributes_table(records: Sequence[Record], attempt_id: str | None) -> pa.Table:
    """Encode the `attributes` rows of records, in file order."""
    sections = [_attributes_by_part(record.payload) for record in records]
    columns = {**_owner_columns(records, sections, attempt_id), **_attribute_columns(_concat(sections))}
    columns["position"] = _positions(sections)
    return _table(schema.ATTRIBUTES, columns)


def files_row(
    payload: Mapping[str, Any], identity: Identity, metadata: Vector, fingerprint: Vector, file_id: str | None = None
) -> pa.Table:
    """Encode the `files` row of one payload; the columns that a publish adds are null.

    Args:
        payload: Payload of the file.
        identity: Identity of the file.
        metadata: Metadata embedding, (384,) float32.
        fingerprint: Channel fingerprint, (128,) float32.
        file_id: Id to store instead of the one of `identity`.
    """
    row = {**file_columns(payload, identity), "vector_id": vector_id(metadata, fingerprint)}
    row["file_id"] = file_id or identity.file_id
    columns: dict[str, Any] = {name: [row.get(name)] for name in schema.FILE_COLUMNS}
    columns["metadata_embedding"], columns["channel_fingerprint"] = metadata[None, :], fingerprint[None, :]
    return _table(schema.FILES, columns)


def parts_rows(payload: Mapping[str, Any], file_id: str) -> pa.Table:
    """Encode the `parts` rows of one payload."""
    section = payload["parts"]
    return _table(schema.PARTS, {**_owner_columns_of(payload, file_id, len(section)), **_part_columns(section)})


def channels_rows(payload: Mapping[str, Any], file_id: str, vectors: Matrix) -> pa.Table:
    """Encode the `channels` rows of one payload.

    Args:
        payload: Payload of the file.
        file_id: Id of the file.
        vectors: One vector for all channels, (128,), or one per channel, (channels, 128) float32.

    Raises:
        VectorEmbeddingError: The vectors have another shape.
    """
    section = payload["channels"]
    is_shared = vectors.shape == (CHANNEL_DIM,)
    matrix = np.broadcast_to(vectors, (len(section), CHANNEL_DIM)) if is_shared else vectors
    if not section and not vectors.size:
        matrix = vectors.reshape(0, CHANNEL_DIM)
    if matrix.shape != (len(section), CHANNEL_DIM):
        expected = f"({CHANNEL_DIM},) or ({len(section)}, {CHANNEL_DIM})"
        raise VectorEmbeddingError(f"Channel vectors have the shape {vectors.shape}, expected {expected}.")
    columns = {**_owner_columns_of(payload, file_id, len(section)), **_channel_columns(section)}
    return _table(schema.CHANNELS, {**columns, "position": _positions([section]), "channel_fingerprint": matrix})


def attributes_rows(payload: Mapping[str, Any], file_id: str) -> pa.Table:
    """Encode the `attributes` rows of one payload, in file order."""
    section = _attributes_by_part(payload)
    columns = {**_owner_columns_of(payload, file_id, len(section)), **_attribute_columns(section)}
    return _table(schema.ATTRIBUTES, {**columns, "position": _positions([section])})


def previews_table(previews: Sequence[Preview]) -> pa.Table:
    """Encode the rows of `previews`."""
    columns = ([getattr(preview, name) for preview in previews] for name in schema.PREVIEWS.names)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema.PREVIEWS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema.PREVIEWS)


def vector_id(metadata: Vector, fingerprint: Vector) -> str:
    """Return the id of a pair of vectors, equal for frames of a sequence with the same set-up."""
    return hashlib.blake2b(metadata.tobytes() + fingerprint.tobytes(), digest_size=16).hexdigest()


def vector_column(vectors: Sequence[Vector], name: str) -> pa.Array:
    """Encode vectors as the named column of `files`."""
    return _array(_stack(vectors), schema.FILES.field(name).type)


def file_columns(payload: Payload | Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    """Return the columns of `files` that depend on the payload and identity only."""
    file: Mapping[str, Any] = payload["file"]
    part: Mapping[str, Any] = payload["parts"][0] if payload["parts"] else {}
    names = [row["name"] for row in payload["channels"]]
    renderer, writer, picture = (file.get(name) or {} for name in ("renderer", "writer", "picture"))
    direct = ("size_bytes", "mtime", "frame_number", "multipart_count", "is_deep", "is_complete")
    return {
        **{name: file.get(name) for name in direct},
        **{name: getattr(identity, name) for name in identity.__slots__},
        **{name: _short(part.get(name)) for name in ("compression", "color_space", "render_software")},
        "width": _int32_or_none(part.get("width")),
        "height": _int32_or_none(part.get("height")),
        "embedding_version": EMBEDDING_VERSION,
        "renderer": _short(renderer.get("name")),
        "renderer_version": _short(renderer.get("version")),
        "writer": _short(writer.get("name")),
        "picture_layer": _short(picture.get("layer")),
        "channel_count": len(names),
        "channel_list": _channel_list(names),
        "inspection_count": 1,
    }


def _part_columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    integers = ("width", "height", "tile_width", "tile_height", "tile_depth", "chunk_count", "chunks_present")
    as_json = ("multi_view", "data_window", "display_window")
    direct = ("part_index", "part_name", "view_name", "line_order", "compression", "color_space", "render_software",
              "is_tiled", "is_deep")  # fmt: skip
    return {
        **{name: [_short(row.get(name)) for row in rows] for name in direct},
        **{name: [_int32_or_none(row.get(name)) for row in rows] for name in integers},
        **{name: [json_or_none(row.get(name)) for row in rows] for name in as_json},
        "pixel_aspect_ratio": [finite_or_none(row.get("pixel_aspect_ratio")) for row in rows],
    }


def _channel_columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    columns = {"channel_name": "name", "channel_type": "type"}
    direct = ("part_index", "layer_name", "component_name", "x_sampling", "y_sampling")
    columns.update({name: name for name in direct})
    listed = {column: [row[key] for row in rows] for column, key in columns.items()}
    return {**listed, "view_name": [_short(row.get("view_name")) for row in rows]}


def _attributes_by_part(payload: Payload | Mapping[str, Any]) -> list[tuple[int, AttributePayload]]:
    """Return every attribute with the index of its part."""
    return [(index, row) for index, part in enumerate(payload["attributes"]["parts"]) for row in part]


def _attribute_columns(rows: Sequence[tuple[int, AttributePayload]]) -> dict[str, Any]:
    # Frames of a sequence share most of their values: each is encoded once per batch.
    seen: dict[bytes, Cells] = {}
    cells: list[Cells] = []
    for _, row in rows:
        value = row["value"]
        # The bytes of a large value are in its file only; its digest represents them.
        key = marshal.dumps((value.fields, value.digest) if isinstance(value, StoredValue) else value, 2)
        cell = seen.get(key)
        if cell is None:
            cell = seen[key] = encode_value(value)
        cells.append(cell)
    names = ("attribute_value", "value_text", "value_int", "value_float")
    return {
        "part_index": [index for index, _ in rows],
        "attribute_name": [row["name"] for _, row in rows],
        "attribute_type": [row["type"] for _, row in rows],
        **{name: [cell[column] for cell in cells] for column, name in enumerate(names)},
    }


def _channel_list(names: Sequence[str]) -> str:
    """Return all names between bars; of a list that readers would refuse, the first ones."""
    text = f"|{'|'.join(names)}|"
    if len(text) <= MAX_LIST_BYTES // 4 or len(text.encode("utf-8", "surrogatepass")) <= MAX_LIST_BYTES:
        return text
    return text[: text.rindex("|", 0, MAX_LIST_BYTES // 4) + 1]


def _short(value: Any) -> Any:
    """Return a text cut to the length that readers of a shared database accept; its attribute has more of it."""
    return value[:MAX_TEXT_CHARS] if isinstance(value, str) else value


def _int32_or_none(value: Any) -> int | None:
    """Return an integer that fits a 32-bit column, and None for any other value."""
    return value if isinstance(value, int) and -_INT32 <= value < _INT32 else None


def _positions(sections: Iterable[Sequence[Any]]) -> list[int]:
    """Return the position of each row in its file."""
    return [position for section in sections for position in range(len(section))]


def _concat(sections: Iterable[Sequence[Any]]) -> list[Any]:
    return [row for section in sections for row in section]


def _owner_columns(
    records: Sequence[Record], sections: Sequence[Sequence[Any]], attempt_id: str | None
) -> dict[str, Any]:
    """Return the columns that link children to their file."""
    repeats = np.repeat(np.arange(len(records)), [len(section) for section in sections])
    return {
        "file_id": pa.array([record.identity.file_id for record in records], pa.string()).take(pa.array(repeats)),
        "file_path": _strings([record.identity.file_path for record in records]).take(pa.array(repeats)),
        "attempt_id": pa.repeat(pa.scalar(attempt_id, pa.string()), len(repeats)),
    }


def _owner_columns_of(payload: Mapping[str, Any], file_id: str, count: int) -> dict[str, Any]:
    path = display_path(payload["file"]["path"])
    return {"file_id": [file_id] * count, "file_path": [path] * count, "attempt_id": [None] * count}


def _stack(vectors: Sequence[Vector]) -> Matrix:
    return np.stack(vectors) if vectors else np.zeros((0, 1), dtype=np.float32)


def _table(columns: pa.Schema, values: Mapping[str, Any]) -> pa.Table:
    """Build a table with exactly the columns of a schema."""
    arrays = [_array(values[field.name], field.type) for field in columns]
    return pa.Table.from_arrays(arrays, schema=columns)


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    """Build one column; values of a vector column are a matrix."""
    if isinstance(values, pa.Array):
        return values
    if pa.types.is_fixed_size_list(kind):
        flat = np.ascontiguousarray(values, dtype=np.float32).reshape(-1)
        return pa.FixedSizeListArray.from_arrays(pa.array(flat), type=kind)
    return _strings(values) if kind == pa.string() else pa.array(values, kind)


def _strings(values: list[str | None]) -> pa.Array:
    """Build a text column; invalid UTF-8 is percent-encoded, as in paths."""
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array([None if text is None else percent_encode_invalid(text) for text in values], pa.string())
