"""Storage report of a library: totals, estimates, older versions, and its formats."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app import cli
from tests.exr_files import write_exr
from tests.exr_files.writing import exr_bytes

Out = pytest.CaptureFixture[str]
FLOAT_RGB = [("R", "float"), ("G", "float"), ("B", "float")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Published files: versions of a sequence, float colors with depth, an incomplete file, a formula as a name."""
    for version in ("v001", "v002", "v010"):
        for frame in (1001, 1002):
            write_exr(tmp_path / "shot" / version / f"beauty_{version}.{frame}.exr", width=64, height=64)
    write_exr(tmp_path / "shot" / "zip.exr", compression="zip", width=64, height=64)
    write_exr(tmp_path / "=float.exr", width=64, height=32, channels=[*FLOAT_RGB, ("Z", "float")])
    (tmp_path / "cut.exr").write_bytes(exr_bytes([{"width": 64, "height": 64}], present=3))
    assert cli.main(["publish", str(tmp_path)]) == 0
    return tmp_path


def report(capsys: Out, *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert cli.main(["library", "report", "--json", *arguments]) == 0
    made: dict[str, Any] = json.loads(capsys.readouterr().out)
    return {**made, "sections": {section["code"]: section["rows"] for section in made["sections"]}}


def test_report_adds_up_and_estimates_from_measured_ratios(folder: Path, capsys: Out) -> None:
    size = {path.name: path.stat().st_size for path in folder.rglob("*.exr")}
    made = report(capsys)
    sections, beauty = made["sections"], size["beauty_v001.1001.exr"]
    assert (made["files"], made["size_bytes"]) == (9, sum(size.values()))
    for code in ("compression", "type", "kind"):
        assert sum(row["size_bytes"] for row in sections[code]) == made["size_bytes"]
    counts = {row["name"]: row["files"] for row in (*sections["compression"], *sections["type"])}
    assert counts == {"none": 8, "zip": 1, "half": 8, "float": 1}
    assert {"show", "shot", "renderer", "gone", "damaged"}.isdisjoint(sections)  # no file has a value
    raw = 7 * 64 * 64 * 3 * 2  # of the complete and incomplete files of half
    alone = report(capsys, "--where", "compression=none")["sections"]["recompression"]
    half = next(row for row in alone if row["name"] == "none to piz, half")
    assert half["saved_bytes"] == half["size_bytes"] - round(0.36 * raw)
    assert half["detail"].startswith("lossless, ")
    assert half["detail"].endswith("about 36 % of the uncompressed size; measured on test images")
    changes = {row["name"] for row in sections["recompression"]}  # the ZIP file is not smaller than its pixels
    assert "none to piz, half" not in changes
    (old,) = sections["old-versions"]
    assert (old["name"], old["files"]) == (f"{folder}/shot/v#/beauty_v#.####.exr", 4)
    assert (old["saved_bytes"], old["detail"]) == (4 * beauty, "2 versions older than v010")
    (colors,) = sections["half"]
    assert colors["saved_bytes"] == round(size["=float.exr"] * 0.75 * 0.5)  # R, G, B of four channels
    assert "RGBA: largest value not measured" in colors["detail"]
    assert [row["name"] for row in sections["incomplete"]] == [str(folder / "cut.exr")]
    assert report(capsys, "--search", "compression:zip")["files"] == 1


def test_statistics_tell_whether_half_would_do(folder: Path, capsys: Out) -> None:
    (folder / "=float.exr").write_bytes((folder / "=float.exr").read_bytes()[:-9])
    (folder / "shot" / "zip.exr").write_bytes((folder / "shot" / "zip.exr").read_bytes()[:-9])
    made = report(capsys, "--stats")["sections"]
    assert "half" not in made
    assert {row["name"] for row in made["damaged"]} == {str(folder / name) for name in ("=float.exr", "shot/zip.exr")}


def test_report_is_written_in_every_format(folder: Path, capsys: Out) -> None:
    capsys.readouterr()
    assert cli.main(["library", "report", "--where", "path:*float*", "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["section"] for row in rows} >= {"compression", "half"}
    assert all(not row["name"].startswith("=") for row in rows)
    out = folder / "report.html"
    assert cli.main(["library", "report", "--html", "--out", str(out)]) == 0
    page = out.read_text("ascii")
    assert "<h2>Older versions: " in page
    assert "Content-Security-Policy" in page
    assert cli.main(["library", "report"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Local library: 9 files, ")
    assert "v010" in text
