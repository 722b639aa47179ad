"""Damaged files of settings and saved filters: nothing that is not understood is lost, and links stay links."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from exr_inspector_app import config
from exr_inspector_app.cli import main
from exr_inspector_app.config.atomic_file import write_file
from exr_inspector_app.config.writer import save_settings
from exr_inspector_app.contracts import Condition
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.gui.filters.saved_filters import SavedFilters
from exr_inspector_app.gui.settings.window_state import WindowState
from tests.exr_files import write_exr

MINE = (Condition("width", ">=", 4096),)
NEWER = {"smart": {"version": 2, "all": []}, "odd": 5, "wrong": [["path_folded", "contains", {"x": 1}]]}
DAMAGED = {
    "cut": b'{"other": [["width", ">=", 4]], "x": [["comp',
    "a list": b"[]",
    "deep": b'{"x": ' + b"[" * 100_000,
    "not UTF-8": b'{"caf\xe9": []}',
    "empty": b"",
}


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_saved_filter_keeps_entries_of_a_newer_version(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "filters.json"
    path.write_text(mark + json.dumps(NEWER), encoding="utf-8")
    saved = SavedFilters(path)
    assert saved.names() == ["wrong"]
    assert saved.get("wrong") == ()
    assert saved.save("mine", MINE) is None
    assert json.loads(path.read_text()) == {**NEWER, "mine": [["width", ">=", 4096]]}
    saved.delete("mine")
    assert json.loads(path.read_text()) == NEWER


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_filters_are_set_aside_once(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "filters.json"
    path.write_bytes(DAMAGED[damage])
    saved = SavedFilters(path)
    assert (saved.names(), saved.get("x")) == ([], ())
    copy = saved.save("mine", MINE)
    assert copy is not None
    assert copy.read_bytes() == DAMAGED[damage]
    assert saved.get("mine") == MINE
    path.write_bytes(DAMAGED[damage])
    assert saved.save("mine", MINE) == copy
    path.write_bytes(DAMAGED[damage] + b"!")
    assert saved.save("mine", MINE) != copy


def test_links_of_settings_stay_links(tmp_path: Path) -> None:
    for name, text in (("settings.toml", "# mine\nfuture = { a = 1 }\n"), ("filters.json", "{}")):
        (tmp_path / "dotfiles").mkdir(exist_ok=True)
        (tmp_path / "dotfiles" / name).write_text(text)
        (tmp_path / name).symlink_to(f"dotfiles/{name}")
    save_settings({"viewer": "rv"}, {}, tmp_path / "settings.toml")
    SavedFilters(tmp_path / "filters.json").save("mine", MINE)
    assert (tmp_path / "settings.toml").is_symlink()
    text = (tmp_path / "dotfiles" / "settings.toml").read_text()
    assert text == '# mine\nfuture = { a = 1 }\nviewer = "rv"\n'
    assert "mine" in (tmp_path / "dotfiles" / "filters.json").read_text()
    assert sorted(entry.name for entry in (tmp_path / "dotfiles").iterdir()) == ["filters.json", "settings.toml"]


def test_settings_with_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b'\xef\xbb\xbfviewer = "rv"\r\n')
    assert config.load(environ={}, settings=path).viewer == "rv"
    save_settings({"path_template": "/{show}"}, {}, path)
    assert config.load(environ={}, settings=path).path_template == "/{show}"


@pytest.mark.parametrize("library", ['"/a\\u0000b"', f"'/{'a' * 5000}'"])
def test_unusable_library_of_the_settings_is_one_sentence(
    own_home: Path, library: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("EXR_INSPECTOR_LIBRARY")
    config.settings_file().parent.mkdir(parents=True)
    config.settings_file().write_text(f"library = {library}\n")
    exr = write_exr(own_home / "a.exr")
    for command in (["library", "list"], ["publish", str(exr)], ["similar", str(exr)]):
        assert main(command) == 1
        assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("kind", ["deep", "loop", "device", "pipe", "folder", "vast", "large"])
def test_unusable_settings_are_one_sentence(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "settings.toml"
    made = {
        "deep": lambda: path.write_text("x = " + "[" * 50_000),
        "loop": lambda: path.symlink_to(path),
        "device": lambda: path.symlink_to("/dev/zero"),
        "pipe": lambda: os.mkfifo(path),
        "folder": path.mkdir,
        "vast": lambda: path.write_text("vast = 5"),
        "large": lambda: write_file(path, b"#" * 9_000_000),
    }
    made[kind]()
    with pytest.raises(ConfigError, match=r"settings\.toml"):
        config.load(environ={}, settings=path)
    with pytest.raises(ConfigError, match=r"settings\.toml"):
        save_settings({"viewer": "rv"}, {}, path)
    assert [entry.name for entry in tmp_path.iterdir() if entry.name != "home"] == ["settings.toml"]


def test_damaged_window_state_is_set_aside(own_home: Path) -> None:
    path = config.settings_file().with_name("window.ini")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"[General]\nscheme=light\nfuture=1\n\x00\xff garbage\n")
    state = WindowState()
    assert path.with_name("window.ini.damaged-1").read_bytes() == path.read_bytes()
    assert state.scheme.value == "light"
    state.add_recent(["/a"])
    state.flush()
    text = path.read_text()
    assert "future=1" in text
    assert "recent=/a" in text
