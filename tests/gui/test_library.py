"""The library pane over a real library: pages, facets, words, filters by name, and what rows can do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from exr_inspector_app import config
from exr_inspector_app.contracts import LOOK_DIM, Condition, Listing, Preview
from exr_inspector_app.gui.browsing import PAGE
from exr_inspector_app.gui.controller import Controller
from exr_inspector_app.gui.file_actions import FileActions, viewer_words
from exr_inspector_app.gui.filter_set import FilterSet, words_of
from exr_inspector_app.gui.main_window import MainWindow
from exr_inspector_app.gui.models.activity import State
from exr_inspector_app.gui.models.facets import Rest, Title, Value
from exr_inspector_app.gui.models.library import LibraryModel
from exr_inspector_app.gui.models.library_rows import COLUMNS, Shown
from exr_inspector_app.gui.saved_filters import SavedFilters
from exr_inspector_app.gui.widgets.add_filter import ASKED
from exr_inspector_app.gui.widgets.dock import LIBRARY
from exr_inspector_app.gui.widgets.library_pane import LibraryPane
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.wiring import Core
from tests.persistence.samples import channels, payload, record, units
from tests.records import batch

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

Settle = Callable[[], None]
LEFT, TOP = Qt.MouseButton.LeftButton, QModelIndex()


def path_of(number: int, frame: int = 1001) -> str:
    return f"/mnt/prod/{'orca' if number % 2 else 'kelp'}/OR_{number:03}/lighting/beauty/v001/beauty.{frame}.exr"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of 250 sequences, one of them with five frames and a gap, in a studio's folders."""
    rows = [payload(path_of(n), channels=channels(4 + 4 * (n % 3))) for n in range(PAGE + 50)]
    rows[0]["parts"][0]["compression"] = "zip"
    more = [payload(path_of(0, frame), frame_number=frame, compression="zip") for frame in (1002, 1003, 1005, 1006)]
    path = tmp_path_factory.mktemp("filled") / "library.duckdb"
    LocalStore(path).publish(batch(*(record(one, seed=at % 9) for at, one in enumerate([*rows, *more]))))
    return path


@pytest.fixture
def core(filled: Path) -> Core:
    """A core over a copy of the library, with a path template."""
    made = replace(config.load(), path_template="/mnt/prod/{show}/{shot}/{task}/*/{version}")
    shutil.copy(filled, made.library)
    return Core(made)


@pytest.fixture
def pane(window: MainWindow, settle: Settle) -> LibraryPane:
    """The library's page, seen and filled."""
    window.dock.show_page(LIBRARY)
    settle()
    return window.library


def names(pane: LibraryPane) -> list[str]:
    return [str(pane.model.index(row, 0).data()) for row in range(pane.model.rowCount())]


def press(pane: LibraryPane, words: str) -> None:
    """The row of the facets with these words is pressed."""
    model = pane.facets.model
    found = next(row for row in range(model.rowCount()) if str(model.index(row).data()).startswith(words))
    pane.facets.view.press(model.index(found))


def test_the_first_page_is_shown_and_more_comes_as_one_scrolls(pane: LibraryPane, settle: Settle) -> None:
    QAbstractItemModelTester(pane.model, QAbstractItemModelTester.FailureReportingMode.Fatal, pane.model)
    settle()
    pane.table.scrollToTop()
    assert pane.model.rowCount() >= PAGE
    assert pane.model.in_all == PAGE + 50
    assert pane.count.text() == "254 files, 250 sequences"
    pane.table.scrollToBottom()
    settle()
    assert pane.model.rowCount() == PAGE + 50
    assert not pane.footer.isVisible()
    assert len({row.path for at in range(PAGE + 50) if (row := pane.model.shown(pane.model.index(at, 0)))}) == 250


