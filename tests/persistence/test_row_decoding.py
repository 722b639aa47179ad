"""A stored file as a payload again: what was published, also where no table has a column for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exr_inspector_app.model import from_payload
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.rows.decode import decode_payload
from tests.exr_files import string, write_exr
from tests.persistence.samples import channels, payload, record
from tests.records import batch, record_of


def stored_payload(folder: Path, one: Any) -> Any:
    """The payload of a record that has been published."""
    store = LocalStore(folder / "library.duckdb")
    store.publish(batch(one))
    stored = store.get(one.identity.file_id)
    assert stored is not None
    return decode_payload(stored)


def test_several_parts_come_back_as_they_were(tmp_path: Path) -> None:
    parts = [{"channels": ["R", "spec.G"]}, {"channels": ["Z"], "attributes": {"owner": string("me")}}]
    one = record_of(write_exr(tmp_path / "a.exr", parts=parts, width=4))
    assert stored_payload(tmp_path, one) == {**one.payload, "validation": []}


def test_what_only_attributes_tell_comes_back(tmp_path: Path) -> None:
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
    found = stored_payload(tmp_path, record(made))
    assert found["parts"] == made["parts"]
    assert [row["p_linear"] for row in found["channels"]] == [True, False, False, False]
    assert from_payload(found).parts[0].level_mode == "mipmap"
