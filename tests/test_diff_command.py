"""`exr-inspector diff`: what it prints and returns."""

from __future__ import annotations

import json
from pathlib import Path

from tests.exr_files import real, string, strings, studio_file, write_exr
from tests.test_cli import run


def test_two_files_are_told_row_by_row_and_a_difference_is_no_failure(tmp_path: Path) -> None:
    one = write_exr(tmp_path / "a.exr", compression="zip", height=16, attributes={"owner": string("orca")})
    two = write_exr(tmp_path / "b.exr", compression="zips", height=16, channels=["A", "B", "G", "R"])
    done = run("diff", one, two)
    assert done.stdout.splitlines() == [
        f"1  {one}",
        f"2  {two}",
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


def test_equal_headers_are_said_to_be_so(tmp_path: Path) -> None:
    one, two = (write_exr(tmp_path / name, attributes={"x": real(x)}) for name, x in (("a.exr", 1.0), ("b.exr", 1.001)))
    assert "x" in run("diff", one, two).stdout.split()
    assert run("diff", one, two, "--tolerance", "0.01").stdout.endswith("The headers say the same.\n")
    assert json.loads(run("diff", one, one, "--json").stdout) == {
        "files": [str(one), str(one)],
        "same": True,
        "differences": [],
    }


def test_the_odd_frame_of_a_sequence_is_named(tmp_path: Path) -> None:
    for frame in range(1045, 1050):
        studio_file(tmp_path / f"beauty.{frame}.exr", frame, compression="rle" if frame == 1047 else "none")
    done = run("diff", tmp_path / "beauty.####.exr")
    assert done.stdout.startswith("5 files, 1 differs from the others\n\nFrame 1047 differs in compression\n")
    assert "  Part 0, compression: rle, elsewhere none\n" in done.stdout
    found = json.loads(run("diff", tmp_path, "--json").stdout)
    assert [(one["frame"], one["differences"][0]["values"][1]["value"]) for one in found["odd"]] == [(1047, "rle")]
    assert "timeCode" in [one["name"] for one in found["varying"]]


def test_each_sequence_of_a_folder_is_told_for_itself(tmp_path: Path) -> None:
    for frame in range(1001, 1005):
        write_exr(tmp_path / f"beauty.{frame}.exr", compression="rle" if frame == 1003 else "none")
        write_exr(tmp_path / f"depth.{frame}.exr", channels=["Z"], compression="zip", width=4)
    write_exr(tmp_path / "readme.exr")
    done = run("diff", tmp_path)
    assert done.stdout == (
        f"{tmp_path / 'beauty.####.exr'}: 4 files, 1 differs from the others\n\n"
        "Frame 1003 differs in compression\n  Part 0, compression: rle, elsewhere none\n\n"
        f"{tmp_path / 'depth.####.exr'}: 4 files, 0 differ from the others\n"
    )
    assert (done.stderr, done.returncode) == ("Left out, since they are of no sequence: 1 of the files.\n", 0)
    found = json.loads(run("diff", tmp_path, "--json").stdout)
    assert found["same"] is False
    assert [(one["pattern"], len(one["files"]), one["same"]) for one in found["sequences"]] == [
        (str(tmp_path / "beauty.####.exr"), 4, False),
        (str(tmp_path / "depth.####.exr"), 4, True),
    ]


def test_a_sequence_beside_a_file_stands_for_a_frame_that_is_not_odd(tmp_path: Path) -> None:
    for frame in range(1, 5):
        write_exr(tmp_path / f"a.{frame:04}.exr", compression="rle" if frame == 1 else "none")
    other = write_exr(tmp_path / "b.exr")
    done = run("diff", tmp_path / "a.####.exr", other)
    assert done.stdout == f"1  {tmp_path / 'a.0002.exr'}\n2  {other}\n\nThe headers say the same.\n"


def test_a_file_that_cannot_be_read_is_told_and_fails(tmp_path: Path) -> None:
    good, bad = write_exr(tmp_path / "a.exr"), tmp_path / "b.exr"
    bad.write_bytes(b"no picture")
    done = run("diff", good, bad)
    assert (done.stdout, done.returncode) == ("", 1)
    assert "This is not an OpenEXR file" in done.stderr
    assert "Fewer than two files could be read" in done.stderr
    assert run("diff", good, good, "--tolerance", "2").returncode == 2


def test_long_values_are_cut_to_where_they_differ_and_safe_to_print(tmp_path: Path) -> None:
    paths = [
        write_exr(tmp_path / f"{end}.exr", attributes={"note": string("x" * 500 + f"\x1b[31m{end}")}) for end in "ab"
    ]
    told = run("diff", *paths).stdout
    assert "\x1b" not in told
    assert f"…{'x' * 12}\\x1b[31ma\n" in told


def test_values_that_differ_late_or_beside_a_file_without_them_are_never_told_as_one(tmp_path: Path) -> None:
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
