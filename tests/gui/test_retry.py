"""Retry does what was asked, and a fault of the library is no fault of the files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.tasks.job import Job, JobState
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.backend import Backend

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def start_publish(window: MainWindow) -> Job:
    """Start to publish the whole session and return the job."""
    controller = window.controller
    controller.publishing.publish(controller.session.records(), controller.targets.current.name)
    return controller.activity.jobs()[0]


def test_failed_publish_is_published_by_retry(window: MainWindow, core: Backend, shot: Path, settle: Settle) -> None:
    window.open_paths([str(shot)])
    settle()
    core.config.library.parent.mkdir(parents=True, exist_ok=True)
    core.config.library.write_bytes(b"no database" * 1000)
    job = start_publish(window)
    settle()
    assert job.state is JobState.FAILED
    assert job.actions == ("Retry", "Copy")
    assert not window.controller.session.failed()
    assert {window.session_model.row_of(entry).shown.status for entry in window.controller.session} & {
        "damaged",
        "failed",
    } == set()
    assert window.layout_.banner.isVisible()
    core.config.library.unlink()
    window.status.retry.click()
    settle()
    again = window.controller.activity.jobs()[0]
    assert (again.title, again.result[:13]) == (job.title, "Added 3 files")
    assert LocalStore(core.config.library).count() == 3
    assert "Retry" not in job.actions
    assert not window.layout_.banner.isVisible()


def test_started_job_is_shown_at_once_with_stop(window: MainWindow, shot: Path, settle: Settle) -> None:
    window.open_paths([str(shot)])
    settle()
    start_publish(window)
    assert window.status.text == "Publish to Local library…"
    assert window.status.stop.isVisible()
    assert window.status.progress_bar.isVisible()
    settle()
    assert window.status.text.startswith("Added 3 files")
    assert not window.status.stop.isVisible()


def test_unreadable_files_are_inspected_again_from_their_job(
    window: MainWindow, tmp_path: Path, settle: Settle
) -> None:
    path = tmp_path / "late.exr"
    path.write_bytes(b"")
    window.open_paths([str(path)])
    settle()
    (job,) = (job for job in window.controller.activity.jobs() if job.title == "Inspect")
    assert job.actions == ("Retry", "Errors", "Copy")
    window.actions_.panes[8].trigger()
    QApplication.processEvents()
    view = window.activity.view
    cell = view.visualRect(view.model().index(0, 4))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell.topLeft() + QPoint(20, 18))
    settle()
    assert [job.title for job in window.controller.activity.jobs()][:2] == ["Reload", "Inspect"]
