"""Hostile paths in a library: a viewer, the file manager, a drag and the clipboard get existing EXR files only."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app import config
from exr_inspector_app.config import Root
from exr_inspector_app.gui.library.library_pane import LibraryPane
from exr_inspector_app.gui.library.library_rows import LibraryRow
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.widgets.tab_dock import LIBRARY
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.external_paths import check_paths
from tests.exr_files import write_exr
from tests.records import batch, small

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Settle = Callable[[], None]

OPTIONS = ["--script=/share/x.lua", "-eval", "+x.exr", "", "~/x.exr", "@list.exr", "file:///etc/x.exr", "s3://b/x.exr"]
HOSTS = ["//files.example/share/x.exr", "\\\\files.example\\share\\x.exr", "/\\files.example/x.exr"]


def dangerous_files(folder: Path) -> list[str]:
    """Return paths that exist, but of no EXR file that another program may get."""
    good = write_exr(folder / "good.exr").read_bytes()
    made = {"startup.py": good, "text.exr": b"#!/bin/sh\n", "evil.desktop": b"[Desktop Entry]\n", "a\nb.exr": good}
    for name, data in made.items():
        (folder / name).write_bytes(data)
    os.mkfifo(folder / "pipe.exr")
    (folder / "folder.exr").mkdir()
    names = [*made, "pipe.exr", "folder.exr", "absent.exr", "evil.desktop/x.exr", "absent.####.exr"]
    return [f"{folder}/{name}" for name in names]


def test_only_existing_exr_files_are_passed_on(tmp_path: Path) -> None:
    hostile = [*OPTIONS, *HOSTS, *dangerous_files(tmp_path), f"/{tmp_path}/good.exr"]
    checked = check_paths(hostile, ())
    assert checked.paths == []
    assert len(checked.refused) == len(hostile)
    assert all(sentence.isprintable() and len(sentence) < 200 for sentence in checked.refused)
    frame = write_exr(tmp_path / "b.1001.exr")
    (tmp_path / "link.exr").symlink_to(frame)
    good = [str(frame), f"{tmp_path}/b.####.exr", f"{tmp_path}/link.exr"]
    assert check_paths(good, ()) == (good, [])


def test_hosts_are_opened_under_roots_only(tmp_path: Path) -> None:
    write_exr(tmp_path / "shot" / "a.exr")
    roots = [Root("prod", ("//nas/prod", str(tmp_path)))]
    assert check_paths(["//nas/prod/shot/a.exr"], roots).paths == [f"{tmp_path}/shot/a.exr"]
    assert check_paths(["//nas/prod/../../evil/share/a.exr", "//nas/production/shot/a.exr"], roots).paths == []


@pytest.fixture
def hostile(tmp_path: Path) -> list[str]:
    return [*OPTIONS[:3], *HOSTS[:2], *dangerous_files(tmp_path)]


@pytest.fixture
def core(tmp_path: Path, hostile: list[str]) -> Backend:
    """Return a backend over a library whose rows got hostile paths, apart from that of one good file."""
    script = tmp_path / "viewer.py"
    script.write_text("import sys; open(sys.argv[1], 'a').write(repr(sys.argv[2:]) + '\\n')")
    made = replace(config.load(), viewer=f'"{sys.executable}" "{script}" "{tmp_path / "viewer.log"}" {{path}}')
    records = [small(tmp_path, name) for name in ["good.exr", *(f"row{number}.exr" for number in range(len(hostile)))]]
    LocalStore(made.library).publish(batch(*records))
    with duckdb.connect(str(made.library)) as connection:
        for record, path in zip(records[1:], hostile, strict=True):
            values = [path, path, record.identity.file_id]
            connection.execute("UPDATE file_rows SET file_path = ?, sequence_key = ? WHERE file_id = ?", values)
    return Backend(made)


def select_all(window: MainWindow, settle: Settle) -> LibraryPane:
    window.dock.show_page(LIBRARY)
    settle()
    window.library.view.selectAll()
    return window.library


def test_hostile_rows_reach_no_other_program(
    window: MainWindow, settle: Settle, qtbot: QtBot, tmp_path: Path, hostile: list[str], qtlog: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/none")
    pane = select_all(window, settle)
    rows: list[LibraryRow] = pane.view.selected_rows()
    good, log = f"{tmp_path}/good.exr", tmp_path / "viewer.log"
    assert sorted(row.path for row in rows) == sorted([good, *hostile])
    files = window.pages.menus.files
    files.view([row.path for row in rows])
    qtbot.waitUntil(lambda: log.exists() and bool(log.read_text()))
    for row in rows:
        files.reveal(row.path)
    settle()
    assert log.read_text() == f"[{good!r}]\n"
    opened = [record.message for record in qtlog.records if "openDocument" in record.message]
    assert len(opened) == 1  # by the desktop: the folder of the good file
    assert opened[0].endswith(f"for '{tmp_path.as_uri()}'.")
    data = pane.model.mimeData(pane.view.selectionModel().selectedRows())
    assert (data.text(), [url.toLocalFile() for url in data.urls()]) == (good, [good])
    with qtbot.waitSignal(window.pages.message) as shown:
        qtbot.keyClick(pane.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert QGuiApplication.clipboard().text() == good
    assert shown.args
    requested = list[object]()
    window.pages.open_requested.connect(requested.append)
    pane.view.open_requested.emit([row.path for row in rows if row.path in HOSTS])
    assert requested == []
