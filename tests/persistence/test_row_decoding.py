"""Row decoder: a stored file gives the payload that was published, fields without a column included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exr_inspector_app.model import from_payload
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.rows.decode import decode_payload
from tests.exr_files import string, write_exr
from tests.persistence.samples import channels, payload, record
from tests.records import batch, record_of


def stored_payload(folder: Path, file: Any) -> Any:
    """Publish a record and return its decoded payload."""
    store = LocalStore(folder / "library.duckdb")
    store.publish(batch(file))
    stored = store.get(file.identity.file_id)
    assert stored is not None
    return decode_payload(stored)


def without_unstored(made: Any) -> Any:
    """Return a payload without what has no column: findings, picture and programs."""
    return {**made, "validation": [], "file": {**made["file"], "picture": None, "renderer": None, "writer": None}}


def test_several_parts_are_decoded_unchanged(tmp_path: Path) -> None:
    parts = [{"channels": ["R", "spec.G"]}, {"channels": ["Z"], "attributes": {"owner": string("me")}}]
    file = record_of(write_exr(tmp_path / "a.exr", parts=parts, width=4))
    assert stored_payload(tmp_path, file) == without_unstored(file.payload)


def test_fields_stored_only_as_attributes_are_decoded(tmp_path: Path) -> None:
    tiles = {"x_size": 64, "y_size": 32, "level_mode": "mipmap", "rounding_mode": "up"}
    listed = [{**row, "p_linear": row["name"] == "R"} for row in channels(4)]
    made = payload(
        is_tiled=True, tile_width=64, tile_height=32, tile_depth=1, level_mode="mipmap", rounding_mode="up",
        part_type="tiledimage", channels=listed,
        attributes=[
            {"name": "channels", "type": "chlist", "value": listed},
            {"name": "tiles", "type": "tiledesc", "value": tiles},
        ],
    )  # fmt: skip
    decoded = stored_payload(tmp_path, record(made))
    assert decoded["parts"] == made["parts"]
    assert [row["p_linear"] for row in decoded["channels"]] == [True, False, False, False]
    assert from_payload(decoded).parts[0].level_mode == "mipmap"
