"""Number and size of the reads for a header."""

from __future__ import annotations

from pathlib import Path

import pytest

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.source.file_source import FileSource
from tests.exr_files import (
    string,
    studio_file,
    write_exr,
)
from tests.exr_files.zoo import zoo


@pytest.fixture
def read_sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the list to which every read of a file appends its size."""
    sizes: list[int] = []
    read = FileSource.read

    def counted(self: FileSource, start: int, size: int) -> bytes:
        sizes.append(size)
        return read(self, start, size)

    monkeypatch.setattr(FileSource, "read", counted)
    return sizes


def test_typical_header_takes_at_most_three_reads(tmp_path: Path, read_sizes: list[int]) -> None:
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


def test_header_beyond_the_first_read_takes_at_most_64_kb(tmp_path: Path, read_sizes: list[int]) -> None:
    manifest = {"cryptomatte/0/manifest": string("{" + "object:01234567," * 1700 + "}")}
    inspect_file(str(write_exr(tmp_path / "a.exr", height=2160, width=20, attributes=manifest)))
    assert len(read_sizes) <= 3
    assert sum(read_sizes) <= 64 * 1024


def test_pixels_are_not_read(tmp_path: Path, read_sizes: list[int]) -> None:
    path = write_exr(tmp_path / "a.exr", width=2000, height=300, channels=["A", "B", "G", "R"])
    assert path.stat().st_size > 4_000_000
    assert inspect_file(str(path)).is_complete
    assert sum(read_sizes) <= 64 * 1024
