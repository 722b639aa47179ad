"""Parity of similarity search: a VAST Database, by scan and by query engine, ranks as the local library does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from exr_inspector_app.contracts import LOOK_DIM, By, Filter, Hit, Preview, Query, Record
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.query.filter_parser import parse_where
from exr_inspector_app.persistence.query.search_words import parse_search
from exr_inspector_app.persistence.vast import VastStore
from exr_inspector_app.persistence.vast.search import adbc_search, similar
from exr_inspector_app.persistence.vast.search.top_k import TopK
from tests.persistence.samples import LATER, batch, frames, payload, record, units
from tests.vast.crowd import ACCESS, BUCKET, SECRET, place
from tests.vast_server import VastServer


def library() -> list[Record]:
    """Return sequences that share vectors, single files, and renders whose older header is history.

    Inspection times differ, because equal scores rank by the newest.
    """
    times = (f"2026-03-01T10:{number // 60:02}:{number % 60:02}.000000+00:00" for number in itertools.count())
    records = [
        frame
        for number in range(12)
        for frame in frames(5, name=f"seq{number}", seed=number % 4, inspected_at=next(times))
    ]
    records += [
        record(payload(f"/a/{number}.exr", frame_number=None, width=number), number, next(times))
        for number in range(60)
    ]
    for number in range(8):  # rendered again, with other vectors
        path = f"/a/{number}.exr"
        records.append(record(payload(path, frame_number=None, compression="zip"), 100 + number, next(times)))
    return records


@pytest.fixture(scope="module", params=["scan", "engine"])
def stores(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LocalStore, VastStore]]:
    """Return two stores with the same files; the server of the second has a query engine or not."""
    if request.param == "engine" and not adbc_search.is_installed():
        pytest.skip("the ADBC driver is not installed")
    local = LocalStore(tmp_path_factory.mktemp("local") / "library.duckdb")
    with VastServer((BUCKET,), ACCESS, SECRET, query_engine=request.param == "engine") as server:
        vast = VastStore(place(server.endpoint, "similar"))
        for store in (local, vast):
            store.publish(batch(*library()))
            store.put_previews([preview(record, number) for number, record in enumerate(library()[::3])])
        yield local, vast
        vast.close()
        is_engine_used = any(request.kind == "vector_data" for request in server.log)
    assert is_engine_used == (request.param == "engine")


def preview(record: Record, seed: int) -> Preview:
    return Preview(record.identity.file_id, units(seed, 1, LOOK_DIM)[0], b"\xff\xd8picture")


def summarize(hits: list[Hit]) -> list[tuple]:
    return [(hit.file_id, round(hit.score, 4), hit.band, hit.reasons, hit.sequence_count) for hit in hits]


@pytest.mark.parametrize("by", ["metadata", "channels"])
@pytest.mark.parametrize("limit", [1, 7, 20, 200])
@pytest.mark.parametrize("where", [(), ("compression=zip",), ("width>=30",), ("path_folded^=/mnt", "is_deep=false")])
def test_hits_equal_those_of_the_local_library(stores: tuple, by: By, limit: int, where: tuple[str, ...]) -> None:
    local, vast = stores
    conditions: Filter = tuple(parse_where(text) for text in where)
    for reference in (library()[0], library()[70], record(payload("/else/where.exr", frame_number=None), 3)):
        query = Query(reference, by, limit, conditions)
        assert summarize(vast.similar(query)) == summarize(local.similar(query))


def test_derived_condition_filters_hits(stores: tuple) -> None:
    local, vast = stores
    query = Query(library()[0], limit=30, where=(parse_where("resolution=44x1080"),))
    assert len(local.similar(query)) == 1
    assert summarize(vast.similar(query)) == summarize(local.similar(query))
    query = replace(query, where=parse_search("path:/MNT*.exr width:>=44"))
    assert local.similar(query)
    assert summarize(vast.similar(query)) == summarize(local.similar(query))


@pytest.mark.parametrize("where", [(), ("width>=30",)])
def test_blend_ranks_as_in_the_local_library(stores: tuple, where: tuple[str, ...]) -> None:
    local, vast = stores
    conditions: Filter = tuple(parse_where(text) for text in where)
    weights: dict[By, float] = {"metadata": 0.5, "channels": 0.3, "look": 0.2}
    for reference in (library()[0], library()[70]):
        query = Query(reference, limit=20, where=conditions, look=units(7, 1, LOOK_DIM)[0], weights=weights)
        assert summarize(vast.similar(query)) == summarize(local.similar(query))


def test_nearest_history_is_skipped(store: VastStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "_SPARE_GROUPS", 0)
    old = [record(payload(f"/h/{n}.exr", frame_number=None), 1) for n in range(200)]
    new = [record(payload(f"/h/{n}.exr", frame_number=None, compression="zip"), 2, LATER) for n in range(200)]
    other = record(payload("/h/other.exr", frame_number=None), 3)
    store.publish(batch(*old, *new, other))
    hits = store.similar(Query(old[0], limit=5))
    assert len(hits) == 5
    assert all(hit.reasons != ["this file"] for hit in hits)


def test_top_k_of_a_stream_uses_bounded_memory() -> None:
    dice = np.random.default_rng(1)
    vector = np.eye(1, 384, dtype=np.float32)[0]
    nearest, best = TopK(vector, "v", 50), []
    for start in range(0, 40_000, 2000):
        matrix = dice.standard_normal((2000, 384)).astype(np.float32)
        matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
        best += (matrix @ vector).tolist()
        names = [f"{number}" for number in range(start, start + 2000)]
        flat = pa.FixedSizeListArray.from_arrays(pa.array(matrix.reshape(-1)), 384)
        columns = {"sequence_key": names, "vector_id": names, "inspection_timestamp": names, "file_path": names}
        nearest.add(pa.record_batch({**columns, "v": flat}))
        assert len(nearest._groups) <= 100
    assert [round(group.score, 4) for group in nearest.best()] == [round(score, 4) for score in sorted(best)[::-1][:50]]
    assert nearest.is_full
