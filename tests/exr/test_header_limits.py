"""Header limits: bytes that declare more than they hold are rejected early, without allocating it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from exr_inspector_app.exr import inspect_bytes, inspect_file
from exr_inspector_app.exr.source.file_source import FileSource
from exr_inspector_app.model import Problem
from tests.exr_files import MAGIC, exr_bytes, part_header, string, write_exr


def problems(attributes: dict[str, tuple[str, bytes]]) -> tuple[Problem, ...]:
    """Return the problems of a file with these attributes."""
    data = exr_bytes(({"attributes": attributes},))
    return inspect_bytes(data, "a.exr", None).errors


def manifest(plain: bytes) -> tuple[str, bytes]:
    return "idmanifest", struct.pack("<I", len(plain)) + zlib.compress(plain)


def test_list_of_too_many_channels_is_rejected() -> None:
    channel = b"a\0" + struct.pack("<iB3xii", 1, 0, 1, 1)
    (problem,) = problems({"channels": ("chlist", channel * 100_001 + b"\0")})
    assert (problem.code, problem.attribute) == ("attribute-value", "channels")


@pytest.mark.parametrize("kind", ["floatvector", "stringvector"])
def test_vectors_of_millions_are_rejected(kind: str) -> None:
    (problem,) = problems({"v": (kind, bytes(4 * 1_000_001))})
    assert (problem.code, problem.attribute) == ("attribute-value", "v")


def test_total_of_all_vectors_is_limited() -> None:
    half = ("floatvector", bytes(4 * 600_000))
    (problem,) = problems({"v": half, "w": half, "x": ("floatvector", bytes(4))})
    assert (problem.code, problem.attribute) == ("attribute-value", "w")
    assert "more than 1,000,000 values" in problem.message


def test_manifest_of_millions_of_ids_stays_raw() -> None:
    group = bytes(8) + b"\0" + bytes(8) + b"\2" + struct.pack("<I", 3_000_000) + b"\1" * 3_000_000
    (problem,) = problems({"m": manifest(struct.pack("<IIII", 0, 0, 0, 1) + group)})
    assert problem.code == "manifest-damaged"


@pytest.mark.parametrize(
    "body",
    [
        struct.pack("<I", 100_000) + bytes(23),  # groups of nothing
        struct.pack("<I", 1) + bytes(4) + struct.pack("<I", 40_000) + bytes(40_000) + bytes(9) + b"\2\x28\0\0\0",
    ],
    ids=["groups", "components of each id"],
)
def test_small_manifest_does_not_become_a_million_objects(body: bytes) -> None:
    names = struct.pack("<II", 0, 1) + b"\1a" + struct.pack("<Iii", 1, 0, 0)
    (problem,) = problems({"m": manifest(names + body + bytes(3_000_000))})
    assert problem.code == "manifest-damaged"


def test_channel_lists_under_other_names_are_limited() -> None:
    listed = ("chlist", (b"a\0" + struct.pack("<iB3xii", 1, 0, 1, 1)) * 40_000 + b"\0")
    results = problems({f"c{index}": listed for index in range(5)})
    assert [item.attribute for item in results] == ["c2", "c3", "c4"]


def test_total_of_all_manifests_is_limited_in_every_read() -> None:
    channels = struct.pack("<II", 1, 400_000) + bytes(400_000 + 4 + 14)
    attributes = {f"m{index}": manifest(bytes(12) + channels) for index in range(20)}
    for _ in range(2):
        results = problems(attributes)
        assert [item.attribute for item in results] == [f"m{index}" for index in range(2, 20)]
        assert "more than 1,000,000 values" in results[0].message
        assert "lists that failed" in results[-1].message  # each would take half a second


def test_manifest_of_a_quarter_million_names_is_decoded() -> None:
    count = 249_000
    names = struct.pack("<II", 0, count) + b"\4" * count + b"".join(b"\0%03d" % (n % 1000) for n in range(count))
    used = struct.pack("<I", count) + b"".join(struct.pack("<ii", n, n) for n in range(count))
    group = struct.pack("<I", 0) + struct.pack("<I", 1) + b"\1c" + bytes(9) + b"\2" + struct.pack("<I", count)
    table = b"".join(b"\1" + bytes([n & 127 | 128, n >> 7 & 127 | 128, n >> 14]) for n in range(count))
    data = exr_bytes(({"attributes": {"m": manifest(names + used + struct.pack("<I", 1) + group + table)}},))
    file = inspect_bytes(data, "a.exr", None)
    (value,) = [item.value for item in file.parts[0].attributes if item.name == "m"]
    assert file.errors == ()
    assert len(value["groups"][0]["table"]) == count


def test_manifest_with_endless_ranges_stays_raw() -> None:
    names = struct.pack("<II", 0, 300_000) + b"\0" + b"\1" * 299_999 + bytes(299_999)
    ranges = struct.pack("<I", 3000) + struct.pack("<ii", 0, 299_999) * 3000
    (problem,) = problems({"m": manifest(names + ranges + bytes(4))})
    assert problem.code == "manifest-damaged"


def test_damaged_manifest_stays_raw() -> None:
    data = exr_bytes(({"attributes": {"m": ("idmanifest", b"12345"), "owner": string("me")}},))
    for _ in range(2):  # as of the next frame, which has the same manifest
        file = inspect_bytes(data, "a.exr", None)
        values = {item.name: item.value for item in file.parts[0].attributes}
        assert values["m"] == {"encoding": "base64", "data": "MTIzNDU="}
        assert values["owner"] == "me"
        assert [problem.attribute for problem in file.errors] == ["m"]


def test_chromaticities_of_another_type_are_ignored() -> None:
    data = exr_bytes(({"attributes": {"chromaticities": ("studio", b"1234")}},))
    file = inspect_bytes(data, "a.exr", None)
    assert (file.parts[0].color_space, file.errors) == (None, ())


def test_ten_thousand_digits_in_a_name_are_one_problem() -> None:
    (problem,) = inspect_file("/a/" + "1" * 10_000 + ".exr").errors
    assert problem.code == "name-too-long"


def test_first_bytes_of_a_long_header_are_not_damaged() -> None:
    data = exr_bytes(({"attributes": {"owner": string("x" * 500)}},))
    file = inspect_bytes(data[:200], "s3://bucket/a.exr", len(data))
    assert [problem.code for problem in file.errors] == ["header-unseen"]
    assert (file.is_complete, file.header_hash) == (None, None)
    assert file.parts[0].attributes[0].name == "channels"


def test_tiles_are_required_in_a_tiled_part() -> None:
    data = MAGIC + struct.pack("<I", 2 | 0x200) + part_header()
    codes = [(problem.code, problem.attribute) for problem in inspect_bytes(data, "a.exr", None).errors]
    assert ("attribute-missing", "tiles") in codes


def test_file_that_grows_during_the_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_exr(tmp_path / "a.exr")
    read = FileSource.read

    def grown(self: FileSource, start: int, size: int) -> bytes:
        with path.open("ab") as more:
            more.write(b"x" * 100)
        return read(self, start, size)

    monkeypatch.setattr(FileSource, "read", grown)
    file = inspect_file(str(path))
    assert [problem.code for problem in file.errors] == ["changed"]
    assert len(file.parts) == 1


def test_file_that_is_removed_during_the_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_exr(tmp_path / "a.exr")
    read = FileSource.read

    def removed(self: FileSource, start: int, size: int) -> bytes:
        path.unlink()
        return read(self, start, size)

    monkeypatch.setattr(FileSource, "read", removed)
    assert [problem.code for problem in inspect_file(str(path)).errors] == ["vanished"]


def test_manifest_of_openexr_is_decoded(tmp_path: Path) -> None:
    group = OpenEXR.ChannelGroupManifest()
    group.setChannels({"id"})
    group.setComponents(["model", "material"])
    group.setHashScheme("none")
    group.setEncodingScheme("id")
    group.insert(7, ["char/hero", "skin"])
    group.insert(300, ["char/hero_hat", "felt" * 100])
    manifest = OpenEXR.IDManifest()
    manifest.add(group)
    path = str(tmp_path / "a.exr")
    with OpenEXR.File({"idManifest": manifest}, {"id": np.zeros((4, 4), dtype=np.uint32)}) as written:
        written.write(path)
    file = inspect_file(path)
    values = {item.name: item for item in file.parts[0].attributes}
    assert (values["idManifest"].type, file.errors) == ("idmanifest", ())
    (decoded,) = values["idManifest"].value["groups"]
    assert (decoded["channels"], decoded["components"]) == (["id"], ["model", "material"])
    assert decoded["table"] == {"7": ["char/hero", "skin"], "300": ["char/hero_hat", "felt" * 100]}
