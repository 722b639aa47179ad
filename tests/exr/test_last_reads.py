"""Files that are read again: the result equals that of a first read after any change."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from exr_inspector_app.exr import file_builder, inspect_file
from exr_inspector_app.exr.parser import last_reads
from exr_inspector_app.exr.parser.header import clear_cache
from exr_inspector_app.model import Payload, payload
from tests.exr_files import string, write_exr
from tests.exr_files.zoo import zoo


def fresh(path: Path) -> Payload:
    clear_cache()
    return payload(inspect_file(str(path)))


def test_read_again_is_like_the_first_read_whatever_was_cut_or_added(tmp_path: Path) -> None:
    path = tmp_path / "plate_ACEScct.1001.exr"
    for name, data in zoo().items():
        path.write_bytes(data)
        first = fresh(path)
        assert payload(inspect_file(str(path))) == first, name
        for size in (len(data) - 1, len(data) * 2 // 3, len(data) + 50, len(data)):
            os.truncate(path, size)
            again = payload(inspect_file(str(path)))
            assert again == fresh(path), (name, size)


def test_header_that_is_the_same_is_not_parsed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clear_cache()  # it may be full, and would be cleared between the files
    manifest = {"cryptomatte/0/manifest": string("{" + "object:01234567," * 9000 + "}")}  # more than one read
    paths = [write_exr(tmp_path / "a.exr"), write_exr(tmp_path / "b.exr", attributes=manifest)]
    files = [inspect_file(str(path)) for path in paths]
    monkeypatch.setattr(file_builder, "HeaderParser", None)
    assert [inspect_file(str(path)) for path in paths] == files


def test_kept_headers_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clear_cache()
    monkeypatch.setattr(last_reads, "MAX_BYTES", 3000)
    for number in range(30):
        inspect_file(str(write_exr(tmp_path / f"{number}.exr")))
        kept = [len(read.header) for read in last_reads._reads.values()]
        assert kept
        assert last_reads._size == sum(kept) <= 3000
