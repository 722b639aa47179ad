"""Resolution of a drop, a paste or an argument: files on disk, sequences of all notations, and prose."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exr_inspector_app.config import Root
from exr_inspector_app.exr import resolve_paths
from exr_inspector_app.exr.paths.notation import frame_test, parse_notation
from exr_inspector_app.exr.paths.uri import paths_of_file_uri

SHOT = [f"seq/cmp.{frame}.exr" for frame in range(1001, 1006)]
TILES = ["tex/tile.1001.exr", "tex/tile.1011.exr"]
EYES = [f"st/{eye}/eye_{eye}.{frame}.exr" for eye in ("left", "right") for frame in (1001, 1002)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a sequence, tiles, two eyes, and names that look like other things."""
    root = Path(os.path.realpath(tmp_path)) / "files"
    names = [
        *SHOT,
        *TILES,
        *EYES,
        "a.exr",
        "b.exr",
        "sp ace/a b.exr",
        "hash#/a#b.exr",
        "50%25/a.exr",
        "50%/a.exr",
        "q?/x?.exr",
        "m\u00fc.exr",
    ]
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def found(folder: Path, text: str, form: str = "text", roots: tuple[Root, ...] = ()) -> list[str]:
    resolved = resolve_paths(text.replace("{R}", str(folder)), form=form, roots=roots)  # type: ignore[arg-type]
    return [os.path.relpath(path, folder) for path in resolved.paths if os.path.exists(path)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{R}/a.exr", ["a.exr"]),
        ("  {R}/a.exr \r\n\r\n{R}/b.exr\n", ["a.exr", "b.exr"]),
        ("{R}/a.exr {R}/b.exr", ["a.exr", "b.exr"]),
        ("{R}/a.exr, {R}/b.exr", ["a.exr", "b.exr"]),
        ("{R}/a.exr;{R}/b.exr; ", ["a.exr", "b.exr"]),
        ("'{R}/a.exr' '{R}/sp ace/a b.exr'", ["a.exr", "sp ace/a b.exr"]),
        ("{R}/sp\\ ace/a\\ b.exr", ["sp ace/a b.exr"]),
        ("{R}/sp ace/a b.exr", ["sp ace/a b.exr"]),
        ("{R}/sp ace/a b.exr {R}/a.exr", ["sp ace/a b.exr", "a.exr"]),
        ("\u201c{R}/a.exr\u201d", ["a.exr"]),
        ("\u00ab{R}/a.exr\u00bb,", ["a.exr"]),
        ("<file://{R}/a.exr>", ["a.exr"]),
        ("`{R}/a.exr`", ["a.exr"]),
        ("{R}/50%25/a.exr", ["50%25/a.exr"]),
        ("file://{R}/50%25/a.exr", ["50%/a.exr"]),
        ("{R}/hash#/a#b.exr", ["hash#/a#b.exr"]),
        ("copy\nfile://{R}/a.exr\nfile://{R}/b.exr", ["a.exr", "b.exr"]),
        ('"{R}/a.exr","{R}/sp ace/a b.exr"', ["a.exr", "sp ace/a b.exr"]),
        ("* {R}/a.exr\n1. {R}/b.exr", ["a.exr", "b.exr"]),
        ("see {R}/a.exr, ({R}/b.exr).", ["a.exr", "b.exr"]),
        ("ERROR: cannot read file='{R}/sp ace/a b.exr' of smb://nas{R}/b.exr", ["sp ace/a b.exr"]),
        ("x-special/nautilus-clipboard\ncut\nfile://{R}/a.exr", ["a.exr"]),
        ("{R}/a.exr\n{R}/a.exr", ["a.exr"]),
        ("\u202a{R}/a.exr\u202c", ["a.exr"]),
        ("\u300c{R}/a.exr\u300d", ["a.exr"]),
        ("**{R}/a.exr**", ["a.exr"]),
        ("look at {R}/a.exr!", ["a.exr"]),
        ("file://{R}/a.exr\0file://{R}/b.exr", ["a.exr", "b.exr"]),
        ('"{R}/seq/cmp.####.exr" 1001-1002', SHOT[:2]),
        ("{R}/a.exr:12: too bright", ["a.exr"]),
        ("{R}/a.exr、{R}/b.exr", ["a.exr", "b.exr"]),
        ("请看（{R}/a.exr）。", ["a.exr"]),
        ("{R}/mu\u0308.exr", ["m\u00fc.exr"]),
        ("*", []),
        ("please check {R}/sp ace/a b.exr today", ["sp ace/a b.exr"]),
        ("new comp: {R}/seq/cmp.####.exr 1001-1002, thanks", SHOT[:2]),
        ("new comp: {R}/seq/cmp.[1001-1002].exr, thanks", SHOT[:2]),
        ("new comp: {R}/seq/cmp.%04d.exr 5 frames", SHOT),
        ("new comp: {R}/seq/cmp.####.exr 2001-2002", []),
        ("{R}/seq/cmp.####.exr 1001 1005", SHOT),
        ("{R}/a.exr:{R}/b.exr", ["a.exr", "b.exr"]),
        ("\u300c{R}/a.exr\u300d\u3092\u898b\u3066", ["a.exr"]),
        ("{R}/a.exr.bak and {R}/b.exr/c", []),
    ],
)
def test_text_gives_the_files_that_it_means(folder: Path, text: str, names: list[str]) -> None:
    assert found(folder, text) == names


