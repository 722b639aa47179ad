"""Output and exit codes of `exr-inspector diff`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.exr_files import real, string, strings, studio_file, write_exr
from tests.test_cli import run


def test_differences_of_two_files_are_printed_and_exit_with_zero(tmp_path: Path) -> None:
    first = write_exr(tmp_path / "a.exr", compression="zip", height=16, attributes={"owner": string("orca")})
    second = write_exr(tmp_path / "b.exr", compression="zips", height=16, channels=["A", "B", "G", "R"])
    done = run("diff", first, second)
    assert done.stdout.splitlines() == [
        f"1  {first}",
        f"2  {second}",
        "",
        "Part 0",
        "  channel A",
        "    1    (absent)",
        "    2    half",
        "  compression",
        "    1    zip",
        "    2    zips",
        "  owner",
        "    1    orca",
        "    2    (absent)",
    ]
    assert (done.returncode, done.stderr) == (0, "")


def test_equal_headers_are_reported_as_identical(tmp_path: Path) -> None:
    values = (("a.exr", 1.0), ("b.exr", 1.001))
    first, second = (write_exr(tmp_path / name, attributes={"x": real(x)}) for name, x in values)
    assert "x" in run("diff", first, second).stdout.split()
    assert run("diff", first, second, "--tolerance", "0.01").stdout.endswith("The headers are identical.\n")
    assert json.loads(run("diff", first, first, "--json").stdout) == {
        "files": [str(first), str(first)],
        "same": True,
        "differences": [],
    }


def test_outlier_frame_of_a_sequence_is_named(tmp_path: Path) -> None:
    for frame in range(1045, 1050):
        studio_file(tmp_path / f"beauty.{frame}.exr", frame, compression="rle" if frame == 1047 else "none")
    done = run("diff", tmp_path / "beauty.####.exr")
    assert done.stdout.startswith("5 files, 1 differs from the rest\n\nFrame 1047 differs in compression\n")
    assert "  Part 0, compression: rle, elsewhere none\n" in done.stdout
    result = json.loads(run("diff", tmp_path, "--json").stdout)
    assert [(file["frame"], file["differences"][0]["values"][1]["value"]) for file in result["odd"]] == [(1047, "rle")]
    assert "timeCode" in [key["name"] for key in result["varying"]]


def test_each_sequence_of_a_folder_is_reported_separately(tmp_path: Path) -> None:
    for frame in range(1001, 1005):
        write_exr(tmp_path / f"beauty.{frame}.exr", compression="rle" if frame == 1003 else "none")
        write_exr(tmp_path / f"depth.{frame}.exr", channels=["Z"], compression="zip", width=4)
    write_exr(tmp_path / "readme.exr")
    done = run("diff", tmp_path)
    assert done.stdout == (
        f"{tmp_path / 'beauty.####.exr'}: 4 files, 1 differs from the rest\n\n"
        "Frame 1003 differs in compression\n  Part 0, compression: rle, elsewhere none\n\n"
        f"{tmp_path / 'depth.####.exr'}: 4 files, 0 differ from the rest\n"
    )
    assert (done.stderr, done.returncode) == ("Skipped 1 file that belongs to no sequence.\n", 0)
    result = json.loads(run("diff", tmp_path, "--json").stdout)
    assert result["same"] is False
    assert [(row["pattern"], len(row["files"]), row["same"]) for row in result["sequences"]] == [
        (str(tmp_path / "beauty.####.exr"), 4, False),
        (str(tmp_path / "depth.####.exr"), 4, True),
    ]


def test_sequence_next_to_a_file_is_represented_by_a_typical_frame(tmp_path: Path) -> None:
    for frame in range(1, 5):
        write_exr(tmp_path / f"a.{frame:04}.exr", compression="rle" if frame == 1 else "none")
    other = write_exr(tmp_path / "b.exr")
    done = run("diff", tmp_path / "a.####.exr", other)
    assert done.stdout == f"1  {tmp_path / 'a.0002.exr'}\n2  {other}\n\nThe headers are identical.\n"


def test_unreadable_file_is_reported_and_exits_with_one(tmp_path: Path) -> None:
    good, bad = write_exr(tmp_path / "a.exr"), tmp_path / "b.exr"
    bad.write_bytes(b"no picture")
    done = run("diff", good, bad)
    assert (done.stdout, done.returncode) == ("", 1)
    assert "Not an OpenEXR file" in done.stderr
    assert "Fewer than two files could be read" in done.stderr
    assert run("diff", good, good, "--tolerance", "2").returncode == 2


def test_long_values_are_shortened_to_their_difference_and_escaped(tmp_path: Path) -> None:
    paths = [
        write_exr(tmp_path / f"{end}.exr", attributes={"note": string("x" * 500 + f"\x1b[31m{end}")}) for end in "ab"
    ]
    output = run("diff", *paths).stdout
    assert "\x1b" not in output
    assert f"…{'x' * 12}\\x1b[31ma\n" in output


def test_values_that_differ_at_their_end_are_never_merged(tmp_path: Path) -> None:
    long, many = "x" * 300, [f"pass{n}" for n in range(300)]
    paths = [
        write_exr(tmp_path / f"{end}.exr", attributes={"note": string(long + end), "list": strings(*many, end)})
        for end in "ab"
    ]
    paths.append(write_exr(tmp_path / "c.exr"))
    for count in (2, 3):
        rows = run("diff", *paths[:count]).stdout.splitlines()
        notes, lists = (rows[rows.index(f"  {name}") + 1 :][:count] for name in ("note", "list"))
        assert [row.split()[0] for row in notes + lists] == list("123"[:count]) * 2
        assert [row[-2:] for row in notes[:2]] == ["xa", "xb"]
        assert lists[0].split()[1:] != lists[1].split()[1:]
