"""What the parser reads from whole files, from their first bytes, and from files that are wrong."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from typing import Any

import OpenEXR
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exr_inspector_app.exr import inspect_bytes, inspect_file
from exr_inspector_app.exr.part import REQUIRED
from exr_inspector_app.exr.source import FileSource
from exr_inspector_app.model import Box2i, from_payload, payload
from tests.exr_files import (
    MAGIC,
    Tiles,
    attribute,
    exr_bytes,
    integer,
    part_header,
    real,
    string,
    studio_file,
    vector,
    write_exr,
)
from tests.exr_files.zoo import zoo


def test_a_flat_file_is_read_whole(tmp_path: Path) -> None:
    path = write_exr(
        tmp_path / "beauty.1047.exr",
        width=32,
        height=20,
        compression="none",
        data_window=(-4, -2, 27, 17),
        display_window=(0, 0, 23, 15),
        channels=["B", "G", "R", "diffuse.R", ("Z", "float"), ("id", "uint")],
        attributes={"owner": string("orca"), "frames": integer(7)},
    )
    file = inspect_file(str(path))
    (part,) = file.parts
    assert (file.errors, file.is_complete, file.frame_number) == ((), True, 1047)
    assert part.data_window == Box2i(-4, -2, 27, 17)
    assert part.display_window == Box2i(0, 0, 23, 15)
    assert (part.type, part.compression, part.line_order) == ("scanlineimage", "none", "increasingY")
    assert (part.chunk_count, part.chunks_present) == (20, 20)
    assert [(c.name, c.layer_name, c.component_name, c.type) for c in part.channels] == [
        ("B", "", "B", "half"),
        ("G", "", "G", "half"),
        ("R", "", "R", "half"),
        ("diffuse.R", "diffuse", "R", "half"),
        ("Z", "", "Z", "float"),
        ("id", "", "id", "uint"),
    ]
    assert [(a.name, a.type, a.value) for a in part.attributes[-2:]] == [
        ("owner", "string", "orca"),
        ("frames", "int", 7),
    ]


def test_each_part_of_a_multi_part_file_is_read(tmp_path: Path) -> None:
    path = write_exr(
        tmp_path / "multi.exr",
        parts=[{"attributes": {"view": string("left")}}, {"compression": "zip", "height": 40}],
    )
    file = inspect_file(str(path))
    assert [(p.name, p.view, p.chunk_count, p.chunks_present) for p in file.parts] == [
        ("part0", "left", 8, 8),
        ("part1", None, 3, 3),
    ]
    assert file.is_complete
    assert not file.errors


def test_the_header_hash_covers_the_header_and_nothing_else(tmp_path: Path) -> None:
    import hashlib

    one = write_exr(tmp_path / "a.exr")
    two = write_exr(tmp_path / "b.exr", present=3)
    other = write_exr(tmp_path / "c.exr", attributes={"owner": string("x")})
    hashes = [inspect_file(str(path)).header_hash for path in (one, two, other)]
    header = MAGIC + struct.pack("<I", 2) + part_header()
    assert hashes[0] == hashes[1] == hashlib.sha256(header).hexdigest()
    assert hashes[0] != hashes[2]


def test_an_unfinished_file_tells_how_many_chunks_are_there(tmp_path: Path) -> None:
    file = inspect_file(str(write_exr(tmp_path / "a.exr", height=100, present=61)))
    assert (file.parts[0].chunks_present, file.parts[0].chunk_count) == (61, 100)
    assert file.is_complete is False
    assert not file.errors


def test_a_table_of_zeros_with_chunks_behind_it_is_rebuilt(tmp_path: Path) -> None:
    data = bytearray(exr_bytes(({"height": 10},)))
    end = len(MAGIC) + 4 + len(part_header(height=10))
    data[end : end + 80] = bytes(80)
    file = inspect_bytes(bytes(data), "a.exr", len(data))
    assert file.parts[0].chunks_present == 10


def test_the_first_bytes_of_an_object_are_enough(tmp_path: Path) -> None:
    data = exr_bytes(({"width": 64, "height": 64},))
    file = inspect_bytes(data[:1000], "s3://bucket/a.exr", len(data))
    assert (file.is_complete, file.parts[0].chunk_count, file.parts[0].chunks_present) == (None, 64, None)
    assert file.header_hash == inspect_bytes(data, "a.exr", len(data)).header_hash
    assert not file.errors


@pytest.fixture
def read_sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes that were asked for in each read of a file."""
    sizes: list[int] = []
    read = FileSource.read

    def counted(self: FileSource, start: int, size: int) -> bytes:
        sizes.append(size)
        return read(self, start, size)

    monkeypatch.setattr(FileSource, "read", counted)
    return sizes


def test_a_usual_header_takes_at_most_three_reads(tmp_path: Path, read_sizes: list[int]) -> None:
    inspect_file(str(studio_file(tmp_path / "a.exr", width=4, height=2160)))
    assert len(read_sizes) <= 3
    assert sum(read_sizes) <= 64 * 1024


