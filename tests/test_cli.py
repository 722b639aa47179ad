"""The command line as its users meet it: a process, its output and its exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app import cli
from exr_inspector_app.__main__ import main
from exr_inspector_app.services.backend import Backend
from tests.exr_files import string, studio_file, write_exr


def run(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "exr_inspector_app", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=60, check=False)


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_inspect_json_is_one_payload_for_one_file_and_a_list_for_several(tmp_path: Path) -> None:
    one, two = write_exr(tmp_path / "a.exr"), write_exr(tmp_path / "b.exr")
    single, several = run("inspect", "--json", one), run("inspect", "--json", two, one)
    assert json.loads(single.stdout)["file"]["path"] == str(one)
    assert [row["file"]["path"] for row in json.loads(several.stdout)] == [str(two), str(one)]
    assert (single.returncode, single.stderr) == (0, "")


def test_inspect_jsonl_has_a_line_for_every_file_in_order(tmp_path: Path) -> None:
    good = write_exr(tmp_path / "b.exr")
    bad = tmp_path / "a.exr"
    bad.write_bytes(b"")
    done = run("inspect", "--jsonl", tmp_path / "none.exr", good, bad)
    rows = lines(done)
    assert [Path(row["file"]["path"]).name for row in rows] == ["none.exr", "b.exr", "a.exr"]
    assert [[error["code"] for error in row["errors"]] for row in rows] == [["not-found"], [], ["empty-file"]]
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 2


def test_inspect_prints_no_control_characters(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", channels=["R\x1b[31m"], attributes={"software": string("\x1b]0;x\x07")})
    done = run("inspect", path)
    assert "\x1b" not in done.stdout
    assert "R\\x1b[31m half" in done.stdout


def test_embed_gives_both_vectors(tmp_path: Path) -> None:
    done = run("embed", "--jsonl", studio_file(tmp_path / "a.1001.exr"))
    (row,) = lines(done)
    assert (len(row["metadata_embedding"]), len(row["channel_fingerprint"])) == (384, 128)


def test_publish_twice_and_find_similar(tmp_path: Path) -> None:
    for frame in (1001, 1002):
        studio_file(tmp_path / "in" / f"beauty.{frame}.exr", frame)
    first, second = (run("publish", "--jsonl", tmp_path / "in" / "beauty.####.exr") for _ in range(2))
    assert [row["inserted"] for row in lines(first)] == [True, True]
    assert set(lines(first)[0]) == {"path", "status", "file_id", "inserted", "message", "error"}
    assert [row["inserted"] for row in lines(second)] == [False, False]
    assert "0 added, 2 already there, 0 failed" in second.stderr
    query = studio_file(tmp_path / "other" / "beauty.1500.exr", 1500)
    found = json.loads(run("similar", "--json", query).stdout)
    (hit,) = found["hits"]
    assert (found["target"], found["by"], hit["band"], hit["sequence_count"]) == ("local", "metadata", "same set-up", 2)
    assert set(hit) == {"file_id", "file_path", "score", "band", "reasons", "sequence_count"}
    assert json.loads(run("similar", "--json", query, "--where", "compression=zip").stdout)["hits"] == []
    assert json.loads(run("similar", "--json", "--exact", query).stdout) == found


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr")
    done = run("publish", "--dry-run", path)
    assert done.stdout.splitlines() == [f"new: {path}"]
    assert json.loads(run("library", "list", "--json").stdout) == []


def test_a_dry_run_has_a_line_for_every_file_in_order(tmp_path: Path) -> None:
    good, bad = write_exr(tmp_path / "b.exr"), tmp_path / "a.exr"
    bad.write_bytes(b"no")
    done = run("publish", "--dry-run", "--jsonl", bad, good, tmp_path / "none.####.exr", good.with_name("c.exr"))
    rows = lines(done)
    assert [Path(row["path"]).name for row in rows] == ["a.exr", "b.exr", "none.####.exr", "c.exr"]
    assert rows[1] == {"path": str(good), "plan": "new", "is_incomplete": False}
    assert [row["errors"][0]["code"] for row in rows if "errors" in row] == ["not-exr", "no-frames", "not-found"]
    assert done.returncode == 1


def test_a_sequence_is_asked_about_by_its_first_frame(tmp_path: Path) -> None:
    studio_file(tmp_path / "in" / "beauty.1001.exr", 1001)
    run("publish", tmp_path / "in")
    frame = studio_file(tmp_path / "new" / "beauty.1500.exr", 1500)
    done = run("similar", "--json", tmp_path / "new" / "beauty.####.exr")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["query"] == str(frame)


def test_a_failing_file_does_not_stop_the_batch(tmp_path: Path) -> None:
    good, bad = write_exr(tmp_path / "a.exr"), tmp_path / "b.exr"
    bad.write_bytes(b"no")
    done = run("publish", "--jsonl", bad, good)
    assert [row["status"] for row in lines(done)] == ["error", "success"]
    assert done.returncode == 1


def test_an_unfinished_file_is_published_with_a_warning(tmp_path: Path) -> None:
    done = run("publish", write_exr(tmp_path / "a.exr", height=9, present=2))
    assert "not finished" in done.stderr
    assert done.returncode == 0


def test_the_library_is_listed_and_checked(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr")
    run("publish", path)
    assert str(path) in run("library", "list").stdout
    assert run("library", "check").stdout.startswith("Local library: 1 file, schema version 1")


def test_publishing_to_a_database_that_is_not_set_up_says_so(tmp_path: Path) -> None:
    done = run("publish", "--target", "vast", write_exr(tmp_path / "a.exr"))
    assert done.returncode == 1
    assert "No VAST Database is configured" in done.stderr
    assert "Traceback" not in done.stderr


def test_usage_errors_exit_with_two(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr")
    for words in (["inspect"], ["similar", path, "--limit", "0"], ["similar", path, "--where", "colour=red"]):
        assert run(*words).returncode == 2


def test_a_command_wins_over_a_file_of_its_name(tmp_path: Path) -> None:
    write_exr(tmp_path / "publish")
    assert run("inspect", "--json", "./publish", cwd=tmp_path).returncode == 0
    assert run("publish", cwd=tmp_path).returncode == 2


def _heed_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_ends_with_a_sentence(tmp_path: Path) -> None:
    for frame in range(3000):
        write_exr(tmp_path / f"a.{frame:04}.exr")
    command = [sys.executable, "-m", "exr_inspector_app", "inspect", "--jsonl", str(tmp_path)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # A suite that runs in the background of a shell ignores SIGINT, and so would what it starts.
    with subprocess.Popen(command, **pipes, preexec_fn=_heed_ctrl_c) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, words = process.communicate(timeout=60)
    assert process.returncode == 130
    assert words.startswith("Stopped.")
    assert "Traceback" not in words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["similar", "A"], "Stopped before everything was compared; no hits are shown.\n"),
        (
            ["publish", "A"],
            "Stopped. What was published before stays published; run the same command again for the rest.\n",
        ),
        (["library", "reembed"], "Stopped. What was made anew stays so; run the same command again for the rest.\n"),
        (["inspect", "A"], "Stopped.\n"),
    ],
)
def test_each_command_has_its_own_word_for_ctrl_c(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for name in ("sought", "ingest", "reembed", "inspect"):
        monkeypatch.setattr(Backend, name, interrupted)
    assert cli.main(words) == 130
    assert capsys.readouterr().err == said


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    for frame in range(300):
        write_exr(tmp_path / f"a.{frame:04}.exr")
    command = [sys.executable, "-m", "exr_inspector_app", "inspect", "--jsonl", str(tmp_path)]
    read, write = os.pipe()
    with subprocess.Popen(command, stdout=write, stderr=subprocess.PIPE, text=True) as process:
        os.close(write)
        os.read(read, 10)
        os.close(read)
        _, words = process.communicate(timeout=60)
    assert "Traceback" not in words


def test_a_path_takes_one_line_whatever_it_holds(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "new\nline" / "a\n  part 1.exr", channels=["R\nG"])
    done = run("inspect", path)
    assert done.stdout.splitlines()[0] == str(path).replace("\n", "\\x0a")
    assert "R\\x0aG half" in done.stdout


@pytest.mark.parametrize("words", [["inspect", "A"], ["inspect", "--jsonl", "A"], ["library", "check"]])
def test_output_that_cannot_be_written_is_told_in_a_sentence(words: list[str], tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr")
    command = [sys.executable, "-m", "exr_inspector_app", *(str(path) if word == "A" else word for word in words)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, "The output cannot be written: No space left on device.\n")


def test_a_reader_that_goes_away_before_the_end_leaves_no_noise(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "exr_inspector_app", "inspect", str(write_exr(tmp_path / "a.exr"))]
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


def test_output_in_an_encoding_without_our_signs_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = run("inspect", write_exr(tmp_path / "a.exr"))
    assert (done.returncode, done.stderr) == (0, "")
    assert r"8 \xd7 8 from" in done.stdout


def test_the_window_is_opened_on_whole_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[list[str]] = []
    monkeypatch.setattr("exr_inspector_app.gui.app.run", lambda paths, *_: opened.append(paths) or 0)
    monkeypatch.chdir(tmp_path)
    assert main(["shot", "./shot/../a.####.exr"]) == 0
    assert opened == [[str(tmp_path / "shot"), str(tmp_path / "a.####.exr")]]


@pytest.mark.parametrize("command", [["library", "list"], ["similar", "A"]])
def test_a_limit_may_be_larger_than_any_number_of_files(command: list[str], tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr")
    run("publish", path)
    done = run(*(str(path) if word == "A" else word for word in command), "--limit", "99999999999999999999")
    assert (done.returncode, done.stderr) == (0, "")
    assert str(path) in done.stdout
