"""Re-embedding: embeddings of other versions are reported, skipped, and recomputed bit-identically."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exr_inspector_app.contracts import Batch, Query, Record
from exr_inspector_app.exr import inspect_bytes
from exr_inspector_app.ingest.records import make_record
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.rows import encode
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.services.lookup import reference_record
from exr_inspector_app.services.reembed import reembed
from tests.exr_files import integer, real, string, vector
from tests.records import batch, small, studio
from tests.studio.production import shows
from tests.studio.programs import PROGRAMS
from tests.studio.render import render
from tests.test_cli import run


@pytest.fixture
def store(new_store: Callable[..., Store]) -> Store:
    return new_store()


def publish_as(version: int, monkeypatch: pytest.MonkeyPatch, store: Store, given: Batch) -> None:
    """Publish records as another version: with its number and with different vectors."""

    def other(vector: Any) -> Any:
        return np.roll(vector, 1, axis=-1)

    changed = [
        replace(file, metadata_embedding=other(file.metadata_embedding),
                channel_fingerprint=other(file.channel_fingerprint), channel_vectors=other(file.channel_vectors))
        for file in given.records
    ]  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setattr(encode, "EMBEDDING_VERSION", version)
        store.publish(replace(given, records=tuple(changed)))


def vector_ids(store: Store, records: list[Record]) -> list[str]:
    """Return the ids of the stored vectors; equal ids mean bit-identical vectors."""
    stored = {file.file["file_id"]: file.file["vector_id"] for file in store.find(history=True)}
    return [stored[file.identity.file_id] for file in records]


def own_ids(records: list[Record]) -> list[str]:
    return [encode.vector_id(file.metadata_embedding, file.channel_fingerprint) for file in records]


def renders() -> list[Record]:
    """Return one render of every program and pass."""
    show = shows(random.Random(8), 1)[0]
    made = [render(program, name, show, "AB_0100", 4) for program, file in PROGRAMS.items() for name in file.passes]
    records = [make_record(inspect_bytes(file.data, file.path, len(file.data))) for file in made]
    return [file for file in records if file]


def odd(folder: Path) -> list[Record]:
    """Return records with values that are stored in another form than in the payload, or truncated."""
    latin = ("string", b"gro\xdfe Szene, Fassung 3")
    listed = {"Software": latin, "n\xf6te": latin, "ratio": real(float("nan")), "zoom": real(float("inf")),
              "box": vector("v3f", 1.0, float("nan"), 3.0), "steps": vector("v2i", 3, 7), "n": integer(-5)}  # fmt: skip
    long = {"notes": string("many words, 'quoted' \\ and \"so\" on\n" * 9000), "umlauts": string("ä\\" * 90_000),
            "packed": ("string", bytes(range(256)) * 900),
            "curve": vector("floatvectorf", *[0.5] * 60_000)}  # fmt: skip
    part = {"attributes": listed, "channels": [b"gr\xfcn.R".decode("utf-8", "surrogateescape"), "\xe9.G", "Z"]}
    return [
        small(folder, "latin.exr", **part),
        small(folder, "long.exr", attributes={name: (kind.removesuffix("f") if kind == "floatvectorf" else kind, raw)
                                              for name, (kind, raw) in long.items()}),
        small(folder, "parts.exr", parts=[{"attributes": {"view": string("left")}}, {"width": 16}]),
    ]  # fmt: skip


def test_reembedded_vectors_are_bit_identical_to_those_of_the_files(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [*renders(), *odd(tmp_path), *studio(tmp_path / "seq", 3)]
    publish_as(1, monkeypatch, store, batch(*records))
    assert not set(vector_ids(store, records)) & set(own_ids(records))
    assert list(reembed(store)) == [len(records)]
    assert vector_ids(store, records) == own_ids(records)
    assert list(reembed(store)) == []
    for record in records:  # also as the reference of a search, whose file need not be readable
        reference = reference_record(store, [record.identity.file_id], ())
        assert np.array_equal(reference.metadata_embedding, record.metadata_embedding)


def test_reembed_restores_the_vector_of_each_channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, records = LocalStore(tmp_path / "library.duckdb"), [*renders()[:3], *odd(tmp_path)]
    publish_as(1, monkeypatch, store, batch(*records))
    list(reembed(store))
    for file in records:
        stored_file = store.get(file.identity.file_id)
        assert stored_file is not None
        stored = np.array([row["channel_fingerprint"] for row in stored_file.channels], dtype=np.float32)
        assert np.array_equal(stored, file.channel_vectors)
    assert store.check().problems == ()


def test_files_of_other_versions_are_reported_and_skipped(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new, present = (small(tmp_path, f"{name}.exr", height=9 + index) for index, name in enumerate("abc"))
    publish_as(1, monkeypatch, store, batch(old))
    publish_as(99, monkeypatch, store, batch(new))
    store.publish(batch(present))
    assert [hit.file_id for hit in store.similar(Query(present))] == [present.identity.file_id]
    older, newer = store.check().notes
    assert "1 file has" in older
    assert "library reembed" in older
    assert "update exr-inspector" in newer
    assert list(reembed(store)) == [1]
    assert {hit.file_id for hit in store.similar(Query(present))} == {present.identity.file_id, old.identity.file_id}
    (note,) = store.check().notes
    assert note == newer


def test_reembed_is_resumed_after_a_stop(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exr_inspector_app.services.reembed.FILES_PER_TRANSACTION", 2)
    records = studio(tmp_path, 5)
    publish_as(1, monkeypatch, store, batch(*records))
    steps: list[int] = []
    for done in reembed(store, stop=lambda: bool(steps)):
        steps.append(done)
    assert steps == [2]
    assert sum(file == own for file, own in zip(vector_ids(store, records), own_ids(records), strict=True)) == 2
    assert list(reembed(store)) == [2, 3]
    assert vector_ids(store, records) == own_ids(records)


def test_reembed_command_reports_its_result(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = small(tmp_path)
    publish_as(1, monkeypatch, LocalStore(own_home / "library.duckdb"), batch(file))
    path = file.identity.file_path
    result = run("similar", path)
    assert "1 file has embeddings of an older version" in result.stderr
    assert path not in result.stdout
    done = run("library", "reembed")
    assert (done.returncode, done.stdout) == (0, "1 file re-embedded (Local library)\n")
    result = run("similar", path)
    assert (path in result.stdout, result.stderr) == (True, "")