def test_every_kind_of_file_takes_at_most_three_reads(tmp_path: Path, read_sizes: list[int]) -> None:
    path = tmp_path / "a.exr"
    for name, data in zoo().items():
        read_sizes.clear()
        path.write_bytes(data)
        inspect_file(str(path))
        assert len(read_sizes) <= 3, name
        assert sum(read_sizes) <= 64 * 1024 or "hugeText" in name or "every type" in name, name


def test_a_header_behind_the_first_read_takes_no_more_than_64_kb(tmp_path: Path, read_sizes: list[int]) -> None:
    manifest = {"cryptomatte/0/manifest": string("{" + "object:01234567," * 1700 + "}")}
    inspect_file(str(write_exr(tmp_path / "a.exr", height=2160, width=20, attributes=manifest)))
    assert len(read_sizes) <= 3
    assert sum(read_sizes) <= 64 * 1024


@pytest.mark.parametrize(
    ("facts", "claim", "told"),
    [
        ({"kind": "tiledimage", "tiles": Tiles(4, 4)}, "scanlineimage", ("tiledimage", 4)),
        ({}, "tiledimage", ("scanlineimage", 8)),
    ],
)
def test_the_flags_of_a_file_of_one_flat_part_count_more_than_its_type_as_in_openexr(
    tmp_path: Path, facts: dict[str, Any], claim: str, told: tuple[str, int]
) -> None:
    path = write_exr(tmp_path / "a.exr", **facts, attributes={"type": string(claim)})
    file = inspect_file(str(path))
    assert (file.errors, file.is_complete) == ((), True)
    assert (file.parts[0].type, file.parts[0].chunk_count) == told
    assert [one.value for one in file.parts[0].attributes if one.name == "type"] == [claim]
    with OpenEXR.File(str(path), header_only=True) as oracle:
        assert oracle.parts[0].type().name == told[0]


