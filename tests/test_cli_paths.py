"""Path arguments of the commands: sequence notations, roots, lists of paths, and what names no file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from exr_inspector_app import config
from exr_inspector_app.__main__ import main
from exr_inspector_app.contracts import PreviewStored
from exr_inspector_app.services.backend import Backend
from tests.exr_files import studio_file, write_exr


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with a sequence, a file with a blank, and a file whose name is a pattern."""
    for name in ("a.exr", "b c.exr", "x.####.exr", *(f"cmp.{frame}.exr" for frame in range(1001, 1004))):
        write_exr(tmp_path / "files" / name)
    return tmp_path / "files"


def run(*arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "exr_inspector_app", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, cwd=cwd, timeout=60, check=False, input=stdin)
    return subprocess.CompletedProcess(command, done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr))


def inspected(*arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None) -> list[tuple[str, list[str]]]:
    """Name and codes of the errors of each file that `inspect` prints."""
    rows = map(json.loads, run("inspect", "--jsonl", *arguments, stdin=stdin, cwd=cwd).stdout.splitlines())
    return [(os.path.basename(row["file"]["path"]), [error["code"] for error in row["errors"]]) for row in rows]


@pytest.mark.parametrize(
    ("argument", "names"),
    [
        ("cmp.$F4.exr", ["cmp.1001.exr", "cmp.1002.exr", "cmp.1003.exr"]),
        ("cmp.%04d.exr [1002-1003]", ["cmp.1002.exr", "cmp.1003.exr"]),
        ("x.####.exr", ["x.####.exr"]),
        ("b c.exr", ["b c.exr"]),
        ("'b c.exr' a.exr", ["b c.exr", "a.exr"]),
    ],
)
def test_argument_gives_the_files_that_it_means(root: Path, argument: str, names: list[str]) -> None:
    assert inspected(argument, cwd=root) == [(name, []) for name in names]


def test_arguments_that_name_no_file_fail_with_a_sentence(root: Path) -> None:
    assert inspected("a word", "nothing.####.exr", "sftp://farm/a.exr", "a.exr", cwd=root) == [
        ("a word", ["not-found"]),
        ("nothing.####.exr", ["no-frames"]),
        ("a.exr", ["not-found"]),
        ("a.exr", []),
    ]
    done = run("inspect", "sftp://farm/a.exr", cwd=root)
    assert (done.returncode, done.stderr) == (
        1,
        "sftp://farm/a.exr: Links of sftp:// cannot be opened. Copy the files to this machine or mount their folder.\n",
    )


def test_path_of_another_machine_is_read_at_its_place_here(root: Path) -> None:
    config.settings_file().parent.mkdir(parents=True, exist_ok=True)
    config.settings_file().write_text(f"[[roots]]\nname = 'prod'\nprefixes = ['P:/', '{root}']\nfold_case = true\n")
    assert inspected("P:\\cmp.1001.exr", "p:/CMP.1001.exr") == [("cmp.1001.exr", []), ("CMP.1001.exr", ["not-found"])]
    done = run("similar", "--json", "P:\\cmp.####.exr")
    assert (done.returncode, json.loads(done.stdout)["query"]) == (0, str(root / "cmp.1001.exr"))
    done = run("diff", "P:\\cmp.1001.exr", "prod:/cmp.1002.exr")
    assert (done.returncode, done.stderr) == (0, "")


def test_list_of_paths_follows_the_arguments(root: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_bytes(b"\xef\xbb\xbfcmp.####.exr 1002\r\n\r\nb c.exr\n")
    expected: list[tuple[str, list[str]]] = [("a.exr", []), ("cmp.1002.exr", []), ("b c.exr", [])]
    assert inspected("a.exr", "--files-from", listed, cwd=root) == expected
    assert inspected("a.exr", "--files-from", "-", stdin=listed.read_bytes(), cwd=root) == expected


def test_list_of_paths_keeps_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/m\xfc.exr"
    os.rename(write_exr(tmp_path / "a.exr"), raw)
    done = run("inspect", "--json", "--files-from", "-", stdin=raw + b"\n")
    assert (done.returncode, json.loads(done.stdout)[0]["errors"]) == (0, [])


def test_every_command_with_paths_reads_a_list(tmp_path: Path) -> None:
    frames = [studio_file(tmp_path / f"s.{frame}.exr", frame) for frame in (1001, 1002)]
    listed = tmp_path / "list.txt"
    listed.write_text("".join(f"{path}\n" for path in frames))
    for command in (["publish", "--jsonl"], ["embed", "--jsonl"], ["diff", "--json"], ["inspect", "--check"]):
        done = run(*command, "--files-from", listed)
        assert (done.returncode, str(frames[1]) in done.stdout) == (0, True), command
    done = run("similar", "--json", "--files-from", "-", stdin=os.fsencode(frames[0]))
    assert json.loads(done.stdout)["query"] == str(frames[0])


def test_window_opens_the_list_of_paths(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[list[str]] = []

    def run_window(paths: list[str], *_: object, **__: object) -> int:
        opened.append(paths)
        return 0

    monkeypatch.setattr("exr_inspector_app.gui.app.run", run_window)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.txt").write_text("files/a.exr\nP:\\x.exr\n")
    assert main(["files", "file:///b%20c.exr", "--files-from", "list.txt"]) == 0
    assert opened == [[str(root), "file:///b%20c.exr", str(root / "a.exr"), "P:\\x.exr"]]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["inspect"], "Give a PATH, or a list of them with --files-from FILE.\n"),
        (["similar", "a.exr", "b.exr"], "Give one PATH to compare with.\n"),
        (["diff", "--files-from", "none.txt"], "Cannot read the list none.txt: No such file or directory.\n"),
    ],
)
def test_wrong_paths_are_wrong_usage(root: Path, arguments: list[str], sentence: str) -> None:
    done = run(*arguments, cwd=root)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)


def test_empty_list_is_no_file(tmp_path: Path) -> None:
    done = run("inspect", "--json", "--files-from", "-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_published_files_of_another_machine_are_read_at_their_place_here(root: Path, tmp_path: Path) -> None:
    assert run("publish", *root.glob("cmp.*.exr")).returncode == 0
    root.rename(tmp_path / "here")
    config.settings_file().parent.mkdir(parents=True, exist_ok=True)
    config.settings_file().write_text(f"[[roots]]\nname = 'prod'\nprefixes = ['{root}', '{tmp_path}/here']\n")
    backend = Backend(config.load())
    file, is_stored = backend.header_or_stored(str(root / "cmp.1001.exr"))
    assert (file.path, is_stored, file.errors) == (str(root / "cmp.1001.exr"), False, ())
    stored = [event for event in backend.make_previews() if isinstance(event, PreviewStored)]
    assert [(event.path, event.error) for event in stored] == [(str(root / "cmp.1002.exr"), None)]


@pytest.mark.parametrize(("closed", "count"), [("2>&-", 3), ("<&- 2>&-", 3), ("<&- >&- 2>&-", 0)])
def test_closed_streams_change_no_result(root: Path, closed: str, count: int) -> None:
    line = f'exec "$0" -m exr_inspector_app inspect --jsonl "$1" {closed}'
    command = ["sh", "-c", line, sys.executable, str(root / "cmp.####.exr")]
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=60, check=False)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, count)


def test_list_from_closed_stdin_is_wrong_usage() -> None:
    line = 'exec "$0" -m exr_inspector_app inspect --files-from - <&-'
    done = subprocess.run(["sh", "-c", line, sys.executable], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, b"Cannot read the list -: stdin is closed.\n")