def test_a_sequence_is_opened_into_its_files(pane: LibraryPane, settle: Settle) -> None:
    pane.search.setText("kelp/OR_000")
    pane.search.returnPressed.emit()
    settle()
    top = pane.model.index(0, 0)
    row = pane.model.shown(top)
    assert row is not None
    assert (row.name, row.frames) == ("beauty.####.exr", "1001–1006, 1 missing")
    assert row.cells[1:5] == ("kelp", "OR_000", "lighting", "v001")
    assert pane.model.rowCount(top) == 0
    pane.table.expand(top)
    settle()
    files = [pane.model.index(at, 0, top).data() for at in range(pane.model.rowCount(top))]
    assert files == [f"beauty.{frame}.exr" for frame in (1001, 1002, 1003, 1005, 1006)]
    assert pane.model.index(2, 0, top).parent() == top


def test_facets_choose_and_chips_take_back(pane: LibraryPane, settle: Settle, qtbot: QtBot) -> None:
    press(pane, "orca")
    settle()
    assert pane.count.text() == "125 files, 125 sequences"
    model = pane.facets.model
    shown = {
        item.words: item for row in range(model.rowCount()) if isinstance(item := model.item(model.index(row)), Value)
    }
    assert (shown["orca"].is_chosen, shown["kelp"].is_chosen, shown["kelp"].count) == (True, False, 129)
    press(pane, "kelp")
    settle()
    (chip,) = pane.chips.chips
    assert chip.text() == "Show: orca, kelp"
    press(pane, "specular")
    press(pane, "diffuse")
    settle()
    assert [one.text() for one in pane.chips.chips] == ["Show: orca, kelp", "Layer: specular", "Layer: diffuse"]
    assert pane.count.text().startswith("83 files")
    qtbot.mouseClick(pane.chips.chips[1], LEFT)
    settle()
    assert pane.count.text().startswith("166 files")
    qtbot.mouseClick(pane._clear, LEFT)
    settle()
    assert pane.count.text() == "254 files, 250 sequences"


def test_facets_are_reached_by_the_keyboard(pane: LibraryPane, settle: Settle, qtbot: QtBot) -> None:
    view, model = pane.facets.view, pane.facets.model
    view.setFocus()
    view.setCurrentIndex(model.index(0))
    assert isinstance(model.item(model.index(0)), Title)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    settle()
    assert pane.count.text().startswith("129 files")  # kelp, which more files have
    assert isinstance(item := model.item(view.currentIndex()), Value)
    assert item.value == "kelp"
    qtbot.keyClick(view, Qt.Key.Key_Up)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert not any(isinstance(model.item(model.index(row)), Value) for row in range(2))


def test_a_facet_with_many_values_shows_few_until_asked(pane: LibraryPane) -> None:
    model = pane.facets.model
    pane.facets.search.setText("nobody has this")
    assert model.rowCount() == 0
    pane.facets.search.setText("orc")
    assert [str(model.index(row).data()) for row in range(model.rowCount())] == ["Show", "orca, 125 files"]
    pane.facets.search.clear()
    assert not any(isinstance(model.item(model.index(row)), Rest) for row in range(model.rowCount()))


def test_nothing_matches_names_the_filter_and_clears_it(pane: LibraryPane, settle: Settle, qtbot: QtBot) -> None:
    pane.search.setText("no such thing")
    qtbot.waitUntil(lambda: "Nothing matches" in pane.notice.words)
    assert "with “no such thing”" in pane.notice.words
    assert pane.notice.isVisible()
    qtbot.mouseClick(pane.notice.findChild(QPushButton), LEFT)
    settle()
    assert pane.search.text() == ""
    assert pane.table.isVisible()


def test_a_library_that_cannot_be_read_says_so_and_is_tried_again(
    window: MainWindow, core: Core, settle: Settle, qtbot: QtBot
) -> None:
    whole = core.config.library.read_bytes()
    core.config.library.write_bytes(b"this is no library" * 1000)
    window.dock.show_page(LIBRARY)
    settle()
    pane = window.library
    assert pane.banner.isVisible()
    assert str(core.config.library) in pane.banner.words
    core.config.library.write_bytes(whole)
    qtbot.mouseClick(pane.banner.findChild(QPushButton), LEFT)
    settle()
    assert pane.table.isVisible()


