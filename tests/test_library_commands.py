"""Output, exports, and removals of `exr-inspector library`, and matches of `similar`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from exr_inspector_app import cli, config
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.model import payload
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.schema import VECTOR_COLUMNS
from tests.exr_files import string, studio_file, write_exr

Out = pytest.CaptureFixture[str]


@pytest.fixture
def shot(tmp_path: Path) -> Path:
    """Published folder: three frames of a sequence, and a file whose color space is a spreadsheet formula."""
    folder = tmp_path / "shot"
    for frame in (1001, 1002, 1004):
        studio_file(folder / f"beauty.{frame}.exr", frame)
    write_exr(folder / "odd.exr", compression="zip", attributes={"colorSpace": string("=HYPERLINK(1)")})
    assert cli.main(["publish", str(folder)]) == 0
    return folder


def test_sequences_are_listed_with_their_frames(shot: Path, capsys: Out) -> None:
    assert cli.main(["library", "list", "--sequences", "--where", "compression!=zip"]) == 0
    out, err = capsys.readouterr()
    (line,) = out.splitlines()
    assert f"{shot}/beauty.####.exr  1001–1002, 1004 (3 files)  2 × 2, 40 channels, none" in line
    assert "3 files, 1 sequence\n" in err
    assert cli.main(["library", "list", "--sequences", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert sorted((row["count"], row["frames"]) for row in rows) == [(1, ""), (3, "1001–1002, 1004")]


@pytest.mark.parametrize("name", ["beauty.1002.exr", "beauty.####.exr"])
def test_show_works_for_a_published_file_that_was_deleted(shot: Path, capsys: Out, name: str) -> None:
    for path in shot.iterdir():
        path.unlink()
    capsys.readouterr()
    assert cli.main(["library", "show", str(shot / name)]) == 0
    out = capsys.readouterr().out
    assert "40 channels" in out
    assert "diffuse_direct: B half, G half, R half" in out
    assert "by tester" in out
    file_id = out.split("file_id ")[1][:32]
    assert cli.main(["library", "show", file_id]) == 0
    assert capsys.readouterr().out == out


def test_similar_works_for_a_published_file_that_was_deleted(shot: Path, capsys: Out) -> None:
    path = str(shot / "odd.exr")
    assert cli.main(["similar", path, "--json"]) == 0
    there = json.loads(capsys.readouterr().out)
    (file_id,) = [hit["file_id"] for hit in there["hits"] if hit["reasons"] == ["this file"]]
    for command in (["similar", path], ["library", "list"], ["library", "list", "--sequences"]):
        assert cli.main([*command, "--json"]) == 0
        whole = json.loads(capsys.readouterr().out)
        assert cli.main([*command, "--jsonl"]) == 0
        rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert rows == (whole["hits"] if command[0] == "similar" else whole) != []
    for file in shot.iterdir():
        file.unlink()
    for name in (path, file_id):
        assert cli.main(["similar", name, "--json"]) == 0
        out, err = capsys.readouterr()
        assert json.loads(out) == there
        assert "odd.exr; using its published record." in err
    assert cli.main(["similar", str(shot / "beauty.####.exr")]) == 0
    assert "this file" in capsys.readouterr().out
    assert cli.main(["similar", str(shot / "other.exr")]) == 1
    assert "other.exr" in capsys.readouterr().err


def test_show_prints_the_published_payload(shot: Path, capsys: Out) -> None:
    path = shot / "beauty.1001.exr"
    capsys.readouterr()
    assert cli.main(["library", "show", "--json", str(path)]) == 0
    shown = json.loads(capsys.readouterr().out)["payload"]
    published = payload(inspect_file(str(path)))
    assert shown == {**published, "validation": []}


def test_show_fails_for_a_file_that_is_not_published(shot: Path, capsys: Out) -> None:
    assert cli.main(["library", "show", "/nowhere.exr"]) == 1
    assert "/nowhere.exr is not published" in capsys.readouterr().err


def test_exported_csv_contains_no_formula(shot: Path, tmp_path: Path, capsys: Out) -> None:
    out = tmp_path / "files.csv"
    assert cli.main(["library", "export", str(out)]) == 0
    assert "4 files written" in capsys.readouterr().err
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert len(rows) == 4
    assert not any(cell.startswith(("=", "+", "@", "-")) for row in rows for cell in row.values())
    assert [row["color_space"] for row in rows if row["compression"] == "zip"] == ["'=HYPERLINK(1)"]
    assert {row["kind"] for row in rows} == {"scanline"}


def test_exported_parquet_has_typed_columns_and_no_vectors(shot: Path, tmp_path: Path) -> None:
    out = tmp_path / "files.parquet"
    assert cli.main(["library", "export", str(out), "--where", "compression=none"]) == 0
    table = pq.read_table(out)
    assert table.num_rows == 3
    assert sorted(table["frame_number"].to_pylist()) == [1001, 1002, 1004]
    assert not set(VECTOR_COLUMNS) & set(table.column_names)


def test_failed_export_leaves_no_file(shot: Path, tmp_path: Path, capsys: Out) -> None:
    assert cli.main(["library", "export", str(tmp_path / "files.txt")]) == 2
    assert cli.main(["library", "export", str(tmp_path / "none" / "files.csv")]) == 1
    assert "Cannot write" in capsys.readouterr().err
    assert [path.name for path in tmp_path.glob("*files*")] == []


def test_remove_asks_for_confirmation_and_includes_older_headers(
    shot: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_exr(shot / "odd.exr", width=16)  # rendered again
    assert cli.main(["publish", str(shot)]) == 0
    where = ["library", "remove", "--where", "text~odd.exr"]
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert cli.main(where) == 2  # no terminal to confirm on
    assert "2 files would be removed" in capsys.readouterr().err
    terminal = io.StringIO("n\n")
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", terminal)
    assert cli.main(where) == 1
    store = LocalStore(config.load().library)
    assert store.count() == 4
    assert cli.main([*where, "--yes"]) == 0
    assert store.count() == 3
    assert "2 files removed" in capsys.readouterr().err
    (first, *_) = store.find()
    assert cli.main(["library", "remove", first.file["file_id"], "--yes"]) == 0
    assert store.count() == 2
    assert cli.main(["library", "remove", str(shot / "beauty.####.exr"), str(shot / "none.exr"), "--yes"]) == 0
    assert store.count() == 0
    assert all(path.exists() for path in shot.iterdir())


def test_remove_reads_a_list_of_paths(shot: Path, tmp_path: Path, capsys: Out) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text(f"{shot}/odd.exr\n{shot}/beauty.1002.exr\n{shot}/none.exr\n")
    assert cli.main(["library", "remove", "--files-from", str(listed), "--yes"]) == 0
    assert "2 files removed from" in capsys.readouterr().err
    listed.write_text(f"{shot}/beauty.####.exr\n")
    assert cli.main(["library", "remove", "--files-from", str(listed), "--yes"]) == 0
    assert "2 files removed from" in capsys.readouterr().err


def test_remove_with_an_empty_list_removes_nothing(shot: Path, tmp_path: Path, capsys: Out) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("")
    capsys.readouterr()
    assert cli.main(["library", "remove", "--files-from", str(listed), "--yes"]) == 0
    assert capsys.readouterr().err == "No matching file in the library.\n"


def test_remove_without_ids_or_conditions_removes_nothing(shot: Path, capsys: Out) -> None:
    assert cli.main(["library", "remove", "--yes"]) == 2
    assert cli.main(["library", "remove", "0" * 32, "--yes"]) == 1
    assert LocalStore(config.load().library).count() == 4


def test_similar_reports_why_there_is_no_match(tmp_path: Path, capsys: Out) -> None:
    path = str(write_exr(tmp_path / "a.exr"))

    def messages(*options: str) -> str:
        capsys.readouterr()
        assert cli.main(["similar", path, *options]) == 0
        return capsys.readouterr().err

    assert messages() == "Nothing is published in Local library. Publish some files first.\n"
    assert messages("--by", "look") == messages()
    assert cli.main(["publish", path]) == 0
    assert messages("--where", "width>4096") == "No published file matches --where.\n"
    assert messages("--search", "absent") == "No published file matches --search.\n"
    assert messages("--by", "look") == "No thumbnails yet; run `exr-inspector publish --previews PATH...`.\n"


def test_words_are_searched_by_every_command(shot: Path, capsys: Out) -> None:
    def names(*arguments: str) -> list[str]:
        capsys.readouterr()
        assert cli.main(["library", *arguments, "--json"]) == 0
        return sorted(Path(row["file_path"]).name for row in json.loads(capsys.readouterr().out))

    frames = [f"beauty.{frame}.exr" for frame in (1001, 1002, 1004)]
    assert names("search", "layer:DIFFUSE_direct", "beauty", "frame:..1002") == frames[:2]
    assert names("list", "--search", "layer:diffuse* compression:zip") == []
    assert names("list", "--where", "layer:diffuse_direct", "--where", "path:*1004.exr") == frames[2:]
    assert cli.main(["similar", str(shot / frames[0]), "--json", "--search", "compression:zip"]) == 0
    assert [Path(hit["file_path"]).name for hit in json.loads(capsys.readouterr().out)["hits"]] == ["odd.exr"]
    assert cli.main(["library", "search", "made:arnold", "absent"]) == 0
    assert capsys.readouterr() == ("", "No published file matches. There is no search word made:.\n")
    for words in (["show:orca", "renderer:nuke"], ["show:orca", "renderer:nuke", "--sequences"]):
        assert cli.main(["library", "search", *words]) == 0
        reasons = (
            "show: needs `path_template` in the settings. The program that saved a file, such as Nuke, is its writer:."
        )
        assert capsys.readouterr() == ("", f"No published file matches. {reasons}\n")
    assert cli.main(["library", "search", "rendrer:arnold"]) == 2
    assert "Did you mean renderer:?" in capsys.readouterr().err
    assert cli.main(["library", "remove", "--where", "beauty", "--yes"]) == 2  # not a text: nothing is removed
