"""Options of every command: --quiet, --verbose, --log-file; and `library undo` with the id that publish prints."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from exr_inspector_app import cli
from exr_inspector_app.__main__ import main
from tests.exr_files import studio_file


@pytest.fixture(autouse=True)
def same_log() -> Iterator[None]:
    yield
    log = logging.getLogger("exr_inspector_app")
    for handler in [*log.handlers]:
        log.removeHandler(handler)
        handler.close()
    log.setLevel(logging.NOTSET)
    cli.split_options([])[0].apply()


def test_undo_removes_what_one_publish_added(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (str(studio_file(tmp_path / f"a.{frame}.exr", frame)) for frame in (1001, 1002))
    assert main(["publish", first, "-q"]) == 0
    capsys.readouterr()
    assert main(["publish", "--json", "--note", "for\ndailies", first, second]) == 0
    out, messages = capsys.readouterr()
    assert [(row["path"], row["inserted"]) for row in json.loads(out)] == [(first, False), (second, True)]
    command = messages.splitlines()[-1].partition("exr-inspector ")[2].split()
    assert main(["library", "undo"]) == 0
    newest, older = capsys.readouterr().out.splitlines()
    assert newest.startswith(command[2])
    assert newest.endswith(f"“for\\x0adailies”  {second}")
    assert "  1 file (1 also in other publishes)  " in older
    assert main(["library", "show", second]) == 0
    assert "note: for\\x0adailies" in capsys.readouterr().out
    assert main(["library", "undo", "--json", "--limit", "1"]) == 0
    assert [publish["removable"] for publish in json.loads(capsys.readouterr().out)] == [1]
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["removed"] == 1
    assert main(command) == 1
    capsys.readouterr()
    assert main(["library", "check", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["files"], report["problems"]) == (1, [])


def test_quiet_prints_errors_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(studio_file(tmp_path / "a.1001.exr"))
    assert main(["-q", "publish", path]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["publish", path, str(tmp_path / "none.exr"), "--quiet"]) == 1
    assert "none.exr" in capsys.readouterr().err
    assert main(["library", "show", "-q", "nothing"]) == 1
    assert "is not published" in capsys.readouterr().err


def test_log_file_is_appended_and_escaped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "run.log"
    path = str(studio_file(tmp_path / "a.1001.exr"))
    for _ in range(2):
        assert main(["inspect", "--log-file", str(target), path]) == 0
    assert capsys.readouterr().err == ""
    logging.getLogger("exr_inspector_app.exr").warning("a\x1b[31m")
    text = target.read_text(encoding="utf-8")
    assert text.count(" INFO exr_inspector_app: exr-inspector ") == 2
    assert "WARNING exr_inspector_app.exr: a\\x1b[31m" in text
    assert main(["inspect", "-v", path]) == 0
    assert "INFO exr_inspector_app: Arguments: " in capsys.readouterr().err
    assert main(["inspect", "--log-file", str(tmp_path / "none" / "run.log"), path]) == 2
    assert "Cannot write the log" in capsys.readouterr().err
