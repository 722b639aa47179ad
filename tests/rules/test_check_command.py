"""Command `check`: exit codes, sequences, and reports, in a separate process."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from exr_inspector_app import cli
from tests.exr_files import string, write_exr

RGBA = ["A", "B", "G", "R"]
PROFILE = """
name = "orca <delivery>"
require = {compression = "zip", frames = "1001-1004", complete = true, attributes = {owner = "^orca"}}
ignore.sequence-gap = "rendered on twos"
"""


@pytest.fixture
def shot(tmp_path: Path) -> Path:
    """Return a folder with three frames of one sequence, the second with another compression and an odd owner."""
    for number in (1001, 1002, 1004):
        owner = string("<script>\x1b&" if number == 1002 else "orca")
        name = tmp_path / "shot" / f"a.{number}.exr"
        write_exr(name, compression="piz" if number == 1002 else "zip", channels=RGBA, attributes={"owner": owner})
    (tmp_path / "rules.toml").write_text(PROFILE, encoding="utf-8")
    return tmp_path / "shot"


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = cli.main(["check", *map(str, arguments)])
    done = capsys.readouterr()
    return code, done.out, done.err


def test_check_groups_findings_by_sequence(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, shot, "--profile", shot.parent / "rules.toml")
    lines = [line.split(maxsplit=2) for line in out.splitlines()]
    assert (code, err) == (1, "")
    assert lines[0] == [str(shot / "a.####.exr"), "1001-1002,1004"]
    assert ["error", "frames", "Frame 1003 is missing, the profile requires 1001–1004."] in lines
    assert ["ignored", "sequence-gap", "Frame 1003 is missing. (rendered on twos)"] in lines
    assert ["error", "compression", "frames 1002: Compression is PIZ, the profile requires ZIP."] in lines
    assert "\x1b" not in out
    assert out.splitlines()[-1] == "3 files, 1 sequence: 3 errors, 1 warning, 1 ignored, 7 passed."


def test_exit_code_depends_on_severity_and_ignored_codes(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = shot.parent / "rules.toml"
    rules.write_text('require.compression = "zip"\nseverity.compression = "warning"', encoding="utf-8")
    assert run(capsys, shot, "--profile", rules)[0] == 0
    assert run(capsys, shot, "--profile", rules, "--fail-on", "warning")[0] == 1
    ignored = ("--ignore", "compression,sequence_gap", "--ignore", "sequence-differs")
    assert run(capsys, shot, "--profile", rules, "--fail-on", "warning", *ignored)[0] == 0
    assert run(capsys, shot)[0] == 0
    (shot / "b.exr").write_bytes(b"x")
    assert run(capsys, shot)[0] == 1
    with pytest.raises(SystemExit) as stopped:
        run(capsys, shot, "--fail-on", "fatal")
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--ignore", "compresion"], "Unknown code: compresion. Did you mean `compression`?"),
        (["--profile", "none.toml"], "Cannot read the profile none.toml: No such file or directory."),
        (["--out", "none/report.txt"], "Cannot write the report to none/report.txt: No such file or directory."),
    ],
)
def test_wrong_usage_is_exit_code_2(
    arguments: list[str], sentence: str, shot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, shot, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(sentence)


def test_json_report_has_the_keys_of_a_payload(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = shot.parent / "list.txt"
    listed.write_text(f"{shot}/a.####.exr\n", encoding="utf-8")
    arguments = ("--files-from", listed, "--profile", shot.parent / "rules.toml", "--report", "json")
    report = json.loads(run(capsys, *arguments)[1])
    assert (report["profile"], report["status"], report["summary"]["errors"]) == ("orca <delivery>", "failed", 3)
    second = report["files"][1]
    message = "Compression is PIZ, the profile requires ZIP."
    finding = {"severity": "error", "code": "compression", "part_index": 0, "message": message}
    assert (Path(second["path"]).name, second["validation"][0]) == ("a.1002.exr", finding)
    (sequence,) = report["sequences"]
    assert (sequence["sequence"], sequence["frames"]) == (str(shot / "a.####.exr"), "1001-1002,1004")
    assert [(row["code"], row["reason"]) for row in sequence["ignored"]] == [("sequence-gap", "rendered on twos")]


def test_junit_and_sarif_have_failures_and_exceptions(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile = ("--profile", shot.parent / "rules.toml")
    suites = ElementTree.fromstring(run(capsys, shot, *profile, "--report", "junit")[1])
    assert (suites.get("failures"), sum(int(suite.attrib["skipped"]) for suite in suites)) == ("3", 1)
    assert set(suites.attrib) == {"name", "tests", "failures", "errors"}  # Jenkins refuses others
    assert [item.get("type") for item in suites.iter("failure")] == ["error"] * 3
    (run_table,) = json.loads(run(capsys, shot, *profile, "--report", "sarif")[1])["runs"]
    results = {result["ruleId"]: result for result in run_table["results"]}
    place = results["compression"]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": (shot / "a.1002.exr").as_uri()}
    assert results["sequence-gap"]["suppressions"][0]["justification"] == "rendered on twos"
    assert {rule["id"] for rule in run_table["tool"]["driver"]["rules"]} == set(results)


def test_html_report_is_one_escaped_file_with_thumbnails(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = shot.parent / "report.html"
    arguments = (shot, "--profile", shot.parent / "rules.toml", "--report", "html", "--out", out)
    assert run(capsys, *arguments)[:2] == (1, "")
    page = out.read_text(encoding="ascii")
    assert page.count("data:image/jpeg;base64,") == 1
    assert "orca &lt;delivery&gt;" in page
    assert "&lt;script&gt;\\x1b&amp;" in page
    assert "<script" not in page
    assert "http" not in page.partition("</head>")[2]