@pytest.mark.parametrize(
    "notation",
    [
        "cmp.####.exr", "cmp.#.exr", "cmp.@@@@.exr", "cmp.@.exr", "cmp.%04d.exr", "cmp.%d.exr", "cmp.[####].exr",
        "cmp.$F4.exr", "cmp.$F.exr", "cmp.${F4}.exr", "cmp.<F4>.exr", "cmp.<f4>.exr", "cmp.<frame>.exr", "cmp.*.exr",
        "cmp.1001-1005#.exr", "cmp.1001-1005@@@@.exr", "cmp.[1001-1005].exr", "cmp.{1001..1005}.exr",
        "cmp.(1001-1005)%04d.exr", "cmp.####.exr 1001-1005", "cmp.%04d.exr [1001-1005]", "cmp.####.exr=1001-1005",
        "cmp.%04d.exr =1001-1005", "cmp.{:04d}.exr=1001-1005", "cmp.{:04d}.exr", "cmp.%04d.exr[1001-1005]",
        "cmp.%04d.exr (1001-1005)", "cmp.####.exr@1001-1005", "cmp.1001-1005%04d.exr", "cmp.[1001-1005]####.exr",
        "cmp.????.exr", "cmp.[0-9]*.exr", "cmp.[0-9][0-9][0-9][0-9].exr", "cmp.<FRAME>.exr", "cmp.${FRAME}.exr",
        "cmp.{frame}.exr", "cmp.{frame:04d}.exr", "cmp.%(frame)04d.exr", "cmp.%04i.exr", "cmp.`padzero(4, $F)`.exr",
        "cmp.(1001-1005).exr", "cmp.1001-1005.exr", "cmp.####.exr 1001–1005", "cmp.{1001,1002,1003,1004,1005}.exr",
        "cmp.####.exr frames 1001-1005", "cmp.####.exr 1001 to 1005", "cmp.####[1001-1005].exr", "cmp.<####>.exr",
        "cmp.{####}.exr", "cmp.%04d[1001-1005].exr",
        "cmp.${frame}.exr", "cmp.$4F.exr", "cmp.{frame_number}.exr",
    ],
)  # fmt: skip
def test_sequence_notations_give_their_frames(folder: Path, notation: str) -> None:
    assert found(folder, f"{{R}}/seq/{notation}") == SHOT
    assert found(folder, f"file://{{R}}/seq/{notation}", "uri-list") == SHOT


