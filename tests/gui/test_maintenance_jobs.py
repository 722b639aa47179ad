"""Missing embeddings and thumbnails of a library are made from the Similar pane, in one row of Activity."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from exr_inspector_app.contracts import Condition, Hit, Query
from exr_inspector_app.errors import StoreError
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.layout import MIN_SIZE
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.gui.tasks.job import JobState
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.backend import Backend
from tests.embedding.looks import scene
from tests.exr.pictures import write_picture
from tests.persistence.samples import payload, record
from tests.records import batch, record_of, small

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Settle = Callable[[], None]
LEFT = Qt.MouseButton.LeftButton
FILES = [record(payload(f"/a/{number}.exr", frame_number=None, width=number + 1), number) for number in range(4)]
IDS = [one.identity.file_id for one in FILES]


def find(controller: Controller, settle: Settle, at: int = 0) -> None:
    controller.search.search_published(IDS[at : at + 1], f"/a/{at}.exr")
    settle()


@pytest.fixture
def published(core: Backend) -> Path:
    """Return a library with files of this version, without pictures."""
    LocalStore(core.config.library).publish(batch(*FILES))
    return core.config.library


@pytest.fixture
def outdated(published: Path) -> Path:
    """Return a library in which most files have embeddings of an older version."""
    with duckdb.connect(str(published)) as connection:
        connection.execute("UPDATE file_rows SET embedding_version = 1 WHERE file_id != ?", [IDS[0]])
    return published


def test_older_embeddings_are_computed_anew_and_the_question_is_asked_again(
    window: MainWindow, controller: Controller, outdated: Path, settle: Settle, qtbot: QtBot
) -> None:
    find(controller, settle)
    pane = window.similar
    assert (pane.count, pane.outdated_banner.text) == (1, "3 files skipped: embeddings from an older version. ")
    said: list[str] = []
    controller.jobs.progressed.connect(lambda _: said.append(window.status.text))
    again = pane.outdated_banner.findChild(QPushButton)
    assert again is not None
    qtbot.mouseClick(again, LEFT)
    assert again.isHidden()
    assert pane.outdated_banner.text.startswith("Recomputing embeddings.")
    settle()
    assert (pane.count, pane.outdated_banner.isHidden()) == (4, True)
    assert said == ["Recomputing embeddings: 3 of 3"]
    job = next(one for one in controller.activity.jobs() if one.title == "Recompute embeddings")
    assert (job.state, job.result.partition(" in ")[0]) == (JobState.DONE, "Recomputed 3 files")


def test_computing_anew_can_be_stopped_and_what_was_done_stays(
    window: MainWindow, controller: Controller, outdated: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exr_inspector_app.services.reembed.FILES_PER_TRANSACTION", 1)
    controller.jobs.progressed.connect(lambda _: controller.jobs.cancel())
    find(controller, settle)
    controller.maintenance.recompute_embeddings()
    settle()
    job = next(one for one in controller.activity.jobs() if one.title == "Recompute embeddings")
    assert (job.state, job.result[:9]) == (JobState.STOPPED, "Stopped. ")
    assert controller.search.similar is not None
    assert controller.search.similar.left_out[0] == 3 - job.done < 3


def test_a_library_without_pictures_says_so_and_makes_them(
    window: MainWindow, controller: Controller, core: Backend, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    files = [
        record_of(write_picture(tmp_path / f"{name}.exr", scene(seed))) for seed, name in enumerate(("one", "two"))
    ]
    LocalStore(core.config.library).publish(batch(*files))
    controller.search.search_published([files[0].identity.file_id], str(tmp_path / "one.exr"))
    settle()
    controller.search.search_by("look")
    settle()
    pane = window.similar
    assert pane.notice.text.startswith("No thumbnails to compare None of the 2 published files has a thumbnail.")
    window.pages.filters.add(Condition("path_folded", "contains", "one"))
    settle()
    assert pane.notice.text.startswith("No thumbnails to compare The published file has no thumbnail.")
    window.pages.filters.add(Condition("path_folded", "contains", "three"))
    settle()
    assert pane.notice.text.startswith("No similar files match")
    window.pages.filters.clear()
    settle()
    qtbot.mouseClick(pane.notice.findChild(QPushButton), LEFT)
    assert (pane.notice.action, pane.notice.text[:19]) == ("", "Creating thumbnails")
    settle()
    assert pane.count == 2


def test_a_flat_image_has_no_appearance(
    window: MainWindow, controller: Controller, core: Backend, tmp_path: Path, settle: Settle
) -> None:
    black, other = small(tmp_path, "black.exr", width=16, height=16), small(tmp_path, "other.exr", width=16)
    LocalStore(core.config.library).publish(batch(black, other))
    controller.search.search_published([black.identity.file_id], str(tmp_path / "black.exr"))
    settle()
    controller.search.search_by("look")
    settle()
    assert window.similar.notice.text.startswith("No appearance to compare The image is black or of one color.")
    controller.search.search_by("channels")
    settle()
    assert window.similar.count == 2


def test_an_empty_library_offers_to_publish(
    window: MainWindow, controller: Controller, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    small(tmp_path, "one.exr")
    controller.files.open_paths([str(tmp_path / "one.exr")])
    settle()
    for by in ("metadata", "look"):
        controller.search.search(controller.files.selection, by)  # type: ignore[arg-type]
        settle()
        assert window.similar.notice.text.startswith("The library is empty")
    with qtbot.waitSignal(window.similar.publish_requested):
        qtbot.mouseClick(window.similar.notice.findChild(QPushButton), LEFT)
    settle()


def test_one_row_of_activity_stands_for_a_reference(
    window: MainWindow, controller: Controller, published: Path, settle: Settle
) -> None:
    find(controller, settle)
    window.similar.bar.segments.segment("blend").click()
    settle()
    for share in (20, 60, 90):
        controller.search.set_weights({"metadata": 100.0 - share, "channels": share})
        settle()
    find(controller, settle, 1)
    assert [one.detail for one in controller.activity.jobs()] == ["/a/1.exr", "/a/0.exr"]
    assert all(one.state is JobState.DONE for one in controller.activity.jobs())


@pytest.fixture
def asked(core: Backend, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each question was to be answered exactly."""
    seen: list[bool] = []
    ask = LocalStore.similar

    def noted(self: LocalStore, query: Query, *rest: object) -> list[Hit]:
        seen.append(query.exact)
        return ask(self, query, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(LocalStore, "similar", noted)
    return seen


def test_exact_search_is_a_switch_in_the_menu_and_is_remembered(
    window: MainWindow, controller: Controller, published: Path, settle: Settle, asked: list[bool]
) -> None:
    find(controller, settle)
    exact = window.similar.bar.exact
    assert exact in window.similar.bar.menu.actions()
    assert "compares every file" in exact.toolTip()
    exact.trigger()
    settle()
    assert asked == [False, True]
    assert controller.activity.jobs()[0].result.endswith(" (exact)")
    window.close()
    again = MainWindow(controller, WindowState())
    assert again.similar.bar.exact.isChecked()
    again.deleteLater()


def test_everything_in_the_bar_is_seen_at_the_least_width(
    window: MainWindow, controller: Controller, published: Path, settle: Settle, qtbot: QtBot
) -> None:
    controller.search.search_published(IDS[:1], "/mnt/production/orca/OR_0420/lighting/beauty/v017/beauty.1001.exr")
    settle()
    window.dock.set_folded(is_folded=False)
    bar = window.similar.bar
    assert bar.compare.isVisible()
    tabs = window.dock.tabs.sizeHint().width() + 64  # with insets and the button at the end
    assert bar.minimumSizeHint().width() + tabs <= MIN_SIZE[0]
    window.resize(window.minimumSizeHint())
    qtbot.waitUntil(lambda: not bar.compare.isVisible())
    seen = [one for one in (bar.name, bar.segments, bar.chips, bar.saved, bar.more) if one.isVisible()]
    assert len(seen) == 5
    edges = [(one.geometry().left(), one.geometry().right()) for one in seen]
    assert edges == sorted(edges)
    assert all(right < left for (_, right), (left, _) in pairwise(edges))
    assert window.width() <= MIN_SIZE[0]
    assert edges[-1][1] < bar.width()
    assert [one.text() for one in bar.menu.actions() if one.isEnabled() and one.text()][1:3] == [
        "Compare with the reference",
        "Export matches…",
    ]


def test_a_compared_file_that_is_gone_has_its_stored_picture(
    window: MainWindow, controller: Controller, core: Backend, tmp_path: Path, settle: Settle
) -> None:
    gone, there = (small(tmp_path, name, width=16, height=16) for name in ("gone.exr", "there.exr"))
    LocalStore(core.config.library).publish(batch(gone, there))
    controller.maintenance.create_thumbnails()
    settle()
    (tmp_path / "gone.exr").unlink()
    window.pages.compare_presenter.add([FileRef(one.identity.file_path, one.identity.file_id) for one in (there, gone)])
    settle()
    assert controller.session_thumbnails.get(gone.identity.file_path) is None
    picture = window.pages.compare_presenter._thumbnail(gone.identity.file_path)
    assert picture is not None
    assert picture.width() > 0


def test_computing_anew_that_fails_can_be_tried_again(
    window: MainWindow, controller: Controller, outdated: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    find(controller, settle)

    def broken(self: Backend, stop: object) -> None:
        raise StoreError("The library is in use by another program.")

    monkeypatch.setattr(Backend, "reembed", broken)
    window.similar.outdated_banner.clicked.emit()
    settle()
    job = next(one for one in controller.activity.jobs() if one.title == "Recompute embeddings")
    assert (job.state, job.result) == (JobState.FAILED, "The library is in use by another program.")
    assert window.similar.outdated_banner.text.startswith("3 files skipped")
