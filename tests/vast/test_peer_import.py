"""Import of the tables of ssotoa70/exr_inspector, the project that this one continues."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import pyarrow as pa
import pytest

from exr_inspector_app import config
from exr_inspector_app.__main__ import main
from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import CHANNEL_DIM, METADATA_DIM, Query
from exr_inspector_app.persistence.schema import vector_type
from exr_inspector_app.persistence.vast import VastStore
from exr_inspector_app.persistence.vast.session import connect
from exr_inspector_app.services.lookup import reference_record
from tests.vast_server import VastServer

pytestmark = pytest.mark.filterwarnings("ignore:Cannot disable autocommit")  # of the ADBC driver

TEXT, INT, LONG, FLAG = pa.string(), pa.int32(), pa.int64(), pa.bool_()
TABLES = {
    "files": {
        **dict.fromkeys(("file_id", "file_path", "file_path_normalized", "header_hash", "mtime"), TEXT),
        "size_bytes": LONG, "multipart_count": INT, "is_deep": FLAG, "metadata_embedding": vector_type(METADATA_DIM),
        "frame_number": INT, "inspection_timestamp": TEXT, "inspection_count": INT, "last_inspected": TEXT,
    },
    "parts": {
        "file_id": TEXT, "file_path": TEXT,
        **dict.fromkeys(("part_index", "width", "height", "display_width", "display_height", "data_x_offset",
                         "data_y_offset", "tile_width", "tile_height", "tile_depth"), INT),
        **dict.fromkeys(("part_name", "view_name", "data_window", "display_window", "line_order", "compression",
                         "color_space", "render_software"), TEXT),
        "multi_view": FLAG, "is_tiled": FLAG, "is_deep": FLAG, "pixel_aspect_ratio": pa.float32(),
    },
    "channels": {
        **dict.fromkeys(("file_id", "file_path", "channel_name", "layer_name", "component_name", "channel_type"), TEXT),
        **dict.fromkeys(("part_index", "x_sampling", "y_sampling"), INT),
        "channel_fingerprint": vector_type(CHANNEL_DIM),
    },
    "attributes": {
        **dict.fromkeys(("file_id", "file_path", "attr_name", "attr_type", "value_json", "value_text"), TEXT),
        "part_index": INT, "value_int": LONG, "value_float": pa.float64(),
    },
}  # fmt: skip


def peer_rows(number: int) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of one file as that project writes them."""
    owner = {"file_id": f"{number:016x}", "file_path": f"shots/sh010/beauty.{number}.exr"}
    part = {**owner, "part_index": 0, "width": 64, "height": 32, "display_width": 60, "display_height": 30,
            "data_x_offset": -2, "data_y_offset": -1, "data_window": "null", "display_window": "null",
            "line_order": "increasingY", "compression": "dwaa:45", "multi_view": False, "is_tiled": False,
            "tile_width": 0, "tile_height": 0, "tile_depth": 0, "is_deep": False,
            "pixel_aspect_ratio": 1.0}  # fmt: skip
    channels = [
        {**owner, "part_index": 0, "channel_name": name, "channel_type": "HALF", "x_sampling": 1, "y_sampling": 1}
        for name in ("R", "G", "B", "spec.R")
    ]
    values = {"arnold/version": ("STRING", "7.2.4.1"), "samples": ("INT", 6), "fps": ("RATIONAL", [24, 1])}
    attributes = [
        {**owner, "part_index": 0, "attr_name": name, "attr_type": kind, "value_json": json.dumps(value)}
        for name, (kind, value) in values.items()
    ]
    file = {**owner, "file_path_normalized": owner["file_path"].lower(), "header_hash": f"{number:064x}",
            "size_bytes": 1000 + number, "mtime": "2026-01-01T00:00:00+00:00", "multipart_count": 1, "is_deep": False,
            "frame_number": number, "inspection_timestamp": "2026-01-02T00:00:00+00:00", "inspection_count": 3,
            "last_inspected": "2026-01-03T00:00:00+00:00"}  # fmt: skip
    return {"files": [file], "parts": [part], "channels": channels, "attributes": attributes}


