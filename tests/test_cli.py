"""Command line: output, messages, and exit codes."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app import cli
from exr_inspector_app.__main__ import main
from exr_inspector_app.services.backend import Backend
from tests.exr_files import string, studio_file, write_exr


def run_process(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "exr_inspector_app", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=60, check=False)


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, which takes a tenth of the time of a new one."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(list(map(str, arguments)))
        except SystemExit as end:
            code = int(end.code or 0)
    for stream in (out, err):
        stream.flush()
    shown = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(arguments, code, *shown)


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_inspect_json_is_a_list_also_for_one_file(tmp_path: Path) -> None:
    first, second = write_exr(tmp_path / "a.exr"), write_exr(tmp_path / "b.exr")
    single, several = run_process("inspect", "--json", first), run_process("inspect", "--json", second, first)
    assert [row["file"]["path"] for row in json.loads(single.stdout)] == [str(first)]
    assert [row["file"]["path"] for row in json.loads(several.stdout)] == [str(second), str(first)]
    assert (single.returncode, single.stderr) == (0, "")


def test_inspect_jsonl_prints_one_line_per_file_in_order(tmp_path: Path) -> None:
    good = write_exr(tmp_path / "b.exr")
    bad = tmp_path / "a.exr"
    bad.write_bytes(b"")
    done = run_process("inspect", "--jsonl", tmp_path / "none.exr", good, bad)
    rows = lines(done)
    assert [Path(row["file"]["path"]).name for row in rows] == ["none.exr", "b.exr", "a.exr"]
    assert [[error["code"] for error in row["errors"]] for row in rows] == [["not-found"], [], ["empty-file"]]
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 2


def test_inspect_prints_no_control_characters(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", channels=["R\x1b[31m"], attributes={"software": string("\x1b]0;x\x07")})
    done = run_process("inspect", path)
    assert "\x1b" not in done.stdout
    assert "R\\x1b[31m half" in done.stdout


def test_embed_prints_both_vectors(tmp_path: Path) -> None:
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
    result = json.loads(run("similar", "--json", query).stdout)
    (hit,) = result["hits"]
    facts = (result["target"], result["by"], hit["band"], hit["sequence_count"])
    assert facts == ("local", "metadata", "same set-up", 2)
    assert set(hit) == {"file_id", "file_path", "score", "band", "reasons", "sequence_count"}
    assert json.loads(run("similar", "--json", query, "--where", "compression=zip").stdout)["hits"] == []
    assert json.loads(run("similar", "--json", "--exact", query).stdout) == result


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr")
    done = run("publish", "--dry-run", path)
    assert done.stdout.splitlines() == [f"new: {path}"]
    assert json.loads(run("library", "list", "--json").stdout) == []


def test_dry_run_prints_one_line_per_file_in_order(tmp_path: Path) -> None:
    good, bad = write_exr(tmp_path / "b.exr"), tmp_path / "a.exr"
    bad.write_bytes(b"no")
    done = run("publish", "--dry-run", "--jsonl", bad, good, tmp_path / "none.####.exr", good.with_name("c.exr"))
    rows = lines(done)
    assert [Path(row["path"]).name for row in rows] == ["a.exr", "b.exr", "none.####.exr", "c.exr"]
    assert rows[1] == {"path": str(good), "plan": "new", "is_incomplete": False}
    assert [row["errors"][0]["code"] for row in rows if "errors" in row] == ["not-exr", "no-frames", "not-found"]
    assert done.returncode == 1


def test_similar_searches_with_the_first_frame_of_a_sequence(tmp_path: Path) -> None:
    studio_file(tmp_path / "in" / "beauty.1001.exr", 1001)
    run("publish", tmp_path / "in")
    frame = studio_file(tmp_path / "new" / "beauty.1500.exr", 1500)
    done = run("similar", "--json", tmp_path / "new" / "beauty.####.exr")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["query"] == str(frame)


def test_failed_file_does_not_stop_the_batch(tmp_path: Path) -> None:
    good, bad = write_exr(tmp_path / "a.exr"), tmp_path / "b.exr"
    bad.write_bytes(b"no")
    done = run("publish", "--jsonl", bad, good)
    assert [row["status"] for row in lines(done)] == ["error", "success"]
    assert done.returncode == 1


def test_unfinished_file_is_published_with_a_warning(tmp_path: Path) -> None:
    done = run("publish", write_exr(tmp_path / "a.exr", height=9, present=2))
    assert "unfinished file" in done.stderr
    assert done.returncode == 0


def test_library_list_and_check_show_a_published_file(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr")
    run("publish", path)
    assert str(path) in run("library", "list").stdout
    assert run("library", "check").stdout.startswith("Local library: 1 file, schema version 2")


def test_publish_without_a_configured_database_reports_it(tmp_path: Path) -> None:
    done = run("publish", "--target", "vast", write_exr(tmp_path / "a.exr"))
    assert done.returncode == 1
    assert "No VAST Database is configured" in done.stderr
    assert "Traceback" not in done.stderr


def test_usage_errors_exit_with_two(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr")
    for arguments in (["inspect"], ["similar", path, "--limit", "0"], ["similar", path, "--where", "paint=red"]):
        assert run_process(*arguments).returncode == 2


def test_command_wins_over_a_file_of_the_same_name(tmp_path: Path) -> None:
    write_exr(tmp_path / "publish")
    assert run_process("inspect", "--json", "./publish", cwd=tmp_path).returncode == 0
    assert run_process("publish", cwd=tmp_path).returncode == 2


def _restore_sigint() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_exits_with_a_message(tmp_path: Path) -> None:
    for frame in range(3000):
        write_exr(tmp_path / f"a.{frame:04}.exr")
    command = [sys.executable, "-m", "exr_inspector_app", "inspect", "--jsonl", str(tmp_path)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # A test suite in the background of a shell ignores SIGINT, and child processes inherit that.
    with subprocess.Popen(command, **pipes, preexec_fn=_restore_sigint) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=60)
    assert process.returncode == 130
    assert messages.startswith("Stopped.")
    assert "Traceback" not in messages


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["similar", "A"], "Stopped before the search was complete; no matches shown.\n"),
        (["publish", "A"], "Stopped. Published files stay published; run the command again to continue.\n"),
        (["library", "reembed"], "Stopped. Completed work is kept; run the command again to continue.\n"),
        (["inspect", "A"], "Stopped.\n"),
    ],
)
def test_ctrl_c_prints_the_message_of_the_command(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for name in ("record_for_query", "ingest", "reembed", "inspect"):
        monkeypatch.setattr(Backend, name, interrupted)
    monkeypatch.setattr("exr_inspector_app.cli.inspect.inspect_paths", interrupted)
    assert cli.main(arguments) == 130
    assert capsys.readouterr().err == message


def test_closed_output_pipe_prints_no_traceback(tmp_path: Path) -> None:
    for frame in range(300):
        write_exr(tmp_path / f"a.{frame:04}.exr")
    command = [sys.executable, "-m", "exr_inspector_app", "inspect", "--jsonl", str(tmp_path)]
    read, write = os.pipe()
    with subprocess.Popen(command, stdout=write, stderr=subprocess.PIPE, text=True) as process:
        os.close(write)
        os.read(read, 10)
        os.close(read)
        _, messages = process.communicate(timeout=60)
    assert "Traceback" not in messages


def test_newlines_in_paths_and_channels_are_escaped(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "new\nline" / "a\n  part 1.exr", channels=["R\nG"])
    done = run_process("inspect", path)
    assert done.stdout.splitlines()[0] == str(path).replace("\n", "\\x0a")
    assert "R\\x0aG half" in done.stdout


@pytest.mark.parametrize("arguments", [["inspect", "A"], ["inspect", "--jsonl", "A"], ["library", "check"]])
def test_full_disk_is_reported_in_one_sentence(arguments: list[str], tmp_path: Path) -> None:
    path = str(write_exr(tmp_path / "a.exr"))
    command = [sys.executable, "-m", "exr_inspector_app", *(path if text == "A" else text for text in arguments)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, "Cannot write the output: No space left on device.\n")


def test_output_pipe_closed_at_exit_prints_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "exr_inspector_app", "inspect", str(write_exr(tmp_path / "a.exr"))]
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


def test_discarding_the_output_leaks_no_descriptor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> int:
        raise BrokenPipeError

    with (tmp_path / "out").open("w") as out:
        monkeypatch.setattr("sys.stdout", out)
        before = os.listdir("/proc/self/fd")
        assert cli.run_guarded(broken) == 1
        assert len(os.listdir("/proc/self/fd")) == len(before)


def test_unencodable_characters_of_the_output_are_escaped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = run_process("inspect", write_exr(tmp_path / "a.exr"))
    assert (done.returncode, done.stderr) == (0, "")
    assert r"8 \xd7 8 from" in done.stdout


def test_window_opens_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[list[str]] = []
    monkeypatch.setattr("exr_inspector_app.gui.app.run", lambda paths, *_, **__: opened.append(paths) or 0)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shot").mkdir()  # a word that is no path is wrong usage
    assert main(["shot", "./shot/../a.####.exr"]) == 0
    assert opened == [[str(tmp_path / "shot"), str(tmp_path / "a.####.exr")]]


@pytest.mark.parametrize("command", [["library", "list"], ["similar", "A"]])
def test_limit_accepts_any_large_number(command: list[str], tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr")
    run("publish", path)
    done = run(*(str(path) if text == "A" else text for text in command), "--limit", "99999999999999999999")
    assert (done.returncode, done.stderr) == (0, "")
    assert str(path) in done.stdout
