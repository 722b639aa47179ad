"""Pictures of the session's files, and those that follow a publish."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtWidgets import QStyleOptionViewItem, QToolTip
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.gui.thumbnails.session_thumbnails import SessionThumbnails
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.backend import Backend
from tests.exr.pictures import write_picture
from tests.exr_files import write_exr


def coloured(path: Path, red: float = 0.8, green: float = 0.05, blue: float = 0.05) -> Path:
    path.parent.mkdir(exist_ok=True)
    return write_picture(path, np.full((90, 160, 3), [red, green, blue], np.float32))


def picture(pictures: SessionThumbnails, qtbot: QtBot, path: Path) -> QImage | None:
    with qtbot.waitSignal(pictures.arrived):
        assert pictures.get(str(path)) is None
    return pictures.get(str(path))


def test_requested_thumbnail_arrives(core: Backend, tasks: TaskRunner, qtbot: QtBot, tmp_path: Path) -> None:
    image = picture(SessionThumbnails(core, tasks), qtbot, coloured(tmp_path / "a.exr"))
    assert image is not None
    assert (image.width(), image.height()) == (142, 80)
    assert image.pixelColor(70, 40).red() > 200 > 100 > image.pixelColor(70, 40).green()


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_session_rows_paint_thumbnails(
    window: MainWindow, controller: Controller, qtbot: QtBot, tmp_path: Path
) -> None:
    for n in (1001, 1002, 1003):
        coloured(tmp_path / "show" / f"beauty.{n}.exr", 0.05, 0.05, 0.8)
    controller.files.open_paths([str(tmp_path / "show")])

    def is_blue() -> bool:
        view = window.session.view
        shown = view.viewport().grab().toImage()
        row = view.visualRect(view.model().index(0, 0, view.model().index(0, 0)))
        colour = shown.pixelColor(round(37 * shown.devicePixelRatio()), row.center().y())
        return colour.blue() > 180 > colour.red() + 60

    qtbot.waitUntil(is_blue)


def test_file_without_thumbnail_is_requested_once(
    core: Backend, tasks: TaskRunner, qtbot: QtBot, tmp_path: Path
) -> None:
    pictures = SessionThumbnails(core, tasks)
    assert picture(pictures, qtbot, tmp_path / "none.exr") is None
    assert pictures.failure(str(tmp_path / "none.exr")) == "There is no such file."
    qtbot.waitUntil(lambda: not tasks.running())
    with qtbot.assertNotEmitted(pictures.arrived, wait=300):
        assert pictures.get(str(tmp_path / "none.exr")) is None


@pytest.mark.qt_log_ignore("propagateSizeHints|raise")
def test_tooltip_gives_the_reason_without_a_thumbnail(
    window: MainWindow, controller: Controller, qtbot: QtBot, tmp_path: Path
) -> None:
    path = write_exr(tmp_path / "show" / "a.exr", width=8, height=8, present=0)
    controller.files.open_paths([str(tmp_path / "show")])
    thumbnails = controller.session_thumbnails
    qtbot.waitUntil(lambda: bool(thumbnails.failure(str(path))))
    view = window.session.view
    index = view.model().index(0, 0, view.model().index(0, 0))
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), QPoint(5, 5))
    assert view.itemDelegate().helpEvent(event, view, QStyleOptionViewItem(), index)
    assert "none of the pixels are in the file" in QToolTip.text()


def test_publish_creates_thumbnails(controller: Controller, core: Backend, qtbot: QtBot, tmp_path: Path) -> None:
    _, record = core.read_record(str(coloured(tmp_path / "show" / "a.exr")))
    assert record is not None
    with qtbot.waitSignal(controller.publishing.previews_stored):
        controller.publishing.publish([record], "Local library")
    (stored,) = LocalStore(core.config.library).previews([record.identity.file_id]).values()
    assert stored.thumbnail.startswith(b"\xff\xd8")


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_reloaded_file_has_a_new_thumbnail(
    controller: Controller, qtbot: QtBot, settle: Callable[[], None], tmp_path: Path
) -> None:
    path = coloured(tmp_path / "show" / "a.exr", 0.05, 0.8, 0.05)
    controller.files.open_paths([str(path)])
    settle()
    assert picture(controller.session_thumbnails, qtbot, path) is not None
    coloured(path, 0.05, 0.05, 0.8)
    controller.files.reload(list(controller.session))
    settle()
    image = picture(controller.session_thumbnails, qtbot, path)
    assert image is not None
    assert image.pixelColor(70, 40).blue() > 200
