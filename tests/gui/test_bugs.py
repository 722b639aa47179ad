"""Bugs in the background: each operation of the window emits exactly one report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from pytestqt.qtbot import QtBot

from exr_inspector_app.config import writer as config_writer
from exr_inspector_app.contracts import Record
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.gui.help.bug_report_dialog import BugReportDialog
from exr_inspector_app.gui.inspector import file_details
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.settings import settings_presenter
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session import file_watcher, folder_watcher
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.tasks.task_runner import Failure, TaskRunner
from exr_inspector_app.services.backend import Backend

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
Settle = Callable[[], None]
Start = Callable[[Controller, SessionFile, Path], object]


def fail(*_args: object, **_fields: object) -> NoReturn:
    raise RuntimeError("by hand")


def publish(controller: Controller, records: list[Record]) -> None:
    controller.publishing.publish(records, "Local library")


def records_of(entry: SessionFile) -> list[Record]:
    assert entry.record is not None
    return [entry.record]


def show_thumbnail(controller: Controller, entry: SessionFile, _: Path) -> None:
    controller.session_thumbnails.invalidate(entry.path)
    controller.session_thumbnails.get(entry.path)


def show_preview(controller: Controller, entry: SessionFile, _: Path) -> None:
    controller.preview.show_entry(None, None)
    controller.preview.show_entry(entry, entry.file)


def load_more(controller: Controller, *_: object) -> None:
    controller.library_pages.load_more(200)


# What fails, by name or as (object, name), and what starts the operation.
OPERATIONS: dict[str, tuple[Any, str, Start]] = {
    "stored thumbnails": (Backend, "store", lambda c, e, p: c.stored_thumbnails.request(["1"])),
    "session thumbnails": (Backend, "thumbnails", show_thumbnail),
    "library": (Backend, "store", lambda c, e, p: c.library_pages.load()),
    "next page": (Backend, "store", load_more),
    "frames": (Backend, "store", lambda c, e, p: c.library_pages.load_frames("key", 0)),
    "compare": (Backend, "header_or_stored", lambda c, e, p: c.compare.compare([FileRef("/a"), FileRef("/b")])),
    "similar": (Backend, "store", lambda c, e, p: c.search.search(e)),
    "inspect": (Backend, "inspect", lambda c, e, p: c.files.reload([e])),
    "plan of the session": (Backend, "plan", lambda c, e, p: c.files.inspection.plan_all()),
    "plan of the sheet": (Backend, "plan_publish", lambda c, e, p: c.publishing.prepare()),
    "publish": (Backend, "publish", lambda c, e, p: publish(c, records_of(e))),
    "thumbnails after a publish": (Backend, "make_previews", lambda c, e, p: publish(c, records_of(e))),
    "statistics": (Backend, "measure", lambda c, e, p: c.files.statistics.measure([e])),
    "export": (Backend, "export", lambda c, e, p: c.export.export_files(p / "a.csv", ())),
    "recompute": (Backend, "outdated_counts", lambda c, e, p: c.maintenance.recompute_embeddings()),
    "create thumbnails": (Backend, "make_previews", lambda c, e, p: c.maintenance.create_thumbnails()),
    "chunk map": (file_details, "chunk_map", lambda c, e, p: c.file_details.read_chunks(e.path, 0)),
    "bytes": (file_details, "hex_lines", lambda c, e, p: c.file_details.read_bytes(e.path, 0)),
    "sequence": (file_details, "sequence_findings", lambda c, e, p: c.file_details.read_sequence([e])),
    "preview": (Decoder, "picture", show_preview),
    "file watcher": (file_watcher, "_has_changed", lambda c, e, p: c.files.file_watcher.tick()),
    "folder watcher": (folder_watcher, "_read_folder", lambda c, e, p: c.files.folder_watcher.tick()),
    "target": (Backend, "store", lambda c, e, p: c.targets.query()),
}


@pytest.fixture
def bugs(tasks: TaskRunner) -> list[Failure]:
    emitted: list[Failure] = []
    tasks.bug.connect(emitted.append)
    return emitted


@pytest.fixture
def entry(controller: Controller, shot: Path, settle: Settle) -> SessionFile:
    """Return the first of three inspected files; no watcher polls by itself."""
    for watcher in (controller.files.file_watcher, controller.files.folder_watcher):
        watcher.close()  # its timer; `tick` polls
    controller.files.open_paths([str(shot)])
    settle()
    return next(iter(controller.session))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_bug_is_reported_exactly_once(
    controller: Controller,
    entry: SessionFile,
    bugs: list[Failure],
    operation: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settle: Settle,
    qtbot: QtBot,
) -> None:
    holder, name, start = OPERATIONS[operation]
    with monkeypatch.context() as patch:
        patch.setattr(holder, name, fail)
        start(controller, entry, tmp_path)
        qtbot.waitUntil(lambda: bool(bugs))
        settle()
    assert len(bugs) == 1
    assert "RuntimeError: by hand" in (bugs[0].report or "")


def test_thumbnails_of_a_publish_are_reported_as_stored_after_a_bug(
    controller: Controller, entry: SessionFile, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(Backend, "make_previews", fail)
    with qtbot.waitSignal(controller.publishing.previews_stored):
        publish(controller, records_of(entry))


def test_undo_can_be_tried_again_after_a_bug(
    controller: Controller, entry: SessionFile, bugs: list[Failure], monkeypatch: pytest.MonkeyPatch, settle: Settle
) -> None:
    publish(controller, records_of(entry))
    settle()
    job = next(job for job in controller.activity.jobs() if job.publish_id)
    with monkeypatch.context() as patch:
        patch.setattr("exr_inspector_app.persistence.local.LocalStore.undo", fail)
        controller.publishing.undo(job)
        settle()
    assert len(bugs) == 1
    assert job.publish_id
    controller.publishing.undo(job)
    settle()
    assert controller.targets.current.files == 0


@pytest.mark.parametrize("request_", ["save", "test"])
def test_bug_in_the_settings_is_shown_in_one_dialog(
    window: MainWindow, bugs: list[Failure], monkeypatch: pytest.MonkeyPatch, settle: Settle, request_: str
) -> None:
    window.actions_["settings"].trigger()
    if request_ == "save":
        monkeypatch.setattr(config_writer, "save_settings", fail)
        window.targets.sheet.save.click()
    else:
        monkeypatch.setattr(settings_presenter, "diagnose", fail)
        window.targets.sheet.test.click()
    settle()
    assert len(bugs) == 1
    assert len([dialog for dialog in window.findChildren(BugReportDialog) if dialog.isVisible()]) == 1
    assert "internal error" in str(bugs[0].sentence)
