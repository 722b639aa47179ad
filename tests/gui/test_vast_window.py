"""Publishing to a VAST Database from the window: plan, result, undo, and a connection that is lost in the middle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from exr_inspector_app import config
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.tasks.job import Job, JobState
from exr_inspector_app.ingest import pipeline
from exr_inspector_app.persistence.factory import open_store
from tests.exr_files import write_exr
from tests.vast_server import VastServer
from tests.vast_server.personality import Personality

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, controller: Controller) -> Iterator[VastServer]:
    """A VAST Database that the environment names, and that the window publishes to."""
    with VastServer(buckets=("vastdb",), access="KEY", secret="SECRET") as made:
        variables = {"ENDPOINT": made.endpoint, "ACCESS_KEY": "KEY", "SECRET_KEY": "SECRET", "BUCKET": "vastdb"}
        for name, value in variables.items():
            monkeypatch.setenv(f"VAST_DB_{name}", value)
        controller.targets.configure(config.load())
        controller.targets.choose("vast")
        yield made


@pytest.fixture
def shot(tmp_path: Path) -> str:
    """Six frames with different headers."""
    for frame in range(1001, 1007):
        write_exr(tmp_path / "shot" / f"beauty.{frame}.exr", width=frame - 990)
    return str(tmp_path / "shot")


def publish(qtbot: QtBot, window: MainWindow, settle: Settle) -> Job:
    """Everything that the plan offers is published; the job that did it."""
    window.actions_["publish"].trigger()
    settle()
    qtbot.mouseClick(window.sheet.publish, LEFT)
    settle()
    return next(job for job in window.controller.activity.jobs() if job.title.startswith("Publish"))


def test_folder_is_published_once_and_undone(
    qtbot: QtBot, window: MainWindow, server: VastServer, shot: str, settle: Settle
) -> None:
    window.open_paths([shot])
    settle()
    job = publish(qtbot, window, settle)
    assert (job.title, job.state, job.result[:13]) == ("Publish to VAST 127.0.0.1", JobState.DONE, "Added 6 files")
    assert server.rows("exr_metadata", "files").num_rows == 6
    assert {entry.status for entry in window.controller.session} == {"already there"}
    assert window.controller.targets.current.files == 6
    window.actions_["undo"].trigger()
    settle()
    assert server.rows("exr_metadata", "files").num_rows == 0
    server.personality = Personality(denied={"insert:files"})
    window.actions_["publish"].trigger()
    settle()
    assert "The key may not insert rows" in window.sheet.notice.text  # tried before the plan is made
    assert (window.sheet.publish.isEnabled(), window.sheet.writable.isVisible()) == (False, False)


def test_lost_connection_keeps_and_reports_published_files(
    qtbot: QtBot,
    window: MainWindow,
    server: VastServer,
    shot: str,
    settle: Settle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pipeline, "FILES_PER_TRANSACTION", 2)
    with closing(open_store(config.load(), "vast")) as store:
        store.ensure_tables()
    window.open_paths([shot])
    settle()
    server.fault("insert", "error500", times=1000, skip=5)  # the plan tries one; the first batch fills four tables
    job = publish(qtbot, window, settle)
    server.faults.clear()
    published = server.rows("exr_metadata", "files").num_rows
    assert 0 < published < 6
    assert (job.state, job.result.startswith(f"Added {published} files")) == (JobState.FAILED, True)
    assert f"{6 - published} failed" in job.result
    assert not window.controller.session.failed()  # the files are sound, and stay new
    assert [entry.status for entry in window.controller.session].count("new") == 6 - published
    assert job.actions == ("Retry", "Undo", "Errors", "Copy", "Show")
    assert job.action_text("Retry") == f"Retry {6 - published}"
    assert "SECRET" not in job.report
    window.actions_["retry"].trigger()
    settle()
    again = window.controller.activity.jobs()[0]
    assert (again.title, again.state) == (job.title, JobState.DONE)
    assert again.result.startswith(f"Added {6 - published} files")
    assert "Retry" not in job.actions
    paths = server.rows("exr_metadata", "files")["file_path"].to_pylist()
    assert len(paths) == len(set(paths)) == 6
