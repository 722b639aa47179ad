"""Header parser: complete files, and the first bytes of files."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exr_inspector_app.exr import inspect_bytes, inspect_file
from exr_inspector_app.exr.parser.header import HeaderParser, IncompleteHeaderError, parse_header
from exr_inspector_app.exr.parser.part_summary import MULTI_PART, REQUIRED_ATTRIBUTES
from exr_inspector_app.exr.source import file_source, first_read
from exr_inspector_app.model import Box2i, from_payload, payload
from tests.exr_files import (
    MAGIC,
    attribute,
    exr_bytes,
    integer,
    part_header,
    real,
    string,
    vector,
    write_exr,
)


def test_flat_file_is_parsed(tmp_path: Path) -> None:
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


def test_each_part_of_a_multi_part_file_is_parsed(tmp_path: Path) -> None:
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


def test_header_hash_covers_the_header_only(tmp_path: Path) -> None:
    first = write_exr(tmp_path / "a.exr")
    second = write_exr(tmp_path / "b.exr", present=3)
    other = write_exr(tmp_path / "c.exr", attributes={"owner": string("x")})
    hashes = [inspect_file(str(path)).header_hash for path in (first, second, other)]
    header = MAGIC + struct.pack("<I", 2) + part_header()
    assert hashes[0] == hashes[1] == hashlib.sha256(header).hexdigest()
    assert hashes[0] != hashes[2]


def test_incomplete_file_counts_its_chunks(tmp_path: Path) -> None:
    file = inspect_file(str(write_exr(tmp_path / "a.exr", height=100, present=61)))
    assert (file.parts[0].chunks_present, file.parts[0].chunk_count) == (61, 100)
    assert file.is_complete is False
    assert not file.errors


def test_table_of_zeros_is_rebuilt_from_the_chunks(tmp_path: Path) -> None:
    data = bytearray(exr_bytes(({"height": 10},)))
    end = len(MAGIC) + 4 + len(part_header(height=10))
    data[end : end + 80] = bytes(80)
    file = inspect_bytes(bytes(data), "a.exr", len(data))
    assert file.parts[0].chunks_present == 10


def test_first_bytes_of_an_object_are_enough(tmp_path: Path) -> None:
    data = exr_bytes(({"width": 64, "height": 64},))
    file = inspect_bytes(data[:1000], "s3://bucket/a.exr", len(data))
    assert (file.is_complete, file.parts[0].chunk_count, file.parts[0].chunks_present) == (None, 64, None)
    assert file.header_hash == inspect_bytes(data, "a.exr", len(data)).header_hash
    assert not file.errors


@pytest.mark.parametrize("length", [-1, -8, -(2**31)])
def test_negative_attribute_size_ends_the_header(length: int) -> None:
    owner = attribute("owner", "string", b"me")
    data = exr_bytes(({"attributes": {"owner": string("me"), "last": integer(1)}},))
    at = data.index(owner)
    data = data[: at + len(owner) - 6] + struct.pack("<i", length) + data[at + len(owner) - 2 :]
    file = inspect_bytes(data, "a.exr", None)
    (problem,) = file.errors
    assert (problem.code, problem.part_index, problem.attribute, problem.byte_offset) == (
        "attribute-size", 0, "owner", at,
    )  # fmt: skip
    assert [item.name for item in file.parts[0].attributes[-2:]] == ["screenWindowCenter", "screenWindowWidth"]
    assert (file.header_hash, file.is_complete) == (None, None)


@pytest.mark.parametrize("multi_part", [False, True])
@pytest.mark.parametrize("split", range(1, 20))
def test_header_may_end_at_the_last_byte_of_the_file(tmp_path: Path, split: int, multi_part: bool) -> None:
    # The first read ends in the last attribute, before its value, or after it.
    required = {"type": string("scanlineimage"), "name": string("a")} if multi_part else {}
    version = MAGIC + struct.pack("<I", 2 | (MULTI_PART if multi_part else 0))
    tail = 1 + multi_part

    def header_of(filler: int) -> bytes:
        attributes = {**required, "filler": string("x" * filler), "last": integer(7)}
        return version + part_header(attributes=attributes) + bytes(int(multi_part))

    filler = first_read.MIN_BYTES - len(header_of(0)) + split + tail - 1
    path = tmp_path / "a.exr"
    path.write_bytes(header_of(filler))
    assert path.stat().st_size == first_read.MIN_BYTES + split + tail - 1
    file = inspect_file(str(path))
    assert [(item.name, item.value) for item in file.parts[0].attributes[-1:]] == [("last", 7)]
    assert (file.errors, file.is_complete, file.parts[0].chunks_present) == ((), False, 0)
    assert file.header_hash == hashlib.sha256(path.read_bytes()).hexdigest()


def test_file_cut_after_an_attribute_keeps_that_attribute(tmp_path: Path) -> None:
    attributes = {"filler": string("x" * first_read.MIN_BYTES)}
    path = tmp_path / "a.exr"
    path.write_bytes(MAGIC + struct.pack("<I", 2) + part_header(attributes=attributes)[:-1])
    file = inspect_file(str(path))
    assert [problem.code for problem in file.errors] == ["header-truncated"]
    assert file.parts[0].attributes[-1].name == "filler"


@pytest.mark.parametrize("step", [1, 7, 64])
def test_header_supplied_in_pieces_is_parsed_as_one(step: int) -> None:
    attributes = {"owner": string("me"), "v": ("stringvector", b"\2\0\0\0ab"), "bad": ("m44f", b"1234")}
    for parts in ([{"attributes": attributes}], [{"attributes": attributes}, {"compression": "zip"}, {}]):
        data = exr_bytes(parts)
        expected = parse_header(data, len(data))
        assert expected.end is not None
        parser = HeaderParser(data[:8], len(data))
        for have in range(8, expected.end, step):
            parser.supply(data[:have], len(data), is_final=False)
            with pytest.raises(IncompleteHeaderError) as raised:
                parser.parse()
            assert have < raised.value.size <= len(data)
        parser.supply(data, len(data), is_final=False)
        assert parser.parse() == expected


def test_text_that_is_not_utf8_survives(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", attributes={"owner": ("string", b"Andr\xe9")})
    file = inspect_file(str(path))
    assert file.parts[0].attributes[-1].value == "Andr\udce9"
    assert json.loads(json.dumps(payload(file)))["attributes"]["parts"][0][-1]["value"] == "Andr\udce9"


def test_unknown_type_keeps_its_name_and_bytes(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", attributes={"x": ("studio:thing", b"\x00\x01\x02")})
    last = inspect_file(str(path)).parts[0].attributes[-1]
    assert (last.type, last.value) == ("studio:thing", {"encoding": "base64", "data": "AAEC"})


def test_numbers_that_are_not_finite_are_strings_in_the_payload(tmp_path: Path) -> None:
    odd = vector("v3f", float("nan"), float("inf"), float("-inf"))
    file = inspect_file(str(write_exr(tmp_path / "a.exr", attributes={"odd": odd, "one": real(1.5)})))
    facts = payload(file)
    values = [row["value"] for row in facts["attributes"]["parts"][0][-2:]]
    assert values == [["NaN", "Infinity", "-Infinity"], 1.5]
    assert payload(from_payload(facts)) == facts


NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=100)
VALUES = st.one_of(
    st.tuples(st.just("int"), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just("string"), st.text(max_size=50)),
    st.tuples(st.just("double"), st.floats(allow_nan=False)),
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=12))
def test_names_types_values_and_order_are_those_of_the_file(expected: dict[str, tuple[str, object]]) -> None:
    fixed = {*REQUIRED_ATTRIBUTES, "chunkCount"}  # a count that contradicts the windows is another problem
    expected = {name: pair for name, pair in expected.items() if name not in fixed and len(name.encode()) < 256}
    packed = {name: (kind, _packed(kind, value)) for name, (kind, value) in expected.items()}
    data = exr_bytes(({"attributes": packed},))
    file = inspect_bytes(data, "a.exr", len(data))
    values = [(a.name, a.type, a.value) for a in file.parts[0].attributes[8:]]
    assert values == [(name, kind, value) for name, (kind, value) in expected.items()]
    assert not file.errors


def _packed(kind: str, value: object) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return struct.pack({"int": "<i", "double": "<d"}[kind], value)


def test_path_may_be_a_pathlib_object(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.1001.exr")
    assert inspect_file(path) == inspect_file(str(path))
    assert inspect_file(tmp_path / "none.exr").path == str(tmp_path / "none.exr")


def test_frames_with_long_headers_are_read_once_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    read_at = file_source.read_at
    monkeypatch.setattr(first_read, "size", first_read.MIN_BYTES)
    monkeypatch.setattr(file_source, "read_at", lambda *args: sizes.append(args[1]) or read_at(*args))
    long = {"filler": string("x" * (first_read.MIN_BYTES + 5000))}
    kinds = {"a": long, "b": {"owner": string("me")}}
    frames = [
        write_exr(tmp_path / f"{kind}.{at}.exr", width=256, height=64, attributes=kinds[kind])
        for kind in "ab"
        for at in (1, 2)
    ]
    reads = []
    for path in frames:
        sizes.clear()
        assert inspect_file(str(path)).is_complete
        reads.append(list(sizes))
    assert [len(read) for read in reads] == [2, 1, 1, 1]
    assert first_read.size == first_read.MIN_BYTES
