"""Similarity index of a library: updates and correct hits."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from exr_inspector_app.contracts import Condition, Query, Record
from exr_inspector_app.model import AttributePayload
from exr_inspector_app.persistence.local import LocalStore, attached
from exr_inspector_app.persistence.local.index import snapshot, sync
from tests.persistence.numbered import VECTORS, nearest, numbered, publish, search
from tests.records import batch, grown


def test_deleted_files_are_no_hits_and_their_neighbours_are(store: LocalStore, pattern: Record) -> None:
    publish(store, pattern, range(120))
    assert search(store, pattern)[0] == 7
    store.delete([f"{number:032x}" for number in range(10)])
    assert search(store, pattern) == nearest(range(10, 120))
    publish(store, pattern, range(10))
    assert search(store, pattern) == nearest(range(120))


def test_earlier_header_of_a_path_is_no_hit(store: LocalStore, pattern: Record) -> None:
    publish(store, pattern, range(40))
    search(store, pattern)
    again = numbered(pattern, 7, VECTORS[399])
    identity = replace(again.identity, header_hash="f" * 64, file_id=f"{777:032x}")
    store.publish(batch(replace(again, identity=identity, inspected_at="2099-01-01T00:00:00+00:00")))
    assert 7 not in search(store, pattern)
    assert search(store, pattern, 399)[0] == 777


def test_every_hit_meets_the_condition_after_a_refresh(store: LocalStore, pattern: Record) -> None:
    publish(store, pattern, range(300))
    where = (Condition("path_folded", "<", "/show/s0100"),)
    for _ in range(2):
        assert search(store, pattern, where=where) == nearest(range(100))
    publish(store, pattern, range(300, 320))
    later = (Condition("path_folded", ">=", "/show/s0250"),)
    assert search(store, pattern, where=later) == nearest(range(250, 320))
    finished = (Condition("size_bytes", "=", 12345),)
    assert search(store, pattern, where=finished) == []
    store.publish(batch(grown(numbered(pattern, 7), 12345)))
    assert search(store, pattern, where=later) == nearest(range(250, 320))
    assert search(store, pattern, where=finished) == [7]


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


def test_other_process_publishes_and_searches_concurrently(store: LocalStore, pattern: Record, tmp_path: Path) -> None:
    publish(store, pattern, range(50))
    other = subprocess.Popen([sys.executable, "-W", "error", "-c", _PUBLISHER, str(tmp_path)])
    seen = 0
    while other.poll() is None:
        numbers = search(store, pattern, limit=400)
        assert numbers == sorted(numbers, key=lambda number: -float(VECTORS[number] @ VECTORS[7]))
        assert set(numbers) == set(range(len(numbers)))
        assert len(numbers) >= seen
        seen = len(numbers)
    assert other.returncode == 0
    assert search(store, pattern) == nearest(range(170))


def test_appended_rows_have_camera_and_part(store: LocalStore, pattern: Record, tmp_path: Path) -> None:
    """Check it also after children have moved since the last commit of the index."""
    attributes: list[AttributePayload] = [
        {"name": "cameraModel", "type": "string", "value": "Alexa"},
        *pattern.payload["attributes"]["parts"][0],
    ]
    shot = replace(pattern, payload={**pattern.payload, "attributes": {"parts": [attributes]}})
    publish(store, shot, range(30))
    search(store, shot)
    with duckdb.connect(tmp_path / "library.duckdb") as connection:
        for table in ("part_rows", "attribute_rows"):
            connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM {table} WHERE file_id > '{12:032x}'")
    publish(store, shot, range(30, 40))
    reference = replace(shot, metadata_embedding=VECTORS[33])
    hits = {int(hit.file_id, 16): hit for hit in store.similar(Query(reference, limit=100))}
    assert len(hits) == 40
    assert all("camera" in hits[number].same for number in (*range(13, 40),))


def test_duplicate_part_row_does_not_duplicate_the_file(store: LocalStore, pattern: Record) -> None:
    count = copy.deepcopy(pattern.payload)
    count["parts"] = count["parts"][:1] * 2
    store.publish(batch(replace(pattern, payload=count)))
    assert len(search(store, pattern)) == 1


def test_new_conditions_attach_the_library_and_leave_it_to_others(
    tmp_path: Path, pattern: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attached, "_instances", OrderedDict())
    path = tmp_path / "it's #1 ä.duckdb"
    store = LocalStore(path)
    publish(store, pattern, range(120))
    search(store, pattern)
    for first in (50, 60):
        assert search(store, pattern, where=(Condition("path_folded", ">=", f"/show/s{first:04}"),)) == nearest(
            range(first, 120)
        )
    assert list(attached._instances) == [str(path)]
    with duckdb.connect(str(path)) as other:  # refused while the file is attached
        other.execute("SELECT count(*) FROM file_rows")
    (instance,) = attached._instances.values()
    with pytest.raises(duckdb.PermissionException):
        instance.execute(f"ATTACH '{Path(duckdb.__file__)}'")
    instance.close()  # as a fault would: the library is reopened
    assert search(store, pattern, where=(Condition("path_folded", ">=", "/show/s0070"),)) == nearest(range(70, 120))


def test_rows_of_an_unchanged_library_are_compared_once(
    store: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    missing_rows = sync.missing_rows

    def count_rows(*arguments: Any) -> Any:
        compared.append(len(missing := missing_rows(*arguments)))
        return missing

    def search_anew() -> int:
        """Search as a new process, and return the number of comparisons."""
        compared.clear()
        snapshot.clear()
        assert search(store, pattern)[0] == 7
        return len(compared)

    def make_older(seconds: int) -> None:
        path = tmp_path / "library.duckdb"
        changed = path.stat().st_mtime_ns - seconds * 10**9
        os.utime(path, ns=(changed, changed))

    monkeypatch.setattr(sync, "missing_rows", count_rows)
    publish(store, pattern, range(40))
    make_older(-3600)  # of a library that has just been written: the next commit could get the same time
    assert search_anew() > 0
    assert [search_anew(), search_anew()] == [1, 1]
    make_older(7200)
    assert [search_anew(), search_anew(), search_anew()] == [1, 0, 0]
    store.delete([f"{8:032x}"])
    make_older(1800)
    assert 8 not in search(store, pattern)
    assert [search_anew(), search_anew()] == [0, 0]
    publish(store, pattern, range(40, 60))
    assert search_anew() > 0
    assert len(search(store, pattern)) == 20
