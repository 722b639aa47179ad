"""Inspection payloads as Arrow rows, column by column for many files at once."""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import CHANNEL_DIM, EMBEDDING_VERSION, Identity, Matrix, Record, Vector
from exr_inspector_app.errors import VectorEmbeddingError
from exr_inspector_app.model import Payload
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.identity import display_path
from exr_inspector_app.persistence.rows.attribute_values import Cells, encode_value, finite_or_none, json_or_none
from exr_inspector_app.text.encoding import percent_encode_invalid

_INT32 = 2**31

AuditColumns = Mapping[str, Any]  # columns of `files` that a publish sets: attempt_id, publish_id, ...


def files_table(records: Sequence[Record], stamps: AuditColumns) -> pa.Table:
    """The rows of `files` of some records."""
    rows = [_file(one.payload, one.identity) for one in records]
    columns = {name: [row.get(name) for row in rows] for name in schema.FILE_COLUMNS}
    columns["vector_id"] = [vector_id(one.metadata_embedding, one.channel_fingerprint) for one in records]
    columns["inspection_timestamp"] = columns["last_inspected"] = [one.inspected_at for one in records]
    columns.update({name: [value] * len(records) for name, value in stamps.items()})
    vectors = {
        "metadata_embedding": _stacked([one.metadata_embedding for one in records]),
        "channel_fingerprint": _stacked([one.channel_fingerprint for one in records]),
    }
    return _table(schema.FILES, {**columns, **vectors})


def parts_table(records: Sequence[Record], attempt_id: str | None) -> pa.Table:
    """The rows of `parts` of some records."""
    sections = [one.payload["parts"] for one in records]
    return _table(schema.PARTS, {**_owners(records, sections, attempt_id), **_part_columns(_chained(sections))})


def channels_table(records: Sequence[Record], attempt_id: str | None, vectors: bool = True) -> pa.Table:
    """The rows of `channels` of some records; without their vectors where those are kept apart."""
    sections = [one.payload["channels"] for one in records]
    columns = {**_owners(records, sections, attempt_id), **_channel_columns(_chained(sections))}
    if not vectors:
        return _table(schema.CHANNELS.remove(len(schema.CHANNELS) - 1), columns)
    columns["channel_fingerprint"] = np.concatenate([one.channel_vectors for one in records])
    return _table(schema.CHANNELS, columns)


def attributes_table(records: Sequence[Record], attempt_id: str | None) -> pa.Table:
    """The rows of `attributes` of some records, in file order."""
    sections = [_listed(one.payload) for one in records]
    columns = {**_owners(records, sections, attempt_id), **_attribute_columns(_chained(sections))}
    return _table(schema.ATTRIBUTES, columns)


def files_row(
    payload: Payload, identity: Identity, metadata: Vector, fingerprint: Vector, file_id: str | None = None
) -> pa.Table:
    """The one row of `files` of a payload that no publish has stamped yet."""
    row = {**_file(payload, identity), "vector_id": vector_id(metadata, fingerprint)}
    row["file_id"] = file_id or identity.file_id
    columns: dict[str, Any] = {name: [row.get(name)] for name in schema.FILE_COLUMNS}
    columns["metadata_embedding"], columns["channel_fingerprint"] = metadata[None, :], fingerprint[None, :]
    return _table(schema.FILES, columns)


def parts_rows(payload: Payload, file_id: str) -> pa.Table:
    """The rows of `parts` of one payload."""
    section = payload["parts"]
    return _table(schema.PARTS, {**_owner(payload, file_id, len(section)), **_part_columns(section)})


def channels_rows(payload: Payload, file_id: str, vectors: Matrix) -> pa.Table:
    """The rows of `channels` of one payload, with one vector for all or one for each."""
    section = payload["channels"]
    is_one = vectors.shape == (CHANNEL_DIM,)
    matrix = np.broadcast_to(vectors, (len(section), CHANNEL_DIM)) if is_one else vectors
    if not section and not vectors.size:
        matrix = vectors.reshape(0, CHANNEL_DIM)
    if matrix.shape != (len(section), CHANNEL_DIM):
        told = f"{len(section)} channels need one vector of {CHANNEL_DIM} numbers, or one each"
        raise VectorEmbeddingError(f"{told}; these have the shape {vectors.shape}.")
    columns = {**_owner(payload, file_id, len(section)), **_channel_columns(section)}
    return _table(schema.CHANNELS, {**columns, "channel_fingerprint": matrix})


def attributes_rows(payload: Payload, file_id: str) -> pa.Table:
    """The rows of `attributes` of one payload, in file order."""
    listed = _listed(payload)
    return _table(schema.ATTRIBUTES, {**_owner(payload, file_id, len(listed)), **_attribute_columns(listed)})


def vector_id(metadata: Vector, fingerprint: Vector) -> str:
    """A name for a pair of vectors, equal for the frames of a sequence that share their set-up."""
    return hashlib.blake2b(metadata.tobytes() + fingerprint.tobytes(), digest_size=16).hexdigest()


def vector_column(vectors: Sequence[Vector], name: str) -> pa.Array:
    """Vectors as a column of `files`."""
    return _array(_stacked(vectors), schema.FILES.field(name).type)


