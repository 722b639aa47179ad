"""Partial hits of a library with many unindexed files, and the final hits of all files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from exr_inspector_app import cli, config
from exr_inspector_app.contracts import Condition, PartialHits, Progress, Query, Record
from exr_inspector_app.errors import ScanCancelledError
from exr_inspector_app.persistence.index import files
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.local.index import snapshot, sync, update
from exr_inspector_app.persistence.similarity.evidence import evidence_sentence
from tests.persistence.numbered import VECTORS, folder, nearest, publish, search


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "FIRST_BATCH_FILES", 20)
    monkeypatch.setattr(sync, "MAX_BATCH_FILES", 50)


@pytest.fixture
def filled(store: LocalStore, pattern: Record) -> LocalStore:
    """Return a library of 200 files without an index."""
    publish(store, pattern, range(200))
    return store


class EventLog(list[Progress | PartialHits]):
    """Events of a query in order."""

    @property
    def first(self) -> list[PartialHits]:
        return [event for event in self if isinstance(event, PartialHits)]

    @property
    def read(self) -> list[tuple[int, int]]:
        return [(event.done, event.total) for event in self if isinstance(event, Progress) and event.what == "read"]


def query_for(pattern: Record, number: int = 7, **query: object) -> Query:
    return Query(replace(pattern, metadata_embedding=VECTORS[number]), **query)  # type: ignore[arg-type]


def ids(hits: object) -> list[int]:
    return [int(hit.file_id, 16) for hit in hits]  # type: ignore[attr-defined]


@pytest.mark.parametrize("exact", [False, True])
def test_partial_hits_are_the_nearest_files_read_so_far(filled: LocalStore, pattern: Record, exact: bool) -> None:
    events = EventLog()
    hits = filled.similar(query_for(pattern, exact=exact), on_progress=events.append)
    assert ids(hits) == nearest(range(200))
    assert [(event.done, event.total) for event in events.first] == [(20, 200), (40, 200), (80, 200)]
    for event in events.first:
        assert ids(event.hits) == nearest(range(event.done))
    assert events.read == [(done, 200) for done in (20, 20, 40, 40, 80, 80, 130, 180)]


def test_query_with_a_nearly_current_index_reports_no_progress(filled: LocalStore, pattern: Record) -> None:
    search(filled, pattern)
    events = EventLog()
    snapshot.clear()
    assert ids(filled.similar(query_for(pattern), on_progress=events.append)) == nearest(range(200))
    publish(filled, pattern, range(200, 215))
    assert ids(filled.similar(query_for(pattern), on_progress=events.append)) == nearest(range(215))
    assert events == []


def test_indexed_files_give_partial_hits_before_reading(filled: LocalStore, pattern: Record) -> None:
    search(filled, pattern)
    publish(filled, pattern, range(200, 300))
    events = EventLog()
    assert ids(filled.similar(query_for(pattern), on_progress=events.append)) == nearest(range(300))
    assert [(event.done, event.total) for event in events.first] == [(200, 300)]
    assert ids(events.first[0].hits) == nearest(range(200))
    assert events.index(events.first[0]) == 1  # after the first event with the number of files to read


def test_partial_hits_apply_the_filter_and_are_never_empty(filled: LocalStore, pattern: Record) -> None:
    events = EventLog()
    where = (Condition("path_folded", ">=", "/show/s0030"),)
    hits = filled.similar(query_for(pattern, where=where), on_progress=events.append)
    assert ids(hits) == nearest(range(30, 200))
    assert [(event.done, ids(event.hits)) for event in events.first] == [
        (40, nearest(range(30, 40))),
        (80, nearest(range(30, 80))),
    ]


def test_partial_hits_of_a_blend_combine_all_similarities(filled: LocalStore, pattern: Record) -> None:
    events = EventLog()
    query = query_for(pattern, weights={"metadata": 1.0, "channels": 1.0})
    hits = filled.similar(query, on_progress=events.append)
    assert hits == filled.similar(query)
    scores = (1 + np.sort(VECTORS[:20] @ VECTORS[7])[::-1]) / 2
    assert [hit.score for hit in events.first[0].hits] == pytest.approx(scores.tolist(), abs=1e-4)


def test_cancelled_search_is_resumed_by_the_next_query(filled: LocalStore, pattern: Record, tmp_path: Path) -> None:
    events = EventLog()
    with pytest.raises(ScanCancelledError, match=r"^Stopped"):
        filled.similar(query_for(pattern), lambda: bool(events.first), events.append)
    state = files.read_manifest(folder(tmp_path), duckdb.__version__)
    assert state is not None
    assert state.file_count == 20
    again = EventLog()
    assert ids(filled.similar(query_for(pattern), on_progress=again.append)) == nearest(range(200))
    assert again.first[0].done == 20
    assert again.read[0] == (20, 200)


def test_index_deleted_between_two_batches_is_rebuilt(filled: LocalStore, pattern: Record, tmp_path: Path) -> None:
    deleted: list[bool] = []

    def on_progress(event: Progress | PartialHits) -> None:
        if isinstance(event, PartialHits) and event.done == 40 and not deleted:
            deleted.append(True)
            shutil.rmtree(folder(tmp_path))

    assert ids(filled.similar(query_for(pattern), on_progress=on_progress)) == nearest(range(200))
    assert deleted


def test_file_deleted_during_the_search_is_no_final_hit(filled: LocalStore, pattern: Record) -> None:
    gone: list[int] = []

    def on_progress(event: Progress | PartialHits) -> None:
        if isinstance(event, PartialHits) and not gone:
            gone.append(filled.delete([f"{7:032x}", f"{150:032x}"]))

    hits = filled.similar(query_for(pattern), on_progress=on_progress)
    assert gone == [2]
    assert ids(hits) == nearest([number for number in range(200) if number not in (7, 150)])


_OTHER = """
import sys
from pathlib import Path
from exr_inspector_app.persistence.local import LocalStore
from tests.persistence.numbered import publish
from tests.records import small
folder = Path(sys.argv[1])
publish(LocalStore(folder / "library.duckdb"), small(folder, "theirs.exr"), range(300, 310))
"""


def test_other_process_publishes_while_the_library_is_read(
    filled: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: list[int] = []

    def pause(_: float) -> None:
        if not codes:
            codes.append(subprocess.run([sys.executable, "-c", _OTHER, str(tmp_path)], check=False).returncode)

    monkeypatch.setattr(update, "_BUSY_S", 0.0)
    monkeypatch.setattr("exr_inspector_app.persistence.local.index.update.time.sleep", pause)
    hits = filled.similar(query_for(pattern))
    assert codes == [0]
    assert ids(hits) == nearest([*range(200), *range(300, 310)])


def test_command_line_reports_progress_and_prints_final_hits_only(
    tmp_path: Path, pattern: Record, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = LocalStore(config.load().library)
    publish(store, pattern, range(100))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    arguments = ["similar", str(tmp_path / "pattern.exr"), "--json", "--limit", "5"]
    assert cli.main(arguments) == 0
    out, err = capsys.readouterr()
    first = json.loads(out)
    assert len(first["hits"]) == 5
    note = evidence_sentence(pattern.payload) + "\n"
    assert note.startswith("Too little in the header to tell (")
    assert " 40 of 100, " in err
    assert " files/s" in err
    assert cli.main(arguments) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == (first, note)  # no progress
