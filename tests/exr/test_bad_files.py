"""Problems of unreadable and damaged files, and the parts of them that can still be read."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exr_inspector_app.exr import inspect_bytes, inspect_file
from exr_inspector_app.exr.source.file_source import FileSource
from exr_inspector_app.model import from_payload, payload
from tests.exr_files import (
    MAGIC,
    attribute,
    exr_bytes,
    string,
    vector,
    write_exr,
)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty-file"), (b"v/", "header-truncated"), (b"hello world", "not-exr"), (b"\0" * 99, "not-exr")],
)
def test_file_of_another_format_has_one_problem(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(content)
    (problem,) = inspect_file(str(path)).errors
    assert problem.code == code
    assert problem.message.endswith(".")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"text", "Not an OpenEXR file."),
        (b"version https://git-lfs.github.com/spec/v1\n", "pointer of Git LFS. Fetch it with: git lfs pull."),
        (b"\xff\xd8\xff\xe0", "Not an OpenEXR file, but a JPEG picture."),
        (bytes(4096), "Not an OpenEXR file: it begins with zeros. The write or the copy did not finish."),
    ],
)
def test_contents_of_another_format_are_named(content: bytes, message: str) -> None:
    (problem,) = inspect_bytes(content, "a.exr", len(content)).errors
    assert problem.message.endswith(message)


def test_missing_path_has_one_problem(tmp_path: Path) -> None:
    names = {str(tmp_path / "no.exr"): "not-found", str(tmp_path): "is-folder", "a\0b": "not-found"}
    names[str(tmp_path / ("n" * 10_000))] = "name-too-long"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    names[str(pipe)] = "not-a-file"
    for path, code in names.items():
        (problem,) = inspect_file(path).errors
        assert problem.code == code


def test_damaged_attribute_is_skipped(tmp_path: Path) -> None:
    path = write_exr(
        tmp_path / "a.exr", attributes={"chromaticities": ("chromaticities", b"1234"), "owner": string("me")}
    )
    file = inspect_file(str(path))
    (problem,) = file.errors
    assert (problem.code, problem.part_index, problem.attribute) == ("attribute-value", 0, "chromaticities")
    assert path.read_bytes()[problem.byte_offset :].startswith(b"chromaticities\0")
    assert file.parts[0].attributes[-1].value == "me"


def test_attribute_larger_than_the_file_allocates_no_memory(tmp_path: Path) -> None:
    data = MAGIC + struct.pack("<I", 2) + b"a\0string\0" + struct.pack("<i", 2**31 - 1)
    (problem,) = inspect_bytes(data, "a.exr", len(data)).errors
    assert (problem.code, problem.byte_offset) == ("attribute-size", 8)


def test_missing_required_attribute_is_reported(tmp_path: Path) -> None:
    data = MAGIC + struct.pack("<I", 2) + attribute("owner", *string("me")) + b"\0"
    file = inspect_bytes(data, "a.exr", len(data))
    assert {problem.attribute for problem in file.errors} >= {"channels", "dataWindow", "compression"}
    assert {problem.byte_offset for problem in file.errors} == {len(data)}  # where the header ends


def test_file_that_shrinks_during_the_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_exr(tmp_path / "a.exr", attributes={"long": string("x" * 40_000)})
    read = FileSource.read

    def shrunk(self: FileSource, start: int, size: int) -> bytes:
        os.truncate(path, 20_000)
        return read(self, start, size)

    monkeypatch.setattr(FileSource, "read", shrunk)
    assert [problem.code for problem in inspect_file(str(path)).errors] == ["header-truncated", "changed"]


def test_corpus_of_damaged_files_never_raises(corpus: Path) -> None:
    for path in (corpus / "Damaged").iterdir():
        file = inspect_file(str(path))
        json.dumps(payload(file), allow_nan=False)
        assert all(problem.message.endswith(".") for problem in file.errors)


SOUND = exr_bytes(({"attributes": {"owner": string("me"), "m": vector("m33f", *range(9))}}, {"height": 3}))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_changed_bytes_never_raise(data: st.DataObject) -> None:
    changed = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(changed[: data.draw(st.integers(0, len(changed)))])
    file = inspect_bytes(cut, "a.exr", len(cut))
    facts = payload(file)
    json.dumps(facts, allow_nan=False)
    assert payload(from_payload(facts)) == facts