@pytest.mark.parametrize(
    ("notation", "frames"),
    [
        ("cmp.####.exr 1002-1003", [1002, 1003]),
        ("cmp.1002-1004#.exr", [1002, 1003, 1004]),
        ("cmp.%04d.exr [1001-1005x2]", [1001, 1003, 1005]),
        ("cmp.####.exr=1001,1005", [1001, 1005]),
        ("cmp.[1002-1003].exr", [1002, 1003]),
        ("cmp.####.exr 1005-1004", [1004, 1005]),
    ],
)
def test_the_range_of_a_notation_is_kept(folder: Path, notation: str, frames: list[int]) -> None:
    assert found(folder, f"{{R}}/seq/{notation}") == [f"seq/cmp.{frame}.exr" for frame in frames]


def test_tiles_and_views_have_tokens(folder: Path) -> None:
    assert found(folder, "{R}/tex/tile.<UDIM>.exr") == TILES
    for notation in ("<TILE>", "$UDIM", "_MAPID_", "%(UDIM)d", "[UDIM]", "{UDIM}"):
        assert found(folder, f"{{R}}/tex/tile.{notation}.exr") == TILES
    for notation in ("%V/eye_%V", "{left,right}/eye_{left,right}"):
        assert sorted(found(folder, f"{{R}}/st/{notation}.%04d.exr")) == EYES


def test_read_node_of_nuke_gives_its_range(folder: Path) -> None:
    node = "set cut_paste_input [stack 0]\nRead {\n inputs 0\n file {R}/seq/cmp.%04d.exr\n first 1002\n last 1003\n}\n"
    assert found(folder, node) == SHOT[1:3]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("file://{R}/hash#/a#b.exr\r\n", ["hash#/a#b.exr"]),
        ("file://{R}/hash%23/a%23b.exr", ["hash#/a#b.exr"]),
        ("file://{R}/q?/x?.exr", ["q?/x?.exr"]),
        ("# a comment\r\nfile://localhost{R}/a.exr\r\n", ["a.exr"]),
        ("file:{R}/a.exr", ["a.exr"]),
        ("file://{R}/a.exr#fragment", ["a.exr"]),
        ("file://nas{R}/a.exr", []),
    ],
)
def test_uri_list_gives_the_files_that_it_means(folder: Path, text: str, names: list[str]) -> None:
    assert found(folder, text, "uri-list") == names


def test_link_to_another_host_is_a_unc_path(folder: Path) -> None:
    assert resolve_paths(f"file://nas{folder}/a.exr", form="uri-list").paths == [f"//nas{folder}/a.exr"]
    assert next(paths_of_file_uri("file:///P:/show/a.exr")) == "P:/show/a.exr"


def test_quoted_name_keeps_its_blanks(folder: Path) -> None:
    (folder / "end.exr ").write_bytes(b"")
    assert found(folder, f"'{folder}/end.exr '") == ["end.exr "]
    assert found(folder, f'"{folder}/a.exr" "{folder}/end.exr "') == ["a.exr", "end.exr "]