def test_an_empty_library_says_what_goes_here(window: MainWindow, core: Core, settle: Settle) -> None:
    core.config.library.unlink()
    window.dock.show_page(LIBRARY)
    settle()
    assert "The library is empty" in window.library.notice.words


def test_a_click_on_a_title_sorts_and_turns(pane: LibraryPane, settle: Settle) -> None:
    channels_column = [one.title for one in COLUMNS].index("Channels")
    pane.table.sort_by(channels_column)
    settle()
    assert {pane.model.index(row, channels_column).data() for row in range(20)} == {"12"}
    pane.table.sort_by(channels_column)
    settle()
    assert {pane.model.index(row, channels_column).data() for row in range(20)} == {"4"}


def test_what_is_published_meanwhile_is_seen(
    pane: LibraryPane, core: Core, controller: Controller, settle: Settle
) -> None:
    made = record(payload("/mnt/prod/new/OR_900/comp/beauty/v001/beauty.1001.exr"), inspected_at="2026-05-01T00:00:00Z")
    LocalStore(core.config.library).publish(batch(made, publish_id="p2"))
    controller.ask_target()
    settle()
    assert pane.count.text() == "255 files, 251 sequences"
    assert pane.model.index(0, 1).data() == "new"


def test_rows_that_move_while_one_scrolls_are_shown_once(core: Core) -> None:
    model, asked = LibraryModel(), []
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.page_wanted.connect(asked.append)
    model.show(core.browse(Listing(limit=100)))
    newer = [payload(f"/mnt/prod/new/OR_{n}/comp/beauty/v001/beauty.1001.exr") for n in range(60)]
    records = [record(one, inspected_at="2026-05-01T00:00:00Z") for one in newer]
    LocalStore(core.config.library).publish(batch(*records, publish_id="p2"))
    model.fetchMore(TOP)
    model.add(core.browse(Listing(limit=100, offset=100)), 100)
    assert model.rowCount() == 140
    model.fetchMore(TOP)
    assert asked == [100, 200]
    model.add(core.browse(Listing(limit=100, offset=300)), 200)  # as if the rest had been removed
    model.fetchMore(TOP)
    model.add(core.browse(Listing(limit=100, offset=400)), asked[-1])
    assert not model.canFetchMore(TOP)


def test_the_selection_stays_with_its_sequence(pane: LibraryPane, settle: Settle) -> None:
    pane.table.setCurrentIndex(pane.model.index(7, 0))
    (before,) = pane.table.rows()
    pane.table.sort_by(0)
    settle()
    (after,) = pane.table.rows()
    assert after.path == before.path


def test_similar_files_of_a_row_are_found_though_its_file_is_out_of_reach(
    pane: LibraryPane, window: MainWindow, controller: Controller, settle: Settle
) -> None:
    row = pane.model.shown(pane.model.index(3, 0))
    assert row is not None
    assert not Path(row.path).exists()
    pane.table.similar_wanted.emit([row])
    settle()
    assert window.dock.place == 0
    found = controller.searching.similar
    assert found is not None
    assert found.hits
    assert not found.failure
    more = [one for at in (4, 5) if (one := pane.model.shown(pane.model.index(at, 0)))]
    pane.table.similar_wanted.emit([row, *more])
    settle()
    assert window.similar.bar._name.text().endswith("and 2 more")


