"""Path spellings that identify the same file, and paths that must stay distinct."""

from __future__ import annotations

from pathlib import Path

import pytest

from exr_inspector_app.config import Root
from exr_inspector_app.persistence.identity import identify, normalize

PROD = Root("prod", ("P:/", "//nas/prod"), fold_case=True)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("\\\\?\\P:\\Show\\a.exr", "prod:/show/a.exr"),
        ("\\\\?\\UNC\\NAS\\prod\\Show\\a.exr", "prod:/show/a.exr"),
        ("\\\\?\\Q:\\Show\\a.exr", "q:/show/a.exr"),
        ("//nas/prod/../../x/a.exr", "prod:/x/a.exr"),
        ("s3://bucket/../other/a.exr", "s3://bucket/other/a.exr"),
        ("P:/../a.exr", "prod:/a.exr"),
    ],
)
def test_path_stays_on_its_drive_share_or_bucket(path: str, expected: str) -> None:
    assert normalize(path, (PROD,)) == expected


def test_longest_prefix_wins_in_any_spelling() -> None:
    roots = (Root("short", ("/mnt/p//////////",)), Root("long", ("/mnt/p/x",)))
    assert normalize("/mnt/p/x/a.exr", roots) == "long:/a.exr"


def test_first_root_wins_among_prefixes_of_equal_length() -> None:
    roots = (Root("first", ("/mnt/p",)), Root("second", ("/mnt/p/",)))
    assert normalize("/mnt/p/a.exr", roots) == "first:/a.exr"
    assert normalize("/mnt/p/a.exr", roots[::-1]) == "second:/a.exr"


def test_folded_path_is_composed_again() -> None:
    upper = identify("P:/Show/J\u030c.exr", None, "ff", (PROD,))  # Unicode has no composed capital J with caron
    lower = identify("P:/show/\u01f0.exr", None, "ff", (PROD,))
    assert upper.path_folded == lower.path_folded == "prod:/show/\u01f0.exr"
    assert upper.file_id == lower.file_id


@pytest.mark.parametrize(
    ("path", "frame", "key"),
    [
        ("/a/b.2.exr2", 2, "/a/b.#.exr2"),
        ("/a/b.mp4", 4, "/a/b.mp4"),
        ("/a/b.0000.exr", 0, "/a/b.####.exr"),
        (f"/a/{'1' * 5000}.exr", 7, f"/a/{'1' * 5000}.exr"),
    ],
)
def test_only_the_frame_before_the_extension_is_replaced(path: str, frame: int, key: str) -> None:
    assert identify(path, frame, "ff").sequence_key == key


def test_relative_path_is_stored_as_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert identify("shots/../a.exr", None, "ff").file_path == f"{tmp_path}/a.exr"
