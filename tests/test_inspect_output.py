"""Output formats of `inspect`: all attributes as text, selections, templates, tables; and misspelled commands."""

from __future__ import annotations

import csv
import io
import json
import struct
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app.__main__ import main
from exr_inspector_app.cli.output.file_fields import FIELDS
from exr_inspector_app.exr.diff.value_text import format_value
from tests.exr_files import string, write_exr

ATTRIBUTES = {
    "owner": string("Mira\x1b[31m"),
    "cameraName": string("=1+1"),
    "cameraFov": ("float", struct.pack("<f", 0.1)),
    "exr:id": string("a7"),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_exr(tmp_path / "shot.1001.exr", attributes=ATTRIBUTES)


def test_text_has_every_attribute_with_type_and_value(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(path)]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert {"owner (string): Mira\\x1b[31m", "cameraFov (float): 0.1", "cameraName (string): =1+1"} <= set(lines)
    assert main(["inspect", "--json", str(path)]) == 0
    (payload,) = json.loads(capsys.readouterr().out)
    names = [row["name"] for row in payload["attributes"]["parts"][0]]
    assert [line.split(" (")[0] for line in lines[-len(names) :]] == names


def test_selection_is_the_same_in_text_and_json(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--select", "camera*,none", "--select", "owner", str(path)]) == 0
    text = capsys.readouterr().out.splitlines()
    assert text[0] == str(path)
    assert main(["inspect", "--select", "camera*,owner", "--jsonl", str(path)]) == 0
    (part,) = json.loads(capsys.readouterr().out)["attributes"]["parts"]
    assert [line.split()[0] for line in text[1:]] == [row["name"] for row in part]
    assert {row["name"] for row in part} == {"owner", "cameraName", "cameraFov"}


def test_template_reads_fields_and_attributes(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template = r"{name:>15}|{width}x{height}|{frame_number:06}|{attr[owner]}|{attr[exr:id]}|{attr[none]}|{{\t}}"
    assert main(["inspect", "--format", template, str(path)]) == 0
    out = capsys.readouterr().out
    width, height = out.split("|")[1].split("x")
    assert out == f"  shot.1001.exr|{width}x{height}|001001|Mira\\x1b[31m|a7||{{\t}}\n"
    assert width.isdigit()
    assert height.isdigit()


@pytest.mark.parametrize(
    "template", ["{nothing}", "{path.__class__}", "{attr[owner].x}", "{path!r}", "{path", "{width:{height}}"]
)
def test_wrong_template_is_wrong_usage(template: str, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--format", template, str(path)]) == 2
    out, sentence = capsys.readouterr()
    assert out == ""
    assert "--format" in sentence


def test_table_has_a_row_per_file_and_no_formula(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = write_exr(path.with_name("b.exr"), attributes={"cameraSerial": string("7")})
    assert main(["inspect", "--csv", "--select", "camera*", str(path), str(other)]) == 0
    first, second = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert [*first] == [*FIELDS, "attr[cameraName]", "attr[cameraFov]", "attr[cameraSerial]"]
    assert (first["path"], first["attr[cameraName]"], first["attr[cameraSerial]"]) == (str(path), "'=1+1", "")
    assert (second["path"], second["attr[cameraSerial]"]) == (str(other), "7")
    assert main(["inspect", "--tsv", str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[0].split("\t") == [*FIELDS]


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        *[("inspec", "inspect"), ("libary", "library"), ("help", "Commands: inspect")],
        *[("undo", "Did you mean library undo?"), ("exprot", "Did you mean library export?")],
        *[("prove", "Did you mean vast prove?"), ("roots", "Did you mean library roots?")],
    ],
)
def test_misspelled_command_is_wrong_usage(word: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([word, "list"]) == 2
    out, sentence = capsys.readouterr()
    assert (out, hint in sentence) == ("", True)


@pytest.mark.parametrize(
    ("line", "hint"),
    [("--json a.exr", "exr-inspector inspect --json"), ("--screenshot a.jpg a.exr", "end in .png: a.jpg")],
)
def test_wrong_options_of_the_window_are_explained(line: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert hint in wrong_usage(line, capsys)


def wrong_usage(line: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the error about a refused command line."""
    with pytest.raises(SystemExit) as end:
        main(line.split())
    assert end.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("inspect a.exr --jsno", "Did you mean --json?"),
        ("library lst", "Did you mean list?"),
        ("library list --out a.csv", "Another command has this option; see --help\n"),
        ("library list --limt 3", "Did you mean --limit?"),
        ("check a.exr --fail-on eror", "Did you mean error?"),
        ("inspect a.exr --qqq", "unrecognized arguments: --qqq\n"),
    ],
)
def test_misspelled_option_is_explained(line: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong_usage(line, capsys).endswith(f"{hint}\n" if hint.endswith("?") else hint)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("library list --limit 0", "argument --limit: '0' is no whole number of 1 or more"),
        ("library undo --limit x", "argument --limit: 'x' is no whole number of 1 or more"),
        ("similar a.exr --limit=-1", "argument --limit: '-1' is no whole number of 1 or more"),
        ("publish a.exr --patience soon", "argument --patience: 'soon' is no number of seconds, 0 or more"),
        ("diff a.exr b.exr --tolerance 1", "argument --tolerance: '1' is no number from 0 to less than 1"),
        ("diff a.exr b.exr --step inf", "argument --step: 'inf' is no number of 0 or more"),
        ("picture a.exr --out a.png --part 1.5", "argument --part: '1.5' is no whole number of 0 or more"),
        ("picture a.exr --out a.png --exposure nan", "argument --exposure: 'nan' is no number from -64 to 64"),
        ("vast prove --idle x", "argument --idle: 'x' is no number of seconds, 0 or more"),
        ("backfill a --workers many", "argument --workers: 'many' is no whole number of 1 or more"),
    ],
)
def test_number_out_of_range_is_explained(line: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong_usage(line, capsys).endswith(f"error: {sentence}\n")


@pytest.mark.parametrize("value", [0.1, 1.0, 1e-5, 2.0**-140, 3.4028234663852886e38, 16777216.0, 1 / 3, -0.0])
def test_float_text_is_the_shortest_of_its_precision(value: float) -> None:
    (single,) = struct.unpack("<f", struct.pack("<f", value))
    assert float(format_value("float", single)) == float(str(np.float32(single)))