def test_stored_pictures_stand_beside_rows_and_hits_are_found_by_look(
    pane: LibraryPane, window: MainWindow, core: Core, controller: Controller, settle: Settle
) -> None:
    row, other = (one for at in (3, 4) if (one := pane.model.shown(pane.model.index(at, 0))))
    ids = [str(one.listed.file["file_id"]) for one in (row, other)]
    pane.table.similar_wanted.emit([row])
    settle()
    look = window.similar.bar.segments._group.button(2)
    assert controller.stored_pictures.get(ids[0]) is None
    image = QImage(320, 180, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    data = QBuffer()
    image.save(data, "JPG")  # type: ignore[call-overload]
    looks = units(3, 2, LOOK_DIM)
    previews = [Preview(file_id, looks[at], bytes(data.data().data())) for at, file_id in enumerate(ids)]
    assert LocalStore(core.config.library).put_previews(previews) == 2
    controller.ask_target()
    window.dock.show_page(LIBRARY)
    settle()
    shown = controller.stored_pictures.get(ids[0])
    assert shown is not None
    assert (shown.width(), shown.height()) == (160, 90)
    pane.table.similar_wanted.emit([row])
    settle()
    look.click()
    settle()
    found = controller.searching.similar
    assert found is not None
    assert found.by == "look"
    assert {hit.file_id for hit in found.hits or ()} == set(ids)


def test_filters_hold_for_similar_files_too(
    pane: LibraryPane, window: MainWindow, controller: Controller, settle: Settle, qtbot: QtBot
) -> None:
    row = pane.model.shown(pane.model.index(3, 0))
    assert row is not None
    pane.table.similar_wanted.emit([row])
    settle()
    window.shelf.filters.add(Condition("compression", "=", "zip"))
    settle()
    assert window.similar.count == 1
    window.shelf.filters.add(Condition("width", ">", 99999))
    settle()
    assert "Nothing similar matches Compression: ZIP, Width: above 99,999" in window.similar.notice.words
    qtbot.mouseClick(window.similar.notice.findChild(QPushButton), LEFT)
    settle()
    assert window.similar.count > 1


def test_a_filter_is_added_by_what_how_and_value(pane: LibraryPane, settle: Settle, qtbot: QtBot) -> None:
    popup, filters = pane.popup, pane._filters

    def choose(words: str, value: str) -> None:
        popup.what.setCurrentIndex(next(at for at, one in enumerate(ASKED) if one[2] == words))
        popup.value.setText(value)
        qtbot.mouseClick(popup.add, LEFT)

    choose("Channels, at least", "many")
    assert "whole number" in popup._wrong.text()
    assert filters.conditions == ()
    choose("Channels, at least", "8")
    choose("Path contains", "orca/*/lighting")
    choose("Resolution is", "1920 × 1080")
    choose("Published since", "2026-01-01")
    choose("Deep", "")
    settle()
    assert [words_of(one) for one in filters.conditions] == [
        "Channels: 8 or more", "Path: with “orca/”", "Path: with “/lighting”", "Resolution: 1920 × 1080",
        "Published: since 1 Jan 2026", "Deep",
    ]  # fmt: skip


def test_filters_are_saved_by_name_for_both_lists(window: MainWindow, tmp_path: Path) -> None:
    shelf = window.shelf
    shelf.library_filters.take((Condition("show", "in", ("orca",)), Condition("is_deep", "=", False)))
    shelf._menus[1].keep("Ours, flat")
    saved = SavedFilters()  # as another run reads it
    assert saved.names() == ["Ours, flat"]
    shelf._menus[0]._fill()
    shelf._menus[0].menu.actions()[0].trigger()
    assert shelf.filters.conditions == shelf.library_filters.conditions
    shelf._menus[0]._forget("Ours, flat")
    assert saved.names() == []


def test_a_saved_filter_that_makes_no_sense_filters_nothing(tmp_path: Path) -> None:
    path = tmp_path / "filters.json"
    path.write_text('{"a": [["nothing", "=", 1]], "b": [3], "c": [["width", ">=", 4]], "d": 7}')
    saved = SavedFilters(path)
    assert saved.names() == ["a", "b", "c"]
    assert (saved.get("a"), saved.get("b")) == ((), ())
    assert saved.get("c") == (Condition("width", ">=", 4),)
    path.write_text("not json")
    assert saved.names() == []


def test_the_list_is_exported_under_its_filter(
    pane: LibraryPane, controller: Controller, settle: Settle, tmp_path: Path
) -> None:
    press(pane, "orca")
    settle()
    controller.exporting.files(tmp_path / "orca.csv", controller.browsing.listing.where)
    settle()
    job = next(iter(controller.activity.jobs()))
    assert (job.state, job.result.split(" in ")[0]) == (State.DONE, "Exported 125 files to orca.csv")
    assert len((tmp_path / "orca.csv").read_text().splitlines()) == 126
    controller.exporting.files(tmp_path / "none" / "orca.csv", ())
    settle()
    assert next(iter(controller.activity.jobs())).state is State.FAILED


def test_rows_are_dragged_and_copied_as_paths(pane: LibraryPane, settle: Settle, qtbot: QtBot) -> None:
    data = pane.model.mimeData([pane.model.index(0, 0), pane.model.index(0, 2), pane.model.index(1, 0)])
    paths = [row.path for at in (0, 1) if isinstance(row := pane.model.shown(pane.model.index(at, 0)), Shown)]
    assert data.text().splitlines() == paths
    assert [url.toLocalFile() for url in data.urls()] == paths
    pane.table.setFocus()
    pane.table.setCurrentIndex(pane.model.index(1, 0))
    qtbot.keyClick(pane.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == paths[1]


def test_missing_frames_are_copied_as_a_range(pane: LibraryPane, window: MainWindow, settle: Settle) -> None:
    pane.search.setText("kelp/OR_000")
    pane.search.returnPressed.emit()
    settle()
    pane.table.setCurrentIndex(pane.model.index(0, 0))
    menu = window.shelf.menus.of_rows(pane.table.rows(), pane.table)
    action = next(one for one in menu.actions() if one.text() == "Copy missing frames")
    action.trigger()
    assert QGuiApplication.clipboard().text() == "1004"


def test_the_dock_is_maximised_and_gives_the_room_back(window: MainWindow, pane: LibraryPane, qtbot: QtBot) -> None:
    height = window.dock.height()
    window.actions_["maximise"].trigger()
    qtbot.waitUntil(lambda: window.dock.height() > 800)
    window.actions_["maximise"].trigger()
    qtbot.waitUntil(lambda: window.dock.height() == height)
    window.dock.maximise(True)
    window.dock.fold(True)
    assert window.dock.is_folded
    assert not window.dock.is_maximised


def test_narrow_windows_keep_the_name_and_drop_columns(window: MainWindow, pane: LibraryPane) -> None:
    window.dock.maximise(True)
    assert pane.table.columnWidth(0) >= 300
    window.resize(1100, 800)
    assert pane.table.columnWidth(0) >= 240
    assert pane.table.isColumnHidden([one.title for one in COLUMNS].index("Colour"))


def test_a_viewer_is_started_without_a_shell(qtbot: QtBot, tmp_path: Path) -> None:
    assert viewer_words("rv -play {path}", "/a b/$(x).exr") == ["rv", "-play", "/a b/$(x).exr"]
    assert viewer_words('"/my apps/nuke" -v', "/a.exr") == ["/my apps/nuke", "-v", "/a.exr"]
    assert viewer_words("", "/a.exr") == []
    out = tmp_path / "seen.txt"
    script = tmp_path / "viewer.py"
    script.write_text(f"import sys; open({str(out)!r}, 'w').write(sys.argv[1])")
    files = FileActions(f'"{sys.executable}" "{script}" {{path}}')
    files.view(["/shot/it's `here`.exr"])
    qtbot.waitUntil(lambda: out.exists() and bool(out.read_text()))
    assert out.read_text() == "/shot/it's `here`.exr"
    with qtbot.waitSignal((broken := FileActions("/no/such/viewer")).said) as said:
        broken.view(["/a.exr"])
    assert said.args == ["viewer could not be started; look at `viewer` in the settings file."]


def test_toggling_keeps_the_place_of_a_condition() -> None:
    filters = FilterSet()
    filters.toggle("show", "orca")
    filters.add(Condition("width", ">=", 2048))
    filters.toggle("show", "kelp")
    assert [words_of(one) for one in filters.conditions] == ["Show: orca, kelp", "Width: 2,048 or more"]
    filters.toggle("show", "orca")
    filters.toggle("show", "kelp")
    assert [words_of(one) for one in filters.conditions] == ["Width: 2,048 or more"]
