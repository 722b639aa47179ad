"""Long texts in the rows of a shared library: they are not read, and the other rows and columns are."""

from __future__ import annotations

from pathlib import Path

import duckdb

from exr_inspector_app.contracts import Listing, Query
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.local.long_texts import MAX_KEY_CHARS
from tests.records import batch, studio


def change(library: Path, column: str, size: int) -> None:
    with duckdb.connect(str(library)) as connection:
        connection.execute(f"UPDATE file_rows SET {column} = repeat('x', ?) WHERE frame_number = '1002'", [size])


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
