"""Activity model: rates, actions, order and clearing of jobs."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from exr_inspector_app.contracts import Progress
from exr_inspector_app.gui.activity.activity_pane import ActivityPane
from exr_inspector_app.gui.activity.errors_dialog import ErrorsDialog
from exr_inspector_app.gui.activity.job_model import MAX_JOBS, ActivityModel
from exr_inspector_app.gui.session.remedies import remedy
from exr_inspector_app.gui.tasks.job import Job, JobState
from exr_inspector_app.gui.tasks.strings import format_rate


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress("inspect", 687, 1048, 118.2, 3.1), "118 files/s, 3 s left"),
        (Progress("inspect", 3, 10, 0.0, None), ""),
        (Progress("inspect", 10, 10, 2000.0, 0.0), "2,000 files/s"),
        (Progress("publish", 1, 9, 0.4, 125.0), "2 min 5 s left"),
        (Progress("compare", 12_000, 100_000, 9000.0, 10.0), "9,000 rows/s, 10 s left"),
    ],
)
def test_rate_and_time_left_are_formatted(progress: Progress, text: str) -> None:
    assert format_rate(progress) == text


@pytest.mark.parametrize(
    ("job", "actions"),
    [
        (Job("Inspect"), ("Stop",)),
        (Job("Publish", state=JobState.DONE, publish_id="1"), ("Undo",)),
        (Job("Publish", state=JobState.FAILED, report="why"), ("Copy",)),
        (Job("Inspect", state=JobState.DONE), ()),
        (Job("Publish", state=JobState.FAILED, publish_id="1", report="why"), ("Undo", "Copy")),
    ],
)
def test_job_offers_the_actions_of_its_state(job: Job, actions: tuple[str, ...]) -> None:
    assert job.actions == actions


def test_new_jobs_come_first_and_finished_ones_are_cleared() -> None:
    model = ActivityModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    done = model.add(Job("Inspect", state=JobState.DONE, total=1048, done=687))
    running = model.add(Job("Publish"))
    assert [model.index(row, 0).data() for row in range(2)] == ["Publish", "Inspect"]
    assert model.index(1, 1).data() == "687 of 1,048"
    model.clear_finished()
    assert model.jobs() == (running,)
    model.refresh(done)  # no longer listed
    assert tester.model() is model


def test_oldest_finished_jobs_are_removed() -> None:
    model = ActivityModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    for number in range(MAX_JOBS + 5):
        model.add(Job(str(number), state=JobState.DONE))
    assert len(model.jobs()) == MAX_JOBS
    assert model.jobs()[-1].title == "5"


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_errors_have_reason_and_remedy_and_are_copied(qtbot: QtBot) -> None:
    job = Job("Publish to Local library")
    job.add_failure("/mnt/a/\x1bgone.exr", "The file is no longer on disk.", remedy("gone"))
    job.add_failure("/mnt/a/b.exr", "Refused.", remedy("unknown-code"))
    job.end("Added 1 file, 2 failed")
    job.shown_publish_id = "1"
    assert job.actions == ("Errors", "Copy", "Show")
    model = ActivityModel()
    pane = ActivityPane(model)
    qtbot.addWidget(pane)
    model.add(job)
    with qtbot.waitSignal(pane.files_requested) as shown:
        pane.view.action_triggered.emit(job, "Show")
    assert shown.args == ["1"]
    pane.view.action_triggered.emit(job, "Errors")
    dialog = pane.findChild(ErrorsDialog)
    rows = [[dialog.view.model().index(row, column).data() for column in range(2)] for row in range(2)]
    assert rows == [
        [
            "/mnt/a/\\x1bgone.exr",
            "The file is no longer on disk. Put the file back, or remove it from the session.",
        ],
        ["/mnt/a/b.exr", "Refused."],
    ]
    dialog.copy.click()
    assert QGuiApplication.clipboard().text().splitlines() == [": ".join(row) for row in rows]
    dialog.close()
