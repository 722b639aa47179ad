"""Findings of files and of sequences in `inspect --check`, and its exit code."""

from __future__ import annotations

import json
from pathlib import Path

from tests.exr_files import write_exr
from tests.test_cli import run

PICTURE = ["A", "B", "G", "R"]


def test_check_prints_the_findings_of_each_file(tmp_path: Path) -> None:
    apart = {"data_window": (9, 9, 12, 12), "display_window": (0, 0, 7, 7)}
    odd = write_exr(tmp_path / "odd.exr", compression="rle", channels=PICTURE, **apart)
    good = write_exr(tmp_path / "good.exr", compression="zip", channels=PICTURE)
    done = run("inspect", "--check", odd, good)
    warning = "  warning  window-apart        The image lies entirely outside the display window.\n"
    assert f"{warning}  1 note (--notes lists it)\n" in done.stdout
    assert done.stdout.endswith("  no issues\n")
    assert (done.returncode, done.stderr) == (0, "")


def test_notes_are_counted_unless_they_are_asked_for(tmp_path: Path) -> None:
    nested = write_exr(tmp_path / "a.exr", compression="rle", channels=[*PICTURE, "a.b.R", "a_R"])
    assert run("inspect", "--check", nested).stdout.endswith("\n  3 notes (--notes lists them)\n")
    listed = run("inspect", "--check", "--notes", nested).stdout.splitlines()[-3:]
    assert [line.split()[:2] for line in listed] == [
        ["note", "layer-nested"],
        ["note", "layer-separator"],
        ["note", "compression-unusual"],
    ]
    (payload,) = [json.loads(line) for line in run("inspect", "--check", "--jsonl", nested).stdout.splitlines()]
    assert [finding["severity"] for finding in payload["validation"]] == ["note"] * 3


def test_check_fails_for_an_error_and_plain_inspect_does_not(tmp_path: Path) -> None:
    duplicate = write_exr(tmp_path / "a.exr", channels=[*PICTURE, "R"])
    assert run("inspect", duplicate).returncode == 0
    done = run("inspect", "--check", duplicate)
    assert (done.returncode, "error    channel-twice" in done.stdout) == (1, True)


def test_check_reports_sequence_findings(tmp_path: Path) -> None:
    for number in (1001, 1002, 1003, 1005):
        write_exr(tmp_path / f"a.{number}.exr", compression="rle" if number == 1002 else "zip", channels=PICTURE)
    done = run("inspect", "--check", "--jsonl", tmp_path / "a.####.exr")
    *rows, sequence = [json.loads(line) for line in done.stdout.splitlines()]
    assert [[finding["code"] for finding in row["validation"]] for row in rows] == [[], ["compression-unusual"], [], []]
    different = "Frame 1002 differs from the rest of the sequence in compression (rle instead of zip)."
    findings = [("sequence-gap", "Frame 1004 is missing."), ("sequence-differs", different)]
    assert sequence == {
        "sequence": str(tmp_path / "a.####.exr"),
        "frames": "1001-1003,1005",
        "validation": [
            {"severity": "warning", "code": code, "part_index": None, "message": message} for code, message in findings
        ],
    }
    assert (done.returncode, done.stderr) == (0, "")
    done = run("inspect", "--check", tmp_path / "a.####.exr")
    assert done.stderr.splitlines() == [f"a.####.exr: warning, {code}: {message}" for code, message in findings]


def test_sequence_without_findings_has_a_json_object(tmp_path: Path) -> None:
    for frame in ("-2", "-1", "0", "1"):
        write_exr(tmp_path / "b" / f"b.{frame}.exr", channels=PICTURE)
    for frame in ("0001", "0001.25", "0002"):
        write_exr(tmp_path / "c" / f"c.{frame}.exr", channels=PICTURE)
    done = run("inspect", "--check", "--json", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    rows = json.loads(done.stdout)
    assert [(Path(row["sequence"]).name, row["frames"], row["validation"]) for row in rows[7:]] == [
        ("b.#.exr", "-2-1", []),
        ("c.####.exr", "1,1.25,2", []),
    ]


def test_damage_in_header_and_pixels_is_reported_with_its_byte(tmp_path: Path) -> None:
    header = write_exr(tmp_path / "a.exr", attributes={"owner": ("float", b"abc")})
    pixels = write_exr(tmp_path / "b.exr", height=32, compression="zip", channels=PICTURE)
    data = pixels.read_bytes()
    second = len(data) - 8 - 8 * 16 * 8
    pixels.write_bytes(data[: second + 4] + b"\xff" + data[second + 5 :])
    at = header.read_bytes().index(b"owner\0")
    done = run("inspect", header)
    message = f"{header}: owner in part 0 is left out: its 3 bytes are not a float (byte {at}).\n"
    assert (done.returncode, done.stderr) == (1, message)
    done = run("inspect", "--stats", pixels)
    lost = "128 of 256 pixels of part 0 are damaged (first at 0, 16). Render or copy the file again"
    assert (done.returncode, done.stderr) == (1, f"{pixels}: {lost} (byte {second:,}).\n")
