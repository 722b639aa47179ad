"""Golden rows of three payloads; GOLDEN=write in the environment rewrites them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exr_inspector_app.embedding import channel_fingerprint, channel_vectors, metadata_embedding
from exr_inspector_app.persistence.identity import identify
from exr_inspector_app.persistence.rows import encode

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
VECTORS = ("metadata_embedding", "channel_fingerprint")


def rows_of(payload: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of a payload, with vectors replaced by their length: their values have golden files too."""
    file = payload["file"]
    path = f"/golden/{Path(file['path']).name}"
    identity = identify(path, file["frame_number"], file["header_hash"])
    placed = {**payload, "file": {**file, "path": path}}
    fingerprint = channel_fingerprint(payload["channels"])
    vectors = channel_vectors(payload["channels"])
    tables = {
        "files": encode.files_row(placed, identity, metadata_embedding(payload), fingerprint),
        "parts": encode.parts_rows(placed, identity.file_id),
        "channels": encode.channels_rows(placed, identity.file_id, vectors),
        "attributes": encode.attributes_rows(placed, identity.file_id),
    }
    listed = {name: table.to_pylist() for name, table in tables.items()}
    for row in (row for table in listed.values() for row in table):
        for name in VECTORS:
            if name in row:
                assert np.linalg.norm(row[name]) == pytest.approx(1.0, abs=1e-5)
                row[name] = len(row[name])
    return listed


@pytest.mark.parametrize("name", ["beauty", "odd", "stereo"])
def test_rows_of_a_payload_match_the_golden_rows(name: str) -> None:
    rows = rows_of(json.loads((GOLDEN / f"{name}.payload.json").read_text()))
    golden = GOLDEN / f"{name}.rows.json"
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(json.dumps(rows, indent=1) + "\n")
    assert rows == json.loads(golden.read_text())
