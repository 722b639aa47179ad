"""Faults by cause: each is provoked, and its sentence and its row in the window blame the right cause."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app import cli, errors
from exr_inspector_app.config import decoder_command
from exr_inspector_app.contracts import FileInspected, StopCheck, never_stop
from exr_inspector_app.errors import CAUSES, FaultCause, KnownError, PixelsError, cause_of
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoded_picture import Picture
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.pixel_checks import measure
from exr_inspector_app.gui.session import session_rows
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.ingest import folder_walker, pipeline, reader_pool, scan
from tests.exr.pictures import scene, write_picture
from tests.exr.workers import kill, once_sent, worker_pids
from tests.exr_files import write_exr
from tests.test_reader_pool import Stall, stall

__all__ = ["stall"]
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
ROOT = Path(__file__).resolve().parent.parent
BLAME = re.compile(r"damaged|corrupt|incomplete", re.IGNORECASE)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return write_picture(tmp_path / "a.exr", scene(64, 90))


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    with closing(Decoder(timeout=5.0)) as decoder:
        yield decoder


def error_of(decoder: Decoder, path: Path, stop: StopCheck = never_stop) -> PixelsError:
    """Return the error of a picture."""
    with pytest.raises(PixelsError) as caught:
        decoder.picture(PictureRequest(str(path)), stop)
    return caught.value


def write_script(path: Path, body: str) -> str:
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def inspect_with_statistics(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str], str]:
    """Run `inspect --stats` and return the exit code, the codes of the errors, and stderr."""
    code = cli.main(["inspect", "--stats", "--jsonl", str(path)])
    output = capsys.readouterr()
    return code, [error["code"] for error in json.loads(output.out)["errors"]], output.err


# Installation


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("exit 0", "python exited with code 0 and is not the decoder"),
        ("echo 'unrecognized arguments: -P -m' >&2; exit 2", "unrecognized arguments: -P -m"),
        ("echo \"ModuleNotFoundError: No module named 'OpenImageIO'\" >&2; exit 1", "No module named 'OpenImageIO'"),
        ("echo Nuke 15.1v3; sleep 60", "python does not answer and is not the decoder"),
        ("kill -SEGV $$", "python crashed (SIGSEGV) and is not the decoder"),
        ("head -c 3000000 /dev/zero | tr '\\0' x >&2; exit 1", "x" * 200),
    ],
)
def test_interpreter_that_is_no_decoder_is_a_fault_of_the_installation(
    body: str,
    reason: str,
    picture: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "executable", write_script(tmp_path / "python", body))
    code, codes, text = inspect_with_statistics(picture, capsys)
    assert (code, codes) == (1, ["decoder-start"])
    remedy = "Run: pip install 'exr-inspector[pictures]'." if "OpenImageIO" in reason else "Reinstall exr-inspector."
    assert f"The decoder cannot start: {reason}." in text
    assert remedy in text
    assert cause_of(codes[0]) is FaultCause.INSTALLATION
    assert not BLAME.search(text)


def test_interpreter_that_does_not_exist_is_a_fault_of_the_installation(
    decoder: Decoder, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXR_INSPECTOR_PYTHON", "/no/such/python")
    error = error_of(decoder, picture)
    assert error.cause is FaultCause.INSTALLATION
    assert "/no/such/python cannot be run (No such file or directory)" in error.sentence


def test_files_of_several_parts_report_a_missing_decoder_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_exr(tmp_path / "a.exr", parts=({}, {}, {}))
    monkeypatch.setattr(sys, "executable", "/bin/true")
    assert inspect_with_statistics(path, capsys)[1] == ["decoder-start"]


def test_interpreter_of_the_settings_starts_the_decoder(
    decoder: Decoder, picture: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = own_home / ".config" / "exr-inspector" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'interpreter = "{sys.executable}"\n', encoding="utf-8")
    monkeypatch.setattr(sys, "executable", "/bin/true")
    assert decoder.picture(PictureRequest(str(picture))).pixels.any()


def test_frozen_program_starts_itself_as_the_decoder(
    decoder: Decoder, picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = write_script(tmp_path / "frozen", f'exec {sys.executable} -m exr_inspector_app "$@"')
    monkeypatch.setattr(sys, "executable", program)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert decoder_command() == [program, "--decoder"]
    assert decoder.picture(PictureRequest(str(picture))).pixels.any()


# Machine and limits


def test_killed_decoder_is_a_fault_of_the_machine(decoder: Decoder, picture: Path) -> None:
    decoder.picture(PictureRequest(str(picture)))
    (pid,) = worker_pids()
    os.kill(pid, signal.SIGSTOP)
    error = error_of(decoder, picture, once_sent(lambda: kill(pid)))
    assert error.cause is FaultCause.MACHINE
    assert "was killed (SIGKILL), perhaps because memory ran out" in error.sentence


def test_stopped_decoder_is_a_fault_of_the_machine(decoder: Decoder, picture: Path) -> None:
    decoder.picture(PictureRequest(str(picture)))
    os.kill(worker_pids()[0], signal.SIGSTOP)
    error = error_of(decoder, picture)
    assert error.cause is FaultCause.MACHINE
    assert "timed out after 5 s: the machine stopped the decoder" in error.sentence


def test_memory_beyond_the_limit_is_a_limit(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "large.exr", np.zeros((4200, 4200, 1)), "Y")
    with closing(Decoder(memory_limit_mb=128)) as decoder:
        error = error_of(decoder, path)
    assert (error.cause, error.code) == (FaultCause.MACHINE, "limit")
    assert "the limit is 64 MB" in error.sentence


def test_full_temporary_folder_is_a_fault_of_the_machine(
    decoder: Decoder, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/proc/1/none")
    error = error_of(decoder, picture)
    assert error.cause is FaultCause.MACHINE
    assert not BLAME.search(error.sentence)


def test_start_without_memory_is_a_fault_of_the_machine(
    decoder: Decoder, picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "echo 'ImportError: libfoo.so: failed to map segment from shared object' >&2; exit 1"
    monkeypatch.setattr(sys, "executable", write_script(tmp_path / "python", body))
    assert error_of(decoder, picture).cause is FaultCause.MACHINE


def test_channels_beyond_the_limit_are_called_a_limit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_exr(tmp_path / "a.exr", width=1, height=1, present=0, channels=[f"c{n:05}" for n in range(60_000)])
    assert cli.main(["inspect", str(path)]) == 1
    assert "more than 50,000 channels, which is the limit" in capsys.readouterr().err


# Storage


def test_stalled_pixels_are_a_fault_of_the_storage(decoder: Decoder, picture: Path, stall: Stall) -> None:
    decoder.picture(PictureRequest(str(picture)))
    stall([picture])
    error = error_of(decoder, picture)
    assert error.cause is FaultCause.STORAGE
    assert "timed out after 5 s: the storage does not answer" in error.sentence


def test_stalled_file_is_a_fault_of_the_storage_in_its_row(
    picture: Path, stall: Stall, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (reader_pool, folder_walker):
        monkeypatch.setattr(module, "STALL_TIMEOUT_S", 0.1)
        monkeypatch.setattr(module, "READ_TIMEOUT_S", 1.0)
    stall([picture])
    entry = inspected_entry(picture)
    assert cause_of(entry.problems[0].code) is FaultCause.STORAGE
    assert session_rows.status_of([entry])[1] == "Not read"
    assert entry.unreached == "The storage did not answer for 30 seconds. Skipped; try again later."


def test_file_replaced_while_it_was_read_has_changed(decoder: Decoder, tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.exr", np.zeros((3000, 3000, 3)), compression="zip")
    decoder.picture(PictureRequest(str(path), max_size=(8, 8)))
    (pid,) = worker_pids()

    def crash(_: Picture) -> None:
        path.write_bytes(path.read_bytes()[:1000])
        os.kill(pid, signal.SIGSEGV)

    with pytest.raises(PixelsError, match=r"^The file changed while reading") as caught:
        decoder.picture(PictureRequest(str(path)), on_draft=crash)
    assert (caught.value.cause, caught.value.code) == (FaultCause.STORAGE, "changed")


def test_statistics_of_a_changed_file_report_the_change_not_damage(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.exr", scene(64, 90), compression="zip")
    file = inspect_file(path)
    data = bytearray(path.read_bytes())
    data[-2000:] = b"\xff" * 2000
    path.write_bytes(data)
    (measured,) = measure([file])
    assert [problem.code for problem in measured.errors] == ["changed"]
    (measured,) = measure([inspect_file(path)])
    assert [problem.code for problem in measured.errors] == ["pixels-damaged"]


# Bug


def test_crash_on_an_unchanged_file_is_a_bug(decoder: Decoder, picture: Path) -> None:
    decoder.picture(PictureRequest(str(picture)))
    (pid,) = worker_pids()
    os.kill(pid, signal.SIGSTOP)

    def crash() -> None:
        os.kill(pid, signal.SIGSEGV)
        os.kill(pid, signal.SIGCONT)

    error = error_of(decoder, picture, once_sent(crash))
    assert error.cause is FaultCause.BUG
    assert error.sentence == "The decoder crashed (SIGSEGV) on this file. This is a bug: report it with the file."


def test_exception_while_reading_is_a_bug_of_one_file(
    picture: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write_exr(picture.with_name("b.exr"))
    fail_for(picture, monkeypatch)
    assert cli.main(["inspect", "--jsonl", str(picture), str(good)]) == 1
    output = capsys.readouterr()
    rows = [json.loads(line) for line in output.out.splitlines()]
    assert [[error["code"] for error in row["errors"]] for row in rows] == [["bug"], []]
    assert "A bug in exr-inspector prevented reading (RuntimeError: by hand, test_faults_by_cause.py:" in output.err
    assert not BLAME.search(output.err)


def test_exception_while_reading_is_a_bug_in_its_row(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_for(picture, monkeypatch)
    entry = inspected_entry(picture)
    assert cause_of(entry.problems[0].code) is FaultCause.BUG
    assert session_rows.status_of([entry])[1] == "Bug"
    assert "Report it with this file." in entry.unreached


# File


def test_damaged_header_is_a_fault_of_the_file_in_its_row(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr")
    path.write_bytes(path.read_bytes()[:100])
    entry = inspected_entry(path)
    assert cause_of(entry.problems[0].code) is FaultCause.FILE
    assert session_rows.status_of([entry])[1] == "Damaged"


# Table


def test_every_error_and_code_has_a_cause() -> None:
    classes = [item for item in vars(errors).values() if isinstance(item, type) and issubclass(item, KnownError)]
    assert {item.code for item in classes} - {"unknown"} <= set(CAUSES)
    page = (ROOT / "resources" / "help" / "payload.md").read_text(encoding="utf-8")
    section = page[page.index("### errors") :]
    codes = {
        code
        for line in section.splitlines()
        if line.startswith("| `")
        for code in re.findall(r"`([a-z-]+)`", line.split("|")[1])
    }
    assert codes <= set(CAUSES)


def test_sentences_of_other_causes_do_not_blame_the_file() -> None:
    page = (ROOT / "resources" / "help" / "troubleshooting.md").read_text(encoding="utf-8")
    others = page[page.index("## Storage") :]
    assert not BLAME.search(others)


def fail_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the inspection of one file raise a RuntimeError."""
    real = inspect_file

    def read(name: str) -> object:
        if name == str(path):
            raise RuntimeError("by hand")
        return real(name)

    monkeypatch.setattr(scan, "inspect_file", read)


def inspected_entry(path: Path) -> SessionFile:
    """Return the session's entry of a file."""
    (event,) = [event for event in pipeline.inspect([str(path)]) if isinstance(event, FileInspected)]
    entry = SessionFile(str(path))
    entry.set_contents(event.file, event.record)
    return entry
