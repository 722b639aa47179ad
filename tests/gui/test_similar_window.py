"""Similar pane over a real library: blends, skipped files, and export."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from exr_inspector_app.contracts import LOOK_DIM, Band, Hit, Preview
from exr_inspector_app.errors import UsageError
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.gui.similar.search_state import SearchState
from exr_inspector_app.gui.tasks.job import JobState
from exr_inspector_app.persistence.export import export_hits
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.backend import Backend
from tests.persistence.samples import payload, record, units
from tests.records import batch

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Settle = Callable[[], None]
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.Key.Key_Right
FILES = [record(payload(f"/a/{number}.exr", frame_number=None, width=number + 1), number) for number in range(6)]
IDS = [file.identity.file_id for file in FILES]


@pytest.fixture
def core(core: Backend) -> Backend:
    LocalStore(core.config.library).publish(batch(*FILES))
    return core


def find(controller: Controller, settle: Settle) -> SearchState:
    controller.search.search_published(IDS[:1], "/a/0.exr")
    settle()
    assert controller.search.similar is not None
    return controller.search.similar


def scores(controller: Controller) -> dict[str, float]:
    state = controller.search.similar
    assert state is not None
    return {hit.file_id: round(hit.score, 3) for hit in state.hits or ()}


def test_sliders_weight_a_blend(window: MainWindow, controller: Controller, settle: Settle, qtbot: QtBot) -> None:
    find(controller, settle)
    pane = window.similar
    assert pane.blend.isHidden()
    pane.bar.segments.segment("blend").click()
    settle()
    assert not pane.blend.isHidden()
    mixed = scores(controller)
    slider = pane.blend.slider("channels")
    slider.setFocus()
    with qtbot.waitSignal(pane.blend.changed):
        for _ in range(15):
            qtbot.keyClick(slider, RIGHT)
    assert pane.count == len(FILES)  # the matches stay until the next result
    settle()
    assert slider.value() == 100
    assert [slider.share.text() for by, slider in pane.blend.sliders.items() if by != "look"] == ["33 %", "67 %"]
    assert scores(controller) != mixed
    with qtbot.waitSignal(pane.blend.changed):
        pane.blend.slider("metadata").setValue(0)
    settle()
    channels_only = scores(controller)
    pane.bar.segments.segment("channels").click()
    settle()
    assert scores(controller) == channels_only


def test_appearance_slider_needs_stored_thumbnails(
    window: MainWindow, controller: Controller, core: Backend, settle: Settle
) -> None:
    find(controller, settle)
    window.similar.bar.segments.segment("blend").click()
    settle()
    assert window.similar.blend.slider("look").parentWidget().isHidden()
    without = scores(controller)
    looks = units(3, len(IDS), LOOK_DIM)
    LocalStore(core.config.library).put_previews(
        [Preview(file_id, looks[number], b"\xff\xd8") for number, file_id in enumerate(IDS)]
    )
    find(controller, settle)
    assert not window.similar.blend.slider("look").parentWidget().isHidden()
    assert scores(controller) != without
    window.pages.similar_presenter.set_weights({"look": 100})
    settle()
    assert scores(controller)[IDS[0]] == 1


def test_blend_weights_survive_a_restart(
    window: MainWindow, controller: Controller, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.similar.blend.set_weights({"metadata": 10, "channels": 0, "look": 90})
    window.close()
    again = MainWindow(controller, WindowState())
    assert again.similar.blend.weights == {"metadata": 10, "channels": 0, "look": 90}
    again.deleteLater()


def test_files_of_another_embedding_version_are_reported_as_skipped(
    window: MainWindow, controller: Controller, core: Backend, settle: Settle
) -> None:
    assert find(controller, settle).left_out == (0, 0)
    assert window.similar.outdated_banner.isHidden()
    with duckdb.connect(str(core.config.library)) as connection:
        connection.execute("UPDATE file_rows SET embedding_version = 1 WHERE file_id = ?", [IDS[3]])
    find(controller, settle)
    assert not window.similar.outdated_banner.isHidden()
    assert "1 file skipped: embeddings from an older version" in window.similar.outdated_banner.text
    assert IDS[3] not in scores(controller)


def test_matches_are_exported_in_list_order(
    window: MainWindow, controller: Controller, settle: Settle, tmp_path: Path, qtbot: QtBot
) -> None:
    assert not window.similar.bar.export.isVisible()
    state = find(controller, settle)
    qtbot.mouseClick(window.similar.bar.export, LEFT)
    (dialog,) = window.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "out.csv"))
    dialog.close()
    settle()
    assert controller.activity.jobs()[0].state is JobState.DONE
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["file_path"] for row in rows] == [hit.file_path for hit in state.hits or ()]
    assert [row["band"] for row in rows] == [hit.band.value for hit in state.hits or ()]


def test_exported_matches_escape_formulas(tmp_path: Path) -> None:
    odd = Hit("1", "/b/a.exr", "/b/a.exr", 0.5, Band.CLOSE, ("=HYPERLINK(1)",), ("@SUM(1)", "tiles"), 1, "2026-11-04")
    assert export_hits(tmp_path / "out.csv", [odd]) == 1
    text = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert "0.5,close,'=HYPERLINK(1),'@SUM(1); tiles,/b/a.exr,1,2026-11-04,1" in text
    with pytest.raises(UsageError, match=r"Use \.csv\."):
        export_hits(tmp_path / "out.txt", [odd])


@pytest.mark.parametrize("is_published", [True, False])
def test_reference_files_are_banded_apart_from_their_matches(
    controller: Controller, settle: Settle, is_published: bool
) -> None:
    if is_published:
        controller.search.search_published(IDS[:3], "/a/0.exr")
    else:
        controller.search.search_together([SessionFile(file.identity.file_path, file) for file in FILES[:3]])
    settle()
    state = controller.search.similar
    assert state is not None
    own = {hit.file_id for hit in state.hits or () if hit.band in (Band.SAME_SEQUENCE, Band.IDENTICAL)}
    assert own == set(IDS[:3])


def test_weak_matches_are_listed_but_not_counted(window: MainWindow, controller: Controller, settle: Settle) -> None:
    find(controller, settle)  # the other vectors are random
    assert window.similar.count == len(FILES)
    assert window.dock.tabs.tabText(0) == "Similar 1"
    assert controller.activity.jobs()[0].result.startswith("1 match, 5 weak, in ")
