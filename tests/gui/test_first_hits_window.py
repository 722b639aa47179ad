"""Partial matches: shown while a library without an index is searched, and replaced by the full result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.similar.search_state import SearchState, make_query
from exr_inspector_app.gui.tasks.job import JobState
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.local.index import snapshot, sync
from exr_inspector_app.services.backend import Backend
from tests.persistence.samples import payload, record
from tests.records import batch

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Settle = Callable[[], None]
FILES = [record(payload(f"/a/{number}.exr", frame_number=None, width=number + 1), number) for number in range(50)]
ID = FILES[0].identity.file_id


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sync, "FIRST_BATCH_FILES", 15)
    monkeypatch.setattr(sync, "MAX_BATCH_FILES", 15)
    snapshot.clear()
    yield
    snapshot.clear()


@pytest.fixture
def core(core: Backend) -> Backend:
    """Return a backend over a library of 50 files without a similarity index."""
    LocalStore(core.config.library).publish(batch(*FILES))
    return core


def banner_text(window: MainWindow) -> str:
    """Return the text of the banner above the matches; empty if it is hidden."""
    first = window.similar.partial_banner
    return first.text if first.isVisibleTo(window.similar) else ""


def test_partial_matches_are_replaced_by_the_full_result(
    window: MainWindow, controller: Controller, settle: Settle
) -> None:
    seen: list[tuple[str, int, str]] = []
    messages: list[str] = []
    search = controller.search
    search.changed.connect(lambda _: seen.append((banner_text(window), window.similar.count, window.status.text)))
    controller.jobs.progressed.connect(lambda _: messages.append(window.status.text))
    search.search_published([ID], "/a/0.exr")
    settle()
    assert [text for text, _, _ in seen] == [
        "",
        "First matches, 15 of 50 files searched Still searching; better matches may appear.",
        "First matches, 30 of 50 files searched Still searching; better matches may appear.",
        "",
    ]
    assert [count for _, count, _ in seen] == [0, 15, 30, 50]
    assert messages[0] == "Reading 15 of 50 files"
    assert seen[1][2] == "Reading 15 of 50 files"
    assert search.similar is not None
    assert search.similar.so_far is None
    core = controller.backend
    request = make_query(core, core.reference([ID]), search.similar, lambda: False)
    exact = LocalStore(core.config.library).similar(replace(request, exact=True))
    assert [hit.file_id for hit in search.similar.hits or ()] == [hit.file_id for hit in exact]
    assert window.status.text.startswith("1 match, 49 weak, in ")
    assert controller.activity.jobs()[0].counted == "45 of 50 files"


def test_selection_survives_new_matches_of_the_same_reference(
    window: MainWindow, controller: Controller, settle: Settle
) -> None:
    view, model = window.similar.view, window.similar.model
    flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
    selected: list[str] = []

    def choose(similar: SearchState | None) -> None:
        if similar and similar.so_far and not selected:
            view.selectionModel().select(model.index(1, 0), flags)
            selected.extend(row.hit.file_id for row in window.similar.selected_hits())

    controller.search.changed.connect(choose)
    controller.search.search_published([ID], "/a/0.exr")
    settle()
    assert len(selected) == 1
    assert [row.hit.file_id for row in window.similar.selected_hits()] == selected
    controller.search.search_published([FILES[1].identity.file_id], "/a/1.exr")
    settle()
    assert not window.similar.selected_hits()


def test_stopped_search_keeps_partial_matches_and_can_be_repeated(
    window: MainWindow, controller: Controller, tasks: TaskRunner, settle: Settle, qtbot: QtBot
) -> None:
    search = controller.search

    def stop(similar: SearchState | None) -> None:
        if similar and similar.so_far and not similar.is_stopped:
            qtbot.mouseClick(window.status.stop, Qt.MouseButton.LeftButton)

    search.changed.connect(stop)
    search.search_published([ID], "/a/0.exr")
    qtbot.waitUntil(lambda: controller.activity.jobs()[0].state is JobState.STOPPED)
    search.changed.disconnect(stop)
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert window.similar.count == 15
    assert (
        banner_text(window) == "First matches, 15 of 50 files searched Search stopped; better matches may be missing."
    )
    assert window.status.text == "Stopped after 15 of 50 files."
    buttons = window.similar.partial_banner.findChildren(QPushButton)
    (again,) = [button for button in buttons if button.isVisibleTo(window.similar)]
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    settle()
    assert (banner_text(window), window.similar.count) == ("", 50)


def test_full_result_is_not_replaced_by_partial_matches(
    window: MainWindow, controller: Controller, settle: Settle
) -> None:
    controller.search.search_published([ID], "/a/0.exr")
    settle()
    more = [record(payload(f"/b/{number}.exr", frame_number=None, width=number + 1), number) for number in range(80)]
    LocalStore(controller.backend.config.library).publish(batch(*more))
    seen: list[str] = []
    controller.search.changed.connect(lambda _: seen.append(banner_text(window)))
    controller.search.refresh()
    settle()
    assert seen == [""]
    assert window.similar.count == 50