def test_bytes_that_are_not_utf8_lead_to_their_file(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/m\xfc.exr"
    with open(raw, "wb"):
        pass
    assert resolve_paths(f"file://{tmp_path}/m%FC.exr", form="uri-list").paths == [os.fsdecode(raw)]


@pytest.mark.parametrize(
    "prefix",
    [
        *("P:\\", "p:/", "//nas/prod/", "prod:/", "\\\\?\\P:\\", "\\\\?\\UNC\\nas\\prod\\"),
        *("smb://nas/prod/", "file://///nas/prod/", "file:///P|/", "afp://me@nas:548/prod/", "FileSystem::P:\\"),
        "Microsoft.PowerShell.Core\\FileSystem::\\\\nas\\prod\\",
    ],
)
def test_path_of_another_machine_is_found_here(folder: Path, prefix: str) -> None:
    roots = (Root("prod", ("P:/", "//nas/prod", str(folder)), True),)
    assert found(folder, f"{prefix}seq/cmp.1001.exr", roots=roots) == SHOT[:1]
    assert found(folder, "P:\\seq\\cmp.####.exr", roots=roots) == SHOT


@pytest.mark.parametrize(
    "text",
    [
        "please look at the beauty of sh010, thanks",
        "\n".join(f"line {number} of a mail" for number in range(300)),
        "Hello,\n\nthe render is done.\nBest",
    ],
)
def test_prose_gives_one_sentence(text: str) -> None:
    resolved = resolve_paths(text)
    assert (resolved.paths, len(resolved.refused)) == ([], 1)


def test_links_of_other_kinds_give_one_sentence() -> None:
    resolved = resolve_paths("sftp://host/a.exr\r\nsftp://host/b.exr", form="uri-list")
    assert (resolved.paths, len(resolved.refused)) == ([], 1)
    assert "sftp://" in resolved.refused[0]


def test_dropped_text_becomes_paths() -> None:
    text = "file:///a/b%20c.exr\n'/d e.exr'\n\n\"P:/x.exr\"\nfile:///C:/y.exr"
    assert resolve_paths(text).paths == ["/a/b c.exr", "/d e.exr", "P:/x.exr", "C:/y.exr"]


def test_digits_before_a_pattern_may_belong_to_the_name(folder: Path) -> None:
    assert found(folder, "{R}/seq/cmp.10##.exr") == SHOT
    assert found(folder, "{R}/seq/cmp.10%02d.exr 1002") == []


def test_sources_lead_to_the_same_paths(folder: Path) -> None:
    node = "Read {\n file {R}/seq/cmp.%04d.exr\n first 1002\n last 1003\n}"
    for text in ("{R}/a.exr {R}/b.exr", "{R}/seq/cmp.%04d.exr [1002-1003]", "file://{R}/seq/cmp.####.exr", node):
        resolved = resolve_paths(text.replace("{R}", str(folder)))
        again = [path for source in resolved.sources for path in resolve_paths(source).paths]
        assert (again, len(resolved.sources)) == (resolved.paths, 2 if "b.exr" in text else 1)


def test_files_that_are_gone_stay_apart(folder: Path) -> None:
    resolved = resolve_paths(f"{folder}/a.exr {folder}/gone.exr")
    assert resolved.paths == [f"{folder}/a.exr", f"{folder}/gone.exr"]


@pytest.mark.parametrize("text", ["n/a", "~ 5 minutes", "// a comment", "/s", "/cc @anna", "and/or", "copy", "file://"])
def test_words_with_slashes_are_no_paths(text: str) -> None:
    assert resolve_paths(text).paths == []


def test_file_named_like_a_word_of_the_clipboard_is_a_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "copy").mkdir()
    monkeypatch.chdir(folder)
    assert resolve_paths("copy").paths == ["copy"]


def test_path_that_leads_nowhere_is_left_to_the_reader() -> None:
    assert resolve_paths("/nowhere/a b.exr").paths == ["/nowhere/a b.exr"]
    assert resolve_paths("relative.exr").paths == ["relative.exr"]
    assert resolve_paths("D:\\nowhere\\a.exr").paths == ["D:\\nowhere\\a.exr"]


def test_paths_between_prose_are_taken(folder: Path) -> None:
    resolved = resolve_paths(f"Look at these please:\n{folder}/a.exr\n\nthanks a lot")
    assert (resolved.paths, len(resolved.refused)) == ([f"{folder}/a.exr"], 1)


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from(["text", "uri-list"]))
def test_any_text_is_answered(text: str, form: str) -> None:
    resolved = resolve_paths(text, form=form)  # type: ignore[arg-type]
    assert len(resolved.refused) <= 2
    assert all(isinstance(path, str) for path in resolved.paths)


@given(st.integers(-9999, 9999), st.integers(-9999, 9999))
def test_ranges_hold_their_ends(first: int, last: int) -> None:
    holds = frame_test(f"{first}-{last}")
    assert holds is not None
    assert holds(first)
    assert holds(last)
    assert not holds(max(first, last) + 1)


def test_names_without_tokens_have_no_notation() -> None:
    assert parse_notation("/a/beauty.1001.exr") is None


@pytest.mark.parametrize("name", ["s.%099999999999d.exr", "s.{:099999999999d}.exr", "s.$F99999999999.exr"])
def test_absurd_padding_names_no_frame(tmp_path: Path, name: str) -> None:
    (tmp_path / "s.1001.exr").touch()
    assert str(tmp_path / "s.1001.exr") not in resolve_paths(str(tmp_path / name)).paths
