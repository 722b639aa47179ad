"""Bands by header: a file is identical by header and size; an equal header alone, or a look, does not make it so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app import cli, config
from exr_inspector_app.contracts import LOOK_DIM, Band, Hit, Preview, Query, Record, Vector
from exr_inspector_app.gui.similar.score_bands import band_label, explain_band
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.similarity.explanations import band_name
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.identical_hits import check_identical
from tests.exr_files import studio_file, write_exr
from tests.persistence.samples import payload, record
from tests.records import batch

HASH = "a" * 64


@pytest.fixture
def store(new_store: Callable[..., Store]) -> Store:
    made = new_store()
    made.ensure_tables()
    return made


def version(name: str, size: int | None, seed: int = 1) -> Record:
    """Return a version of one render: all have one header."""
    return record(payload(f"/shot/{name}/beauty.exr", frame_number=None, size_bytes=size, header_hash=HASH), seed)


def facts(hits: list[Hit]) -> list[tuple[str, Band, list[str]]]:
    return [(hit.file_path.split("/")[2], hit.band, hit.reasons) for hit in hits]


def test_equal_header_in_a_file_of_another_size_is_not_identical(store: Store) -> None:
    reference = version("v001", 30_052)
    store.publish(batch(version("v002", 30_087), version("v003", 548), version("copy", 30_052), reference))
    assert facts(store.similar(Query(reference))) == [
        ("copy", Band.IDENTICAL, ["same header, other path"]),
        ("v001", Band.IDENTICAL, ["this file"]),
        ("v002", Band.SAME_HEADER, ["same header, other path", "differs: file size"]),
        ("v003", Band.SAME_HEADER, ["same header, other path", "differs: file size"]),
    ]
    assert list(Band)[:2] == [Band.IDENTICAL, Band.SAME_HEADER]
    assert Band.SAME_HEADER.value == "same header"


def test_files_with_other_thumbnails_are_not_identical(store: Store) -> None:
    reference, same, other = version("v001", 99), version("copy", 99), version("v002", 99)
    store.publish(batch(reference, same, other, version("v003", 99)))  # v003 has no thumbnail: nothing is known
    jpegs = zip((reference, same, other), (b"a", b"a", b"b"), strict=True)
    store.put_previews([Preview(one.identity.file_id, None, jpeg) for one, jpeg in jpegs])
    hits = check_identical(store.similar(Query(reference)), reference, store)
    bands = [(name, band) for name, band, _ in facts(hits)]
    assert bands[:3] == [(name, Band.IDENTICAL) for name in ("copy", "v001", "v003")]
    assert bands[3:] == [("v002", Band.SAME_HEADER)]


def test_file_of_unknown_size_is_not_identical(store: Store) -> None:
    store.publish(batch(version("v002", None)))
    (hit,) = store.similar(Query(version("v001", None)))
    assert hit.band is Band.SAME_HEADER


def test_size_of_a_file_that_was_written_on_is_compared(store: Store) -> None:
    reference, half = version("v001", 30_052), version("v002", 900)
    store.publish(batch(half))
    assert [hit.band for hit in store.similar(Query(reference))] == [Band.SAME_HEADER]
    store.publish(batch(version("v002", 30_052), publish_id="p2"))
    assert [hit.band for hit in store.similar(Query(reference))] == [Band.IDENTICAL]


def test_identical_frame_represents_a_copied_sequence(store: Store) -> None:
    def frames(folder: str) -> list[Record]:
        return [
            record(payload(f"/{folder}/beauty.{frame}.exr", frame_number=frame, size_bytes=frame, header_hash=HASH))
            for frame in (1001, 1002, 1003)
        ]

    store.publish(batch(*frames("archive")))
    (hit,) = store.similar(Query(frames("shot")[1]))
    assert (hit.file_path, hit.band, hit.sequence_count) == ("/archive/beauty.1002.exr", Band.IDENTICAL, 3)


def unit(seed: int) -> Vector:
    vector = np.random.default_rng(seed).normal(size=LOOK_DIM).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def test_look_is_never_banded_by_the_header(store: Store) -> None:
    reference, same, other = version("v001", 30_052), version("copy", 30_052), version("v002", 30_087)
    store.publish(batch(same, other))
    store.put_previews([Preview(same.identity.file_id, unit(1), b""), Preview(other.identity.file_id, unit(2), b"")])
    hits = store.similar(Query(reference, "look", look=unit(1)))
    assert [hit.band for hit in hits] == [Band.SAME_SETUP, Band.UNRELATED]
    blended = store.similar(Query(reference, look=unit(1), weights={"metadata": 1.0, "look": 3.0}))
    assert [hit.band for hit in blended] == [Band.IDENTICAL, Band.SAME_HEADER]


def test_command_line_prints_the_words_of_the_window(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = studio_file(tmp_path / "a" / "beauty.1001.exr", 1001)
    studio_file(tmp_path / "b" / "beauty.1200.exr", 1200)
    assert cli.main(["publish", str(tmp_path / "b")]) == 0
    for by, words in (("metadata", "same set-up"), ("channels", "same channels")):
        capsys.readouterr()
        assert cli.main(["similar", "--by", by, str(first)]) == 0
        assert capsys.readouterr().out.startswith(f"100.0 %  {words:<13}  {tmp_path}")
    for way in ("metadata", "channels", "look"):
        for band in set(Band) - {Band.UNRELATED}:  # `Weak` in the window
            assert band_label(band, way) == band_name(band, way).capitalize()
            assert explain_band(band, way)


def test_renders_of_one_header_are_reported_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = write_exr(tmp_path / "v001" / "beauty.exr")
    other = write_exr(tmp_path / "v002" / "beauty.exr")
    other.write_bytes(other.read_bytes() + b"more pixels")
    copy = write_exr(tmp_path / "copy" / "beauty.exr")
    assert cli.main(["publish", str(other), str(copy)]) == 0
    capsys.readouterr()
    assert cli.main(["similar", str(first)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("100.0 %  identical ")
    assert lines[2].startswith("100.0 %  same header ")
    assert lines[2].endswith(str(other))
    assert lines[3].strip() == "same header, other path, differs: file size"


def test_hit_of_an_index_without_its_files_has_its_size(store: Store, tmp_path: Path) -> None:
    reference = version("v001", 30_052)
    store.publish(batch(*(version(f"v{number:03}", 1000 + number, number) for number in range(2, 40))))
    (hit,) = [hit for hit in store.similar(Query(replace(reference, payload=version("v", 1030).payload), limit=50))
              if hit.band is Band.IDENTICAL]  # fmt: skip
    assert hit.file_path == "/shot/v030/beauty.exr"


def test_search_of_a_published_file_compares_its_stored_size(tmp_path: Path) -> None:
    path = tmp_path / "library.duckdb"
    reference, other = version("v001", 30_052), version("v002", 30_087)
    LocalStore(path).publish(batch(reference, other))
    backend = Backend(replace(config.load(), library=path))
    stored = backend.reference([reference.identity.file_id])
    bands = [hit.band for hit in LocalStore(path).similar(Query(stored))]
    assert sorted(bands) == [Band.IDENTICAL, Band.SAME_HEADER]


def test_contents_tell_versions_apart_whose_thumbnails_are_equal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = write_exr(tmp_path / "v001" / "beauty.exr")
    copy, other = (tmp_path / name / "beauty.exr" for name in ("copy", "v002"))
    for path, end in ((copy, b""), (other, b"\x01")):
        path.parent.mkdir()
        path.write_bytes(first.read_bytes()[: -len(end) or None] + end)

    def bands(*arguments: str) -> list[tuple[str, str, list[str]]]:
        capsys.readouterr()
        assert cli.main(["similar", "--json", *arguments, str(first)]) == 0
        hits = json.loads(capsys.readouterr().out)["hits"]
        return [(Path(hit["file_path"]).parent.name, hit["band"], hit["reasons"]) for hit in hits]

    assert cli.main(["publish", str(copy), str(other)]) == 0
    assert {band for _, band, _ in bands()} == {"identical"}  # by header and size
    contents = [
        ("copy", "identical", ["same contents, other path"]),
        ("v002", "same header", ["same header, other path", "differs: contents"]),
    ]
    assert bands("--stats") == contents
    assert cli.main(["publish", "--previews", str(copy), str(other)]) == 0
    other.unlink()  # its digest is stored
    assert bands() == contents
