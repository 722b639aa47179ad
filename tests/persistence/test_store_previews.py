"""Previews in every store: stored, replaced, shown for a sequence, compared, deleted with their files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app.config import Secret
from exr_inspector_app.contracts import LOOK_DIM, Condition, Preview, Query, Record, Vector
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.store import Store
from tests.persistence.samples import payload, record
from tests.records import batch

pytestmark = pytest.mark.filterwarnings("ignore:Cannot disable autocommit")  # of the ADBC driver


@pytest.fixture(params=["local", pytest.param("vast", marks=pytest.mark.vast)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "local":
        yield LocalStore(tmp_path / "library.duckdb")
        return
    from exr_inspector_app.config import Vast
    from exr_inspector_app.persistence.vast import VastStore
    from tests.vast_server import VastServer

    with VastServer() as server:
        place = Vast(server.endpoint, "vastdb", "pictures", access_key="KEY", secret_key=Secret("SECRET"))
        with closing(VastStore(place)) as made:
            made.ensure_tables()
            yield made


def frame(number: int, show: str = "orca", **changes: object) -> Record:
    path = f"/mnt/prod/{show}/beauty.{number}.exr"
    return record(payload(path, frame_number=number, header_hash=f"{number:064x}", **changes))


def unit(seed: int) -> Vector:
    vector = np.random.default_rng(seed).normal(size=LOOK_DIM).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def preview(file: Record, seed: int, data: bytes = b"\xff\xd8picture") -> Preview:
    return Preview(file.identity.file_id, unit(seed), data)


def test_preview_is_stored_unchanged_and_replaced_by_the_next(store: Store) -> None:
    file = frame(1001)
    store.publish(batch(file))
    file_id = file.identity.file_id
    assert store.previews([file_id]) == {}
    assert store.put_previews([preview(file, 1)]) == 1
    assert store.put_previews([preview(file, 2, bytes(range(256)) * 190)]) == 1
    previews = store.previews([file_id])
    assert list(previews) == [file_id]
    assert previews[file_id].thumbnail == bytes(range(256)) * 190
    assert np.array_equal(previews[file_id].look_embedding, unit(2))


def test_frame_has_its_own_preview_or_that_of_its_sequence(store: Store) -> None:
    frames, other = [frame(n) for n in (1001, 1002, 1003)], frame(1001, "heron")
    store.publish(batch(*frames, other))
    store.put_previews([preview(frames[1], 1), preview(frames[2], 2)])
    ids = [file.identity.file_id for file in (*frames, other)]
    previews = store.previews(ids)
    assert previews[ids[0]].file_id in ids[1:3]
    assert [previews[file].file_id for file in ids[1:3]] == ids[1:3]
    assert ids[3] not in previews


def test_preview_of_an_unpublished_file_is_skipped(store: Store) -> None:
    file, stranger = frame(1001), frame(1002)
    store.publish(batch(file))
    assert store.put_previews([preview(file, 1), preview(stranger, 2)]) == 1
    assert store.put_previews([preview(stranger, 2)]) == 0
    assert store.previews([stranger.identity.file_id]) == {}


def test_nearest_looks_come_first_one_per_sequence(store: Store) -> None:
    shows = ["orca", "heron", "lynx"]
    records = {show: [frame(n, show) for n in (1001, 1002)] for show in shows}
    store.publish(batch(*(file for frames in records.values() for file in frames)))
    store.put_previews([preview(records[show][0], seed) for seed, show in enumerate(shows)])
    store.put_previews([preview(records["heron"][1], 9)])
    near = np.asarray((unit(1) + 0.3 * unit(2)) / np.linalg.norm(unit(1) + 0.3 * unit(2)), np.float32)
    hits = store.similar(Query(records["orca"][0], "look", 2, (), near))
    assert [hit.sequence_key.split("/")[3] for hit in hits] == ["heron", "lynx"]
    assert [hit.sequence_count for hit in hits] == [2, 2]
    assert hits[0].score == pytest.approx(float(near @ unit(1)), abs=1e-4)
    where = (Condition("path_folded", "contains", "lynx"),)
    assert [hit.score for hit in store.similar(Query(records["orca"][0], "look", 9, where, near))] == [
        pytest.approx(float(near @ unit(2)), abs=1e-4)
    ]


def test_picture_without_structure_has_a_preview_but_no_look(store: Store) -> None:
    black, other = frame(1001), frame(1001, "heron")
    store.publish(batch(black, other))
    black_id, other_id = black.identity.file_id, other.identity.file_id
    store.put_previews([Preview(black_id, None, b"\xff\xd8black", "beauty"), preview(other, 1)])
    shown = store.previews([black_id])[black_id]
    assert (shown.look_embedding, shown.thumbnail, shown.picture_layer) == (None, b"\xff\xd8black", "beauty")
    assert [hit.file_id for hit in store.similar(Query(black, "look", 9, (), unit(1)))] == [other_id]


def test_query_by_look_needs_a_look(store: Store) -> None:
    file = frame(1001)
    store.publish(batch(file))
    with pytest.raises(StoreError, match="needs the pixels of the reference"):
        store.similar(Query(file, "look"))


def test_previews_are_deleted_with_their_files(store: Store) -> None:
    first, second = frame(1001), frame(1001, "heron")
    store.publish(batch(first))
    store.publish(batch(second, publish_id="p2"))
    store.put_previews([preview(first, 1), preview(second, 2)])
    ids = [first.identity.file_id, second.identity.file_id]
    store.undo("p2")
    assert list(store.previews(ids)) == ids[:1]
    store.delete(ids)
    store.publish(batch(first))
    assert store.previews(ids) == {}
