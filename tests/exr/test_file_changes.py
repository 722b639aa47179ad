"""Files that other programs replace, write or remove while they are inspected."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from exr_inspector_app.exr import inspect as inspection
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.source.file_source import FileSource
from exr_inspector_app.model import ExrFile
from tests.exr_files import write_exr


def contents(file: ExrFile) -> tuple[int | None, str | None, bool | None, int]:
    """Size, header, completeness and channels: these belong together in each written file."""
    channels = sum(len(part.channels) for part in file.parts)
    return file.size_bytes, file.header_hash, file.is_complete, channels


def variants(folder: Path) -> list[bytes]:
    """Files of different size, header, completeness and number of parts, and one with a header of 100 KB."""
    long = tuple(f"layer{number:03}.{'x' * 200}" for number in range(400))
    made = [
        write_exr(folder / "a.exr"),
        write_exr(folder / "b.exr", channels=("Z",), height=40),
        write_exr(folder / "c.exr", height=40, present=12),
        write_exr(folder / "d.exr", channels=long),
    ]
    return [path.read_bytes() for path in made]


@contextmanager
def written_by_another(write: Callable[[int], None], count: int) -> Iterator[threading.Thread]:
    """Call `write` with 0, 1, ... in another thread while the block runs."""
    writer = threading.Thread(target=lambda: [write(number) for number in range(count)])
    writer.start()
    try:
        yield writer
    finally:
        writer.join()


def test_file_that_is_replaced_during_reads_is_one_of_the_written_files(tmp_path: Path) -> None:
    data = variants(tmp_path)
    wanted = set()
    for item in data:
        (tmp_path / "known.exr").write_bytes(item)
        wanted.add(contents(inspect_file(tmp_path / "known.exr")))
    path, new = tmp_path / "beauty.exr", tmp_path / "beauty.exr.tmp"
    path.write_bytes(data[0])

    def replace(number: int) -> None:
        new.write_bytes(data[number % len(data)])
        os.replace(new, path)

    seen, reads = set(), 0
    with written_by_another(replace, 600) as writer:
        while writer.is_alive():
            file = inspect_file(path)
            assert file.errors == ()
            seen.add(contents(file))
            reads += 1
    assert seen <= wanted
    assert reads > 1
    assert contents(inspect_file(path)) == contents(inspect_file(tmp_path / "known.exr"))


@pytest.mark.parametrize("replacements", [1, 2, 100])
def test_file_that_is_replaced_during_a_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replacements: int
) -> None:
    path = write_exr(tmp_path / "a.exr")
    left, read, heights = [replacements], FileSource.read, []

    def replaced(self: FileSource, start: int, size: int) -> bytes:
        if left[0]:
            left[0] -= 1
            heights.append(20 + len(heights))
            os.replace(write_exr(tmp_path / "new.exr", height=heights[-1]), path)
        return read(self, start, size)

    monkeypatch.setattr(FileSource, "read", replaced)
    file = inspect_file(path)
    assert file.errors == ()
    assert file.is_complete
    # The last read before the limit gives the file of the replacement before it.
    newest = heights[-1] if replacements < inspection.MAX_READS else heights[inspection.MAX_READS - 2]
    assert file.parts[0].display_window.max_y + 1 == newest


def test_file_that_is_written_once_during_a_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_exr(tmp_path / "a.exr", height=40, present=12)
    whole = write_exr(tmp_path / "b.exr", height=40).read_bytes()
    read, is_first = FileSource.read, [True]

    def written(self: FileSource, start: int, size: int) -> bytes:
        if is_first.pop() if is_first else False:
            path.write_bytes(whole)
            os.utime(path, (1, 1))
        return read(self, start, size)

    monkeypatch.setattr(FileSource, "read", written)
    file = inspect_file(path)
    assert file.errors == ()
    assert (file.size_bytes, file.mtime, file.is_complete) == (len(whole), "1970-01-01T00:00:01.000000+00:00", True)


def test_file_that_is_always_written_is_reported_after_a_few_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_exr(tmp_path / "a.exr")
    read, opened = FileSource.read, set[int]()

    def written(self: FileSource, start: int, size: int) -> bytes:
        opened.add(id(self))
        with path.open("ab") as end:
            end.write(b"x" * 100)
        return read(self, start, size)

    monkeypatch.setattr(FileSource, "read", written)
    (problem,) = inspect_file(path).errors
    assert problem.code == "changed"
    assert "while it was read" in problem.message
    assert path.stat().st_size < 100_000  # the number of reads is bounded


def test_file_that_is_emptied_during_a_read_is_reported_as_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_exr(tmp_path / "a.exr")
    data, read = path.read_bytes(), FileSource.read

    def emptied(self: FileSource, start: int, size: int) -> bytes:
        path.write_bytes(b"")
        found = read(self, start, size)
        path.write_bytes(data + b"more")
        return found

    monkeypatch.setattr(FileSource, "read", emptied)
    assert [problem.code for problem in inspect_file(path).errors] in (["changed"], ["vanished"])


def test_file_that_is_removed_during_a_read_keeps_what_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_exr(tmp_path / "a.exr")
    read = FileSource.read

    def removed(self: FileSource, start: int, size: int) -> bytes:
        path.unlink()
        return read(self, start, size)

    monkeypatch.setattr(FileSource, "read", removed)
    file = inspect_file(path)
    assert ([problem.code for problem in file.errors], len(file.parts)) == (["vanished"], 1)


def test_second_name_of_a_file_may_be_removed_during_a_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_exr(tmp_path / "a.exr")
    link = tmp_path / "b.exr"
    link.hardlink_to(path)
    read = FileSource.read

    def removed(self: FileSource, start: int, size: int) -> bytes:
        link.unlink(missing_ok=True)
        return read(self, start, size)

    monkeypatch.setattr(FileSource, "read", removed)
    assert inspect_file(path).errors == ()


def test_unchanged_file_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, opened, make = write_exr(tmp_path / "a.exr"), [], FileSource.__init__

    def count(self: FileSource, path: str) -> None:
        opened.append(path)
        make(self, path)

    monkeypatch.setattr(FileSource, "__init__", count)
    assert inspect_file(path).errors == ()
    assert opened == [str(path)]
