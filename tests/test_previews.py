"""Preview generator: selection of frames, stored previews, and search by look."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exr_inspector_app import config
from exr_inspector_app.__main__ import main
from exr_inspector_app.contracts import PreviewStored, Query, Record, RunFinished
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.preview_generator import (
    look_for_query,
    make_previews,
    published_candidates,
    to_candidate,
)
from tests.embedding.looks import scene
from tests.exr.pictures import cut, write_picture
from tests.records import batch, record_of


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "library.duckdb")


def picture(folder: Path, name: str, seed: int, exposure: float = 1.0, **facts: Any) -> Path:
    folder.mkdir(exist_ok=True)
    return write_picture(folder / name, scene(seed, 96, 54) * np.float32(exposure), **facts)


def published(store: LocalStore, *paths: Path, publish_id: str = "p1") -> list[Record]:
    records = [record_of(path) for path in paths]
    store.publish(batch(*records, publish_id=publish_id))
    return records


def previewed(store: LocalStore, records: list[Record]) -> list[PreviewStored]:
    events = list(make_previews(list(map(to_candidate, records)), store))
    assert isinstance(events[-1], RunFinished)
    return [event for event in events if isinstance(event, PreviewStored)]


def test_one_preview_is_made_per_sequence_and_single_file(store: LocalStore, tmp_path: Path) -> None:
    frames = [picture(tmp_path, f"beauty.{n}.exr", n) for n in range(1001, 1006)]
    records = published(store, *frames, picture(tmp_path, "single.exr", 7))
    assert [Path(event.path).name for event in previewed(store, records)] == ["beauty.1003.exr", "single.exr"]
    previews = store.previews([record.identity.file_id for record in records])
    assert [previews[record.identity.file_id].file_id for record in records] == [
        *[records[2].identity.file_id] * 5,
        records[5].identity.file_id,
    ]
    for preview in previews.values():
        assert preview.thumbnail.startswith(b"\xff\xd8")
        assert len(preview.thumbnail) <= 48 * 1024
        assert np.linalg.norm(preview.look_embedding) == pytest.approx(1, abs=1e-5)


def test_files_with_a_preview_are_skipped(store: LocalStore, tmp_path: Path) -> None:
    records = published(store, picture(tmp_path, "beauty.1001.exr", 1), picture(tmp_path, "beauty.1002.exr", 2))
    assert len(previewed(store, records)) == 1
    assert previewed(store, records) == []


def test_finished_frame_is_preferred_in_an_unfinished_sequence(store: LocalStore, tmp_path: Path) -> None:
    frames = [picture(tmp_path, f"beauty.{n}.exr", n, compression="zips") for n in range(1001, 1004)]
    for path in frames[1:]:
        path.write_bytes(cut(path, 0.5).read_bytes())
    assert [Path(event.path).name for event in previewed(store, published(store, *frames))] == ["beauty.1001.exr"]


def test_unreadable_file_does_not_prevent_other_previews(store: LocalStore, tmp_path: Path) -> None:
    lost, sound = picture(tmp_path, "lost.exr", 1), picture(tmp_path, "sound.exr", 2)
    records = published(store, lost, sound)
    lost.unlink()
    events = previewed(store, records)
    assert [event.error is None for event in events] == [False, True]
    assert "no such file" in (events[0].error or "")


def test_undo_and_delete_remove_previews(store: LocalStore, tmp_path: Path) -> None:
    first = published(store, picture(tmp_path, "a.exr", 1))
    second = published(store, picture(tmp_path, "b.exr", 2), publish_id="p2")
    previewed(store, [*first, *second])
    ids = [one.identity.file_id for one in (*first, *second)]
    store.undo("p2")
    assert list(store.previews(ids)) == ids[:1]
    store.delete(ids)
    assert store.previews(ids) == {}
    assert store.put_previews([]) == 0


def test_finished_render_gets_a_new_preview(store: LocalStore, tmp_path: Path) -> None:
    path = picture(tmp_path, "a.exr", 1, compression="zips")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    records = published(store, path)
    previewed(store, records)
    path.write_bytes(data)
    again = published(store, path, publish_id="p2")
    assert again[0].identity == records[0].identity
    assert len(previewed(store, again)) == 1


def test_search_by_look_finds_the_same_image_in_another_exposure(store: LocalStore, tmp_path: Path) -> None:
    seeds = range(8)
    records = published(store, *(picture(tmp_path, f"{'abcdefgh'[seed]}.exr", seed) for seed in seeds))
    previewed(store, records)
    other = record_of(picture(tmp_path / "other", "brighter.exr", 5, 4.0, compression="piz"))
    hits = store.similar(Query(other, "look", 3, (), look_for_query(other, store)))
    assert [Path(hit.file_path).name for hit in hits][:1] == ["f.exr"]
    assert hits[0].score > 0.97 > hits[1].score
    assert hits[0].sequence_count == 1


def test_search_by_look_returns_one_hit_per_sequence(store: LocalStore, tmp_path: Path) -> None:
    frames = [picture(tmp_path, f"beauty.{n}.exr", 3) for n in range(1001, 1004)]
    records = published(store, *frames, picture(tmp_path, "other.exr", 4))
    previewed(store, records)
    hits = store.similar(Query(records[0], "look", 5, (), look_for_query(records[0], store)))
    assert [hit.sequence_count for hit in hits] == [3, 1]


def test_stored_look_is_used_instead_of_the_pixels(store: LocalStore, tmp_path: Path) -> None:
    path = picture(tmp_path, "a.exr", 1)
    records = published(store, path)
    previewed(store, records)
    path.unlink()
    stored = store.previews([records[0].identity.file_id])[records[0].identity.file_id]
    assert np.array_equal(look_for_query(records[0], store), stored.look_embedding)


def test_publish_makes_thumbnails_with_the_flag_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for seed, name in enumerate(("a", "b", "c")):
        picture(tmp_path / "show", f"{name}.exr", seed)
    assert main(["publish", str(tmp_path / "show")]) == 0
    assert "thumbnails added" not in capsys.readouterr().err
    assert main(["publish", str(tmp_path / "show"), "--previews"]) == 0
    assert "3 thumbnails added, 0 failed" in capsys.readouterr().err
    query = picture(tmp_path / "elsewhere", "again.exr", 1, 0.25)
    assert main(["similar", str(query), "--by", "look", "--json", "--limit", "2"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["by"], Path(result["hits"][0]["file_path"]).name) == ("look", "b.exr")


def test_inspect_prints_statistics_with_the_flag_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pixels = np.full((6, 5, 3), 0.5, np.float32)
    pixels[2, 3, 0] = np.nan
    path = write_picture(tmp_path / "a.exr", pixels)
    assert main(["inspect", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stats"] == {"channels": []}
    assert main(["inspect", str(path), "--stats", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["stats"]["channels"]
    assert [row["name"] for row in rows] == ["B", "G", "R"]
    assert rows[2] == {
        **{"part_index": 0, "name": "R", "min": 0.5, "max": 0.5, "mean": 0.5, "stddev": 0.0},
        **{"nan_count": 1, "inf_count": 0, "negative_count": 0},
    }
    assert main(["inspect", str(path), "--stats"]) == 0
    assert "R of part 0: 0.5 to 0.5, mean 0.5 ± 0, 1 NaN from 3, 2" in capsys.readouterr().out


def test_published_files_and_records_give_equal_candidates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exr_inspector_app.services.preview_generator.READ_BATCH_FILES", 2)
    store = LocalStore(config.load().library)
    records = [record_of(picture(tmp_path, f"beauty.{n}.exr", n)) for n in range(1001, 1004)]
    records += [record_of(picture(tmp_path, f"{name}.exr", 7)) for name in ("one", "two")]
    store.publish(batch(*records))
    assert sorted(published_candidates(store)) == sorted(map(to_candidate, records))