@pytest.fixture
def peer(vast: Vast, server: VastServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the schema of tables with three files, and of one whose parts were lost; configure by its variables."""
    schema = f"{vast.schema}_peer"
    with connect(vast, (2.0, 5.0)).transaction() as tx:
        namespace = tx.bucket(vast.bucket).create_schema(schema)
        for name, columns in TABLES.items():
            rows = [row for number in (1001, 1002, 1003) for row in peer_rows(number)[name]]
            arrow = pa.schema(list(columns.items()))
            namespace.create_table(name, arrow).insert(pa.Table.from_pylist(rows, schema=arrow))
    assert vast.access_key
    assert vast.secret_key
    names = {"S3_ENDPOINT": vast.endpoint, "S3_ACCESS_KEY": vast.access_key, "S3_SECRET_KEY": vast.secret_key.reveal(),
             "VAST_DB_BUCKET": vast.bucket, "VAST_DB_SCHEMA": vast.schema}  # fmt: skip
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    return schema


def test_files_of_the_peer_are_published_once(
    peer: str, vast: Vast, server: VastServer, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {name: server.rows(peer, name) for name in TABLES}
    for expected in ("3 added, 0 already there, 0 failed", "0 added, 3 already there, 0 failed"):
        assert main(["vast", "import-peer", "--schema", peer, "--prefix", "s3://renders"]) == 0
        assert expected in capsys.readouterr().out
    assert all(server.rows(peer, name) == rows for name, rows in before.items())
    with closing(VastStore(vast)) as store:
        (first, *_), count = store.find(), store.count()
        stored = store.get(first.file["file_id"])
        assert stored is not None
        hits = store.similar(Query(reference_record(store, [first.file["file_id"]], ())))
    assert count == 3
    assert first.file["file_path"] == "s3://renders/shots/sh010/beauty.1001.exr"
    expected_columns = {
        "sequence_key": "s3://renders/shots/sh010/beauty.####.exr", "frame_number": 1001, "size_bytes": 2001,
        "compression": "dwaa", "renderer": "Arnold", "renderer_version": "7.2.4.1", "picture_layer": "",
        "inspection_timestamp": "2026-01-02T00:00:00+00:00", "inspection_count": 1, "channel_list": "|R|G|B|spec.R|",
    }  # fmt: skip
    assert {name: first.file[name] for name in expected_columns} == expected_columns
    assert json.loads(stored.parts[0]["data_window"]) == {"min": [-2, -1], "max": [61, 30]}
    assert json.loads(stored.parts[0]["display_window"]) == {"min": [0, 0], "max": [59, 29]}
    assert [row["layer_name"] for row in stored.channels] == ["", "", "", "spec"]
    assert [row["attribute_type"] for row in stored.attributes] == ["string", "int", "rational"]
    assert [hit.sequence_count for hit in hits] == [3]


def test_schema_of_this_program_is_not_imported(peer: str, vast: Vast, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vast", "import-peer", "--schema", vast.schema]) == 1
    assert "Set VAST_DB_SCHEMA to another one" in capsys.readouterr().err
    with closing(VastStore(vast)) as store:
        store.ensure_tables()
    assert main(["vast", "import-peer", "--schema", "nothing"]) == 1
    assert "No table attributes, channels, files, parts in" in capsys.readouterr().err


def test_keys_of_the_object_store_are_not_sent_to_an_address_of_a_settings_file(
    peer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = config.load()
    assert settings.vast is not None
    assert settings.vast.access_key
    monkeypatch.setenv("VAST_DB_ENDPOINT", "https://other.example.com")
    monkeypatch.setenv("VAST_DB_ACCESS_KEY", "OWN")
    other = config.load().vast
    assert other is not None
    assert (other.access_key, other.secret_key) == ("OWN", None)
