"""File discovery in dropped paths, and grouping into sequences."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exr_inspector_app.contracts import PathUnreadable
from exr_inspector_app.exr.paths.expansion import discover
from exr_inspector_app.exr.sequences.folder_index import frame_on_disk
from exr_inspector_app.exr.sequences.frame_number import frame_number
from exr_inspector_app.exr.sequences.grouping import format_ranges, group_sequences
from tests.exr_files import write_exr


def files(tmp_path: Path, *names: str) -> list[str]:
    return [str(write_exr(tmp_path / name)) for name in names]


def test_folder_yields_exr_files_in_natural_order(tmp_path: Path) -> None:
    made = files(tmp_path, "b/f9.exr", "b/f10.EXR", "c.exr")
    (tmp_path / "b" / "notes.txt").write_text("no")
    assert list(discover([str(tmp_path)])) == made


def test_folder_yields_stereo_and_multi_view_files(tmp_path: Path) -> None:
    made = files(tmp_path, "a.1001.sxr", "b.1001.MXR", "c.exr")
    files(tmp_path, "._a.1001.sxr", "d.exr.tmp")
    assert list(discover([str(tmp_path)])) == made


def test_file_is_yielded_once(tmp_path: Path) -> None:
    (path,) = files(tmp_path, "a.exr")
    assert list(discover([path, str(tmp_path), path])) == [path]


def test_folder_loop_is_reported_and_skipped(tmp_path: Path) -> None:
    (path,) = files(tmp_path, "z/a.exr")
    (tmp_path / "z" / "again").symlink_to(tmp_path)
    items = list(discover([str(tmp_path)]))
    assert [item for item in items if isinstance(item, str)] == [path]
    assert [item.code for item in items if isinstance(item, PathUnreadable)] == ["folder-loop"]


def test_folder_without_exr_files_is_reported(tmp_path: Path) -> None:
    (item,) = discover([str(tmp_path)])
    assert isinstance(item, PathUnreadable)
    assert item.code == "no-exr"


@pytest.mark.parametrize("pattern", ["beauty.####.exr", "beauty.%04d.exr", "beauty.1001-1003#.exr"])
def test_pattern_yields_its_sequence(tmp_path: Path, pattern: str) -> None:
    made = files(tmp_path, "beauty.1001.exr", "beauty.1002.exr", "beauty.1003.exr")
    files(tmp_path, "other.1001.exr")
    assert list(discover([str(tmp_path / pattern)])) == made


def test_pattern_without_files_is_reported(tmp_path: Path) -> None:
    (item,) = discover([str(tmp_path / "beauty.####.exr")])
    assert isinstance(item, PathUnreadable)
    assert item.code == "no-frames"


def test_sequence_is_grouped_with_its_gaps() -> None:
    (sequence,) = group_sequences([f"/a/beauty_v012.{n}.exr" for n in (1001, 1002, 1005)])
    assert (sequence.pattern, sequence.frames, sequence.missing) == (
        "beauty_v012.####.exr",
        (1001, 1002, 1005),
        (1003, 1004),
    )


def test_numbers_of_several_lengths_are_one_sequence() -> None:
    (sequence,) = group_sequences([f"/a/t{n:02}.exr" for n in range(8, 12)])
    (other,) = group_sequences([f"/a/t.{n}.exr" for n in (998, 999, 1000)])
    assert (sequence.pattern, other.frames, other.missing) == ("t##.exr", (998, 999, 1000), ())


def test_versions_and_udim_tiles_are_not_grouped() -> None:
    versions = [f"/a/beauty_v{n:03}.exr" for n in (1, 2, 3)]
    tiles = [f"/a/skin_udim.{n}.exr" for n in (1001, 1002)]
    assert [sequence.paths for sequence in group_sequences(versions + tiles)] == [(path,) for path in versions + tiles]


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("beauty.1047.exr", 1047),
        ("beauty_v012.exr", None),
        ("beauty.1047_v012.exr", None),
        ("shot010_beauty_v003.0001.exr", 1),
        ("skin_udim.1001.exr", None),
        ("tex.1047.exr", None),
        ("plain.exr", None),
        ("7.exr", 7),
        ("C:\\show\\a.0012.exr", 12),
        ("a.99999999999.exr", None),
    ],
)
def test_frame_is_the_last_number_except_versions_and_tiles(name: str, frame: int | None) -> None:
    assert frame_number(name) == frame


@given(st.integers(0, 9_999_999), st.sampled_from(["beauty.", "sh_", "v003_a."]))
def test_any_frame_is_parsed(frame: int, head: str) -> None:
    assert frame_number(f"/show/{head}{frame:04}.exr") == frame


def test_ranges_are_formatted() -> None:
    assert format_ranges((1044, 1045, 1046, 1050)) == "1044–1046, 1050"


def test_link_to_itself_is_yielded_as_a_file(tmp_path: Path) -> None:
    (path,) = files(tmp_path, "a.exr")
    (tmp_path / "b.exr").symlink_to("b.exr")
    assert list(discover([str(tmp_path)])) == [path, str(tmp_path / "b.exr")]


def test_folders_deeper_than_the_stack_are_walked(tmp_path: Path) -> None:
    (path,) = files(tmp_path, "x/" * 100 + "a.exr")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 80)
    try:
        assert list(discover([str(tmp_path)])) == [path]
    finally:
        sys.setrecursionlimit(limit)


def test_folders_with_many_links_are_walked_once(tmp_path: Path) -> None:
    for number in range(15):
        (tmp_path / f"n{number}").mkdir()
        for link in "ab" if number < 14 else "":
            (tmp_path / f"n{number}" / link).symlink_to(f"../n{number + 1}")
    files(tmp_path, "n14/a.exr")
    assert len(list(discover([str(tmp_path / "n0")]))) == 1


@pytest.mark.parametrize("folder", ["render[01]", "a#b", "@farm", "per%04d", "new\nline", "nu\udcff", "x,y {z}"])
@pytest.mark.parametrize("name", ["beauty.", "a[1].", "b\udce9 - 3."])
def test_pattern_with_special_characters_yields_its_sequence(tmp_path: Path, folder: str, name: str) -> None:
    made = files(tmp_path, f"{folder}/{name}1001.exr", f"{folder}/{name}1002.exr")
    for pattern in ("####", "%04d", "1001-1002#"):
        assert list(discover([str(tmp_path / folder / f"{name}{pattern}.exr")])) == made


def test_padding_is_matched_except_for_a_single_hash(tmp_path: Path) -> None:
    eight, ten, padded = files(tmp_path, "a.8.exr", "a.10.exr", "a.0011.exr")
    files(tmp_path, "a.x8.exr", "a..exr")
    for pattern, expected in {"#": [eight, ten, padded], "%d": [eight, ten], "%02d": [ten], "####": [padded]}.items():
        assert list(discover([str(tmp_path / f"a.{pattern}.exr")])) == expected


def test_pattern_keeps_names_with_dashes_numbers_and_hidden_files_apart(tmp_path: Path) -> None:
    one, two, other = files(tmp_path, "v2.1001.exr", "v2.1002.exr", "a-5.exr")
    files(tmp_path, "a-5/b.exr", ".hidden.exr")
    patterns = {"v2.1001-1002#.exr": [one, two], "a-5-5#.exr": [other], "a#.exr": [], "*.exr": [other, one, two]}
    for pattern, expected in patterns.items():
        assert [item for item in discover([str(tmp_path / pattern)]) if isinstance(item, str)] == expected, pattern


def test_folder_is_listed_under_its_own_name(tmp_path: Path) -> None:
    made = files(tmp_path, "shot/v002/a.exr", "shot/v003/a.exr", "elsewhere/b.exr")
    (tmp_path / "shot" / "latest").symlink_to("v003")
    (tmp_path / "shot" / "a_link").symlink_to(tmp_path / "elsewhere")
    assert list(discover([str(tmp_path / "shot")])) == [*made[:2], str(tmp_path / "shot" / "a_link" / "b.exr")]


def test_frames_follow_names_that_come_into_a_folder(tmp_path: Path) -> None:
    (first,) = files(tmp_path, "img0001.exr")
    assert frame_on_disk(first) is None
    for number in range(2, 5):
        (path,) = files(tmp_path, f"img{number:04}.exr")
        assert (frame_on_disk(path), frame_on_disk(first)) == (number, 1)
