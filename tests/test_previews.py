"""Preview generator: selection of frames, stored previews, and search by look."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
import pytest

from exr_inspector_app import config
from exr_inspector_app.__main__ import main
from exr_inspector_app.contracts import Preview, PreviewStored, Query, Record, RunFinished
from exr_inspector_app.errors import NoStructureError
from exr_inspector_app.exr.pixels.decoded_picture import Picture as DecodedPicture
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.thumbnail_cache import ThumbnailCache
from exr_inspector_app.model import Box2i, Picture
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.preview_generator import (
    look_for_query,
    look_of_picture,
    make_previews,
    published_candidates,
    to_candidate,
)
from exr_inspector_app.services.preview_mark import is_current, mark_thumbnail
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
        assert preview.look_embedding is not None
        assert np.linalg.norm(preview.look_embedding) == pytest.approx(1, abs=1e-5)


def test_files_with_a_preview_are_skipped(store: LocalStore, tmp_path: Path) -> None:
    records = published(store, picture(tmp_path, "beauty.1001.exr", 1), picture(tmp_path, "beauty.1002.exr", 2))
    assert len(previewed(store, records)) == 1
    assert previewed(store, records) == []


def layers(path: Path, exposure: float = 1.0, **seeds: int) -> Path:
    """Write layers of three channels, each a scene, or black for the seed 0."""
    pixels = [scene(seed, 96, 54) * np.float32(exposure if seed else 0) for seed in seeds.values()]
    names = tuple(f"{layer}.{color}" for layer in seeds for color in "RGB")
    return write_picture(path, np.concatenate(pixels, axis=2), names)


def look_of(path: Path) -> Any:
    """Return the look embedding that a file without a stored preview is searched with."""
    return look_for_query(record_of(path), LocalStore(path.with_suffix(".duckdb")))


def test_look_is_that_of_the_beauty_and_not_of_an_alike_ao(tmp_path: Path) -> None:
    first = look_of(layers(tmp_path / "a.exr", AO=1, beauty=2))
    assert first @ look_of(layers(tmp_path / "b.exr", AO=1, beauty=3)) < 0.9
    assert first @ look_of(layers(tmp_path / "c.exr", AO=4, beauty=2)) > 0.999


def test_black_picture_gives_way_in_the_look(tmp_path: Path) -> None:
    first = look_of(layers(tmp_path / "a.exr", beauty=0, spec=2))
    assert first @ look_of(layers(tmp_path / "b.exr", beauty=2)) > 0.999


def test_preview_is_of_the_color_part_behind_a_depth_part(store: LocalStore, tmp_path: Path) -> None:
    colors = scene(2, 96, 54)
    depth = {"Z": np.ascontiguousarray(scene(5, 96, 54)[..., 0])}
    rgb = {name: np.ascontiguousarray(colors[..., index].astype(np.float16)) for index, name in enumerate("RGB")}
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    path = tmp_path / "parts.exr"
    OpenEXR.File([OpenEXR.Part({**header}, depth, "depth"), OpenEXR.Part({**header}, rgb, "rgba")]).write(str(path))
    previewed(store, published(store, path))
    (preview,) = store.previews([record_of(path).identity.file_id]).values()
    assert preview.look_embedding @ look_of(write_picture(tmp_path / "b.exr", colors)) > 0.999


def test_outdated_preview_is_made_again_for_its_own_file(store: LocalStore, tmp_path: Path) -> None:
    frames = [picture(tmp_path, f"beauty.{n}.exr", n) for n in range(1001, 1004)]
    records = published(store, *frames)
    previewed(store, records)
    first, middle = (record.identity.file_id for record in records[:2])
    current = store.previews([middle])[middle]
    assert b"exr-inspector picture" in current.thumbnail
    other = Preview(first, current.look_embedding, b"\xff\xd8\xff\xe0\0\x04JF\xff\xda")  # of an earlier version
    store.put_previews([other])
    assert [event.file_id for event in previewed(store, records)] == [first]
    assert store.previews([first])[first].thumbnail.startswith(b"\xff\xd8\xff\xe0")
    assert previewed(store, records) == []


def test_outdated_preview_of_a_lost_file_stays_without_a_failure(store: LocalStore, tmp_path: Path) -> None:
    records = published(store, picture(tmp_path, "a.exr", 1))
    previewed(store, records)
    file_id = records[0].identity.file_id
    old = Preview(file_id, store.previews([file_id])[file_id].look_embedding, b"\xff\xd8old")
    store.put_previews([old])
    Path(records[0].payload["file"]["path"]).unlink()
    events = list(make_previews([to_candidate(records[0])], store))
    assert [event for event in events if isinstance(event, PreviewStored)] == []
    assert events[-1] == RunFinished(0, 0, False)
    assert store.previews([file_id])[file_id].thumbnail == old.thumbnail


def test_outdated_look_is_replaced_by_that_of_the_pixels(store: LocalStore, tmp_path: Path) -> None:
    records = published(store, picture(tmp_path, "a.exr", 1), picture(tmp_path, "b.exr", 2))
    previewed(store, records)
    ids = [record.identity.file_id for record in records]
    looks = [store.previews(ids)[file_id].look_embedding for file_id in ids]
    store.put_previews([Preview(ids[0], looks[1], b"\xff\xd8old")])
    assert looks[0] is not None
    assert look_for_query(records[0], store) @ looks[0] > 0.999


def test_cached_thumbnail_of_an_earlier_version_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, folder = str(picture(tmp_path, "a.exr", 1)), tmp_path / "cache"
    with closing(Decoder()) as decoder:
        monkeypatch.setattr("exr_inspector_app.exr.pixels.thumbnail_cache.PICTURE_VERSION", 1)
        ThumbnailCache(folder).get(path, decoder)
        (stored,) = folder.glob("??/*.jpg")
        stored.write_bytes(b"old")
        assert ThumbnailCache(folder).get(path, decoder) == b"old"
        monkeypatch.undo()
        assert ThumbnailCache(folder).get(path, decoder) != b"old"


def test_preview_of_another_layer_than_the_present_choice_is_made_again(store: LocalStore, tmp_path: Path) -> None:
    (record,) = published(store, layers(tmp_path / "a.exr", beauty=1, albedo=2))
    previewed(store, [record])
    file_id = record.identity.file_id
    made = store.previews([file_id])[file_id]
    assert made.picture_layer == "beauty"
    assert previewed(store, [record]) == []
    store.put_previews([Preview(file_id, made.look_embedding, made.thumbnail, "albedo")])
    list(make_previews(published_candidates(store), store))
    assert store.previews([file_id])[file_id].picture_layer == "beauty"


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"\xff\xd8", b"\xff\xd8\xff\xfe", b"\xff\xd8\xff\xfe\0\0" * 99, b"\xff\xd8\xff\xda\0\x02"]
)
def test_damaged_thumbnail_is_outdated(data: bytes) -> None:
    assert not is_current(data)


def test_mark_fits_and_is_read_whatever_the_layer_is_called() -> None:
    marked = mark_thumbnail(b"\xff\xd8\xff\xdb\0\x02\xff\xda", Picture(0, None, "é\udcff" * 999, (), "colour"))
    assert is_current(marked)
    assert len(marked) < 256


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
    assert stored.look_embedding is not None
    assert np.array_equal(look_for_query(records[0], store), stored.look_embedding)
    (hit,) = store.similar(Query(records[0], "look", look=stored.look_embedding))
    assert (hit.same, hit.differs) == (("this file",), ())


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
    assert [*result] == ["query", "target", "by", "hits"]


def test_search_by_look_compares_the_pixels_that_an_incomplete_file_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole_file = picture(tmp_path / "show", "a.exr", 1, compression="zips")
    assert main(["publish", str(whole_file), "--previews"]) == 0
    content = whole_file.read_bytes()
    cut = tmp_path / "cut.exr"
    cut.write_bytes(content[: len(content) * 3 // 4])
    capsys.readouterr()
    assert main(["similar", str(cut), "--by", "look", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [Path(hit["file_path"]).name for hit in result["hits"]] == ["a.exr"]
    (note,) = result["notes"]
    assert note.startswith("The file is incomplete: its missing pixels count as black")
    cut.write_bytes(content[:400])
    assert main(["similar", str(cut), "--by", "look"]) == 1
    assert "Search by set-up or channels instead." in capsys.readouterr().err


def test_inspect_prints_statistics_with_the_flag_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pixels = np.full((6, 5, 3), 0.5, np.float32)
    pixels[2, 3, 0] = np.nan
    path = write_picture(tmp_path / "a.exr", pixels)
    assert main(["inspect", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["stats"] == {"channels": []}
    assert main(["inspect", str(path), "--stats", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)[0]["stats"]["channels"]
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


def test_oversized_thumbnail_stays_in_the_library(store: LocalStore, tmp_path: Path) -> None:
    records = published(store, picture(tmp_path, "a.exr", 1), picture(tmp_path, "b.exr", 2))
    previewed(store, records)
    ids = [record.identity.file_id for record in records]
    look = store.previews(ids)[ids[0]].look_embedding
    store.put_previews([Preview(ids[0], look, bytes(48 * 1024 + 1))])
    assert ids[0] not in store.previews(ids)  # nor need the adjacent rows be, which DuckDB would read with it
    assert store.check().files == 2


def test_flat_picture_has_a_thumbnail_and_no_look(
    store: LocalStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flat = {name: np.full((32, 32, 3), value, np.float32) for name, value in (("black", 0), ("gray", 0.18))}
    paths = [write_picture(tmp_path / f"{name}.exr", pixels) for name, pixels in flat.items()]
    paths.append(write_picture(tmp_path / "scene.exr", scene(2)))
    assert main(["publish", "--previews", *map(str, paths)]) == 0
    ids = [record_of(path).identity.file_id for path in paths]
    with closing(LocalStore(config.load().library)) as library:
        previews = library.previews(ids)
        assert [previews[file_id].look_embedding is None for file_id in ids] == [True, True, False]
        assert all(previews[file_id].thumbnail for file_id in ids)
        with pytest.raises(NoStructureError, match="no appearance to compare"):
            look_for_query(record_of(paths[0]), library)
    capsys.readouterr()
    assert main(["similar", str(paths[0]), "--by", "look", "--json"]) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out)["hits"], "black or of one color" in err) == ([], True)
    assert main(["similar", str(paths[2]), "--by", "look", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["hits"]) == 1


@pytest.mark.parametrize("kind", ["depth", "id", "normal"])
def test_look_of_data_ignores_color(tmp_path: Path, kind: str) -> None:
    pixels = scene(3)
    data = DecodedPicture(pixels, ("R", "G", "B"), Box2i(0, 0, 1, 1), Box2i(0, 0, 1, 1), (1, 1), 1, (), "",
                   Picture(0, None, "", (), kind))  # fmt: skip
    look = look_of_picture(data)
    assert look is not None
    assert np.abs(look[192:240:3]).max() < 0.02  # mean of Oklab's a