def _file(payload: Payload, identity: Identity) -> dict[str, Any]:
    """The columns of `files` that one payload and its identity tell."""
    file = payload["file"]
    part = payload["parts"][0] if payload["parts"] else {}
    names = [row["name"] for row in payload["channels"]]
    same = ("size_bytes", "mtime", "frame_number", "multipart_count", "is_deep", "is_complete")
    return {
        **{name: file.get(name) for name in same},
        **{name: getattr(identity, name) for name in identity.__slots__},
        **{name: part.get(name) for name in ("compression", "color_space", "render_software")},
        "width": _small(part.get("width")),
        "height": _small(part.get("height")),
        "embedding_version": EMBEDDING_VERSION,
        "channel_count": len(names),
        "channel_list": f"|{'|'.join(names)}|",
        "inspection_count": 1,
    }


def _part_columns(rows: Sequence[Payload]) -> dict[str, Any]:
    whole = ("width", "height", "tile_width", "tile_height", "tile_depth", "chunk_count", "chunks_present")
    packed = ("multi_view", "data_window", "display_window")
    same = ("part_index", "part_name", "view_name", "line_order", "compression", "color_space")
    more = ("render_software", "is_tiled", "is_deep")
    return {
        **{name: [row.get(name) for row in rows] for name in same + more},
        **{name: [_small(row.get(name)) for row in rows] for name in whole},
        **{name: [json_or_none(row.get(name)) for row in rows] for name in packed},
        "pixel_aspect_ratio": [finite_or_none(row.get("pixel_aspect_ratio")) for row in rows],
    }


def _channel_columns(rows: Sequence[Payload]) -> dict[str, Any]:
    columns = {"channel_name": "name", "channel_type": "type"}
    same = ("part_index", "layer_name", "component_name", "x_sampling", "y_sampling")
    columns.update({name: name for name in same})
    return {column: [row[key] for row in rows] for column, key in columns.items()}


def _listed(payload: Payload) -> list[tuple[int, Payload]]:
    """Every attribute with the index of its part."""
    return [(index, row) for index, part in enumerate(payload["attributes"]["parts"]) for row in part]


def _attribute_columns(rows: Sequence[tuple[int, Payload]]) -> dict[str, Any]:
    # Frames of a sequence share most of their values: each is written once a batch.
    seen: dict[bytes, Cells] = {}
    cells: list[Cells] = []
    for _, row in rows:
        value = row["value"]
        key = marshal.dumps(value, 2)
        cell = seen.get(key)
        if cell is None:
            cell = seen[key] = encode_value(value)
        cells.append(cell)
    names = ("attribute_value", "value_text", "value_int", "value_float")
    return {
        "part_index": [index for index, _ in rows],
        "attribute_name": [row["name"] for _, row in rows],
        "attribute_type": [row["type"] for _, row in rows],
        **{name: [cell[place] for cell in cells] for place, name in enumerate(names)},
    }


def _small(value: Any) -> int | None:
    """A whole number that fits a 32 bit column."""
    return value if isinstance(value, int) and -_INT32 <= value < _INT32 else None


def _chained(sections: Iterable[Sequence[Any]]) -> list[Any]:
    return [row for section in sections for row in section]


def _owners(records: Sequence[Record], sections: Sequence[Sequence[Any]], attempt_id: str | None) -> dict[str, Any]:
    """The columns by which children know their file."""
    repeats = np.repeat(np.arange(len(records)), [len(section) for section in sections])
    return {
        "file_id": pa.array([one.identity.file_id for one in records], pa.string()).take(pa.array(repeats)),
        "file_path": _strings([one.identity.file_path for one in records]).take(pa.array(repeats)),
        "attempt_id": pa.repeat(pa.scalar(attempt_id, pa.string()), len(repeats)),
    }


def _owner(payload: Payload, file_id: str, count: int) -> dict[str, Any]:
    path = display_path(payload["file"]["path"])
    return {"file_id": [file_id] * count, "file_path": [path] * count, "attempt_id": [None] * count}


def _stacked(vectors: Sequence[Vector]) -> Matrix:
    return np.stack(vectors) if vectors else np.zeros((0, 1), dtype=np.float32)


def _table(columns: pa.Schema, values: Mapping[str, Any]) -> pa.Table:
    """A table of exactly these columns."""
    arrays = [_array(values[field.name], field.type) for field in columns]
    return pa.Table.from_arrays(arrays, schema=columns)


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    """One column; a vector column takes a matrix."""
    if isinstance(values, pa.Array):
        return values
    if pa.types.is_fixed_size_list(kind):
        flat = np.ascontiguousarray(values, dtype=np.float32).reshape(-1)
        return pa.FixedSizeListArray.from_arrays(pa.array(flat), type=kind)
    return _strings(values) if kind == pa.string() else pa.array(values, kind)


def _strings(values: list[str | None]) -> pa.Array:
    """Texts as they are; bytes that are not UTF-8 stand as %XX, as in paths."""
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array([None if text is None else percent_encode_invalid(text) for text in values], pa.string())
