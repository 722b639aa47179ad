"""Long texts in the rows of a shared library: they are not read, and the other rows and columns are."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from exr_inspector_app.contracts import Listing, Preview, Query
from exr_inspector_app.errors import StoreDamagedError
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.ingest.records import make_record
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.local.long_texts import MAX_KEY_CHARS
from tests.exr_files import string, write_exr
from tests.records import batch, studio


def change(library: Path, column: str, size: int) -> None:
    with duckdb.connect(str(library)) as connection:
        connection.execute(f"UPDATE file_rows SET {column} = repeat('x', ?) WHERE frame_number = '1002'", [size])


def test_texts_of_parts_channels_and_attributes_are_not_read(tmp_path: Path, store: LocalStore) -> None:
    library, records = tmp_path / "library.duckdb", studio(tmp_path, 3)
    store.publish(batch(*records))
    columns = {"part_rows": "color_space", "channel_rows": "layer_name", "attribute_rows": "attribute_value"}
    with duckdb.connect(str(library)) as connection:
        for table, column in columns.items():
            connection.execute(f"UPDATE {table} SET {column} = repeat('x', 5000000) WHERE rowid = 0")
    (stored,) = store.get_many([records[0].identity.file_id])
    assert len(stored.attributes) == len(records[0].payload["attributes"]["parts"][0])
    assert {row["color_space"] for row in stored.parts} == {row["layer_name"] for row in stored.channels} == {None}
    assert {row["attribute_value"] for row in stored.attributes} == {None}
    assert store.similar(Query(records[0], limit=3))


def test_long_texts_of_a_file_are_published_cut(tmp_path: Path, store: LocalStore) -> None:
    long = string("n" * 200_000)
    names = [f"{number:05}{'c' * 240}.R" for number in range(9_000)]
    path = write_exr(tmp_path / "long.exr", channels=names, attributes={"name": long, "view": long, "colorSpace": long})
    record = make_record(inspect_file(path))
    assert record is not None
    assert store.publish(batch(record))[0].status == "success"
    (stored,) = store.get_many([record.identity.file_id])
    assert [len(stored.parts[0][name]) for name in ("part_name", "view_name", "color_space")] == [4096] * 3
    assert stored.file["channel_list"].endswith(".R|")
    assert len(stored.channels) == 9_000


def test_rows_beside_a_large_thumbnail_are_not_read(tmp_path: Path, store: LocalStore) -> None:
    library, records = tmp_path / "library.duckdb", studio(tmp_path, 3)
    store.publish(batch(*records))
    ids = [record.identity.file_id for record in records]
    store.put_previews([Preview(file_id, None, b"\xff\xd8small") for file_id in ids])
    enlarge = "UPDATE previews SET thumbnail = repeat('x', 20000000)::BLOB WHERE file_id = ?"
    with duckdb.connect(str(library)) as connection:
        connection.execute("INSERT INTO previews SELECT 'f' || i, NULL, NULL, 'x'::BLOB FROM range(200000) r(i)")
        connection.execute(enlarge, ["f190000"])
    assert sorted(store.previews(ids)) == sorted(ids)
    with duckdb.connect(str(library)) as connection:
        connection.execute(enlarge, [ids[0]])
    assert store.previews(ids) == {}
    assert store.check().files == 3


def test_library_with_long_information_is_refused(tmp_path: Path, store: LocalStore) -> None:
    store.publish(batch(*studio(tmp_path, 1)))
    with duckdb.connect(str(tmp_path / "library.duckdb")) as connection:
        connection.execute("INSERT INTO schema_info SELECT 'roots', repeat('[', 9000000)")
    for read in (store.roots, lambda: list(store.find()), lambda: store.publish(batch(*studio(tmp_path, 1)))):
        with pytest.raises(StoreDamagedError, match="schema_info"):
            read()


def test_columns_with_texts_that_no_publish_writes_are_not_read(tmp_path: Path, store: LocalStore) -> None:
    library, records = tmp_path / "library.duckdb", studio(tmp_path, 3)
    store.publish(batch(*records))
    change(library, "note", 60_000)
    assert {len(file.file["note"] or "") for file in store.find()} == {0, 60_000}
    change(library, "note", 5_000_000)
    change(library, "channel_list", 5_000_000)
    assert {file.file["note"] for file in store.find()} == {None}
    page = store.browse(Listing(limit=10, folded=False, facets=("compression", "layer")))
    assert [row.file["channel_list"] for row in page.rows] == [None] * 3
    assert {row.file["compression"] for row in page.rows} != {None}
    assert store.similar(Query(records[0], limit=3))
    assert store.publish(batch(*studio(tmp_path, 1, first=2000)))[0].inserted
    change(library, "file_path", 5_000_000)
    paths = [file.file["file_path"] for file in store.find()]
    assert "x" * MAX_KEY_CHARS in paths
    assert len(paths) == 4
