"""Sample payloads and records like those of a studio, made without a file or an embedding."""

from __future__ import annotations

from typing import Any

import numpy as np

from exr_inspector_app.contracts import CHANNEL_DIM, METADATA_DIM, Batch, Record
from exr_inspector_app.model import Payload
from exr_inspector_app.persistence.identity import header_hash_of, identify

LAYERS = ("", "diffuse", "specular", "emission", "albedo", "sss", "volume", "crypto_object00", "N", "P")
EARLIER, LATER = "2026-03-01T10:00:00.000000+00:00", "2026-03-02T10:00:00.000000+00:00"


def channels(count: int = 40) -> list[Payload]:
    """Return rows of `channels`, four per layer."""
    rows = []
    for index in range(count):
        layer, component = LAYERS[index // 4 % len(LAYERS)], "RGBA"[index % 4]
        name = f"{layer}.{component}" if layer else component
        rows.append(
            {
                "part_index": 0,
                "name": name,
                "layer_name": layer,
                "component_name": component,
                "type": "half",
                "x_sampling": 1,
                "y_sampling": 1,
                "p_linear": False,
            }
        )
    return rows


def attributes(count: int = 30, frame: int = 1001) -> list[Payload]:
    """Return attributes of a part; time code and camera differ from frame to frame."""
    camera = [[round(np.sin(frame + 4 * row + index), 6) for index in range(4)] for row in range(4)]
    listed: list[Payload] = [
        {"name": "compression", "type": "compression", "value": "dwaa"},
        {"name": "timeCode", "type": "timecode", "value": {"time_and_flags": frame * 77, "hours": 1, "frame": frame}},
        {"name": "worldToCamera", "type": "m44f", "value": camera},
        {"name": "software", "type": "string", "value": "Arnold 7.3 for Maya 2026"},
        {"name": "fps", "type": "rational", "value": {"numerator": 24, "denominator": 1}},
        {"name": "samples", "type": "int", "value": 6},
        {"name": "shutter", "type": "float", "value": 0.5},
    ]
    listed += [
        {"name": f"arnold/setting_{index}", "type": "string", "value": f"value of setting {index}"}
        for index in range(len(listed), count)
    ]
    return listed[:count]


def payload(path: str = "/mnt/prod/show/shot/beauty.1001.exr", **changes: Any) -> Payload:
    """Return the payload of a complete single-part file.

    `changes` replace fields of `file` or of the part, `channels`, `attributes`, and `header_hash`.
    """
    frame = changes.get("frame_number", 1001)
    file = {
        "path": path,
        "size_bytes": 4_000_000,
        "mtime": "2026-02-28T09:00:00.000000+00:00",
        "frame_number": frame,
        "multipart_count": 1,
        "is_deep": False,
        "header_hash": None,
        "is_complete": True,
    }
    window = {"min": [0, 0], "max": [1919, 1079]}
    part = {
        "part_index": 0,
        "part_name": None,
        "part_type": "scanlineimage",
        "view_name": None,
        "multi_view": None,
        "width": 1920,
        "height": 1080,
        "data_window": window,
        "display_window": window,
        "pixel_aspect_ratio": 1.0,
        "line_order": "increasingY",
        "compression": "dwaa",
        "color_space": "ACEScg",
        "render_software": "Arnold 7.3",
        "is_tiled": False,
        "tile_width": None,
        "tile_height": None,
        "tile_depth": None,
        "level_mode": None,
        "rounding_mode": None,
        "is_deep": False,
        "chunk_count": 34,
        "chunks_present": 34,
    }
    file.update({name: value for name, value in changes.items() if name in file})
    part.update({name: value for name, value in changes.items() if name in part})
    made: Payload = {
        "schema_version": 1,
        "file": file,
        "parts": [part],
        "channels": changes.get("channels", channels(4)),
        "attributes": {"parts": [changes.get("attributes", attributes(8, frame or 0))]},
        "stats": {"channels": []},
        "validation": [],
        "errors": [],
    }
    # The header does not depend on the chunks that a writer adds during the render.
    steady = {**made, "parts": [{**part, "chunks_present": None}]}
    file["header_hash"] = file["header_hash"] or header_hash_of(steady)
    return made


def units(seed: int, rows: int, dim: int) -> np.ndarray[Any, Any]:
    """Return random unit vectors, one per row."""
    drawn = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def record(made: Payload, seed: int = 1, inspected_at: str = EARLIER) -> Record:
    """Return a record with random vectors; records of the same seed share them."""
    facts = made["file"]
    listed = made["channels"]
    return Record(
        payload=made,
        identity=identify(facts["path"], facts["frame_number"], header_hash_of(made)),
        metadata_embedding=units(seed, 1, METADATA_DIM)[0],
        channel_fingerprint=units(seed + 1_000_000, 1, CHANNEL_DIM)[0],
        channel_vectors=units(7, max(len(listed), 1), CHANNEL_DIM)[: len(listed)],
        inspected_at=inspected_at,
    )


def frames(
    count: int, name: str = "beauty", seed: int | None = 1, big: bool = False, inspected_at: str = EARLIER
) -> list[Record]:
    """Return the frames of a sequence; without a seed each frame has different vectors."""
    rows = {"channels": channels(40 if big else 4)}
    return [
        record(
            payload(
                f"/mnt/prod/show/shot/{name}.{frame}.exr",
                frame_number=frame,
                attributes=attributes(30 if big else 8, frame),
                **rows,
            ),
            frame if seed is None else seed,
            inspected_at,
        )
        for frame in range(1001, 1001 + count)
    ]


def batch(*records: Record, publish_id: str = "publish-1", by: str = "tester") -> Batch:
    """Return a batch of records."""
    return Batch(tuple(records), publish_id, by)


def named(*names: str) -> list[Payload]:
    """Return rows of `channels` with these names."""
    return [{**row, "name": name, "layer_name": name.rpartition(".")[0], "component_name": name.rpartition(".")[2]}
            for row, name in zip(channels(len(names)), names, strict=True)]  # fmt: skip