def test_pixels_are_not_read_for_a_header(tmp_path: Path, read_sizes: list[int]) -> None:
    path = write_exr(tmp_path / "a.exr", width=2000, height=300, channels=["A", "B", "G", "R"])
    assert path.stat().st_size > 4_000_000
    assert inspect_file(str(path)).is_complete
    assert sum(read_sizes) <= 64 * 1024


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty-file"), (b"v/", "header-truncated"), (b"hello world", "not-exr"), (b"\0" * 99, "not-exr")],
)
def test_a_file_that_is_no_exr_is_one_sentence(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(content)
    (problem,) = inspect_file(str(path)).errors
    assert problem.code == code
    assert problem.message.endswith(".")


def test_a_path_that_leads_nowhere_is_one_sentence(tmp_path: Path) -> None:
    names = {str(tmp_path / "no.exr"): "not-found", str(tmp_path): "is-folder", "a\0b": "not-found"}
    names[str(tmp_path / ("n" * 10_000))] = "name-too-long"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    names[str(pipe)] = "not-a-file"
    for path, code in names.items():
        (problem,) = inspect_file(path).errors
        assert problem.code == code


def test_a_damaged_attribute_is_left_out_and_the_rest_is_read(tmp_path: Path) -> None:
    path = write_exr(
        tmp_path / "a.exr", attributes={"chromaticities": ("chromaticities", b"1234"), "owner": string("me")}
    )
    file = inspect_file(str(path))
    (problem,) = file.errors
    assert (problem.code, problem.part_index, problem.attribute) == ("attribute-value", 0, "chromaticities")
    assert path.read_bytes()[problem.byte_offset :].startswith(b"chromaticities\0")
    assert file.parts[0].attributes[-1].value == "me"


def test_an_attribute_larger_than_the_file_takes_no_memory(tmp_path: Path) -> None:
    data = MAGIC + struct.pack("<I", 2) + b"a\0string\0" + struct.pack("<i", 2**31 - 1)
    (problem,) = inspect_bytes(data, "a.exr", len(data)).errors
    assert (problem.code, problem.byte_offset) == ("attribute-size", 8)


def test_a_missing_required_attribute_is_named(tmp_path: Path) -> None:
    data = MAGIC + struct.pack("<I", 2) + attribute("owner", *string("me")) + b"\0"
    file = inspect_bytes(data, "a.exr", len(data))
    assert {problem.attribute for problem in file.errors} >= {"channels", "dataWindow", "compression"}


def test_text_that_is_not_utf8_is_kept(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", attributes={"owner": ("string", b"Andr\xe9")})
    file = inspect_file(str(path))
    assert file.parts[0].attributes[-1].value == "Andr\udce9"
    assert json.loads(json.dumps(payload(file)))["attributes"]["parts"][0][-1]["value"] == "Andr\udce9"


def test_unknown_types_keep_their_name_and_bytes(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", attributes={"x": ("studio:thing", b"\x00\x01\x02")})
    last = inspect_file(str(path)).parts[0].attributes[-1]
    assert (last.type, last.value) == ("studio:thing", {"encoding": "base64", "data": "AAEC"})


def test_numbers_that_are_not_finite_are_spelled_out(tmp_path: Path) -> None:
    odd = vector("v3f", float("nan"), float("inf"), float("-inf"))
    file = inspect_file(str(write_exr(tmp_path / "a.exr", attributes={"odd": odd, "one": real(1.5)})))
    facts = payload(file)
    values = [row["value"] for row in facts["attributes"]["parts"][0][-2:]]
    assert values == [["NaN", "Infinity", "-Infinity"], 1.5]
    assert payload(from_payload(facts)) == facts


def test_a_file_that_shrinks_while_it_is_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_exr(tmp_path / "a.exr", attributes={"long": string("x" * 40_000)})
    read = FileSource.read

    def shrunk(self: FileSource, start: int, size: int) -> bytes:
        os.truncate(path, 20_000)
        return read(self, start, size)

    monkeypatch.setattr(FileSource, "read", shrunk)
    assert [problem.code for problem in inspect_file(str(path)).errors] == ["header-truncated", "changed"]


def test_files_written_by_openexr_are_read_as_openexr_reads_them(tmp_path: Path) -> None:
    import numpy as np

    pixels = np.zeros((20, 30), dtype=np.float16)
    for compression in (OpenEXR.ZIP_COMPRESSION, OpenEXR.PIZ_COMPRESSION, OpenEXR.DWAA_COMPRESSION):
        header = {"compression": compression, "type": OpenEXR.scanlineimage, "owner": "me", "n": 3, "f": 0.5}
        path = tmp_path / "a.exr"
        with OpenEXR.File(header, {"R": pixels, "G": pixels, "B": pixels}) as written:
            written.write(str(path))
        file = inspect_file(str(path))
        with OpenEXR.File(str(path)) as oracle:
            wanted = set(oracle.parts[0].header)
        assert {a.name for a in file.parts[0].attributes} == wanted
        assert (file.errors, file.is_complete) == ((), True)
        values = {a.name: a.value for a in file.parts[0].attributes}
        assert (values["owner"], values["n"], values["f"]) == ("me", 3, 0.5)


def test_the_corpus_is_read_without_an_error(corpus: Path) -> None:
    for path in corpus.rglob("*.exr"):
        file = inspect_file(str(path))
        assert not file.errors, path
        assert file.is_complete, path
        facts = payload(file)
        assert payload(from_payload(facts)) == facts


def test_the_corpus_has_the_attributes_that_openexr_finds(corpus: Path) -> None:
    compared = 0
    for path in sorted(corpus.rglob("*.exr")):
        try:
            with OpenEXR.File(str(path), separate_channels=True, header_only=True) as oracle:
                wanted = [set(part.header) for part in oracle.parts]
        except RuntimeError:
            continue  # the binding cannot read this file; our parser can
        found = [{a.name for a in part.attributes} for part in inspect_file(str(path)).parts]
        for ours, theirs in zip(found, wanted, strict=True):
            # The binding adds what the file leaves to its flags.
            assert theirs - ours <= {"type", "name", "chunkCount", "version"}, path
            assert ours <= theirs, path
        compared += 1
    assert compared > 40


def test_every_damaged_file_is_told_of_and_none_raises(corpus: Path) -> None:
    for path in (corpus / "Damaged").iterdir():
        file = inspect_file(str(path))
        json.dumps(payload(file), allow_nan=False)
        assert all(problem.message.endswith(".") for problem in file.errors)


SOUND = exr_bytes(({"attributes": {"owner": string("me"), "m": vector("m33f", *range(9))}}, {"height": 3}))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_change_of_bytes_makes_the_parser_raise(data: st.DataObject) -> None:
    changed = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(changed[: data.draw(st.integers(0, len(changed)))])
    file = inspect_bytes(cut, "a.exr", len(cut))
    facts = payload(file)
    json.dumps(facts, allow_nan=False)
    assert payload(from_payload(facts)) == facts


NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=100)
VALUES = st.one_of(
    st.tuples(st.just("int"), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just("string"), st.text(max_size=50)),
    st.tuples(st.just("double"), st.floats(allow_nan=False)),
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=12))
def test_names_types_values_and_order_are_the_files_own(wanted: dict[str, tuple[str, object]]) -> None:
    fixed = {*REQUIRED, "chunkCount"}  # a count that the windows contradict is a problem of its own
    wanted = {name: pair for name, pair in wanted.items() if name not in fixed and len(name.encode()) < 256}
    packed = {name: (kind, _packed(kind, value)) for name, (kind, value) in wanted.items()}
    data = exr_bytes(({"attributes": packed},))
    file = inspect_bytes(data, "a.exr", len(data))
    found = [(a.name, a.type, a.value) for a in file.parts[0].attributes[8:]]
    assert found == [(name, kind, value) for name, (kind, value) in wanted.items()]
    assert not file.errors


def _packed(kind: str, value: object) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return struct.pack({"int": "<i", "double": "<d"}[kind], value)


def test_a_path_may_be_an_object_of_pathlib(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.1001.exr")
    assert inspect_file(path) == inspect_file(str(path))
    assert inspect_file(tmp_path / "none.exr").path == str(tmp_path / "none.exr")
