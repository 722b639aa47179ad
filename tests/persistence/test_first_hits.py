"""A library that the cache lacks much of is answered from what has been read so far, and in the end from all of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app import cli, config
from exr_inspector_app.contracts import Condition, PartialHits, Progress, Query, Record
from exr_inspector_app.errors import ScanCancelledError
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.local.index import manifest, snapshot, sync, update
from tests.persistence.numbered import VECTORS, folder, found, nearest, publish


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "FIRST_BATCH_FILES", 20)
    monkeypatch.setattr(sync, "MAX_BATCH_FILES", 50)


@pytest.fixture
def filled(store: LocalStore, pattern: Record) -> LocalStore:
    """A library of 200 files without a cache."""
    publish(store, pattern, range(200))
    return store


class Heard(list[Progress | PartialHits]):
    """What a question tells on its way."""

    @property
    def first(self) -> list[PartialHits]:
        return [one for one in self if isinstance(one, PartialHits)]

    @property
    def read(self) -> list[tuple[int, int]]:
        return [(one.done, one.total) for one in self if isinstance(one, Progress) and one.what == "read"]


def asked(pattern: Record, number: int = 7, **query: object) -> Query:
    return Query(replace(pattern, metadata_embedding=VECTORS[number]), **query)  # type: ignore[arg-type]


def ids(hits: object) -> list[int]:
    return [int(hit.file_id, 16) for hit in hits]  # type: ignore[attr-defined]


@pytest.mark.parametrize("exact", [False, True])
def test_first_hits_are_the_nearest_of_what_has_been_read_and_the_last_those_of_all(
    filled: LocalStore, pattern: Record, exact: bool
) -> None:
    told = Heard()
    hits = filled.similar(asked(pattern, exact=exact), on_progress=told.append)
    assert ids(hits) == nearest(range(200))
    assert [(one.done, one.total) for one in told.first] == [(20, 200), (40, 200), (80, 200)]
    for one in told.first:
        assert ids(one.hits) == nearest(range(one.done))
    assert told.read == [(done, 200) for done in (20, 20, 40, 40, 80, 80, 130, 180)]


def test_a_question_with_a_current_cache_tells_nothing_and_so_does_one_that_lacks_little(
    filled: LocalStore, pattern: Record
) -> None:
    found(filled, pattern)
    told = Heard()
    snapshot._snapshots.clear()
    assert ids(filled.similar(asked(pattern), on_progress=told.append)) == nearest(range(200))
    publish(filled, pattern, range(200, 215))
    assert ids(filled.similar(asked(pattern), on_progress=told.append)) == nearest(range(215))
    assert told == []


def test_what_is_known_answers_before_anything_is_read(filled: LocalStore, pattern: Record) -> None:
    found(filled, pattern)
    publish(filled, pattern, range(200, 300))
    told = Heard()
    assert ids(filled.similar(asked(pattern), on_progress=told.append)) == nearest(range(300))
    assert [(one.done, one.total) for one in told.first] == [(200, 300)]
    assert ids(told.first[0].hits) == nearest(range(200))
    assert told.index(told.first[0]) == 1  # behind the first word on how much there is to read


def test_first_hits_keep_to_the_filter_and_none_are_told_where_none_match(filled: LocalStore, pattern: Record) -> None:
    told = Heard()
    where = (Condition("path_folded", ">=", "/show/s0030"),)
    hits = filled.similar(asked(pattern, where=where), on_progress=told.append)
    assert ids(hits) == nearest(range(30, 200))
    assert [(one.done, ids(one.hits)) for one in told.first] == [
        (40, nearest(range(30, 40))),
        (80, nearest(range(30, 80))),
    ]


def test_first_hits_of_a_blend_are_of_all_its_ways(filled: LocalStore, pattern: Record) -> None:
    told = Heard()
    query = asked(pattern, weights={"metadata": 1.0, "channels": 1.0})
    hits = filled.similar(query, on_progress=told.append)
    assert hits == filled.similar(query)
    scores = (1 + np.sort(VECTORS[:20] @ VECTORS[7])[::-1]) / 2
    assert [hit.score for hit in told.first[0].hits] == pytest.approx(scores.tolist(), abs=1e-4)


def test_a_stop_keeps_what_was_read_and_the_next_question_goes_on_from_there(
    filled: LocalStore, pattern: Record, tmp_path: Path
) -> None:
    told = Heard()
    with pytest.raises(ScanCancelledError, match=r"^Stopped"):
        filled.similar(asked(pattern), lambda: bool(told.first), told.append)
    state = manifest.read_manifest(folder(tmp_path))
    assert state is not None
    assert state.file_count == 20
    again = Heard()
    assert ids(filled.similar(asked(pattern), on_progress=again.append)) == nearest(range(200))
    assert again.first[0].done == 20
    assert again.read[0] == (20, 200)


def test_a_cache_that_is_deleted_between_two_pieces_is_begun_again(
    filled: LocalStore, pattern: Record, tmp_path: Path
) -> None:
    deleted: list[bool] = []

    def on_progress(event: Progress | PartialHits) -> None:
        if isinstance(event, PartialHits) and event.done == 40 and not deleted:
            deleted.append(True)
            shutil.rmtree(folder(tmp_path))

    assert ids(filled.similar(asked(pattern), on_progress=on_progress)) == nearest(range(200))
    assert deleted


def test_a_file_that_is_deleted_meanwhile_is_no_hit_in_the_end(filled: LocalStore, pattern: Record) -> None:
    gone: list[int] = []

    def on_progress(event: Progress | PartialHits) -> None:
        if isinstance(event, PartialHits) and not gone:
            gone.append(filled.delete([f"{7:032x}", f"{150:032x}"]))

    hits = filled.similar(asked(pattern), on_progress=on_progress)
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


def test_another_process_publishes_while_the_library_is_read(
    filled: LocalStore, pattern: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: list[int] = []

    def pause(_: float) -> None:
        if not codes:
            codes.append(subprocess.run([sys.executable, "-c", _OTHER, str(tmp_path)], check=False).returncode)

    monkeypatch.setattr(update, "_BUSY_S", 0.0)
    monkeypatch.setattr(update.time, "sleep", pause)
    hits = filled.similar(asked(pattern))
    assert codes == [0]
    assert ids(hits) == nearest([*range(200), *range(300, 310)])


def test_the_command_line_shows_how_far_it_is_and_prints_the_last_hits_only(
    tmp_path: Path, pattern: Record, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = LocalStore(config.load().library)
    publish(store, pattern, range(100))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    words = ["similar", str(tmp_path / "pattern.exr"), "--json", "--limit", "5"]
    assert cli.main(words) == 0
    out, err = capsys.readouterr()
    first = json.loads(out)
    assert len(first["hits"]) == 5
    assert " 40 of 100, " in err
    assert " files/s" in err
    assert cli.main(words) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == (first, "")
