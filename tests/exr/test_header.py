"""What the parser reads from whole files and from their first bytes."""

from __future__ import annotations

import json
import struct
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from exr_inspector_app.exr import inspect_bytes, inspect_file
from exr_inspector_app.exr.parser.part_summary import REQUIRED_ATTRIBUTES
from exr_inspector_app.model import Box2i, from_payload, payload
from tests.exr_files import (
    MAGIC,
    exr_bytes,
    integer,
    part_header,
    real,
    string,
    vector,
    write_exr,
)


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


NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=100)
VALUES = st.one_of(
    st.tuples(st.just("int"), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just("string"), st.text(max_size=50)),
    st.tuples(st.just("double"), st.floats(allow_nan=False)),
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=12))
def test_names_types_values_and_order_are_the_files_own(wanted: dict[str, tuple[str, object]]) -> None:
    fixed = {*REQUIRED_ATTRIBUTES, "chunkCount"}  # a count that the windows contradict is a problem of its own
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
