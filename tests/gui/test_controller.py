"""From a person's action to the session and back, over real files and a real library."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from exr_inspector_app.contracts import PlanStatus
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.publish.plan_lines import PlanGroup, PlanLine
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.tasks.job import Job, JobState
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.backend import Backend
from tests.exr_files import studio_file, write_exr

Settle = Callable[[], None]


def statuses(controller: Controller) -> list[PlanStatus | None]:
    """Return the publish status of each file."""
    return [entry.status for entry in controller.session]


def published(controller: Controller, settle: Settle) -> Job:
    """The job of publishing everything in the session."""
    controller.publishing.publish(controller.session.records(), controller.targets.current.name)
    settle()
    return next(job for job in controller.activity.jobs() if job.title.startswith("Publish"))


def test_opened_folder_is_inspected_and_planned(controller: Controller, shot: Path, settle: Settle) -> None:
    added: list[SessionFile] = []
    controller.files.added.connect(added.extend)
    controller.files.open_paths([str(shot)])
    settle()
    assert [Path(entry.path).name for entry in added] == [f"beauty.{n}.exr" for n in (1001, 1002, 1003)]
    assert statuses(controller) == [PlanStatus.NEW] * 3
    (job,) = controller.activity.jobs()
    assert (job.state, job.done, job.total) == (JobState.DONE, 3, 3)
    assert job.result.startswith("Inspected 3 files in ")


def test_changes_are_emitted_in_batches(controller: Controller, shot: Path, settle: Settle) -> None:
    counts: list[int] = []
    controller.files.changed.connect(lambda entries: counts.append(len(entries)))
    controller.files.open_paths([str(shot)])
    settle()
    assert sum(counts) >= 3
    assert not controller.files.changes


def test_path_opened_twice_has_one_row(controller: Controller, shot: Path, settle: Settle) -> None:
    for path in (str(shot), str(shot / "beauty.1001.exr")):
        controller.files.open_paths([path])
        settle()
    assert len(controller.session) == 3
    assert controller.session.roots == [str(shot), str(shot / "beauty.1001.exr")]
    assert statuses(controller) == [PlanStatus.NEW] * 3


def test_unreadable_paths_are_rows_with_their_problem(controller: Controller, tmp_path: Path, settle: Settle) -> None:
    (tmp_path / "empty.exr").touch()
    (tmp_path / "nothing").mkdir()
    controller.files.open_paths([str(tmp_path / name) for name in ("empty.exr", "absent.exr", "nothing")])
    settle()
    assert sorted(entry.problems[0].code for entry in controller.session) == [
        "empty-file", "no-exr", "not-found",
    ]  # fmt: skip
    assert controller.activity.jobs()[0].report.count("\n") >= 1
    assert len(controller.session.failed()) == 3


def test_failed_files_are_reloaded(controller: Controller, tmp_path: Path, settle: Settle) -> None:
    path = tmp_path / "late.exr"
    controller.files.open_paths([str(path)])
    settle()
    assert len(controller.session.failed()) == 1
    studio_file(path)
    controller.files.reload_failed()
    settle()
    assert not controller.session.failed()
    assert statuses(controller) == [PlanStatus.NEW]


def test_publish_can_be_undone(controller: Controller, core: Backend, shot: Path, settle: Settle) -> None:
    controller.files.open_paths([str(shot)])
    settle()
    job = published(controller, settle)
    assert job.result.startswith("Added 3 files in ")
    assert LocalStore(core.config.library).count() == 3
    assert controller.targets.current.files == 3
    assert statuses(controller) == [PlanStatus.PRESENT] * 3
    controller.publishing.undo(job)
    settle()
    assert LocalStore(core.config.library).count() == 0
    assert controller.activity.jobs()[0].result == "Undone: 3 files removed from the library"
    assert job.actions == ()
    assert statuses(controller) == [PlanStatus.NEW] * 3


def test_cleared_session_is_released_although_its_jobs_are_listed(
    controller: Controller, shot: Path, settle: Settle
) -> None:
    controller.files.open_paths([str(shot)])
    settle()
    published(controller, settle)
    controller.files.statistics.measure(list(controller.session))
    settle()
    controller.files.clear()
    settle()
    assert len(controller.activity.jobs()) == 3
    gc.collect()
    entries = [kept for kept in gc.get_objects() if type(kept) is SessionFile and kept.path.startswith(str(shot))]
    assert len(entries) <= 1  # that of the last opening


def test_undo_of_files_that_another_publish_contains_says_so(
    controller: Controller, core: Backend, shot: Path, settle: Settle
) -> None:
    controller.files.open_paths([str(shot)])
    settle()
    job = published(controller, settle)
    list(core.ingest([str(shot)]))
    controller.publishing.undo(job)
    settle()
    assert LocalStore(core.config.library).count() == 3
    assert controller.activity.jobs()[0].result.startswith("Nothing removed: another publish contains these files")


def test_published_files_are_present_before_the_next_query(controller: Controller, shot: Path, settle: Settle) -> None:
    controller.files.open_paths([str(shot)])
    settle()
    seen: list[list[PlanStatus | None]] = []
    controller.publishing.finished.connect(lambda job: seen.append(statuses(controller)))
    published(controller, settle)
    assert seen == [[PlanStatus.PRESENT] * 3]


def test_only_the_last_publish_can_be_undone(
    controller: Controller, shot: Path, tmp_path: Path, settle: Settle
) -> None:
    controller.files.open_paths([str(shot)])
    settle()
    first = published(controller, settle)
    studio_file(tmp_path / "other.exr")
    controller.files.open_paths([str(tmp_path / "other.exr")])
    settle()
    second = published(controller, settle)
    assert (first.actions, second.actions) == (("Show",), ("Undo", "Show"))
    assert second.result.startswith("Added 1 file in ")
    assert second.result.endswith(", 3 already there")


def test_plan_shows_groups_and_writes_nothing(
    controller: Controller, core: Backend, shot: Path, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    write_exr(tmp_path / "short.exr", present=2)
    (tmp_path / "bad.exr").write_bytes(b"no")
    controller.files.open_paths([str(shot), str(tmp_path / "short.exr"), str(tmp_path / "bad.exr")])
    settle()
    with qtbot.waitSignal(controller.publishing.planned, timeout=30_000) as signal:
        controller.publishing.prepare()
    lines: list[PlanLine] = signal.args[0]
    assert [(line.group, line.count) for line in lines] == [
        (PlanGroup.NEW, 3), (PlanGroup.INCOMPLETE, 1), (PlanGroup.FAILED, 1),
    ]  # fmt: skip
    assert LocalStore(core.config.library).count() == 0


def test_search_finds_files_similar_to_the_selection(controller: Controller, shot: Path, settle: Settle) -> None:
    controller.files.open_paths([str(shot)])
    settle()
    published(controller, settle)
    controller.files.select(next(iter(controller.session)))
    controller.search.search(controller.files.selection)
    settle()
    similar = controller.search.similar
    assert similar is not None
    assert [hit.sequence_count for hit in similar.hits or ()] == [3]
    controller.search.search_by("channels")
    settle()
    assert controller.search.similar is not None
    assert controller.search.similar.by == "channels"


def test_newer_search_replaces_the_running_one(controller: Controller, shot: Path, settle: Settle) -> None:
    controller.files.open_paths([str(shot)])
    settle()
    published(controller, settle)
    for entry in controller.session:
        controller.files.select(entry)
        controller.search.search(controller.files.selection)
    settle()
    assert controller.search.similar is not None
    assert controller.search.similar.reference is controller.files.selection
    assert [job.state for job in controller.activity.jobs()[:3]] == [
        JobState.DONE, JobState.STOPPED, JobState.STOPPED,
    ]  # fmt: skip


def test_damaged_reference_shows_a_reason(controller: Controller, tmp_path: Path, settle: Settle) -> None:
    controller.files.open_paths([str(tmp_path / "absent.exr")])
    settle()
    controller.files.select(next(iter(controller.session)))
    controller.search.search(controller.files.selection)
    assert controller.search.similar is not None
    assert "could not be read" in controller.search.similar.failure


def test_damaged_library_shows_one_sentence_and_keeps_the_files(
    controller: Controller, core: Backend, shot: Path, settle: Settle
) -> None:
    core.config.library.write_bytes(b"this is no library" * 1000)
    controller.targets.query()
    controller.files.open_paths([str(shot)])
    settle()
    assert controller.targets.current.failure
    assert [entry.record is not None for entry in controller.session] == [True] * 3
    assert statuses(controller) == [None] * 3
    core.config.library.unlink()
    controller.check_library()
    settle()
    assert controller.targets.current.failure == ""
    assert statuses(controller) == [PlanStatus.NEW] * 3


def test_publish_to_a_damaged_library_fails(controller: Controller, core: Backend, shot: Path, settle: Settle) -> None:
    controller.files.open_paths([str(shot)])
    settle()
    core.config.library.write_bytes(b"this is no library" * 1000)
    job = published(controller, settle)
    assert job.state is JobState.FAILED
    assert str(core.config.library) in job.report


def test_removed_files_leave_session_and_selection(controller: Controller, shot: Path, settle: Settle) -> None:
    controller.files.open_paths([str(shot)])
    settle()
    first = next(iter(controller.session))
    controller.files.select(first)
    controller.files.remove([first])
    assert controller.files.selection is None
    assert len(controller.session) == 2
    controller.files.clear()
    assert len(controller.session) == 0
    assert controller.session.roots == []


def test_clear_during_an_inspection_leaves_no_file(
    controller: Controller, shot: Path, settle: Settle, tasks: TaskRunner, qtbot: QtBot
) -> None:
    controller.files.added.connect(lambda entries: controller.files.clear() if entries else None)
    controller.files.open_paths([str(shot)])
    settle()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert len(controller.session) == 0
    assert [job.state for job in controller.activity.jobs()] == [JobState.STOPPED]


def test_cancelled_inspection_reports_its_count(controller: Controller, tmp_path: Path, settle: Settle) -> None:
    first = studio_file(tmp_path / "many" / "b.0000.exr", 0)
    for frame in range(1, 5000):  # so many that the cancellation arrives before the last one is read
        os.link(first, first.with_name(f"b.{frame:04}.exr"))
    controller.files.added.connect(lambda entries: controller.jobs.cancel())
    controller.files.open_paths([str(tmp_path / "many")])
    settle()
    (job,) = controller.activity.jobs()
    assert job.state is JobState.STOPPED
    assert job.result.startswith("Stopped after ")
    assert sum(entry.is_waiting for entry in controller.session) > 0


def test_search_is_refreshed_after_publish_and_undo(controller: Controller, shot: Path, settle: Settle) -> None:
    controller.files.open_paths([str(shot)])
    settle()
    controller.files.select(next(iter(controller.session)))
    controller.search.search(controller.files.selection)
    settle()
    job = published(controller, settle)
    state = controller.search.similar
    assert state
    assert state.hits
    controller.publishing.undo(job)
    settle()
    state = controller.search.similar
    assert state
    assert state.hits == ()


def test_preview_failure_is_listed_once_in_activity(controller: Controller, tmp_path: Path, settle: Settle) -> None:
    path = write_exr(tmp_path / "empty.exr", present=0)
    controller.files.open_paths([str(path)])
    settle()
    entry = controller.session.get(str(path))
    assert entry is not None
    for _ in range(2):
        controller.preview.show_entry(entry, entry.file)
        settle()
        controller.preview.show_entry(None, None)
    failures = [job for job in controller.activity.jobs() if job.title == "Preview"]
    assert [(job.state, job.actions) for job in failures] == [(JobState.FAILED, ("Copy",))]
    assert str(path) in failures[0].report
