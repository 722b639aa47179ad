"""Inspection payloads as Arrow rows, column by column for many files at once."""

from __future__ import annotations

import base64
import hashlib
import json
import marshal
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from exr_inspector_app.contracts import CHANNEL_DIM, EMBEDDING_VERSION, Identity, Matrix, Record, Vector
from exr_inspector_app.errors import VectorEmbeddingError
from exr_inspector_app.model import Payload
from exr_inspector_app.naming import stored
from exr_inspector_app.persistence import schema

LARGEST_VALUE = 100 * 1024  # characters of JSON; a cell of a VAST Database holds 128 KB
KEPT = 4 * 1024  # bytes of a larger value
_INT32, _INT64 = 2**31, 2**63

Cells = tuple[str, str | None, int | None, float | None]  # of an attribute: JSON, text, int, float
Stamps = Mapping[str, Any]  # columns of `files` that a publish sets: attempt_id, publish_id, ...


def files_table(records: Sequence[Record], stamps: Stamps) -> pa.Table:
    """The rows of `files` of some records."""
    rows = [_file(one.payload, one.identity) for one in records]
    columns = {name: [row.get(name) for row in rows] for name in schema.FACTS}
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
    columns: dict[str, Any] = {name: [row.get(name)] for name in schema.FACTS}
    columns["metadata_embedding"], columns["channel_fingerprint"] = metadata[None, :], fingerprint[None, :]
    return _table(schema.FILES, columns)


def parts_rows(payload: Payload, file_id: str) -> pa.Table:
    """The rows of `parts` of one payload."""
    section = payload["parts"]
    return _table(schema.PARTS, {**_owner(payload, file_id, len(section)), **_part_columns(section)})


def channels_rows(payload: Payload, file_id: str, vectors: Matrix) -> pa.Table:
    """The rows of `channels` of one payload, with one vector for all or one for each."""
    section = payload["channels"]
    matrix = np.broadcast_to(vectors, (len(section), CHANNEL_DIM)) if vectors.ndim == 1 else vectors
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
        **{name: [_json_or_none(row.get(name)) for row in rows] for name in packed},
        "pixel_aspect_ratio": [_finite(row.get("pixel_aspect_ratio")) for row in rows],
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
            cell = seen[key] = _cells(value)
        cells.append(cell)
    names = ("attribute_value", "value_text", "value_int", "value_float")
    return {
        "part_index": [index for index, _ in rows],
        "attribute_name": [row["name"] for _, row in rows],
        "attribute_type": [row["type"] for _, row in rows],
        **{name: [cell[place] for cell in cells] for place, name in enumerate(names)},
    }


_strict = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_NON_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def _encode(value: Any) -> str:
    """The value as JSON; numbers that JSON cannot hold are spelled out, as in the payload."""
    try:
        return _strict(value)
    except ValueError:
        return _strict(_spelled(value))


def _spelled(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return _NON_FINITE[str(value)]
    if isinstance(value, list):
        return [_spelled(item) for item in value]
    if isinstance(value, dict):
        return {key: _spelled(item) for key, item in value.items()}
    return value


def _cells(value: Any) -> Cells:
    """A value as JSON, and as text, whole number and number where it is one."""
    if isinstance(value, str):
        return _text_cells(value)
    if isinstance(value, bool):
        return _encode(value), None, None, None
    if isinstance(value, int):
        fits = -_INT64 <= value < _INT64
        return _encode(value), None, value if fits else None, float(value) if fits else None
    if isinstance(value, float):
        return _encode(value), None, None, _finite(value)
    text = _encode(value)
    if not text.isascii():
        text = _encode(_decodable(value))
    return _cut(text), None, None, None


def _text_cells(value: str) -> tuple[str, str | None, None, None]:
    """A text; one that is not UTF-8 as base64, one that is too long cut."""
    packed = _decodable(value)
    if not isinstance(packed, str):
        return _cut(_encode(packed)), None, None, None
    text = _cut(_encode(value))
    return text, value if len(text.encode()) == len(_encode(value).encode()) else None, None, None


def _decodable(value: Any) -> Any:
    """The value with every text that is not UTF-8 as base64."""
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raw = value.encode("utf-8", "surrogateescape" if _escaped(value) else "surrogatepass")
            return {"encoding": "base64", "data": base64.b64encode(raw).decode()}
    if isinstance(value, list):
        return [_decodable(item) for item in value]
    if isinstance(value, dict):
        return {stored(key): _decodable(item) for key, item in value.items()}
    return value


def _cut(text: str) -> str:
    """The JSON, or what tells of it where it is too long for a cell."""
    if len(text) <= LARGEST_VALUE // 4:
        return text
    raw = text.encode()
    if len(raw) <= LARGEST_VALUE:
        return text
    head = raw[:KEPT].decode("utf-8", "ignore")
    return _encode({"truncated": head, "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()})


def _escaped(text: str) -> bool:
    return all(0xDC80 <= ord(char) <= 0xDCFF for char in text if 0xD800 <= ord(char) <= 0xDFFF)


def _small(value: Any) -> int | None:
    """A whole number that fits a 32 bit column."""
    return value if isinstance(value, int) and -_INT32 <= value < _INT32 else None


def _finite(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _json_or_none(value: Any) -> str | None:
    return None if value is None else _cut(_encode(_decodable(value)))


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
    path = payload["file"]["path"]
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
        return pa.array([None if text is None else stored(text) for text in values], pa.string())
