"""Actions on library rows: similar files, thumbnails, export, paths and the viewer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import LOOK_DIM, Preview
from exr_inspector_app.gui.library.library_pane import LibraryPane
from exr_inspector_app.gui.library.library_rows import LibraryRow
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.file_actions import FileActions, viewer_command
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.outgoing_paths import OutgoingPaths
from exr_inspector_app.gui.tasks.job import JobState
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.gui.widgets.tab_dock import LIBRARY
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.backend import Backend
from tests.exr_files import write_exr
from tests.gui.library.facet_rows import press_row
from tests.persistence.samples import units

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

Settle = Callable[[], None]


def test_similar_search_works_for_a_missing_file(
    pane: LibraryPane, window: MainWindow, controller: Controller, settle: Settle
) -> None:
    row = pane.model.row_at(pane.model.index(3, 0))
    assert row is not None
    assert not Path(row.path).exists()
    pane.view.find_similar_requested.emit([row])
    settle()
    assert window.dock.current_page == 0
    state = controller.search.similar
    assert state is not None
    assert state.hits
    assert not state.failure
    more = [other for at in (4, 5) if (other := pane.model.row_at(pane.model.index(at, 0)))]
    pane.view.find_similar_requested.emit([row, *more])
    settle()
    assert window.similar.bar.name.text().endswith("and 2 more")


def test_stored_thumbnails_are_shown_and_searched_by_appearance(
    pane: LibraryPane, window: MainWindow, core: Backend, controller: Controller, settle: Settle
) -> None:
    row, other = (entry for at in (3, 4) if (entry := pane.model.row_at(pane.model.index(at, 0))))
    ids = [str(entry.listed.file["file_id"]) for entry in (row, other)]
    pane.view.find_similar_requested.emit([row])
    settle()
    look = window.similar.bar.segments.segment("look")
    assert controller.stored_thumbnails.get(ids[0]) is None
    image = QImage(320, 180, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    data = QBuffer()
    image.save(data, "JPG")  # type: ignore[call-overload]
    looks = units(3, 2, LOOK_DIM)
    previews = [Preview(file_id, looks[at], bytes(data.data().data())) for at, file_id in enumerate(ids)]
    assert LocalStore(core.config.library).put_previews(previews) == 2
    controller.targets.query()
    window.dock.show_page(LIBRARY)
    settle()
    shown = controller.stored_thumbnails.get(ids[0])
    assert shown is not None
    assert (shown.width(), shown.height()) == (160, 90)
    pane.view.find_similar_requested.emit([row])
    settle()
    look.click()
    settle()
    state = controller.search.similar
    assert state is not None
    assert state.by == "look"
    assert {hit.file_id for hit in state.hits or ()} == set(ids)


def test_export_applies_the_filter(pane: LibraryPane, controller: Controller, settle: Settle, tmp_path: Path) -> None:
    press_row(pane, "orca")
    settle()
    controller.export.export_files(tmp_path / "orca.csv", controller.library_pages.listing.where)
    settle()
    job = next(iter(controller.activity.jobs()))
    assert (job.state, job.result.split(" in ")[0]) == (JobState.DONE, "Exported 125 files to orca.csv")
    assert len((tmp_path / "orca.csv").read_text().splitlines()) == 126
    controller.export.export_files(tmp_path / "none" / "orca.csv", ())
    settle()
    assert next(iter(controller.activity.jobs())).state is JobState.FAILED


def test_rows_of_existing_files_are_dragged_and_copied_as_paths(
    pane: LibraryPane, settle: Settle, qtbot: QtBot, core: Backend, tmp_path: Path
) -> None:
    core.config = replace(core.config, roots=(Root("prod", ("/mnt/prod", str(tmp_path))),))
    for at in (0, 1):
        row = pane.model.row_at(pane.model.index(at, 0))
        assert row is not None
        write_exr(tmp_path / row.listed.file["file_path"].removeprefix("/mnt/prod/"))
    data = pane.model.mimeData([pane.model.index(0, 0), pane.model.index(0, 2), pane.model.index(1, 0)])
    mapped = str(tmp_path)
    paths = [
        row.path.replace("/mnt/prod", mapped)
        for at in (0, 1)
        if isinstance(row := pane.model.row_at(pane.model.index(at, 0)), LibraryRow)
    ]
    assert data.text().splitlines() == paths
    assert [url.toLocalFile() for url in data.urls()] == paths
    pane.view.setFocus()
    pane.view.setCurrentIndex(pane.model.index(1, 0))
    qtbot.keyClick(pane.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert QGuiApplication.clipboard().text() == paths[1]


def test_missing_frames_are_copied_as_a_range(pane: LibraryPane, window: MainWindow, settle: Settle) -> None:
    pane.search.setText("kelp/OR_000")
    pane.search.returnPressed.emit()
    settle()
    pane.view.setCurrentIndex(pane.model.index(0, 0))
    menu = window.pages.menus.of_rows(pane.view.selected_rows(), pane.view)
    action = next(entry for entry in menu.actions() if entry.text() == "Copy missing frames")
    action.trigger()
    assert QGuiApplication.clipboard().text() == "1004"
    QTest.keyClick(pane.view, Qt.Key.Key_Delete)
    assert "library remove" in window.status.text  # never silent


def test_viewer_starts_without_a_shell(core: Backend, tasks: TaskRunner, qtbot: QtBot, tmp_path: Path) -> None:
    assert viewer_command("rv -play {path}", "/a b/$(x).exr") == ["rv", "-play", "/a b/$(x).exr"]
    assert viewer_command('"/my apps/nuke" -v', "/a.exr") == ["/my apps/nuke", "-v", "/a.exr"]
    assert viewer_command("", "/a.exr") == []
    out = tmp_path / "seen.txt"
    script = tmp_path / "viewer.py"
    script.write_text(f"import sys; open({str(out)!r}, 'w').write(sys.argv[1])")
    paths, file = OutgoingPaths(core, tasks), str(write_exr(tmp_path / "it's `here`.exr"))
    files = FileActions(f'"{sys.executable}" "{script}" {{path}}', paths)
    files.view([file])
    qtbot.waitUntil(lambda: out.exists() and bool(out.read_text()))
    assert out.read_text() == file
    with qtbot.waitSignal((broken := FileActions("/no/such/viewer", paths)).message) as emitted:
        broken.view([file])
    assert emitted.args == ["Cannot start viewer. Check the viewer in Settings."]


def test_files_of_other_machines_are_viewed_and_shown_at_their_place_here(
    core: Backend, tasks: TaskRunner, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/none")
    here, out, script = write_exr(tmp_path / "show/a.1001.exr"), tmp_path / "seen.txt", tmp_path / "viewer.py"
    script.write_text(f"import sys; open({str(out)!r}, 'w').write(sys.argv[1])")
    core.config = replace(core.config, roots=(Root("prod", ("P:/", str(tmp_path)), True),))
    files, shown = FileActions(f'"{sys.executable}" "{script}" {{path}}', OutgoingPaths(core, tasks)), FolderHandler()
    files.view(["p:\\show\\a.1001.exr"])
    qtbot.waitUntil(lambda: out.exists() and bool(out.read_text()))
    assert out.read_text() == str(here)
    QDesktopServices.setUrlHandler("file", shown, "open")
    files.reveal("P:/show/a.1001.exr")
    qtbot.waitUntil(lambda: bool(shown.folders))
    QDesktopServices.unsetUrlHandler("file")
    assert shown.folders == [str(here.parent)]


class FolderHandler(QObject):
    """File manager that only notes which folders it is told to show."""

    def __init__(self) -> None:
        super().__init__()
        self.folders: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.folders.append(url.toLocalFile())
