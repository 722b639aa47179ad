"""Duplicates of published files on disk: groups, bytes that could be freed, and files that are no duplicates."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from exr_inspector_app import cli
from tests.exr_files import string, write_exr

Out = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Published files: copies, one of them gone, a version with other pixels, a hard link, another header."""
    first = write_exr(tmp_path / "v001" / "beauty.exr")
    for name in ("copy", "gone", "v002"):
        (tmp_path / name).mkdir()
        shutil.copy(first, tmp_path / name / "beauty.exr")
    other = tmp_path / "v002" / "beauty.exr"
    other.write_bytes(other.read_bytes()[:-1] + b"\x01")
    os.link(first, tmp_path / "v001" / "link.exr")
    write_exr(tmp_path / "plate" / "plate.exr", attributes={"owner": string("a person")})
    assert cli.main(["publish", str(tmp_path)]) == 0
    (tmp_path / "gone" / "beauty.exr").unlink()
    return tmp_path


def groups(capsys: Out, *arguments: str) -> list[dict[str, object]]:
    capsys.readouterr()
    assert cli.main(["library", "duplicates", "--json", *arguments]) == 0
    listed: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return listed


def test_equal_files_are_grouped_with_their_bytes(folder: Path, capsys: Out) -> None:
    first = folder / "v001" / "beauty.exr"
    size = first.stat().st_size
    paths = [str(folder / "copy" / "beauty.exr"), str(first)]
    assert groups(capsys) == [{"size_bytes": size, "freed_bytes": size, "compared": "contents", "paths": paths}]
    (quick,) = groups(capsys, "--quick")
    assert (quick["freed_bytes"], quick["compared"]) == (2 * size, "header and size")
    assert groups(capsys, "--where", "text~plate") == []


def test_duplicates_are_printed_and_kept(folder: Path, capsys: Out) -> None:
    before = sorted(folder.rglob("*.exr"))
    capsys.readouterr()
    assert cli.main(["library", "duplicates"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0].startswith("2 files of ")
    assert "1 group of duplicates; " in err
    assert sorted(folder.rglob("*.exr")) == before
