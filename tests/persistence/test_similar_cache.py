"""The cache of look-ups beside a library: quick to bring up to date, and what it finds is right."""

from __future__ import annotations

import copy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb

from exr_inspector_app.contracts import Condition, Query, Record
from exr_inspector_app.persistence.local import LocalStore
from tests.persistence.numbered import VECTORS, found, nearest, numbered, publish
from tests.records import batch


def test_deleted_files_are_found_no_more_and_their_neighbours_are(store: LocalStore, pattern: Record) -> None:
    publish(store, pattern, range(120))
    assert found(store, pattern)[0] == 7
    store.delete([f"{number:032x}" for number in range(10)])
    assert found(store, pattern) == nearest(range(10, 120))
    publish(store, pattern, range(10))
    assert found(store, pattern) == nearest(range(120))


def test_an_earlier_header_of_a_path_is_found_no_more(store: LocalStore, pattern: Record) -> None:
    publish(store, pattern, range(40))
    found(store, pattern)
    again = numbered(pattern, 7, VECTORS[399])
    identity = replace(again.identity, header_hash="f" * 64, file_id=f"{777:032x}")
    store.publish(batch(replace(again, identity=identity, inspected_at="2099-01-01T00:00:00+00:00")))
    assert 7 not in found(store, pattern)
    assert found(store, pattern, 399)[0] == 777


def test_a_condition_holds_for_every_hit_also_after_what_it_asks_for_changed(
    store: LocalStore, pattern: Record
) -> None:
    publish(store, pattern, range(300))
    where = (Condition("path_folded", "<", "/show/s0100"),)
    for _ in range(2):
        assert found(store, pattern, where=where) == nearest(range(100))
    publish(store, pattern, range(300, 320))
    later = (Condition("path_folded", ">=", "/show/s0250"),)
    assert found(store, pattern, where=later) == nearest(range(250, 320))
    finished = (Condition("size_bytes", "=", 12345),)
    assert found(store, pattern, where=finished) == []
    changed = numbered(pattern, 7)
    payload = {**changed.payload, "file": {**changed.payload["file"], "size_bytes": 12345}}
    store.publish(batch(replace(changed, payload=payload)))
    assert found(store, pattern, where=later) == nearest(range(250, 320))
    assert found(store, pattern, where=finished) == [7]


_PUBLISHER = """
import sys
from pathlib import Path
from typing import Any
from exr_inspector_app.persistence.local import LocalStore
from tests.persistence.numbered import publish
from tests.records import small
folder = Path(sys.argv[1])
store, pattern = LocalStore(folder / "library.duckdb"), small(folder, "theirs.exr")
for start in range(50, 170, 30):
    publish(store, pattern, range(start, start + 30))
    store.similar(__import__("exr_inspector_app.contracts", fromlist=["Query"]).Query(pattern))
"""


def test_another_process_publishes_and_asks_meanwhile(store: LocalStore, pattern: Record, tmp_path: Path) -> None:
    publish(store, pattern, range(50))
    other = subprocess.Popen([sys.executable, "-W", "error", "-c", _PUBLISHER, str(tmp_path)])
    seen = 0
    while other.poll() is None:
        numbers = found(store, pattern, limit=400)
        assert numbers == sorted(numbers, key=lambda number: -float(VECTORS[number] @ VECTORS[7]))
        assert set(numbers) == set(range(len(numbers)))
        assert len(numbers) >= seen
        seen = len(numbers)
    assert other.returncode == 0
    assert found(store, pattern) == nearest(range(170))


def test_rows_that_were_added_have_their_cameras_and_parts(store: LocalStore, pattern: Record) -> None:
    """Also where children have moved since the cache was kept."""
    attributes = [
        {"name": "cameraModel", "type": "string", "value": "Alexa"},
        *pattern.payload["attributes"]["parts"][0],
    ]
    shot = replace(pattern, payload={**pattern.payload, "attributes": {"parts": [attributes]}})
    publish(store, shot, range(30))
    found(store, shot)
    with duckdb.connect(store._database.path) as connection:
        for table in ("part_rows", "attribute_rows"):
            connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM {table} WHERE file_id > '{12:032x}'")
    publish(store, shot, range(30, 40))
    asked = replace(shot, metadata_embedding=VECTORS[33])
    hits = {int(hit.file_id, 16): hit for hit in store.similar(Query(asked, limit=100))}
    assert len(hits) == 40
    assert all("camera" in hits[number].same for number in (*range(13, 40),))


def test_a_part_that_stands_twice_makes_no_file_stand_twice(store: LocalStore, pattern: Record) -> None:
    told = copy.deepcopy(pattern.payload)
    told["parts"] = [told["parts"][0], dict(told["parts"][0])]
    store.publish(batch(replace(pattern, payload=told)))
    assert len(found(store, pattern)) == 1
