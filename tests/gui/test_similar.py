"""The similar list: sections, words, and what is shown while there is nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from exr_inspector_app.contracts import Band, Hit
from exr_inspector_app.gui.filters.filter_set import FilterSet
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.similar.score_bands import explain_band
from exr_inspector_app.gui.similar.search_state import SearchState, Way
from exr_inspector_app.gui.similar.similar_model import BAND, PUBLISHED, REASONS, SimilarModel
from exr_inspector_app.gui.similar.similar_pane import SimilarPane
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.style.formatting import format_percent


def hit(name: str, band: Band, score: float, count: int = 1) -> Hit:
    key = f"/s/{name}.####.exr" if count > 1 else f"/s/{name}.exr"
    return Hit(
        name, f"/s/{name}.exr", key, score, band, ("same layers",), ("resolution",), count, "2026-11-04T10:00:00Z"
    )


HITS = [hit("a", Band.IDENTICAL, 1.0), hit("b", Band.SAME_SETUP, 0.97, 100), hit("c", Band.CLOSE, 0.8)]


def test_hits_stand_in_sections(qapp: object) -> None:
    model = SimilarModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.set_hits(HITS)
    first = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert first == ["Identical header, 1 file", "a.exr", "Similar, 2 sequences", "b.####.exr", "c.exr"]
    assert [model.index(3, column).data() for column in (1, 2, 3, 4)] == [
        "97 %",
        "Same set-up",
        "same layers, differs: resolution",
        "100 frames",
    ]
    model.set_hits([])
    assert model.rowCount() == 0


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "No reference yet"),
        (SearchState(SessionFile("/s/x.exr"), "metadata", ()), "The library is empty"),
    ],
)
def test_an_empty_list_says_why(qtbot: QtBot, found: SearchState | None, words: str) -> None:
    pane = SimilarPane(FilterSet(), lambda _: None)
    qtbot.addWidget(pane)
    pane.show_search(found)
    assert words in pane.notice.words
    assert pane.count == 0


def test_a_search_that_failed_says_so_and_can_be_tried_again(qtbot: QtBot) -> None:
    pane = SimilarPane(FilterSet(), lambda _: None)
    qtbot.addWidget(pane)
    pane.show_search(SearchState(SessionFile("/s/x.exr"), "channels", (), "The library is in use."))
    assert pane.banner.words == "Nothing could be compared The library is in use."
    with qtbot.waitSignal(pane.by_chosen) as again:
        qtbot.mouseClick(pane.banner.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert again.args == ["channels"]


def test_the_way_of_comparing_is_told_and_a_hit_is_opened(qtbot: QtBot, tmp_path: Path) -> None:
    pane = SimilarPane(FilterSet(), lambda _: None)
    qtbot.addWidget(pane)
    pane.show_search(SearchState(SessionFile("/s/x.exr"), "metadata", tuple(HITS)))
    assert pane.count == 3
    with qtbot.waitSignal(pane.open_requested) as opened:
        pane.view.doubleClicked.emit(pane.model.index(1, 0))
    assert opened.args == ["/s/a.exr"]
    with qtbot.waitSignal(pane.open_requested) as opened:
        pane.view.doubleClicked.emit(pane.model.index(3, 0))
    assert opened.args == ["/s/b.####.exr"]  # all frames of the line


def words_in(model: SimilarModel, column: int) -> list[str]:
    return [model.index(row, column).data() for row in range(model.rowCount()) if row not in model.section_rows()]


def test_a_band_says_what_was_compared(qapp: object) -> None:
    model = SimilarModel()
    said = {}
    for by in ("metadata", "channels", "look", "blend"):
        model.set_hits(HITS, by)  # type: ignore[arg-type]
        said[by] = words_in(model, BAND)
    assert said == {
        "metadata": ["Identical", "Same set-up", "Close"],
        "channels": ["Identical", "Same channels", "Close"],
        "look": ["Identical", "Same picture", "Close"],
        "blend": ["Identical", "Much alike", "Close"],
    }


@pytest.mark.parametrize("by", ["metadata", "channels", "look", "blend"])
def test_every_band_is_explained(by: Way) -> None:
    sentences = [explain_band(band, by) for band in Band]
    assert all(one.endswith(".") for one in sentences)
    assert len(set(sentences)) == len(Band)


def test_cells_explain_themselves(qapp: object) -> None:
    model = SimilarModel()
    model.set_hits(HITS)
    tips = [model.index(3, column).data(Qt.ItemDataRole.ToolTipRole) for column in (0, 1, 2, 3)]
    assert tips == [
        "/s/b.exr",
        "100 % means that nothing that counts is different.",
        "Most likely the same show, renderer and pass.",
        "Same: same layers\nDiffers: resolution",
    ]


def test_frames_of_the_same_sequence_are_counted_as_frames(qapp: object) -> None:
    model = SimilarModel()
    model.set_hits([hit("a", Band.SAME_SEQUENCE, 1.0, 12)])
    assert model.index(0, 0).data() == "Same sequence, 12 frames"


def test_a_run_of_words_is_cut_between_words(qapp: object) -> None:
    font = theme.ui_font(12)
    whole = paint.join_fitting(["same layers", "Arnold", "ACEScg"], font, 1000)
    assert whole == "same layers · Arnold · ACEScg"
    width = QFontMetricsF(font).horizontalAdvance(whole)
    assert paint.join_fitting(["same layers", "Arnold", "ACEScg"], font, width - 1) == "same layers · Arnold · +1"
    assert paint.join_fitting(["same layers", "Arnold", "ACEScg"], font, 1) == "same layers · +2"
    assert paint.join_fitting([], font, 100) == ""


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_in_a_narrow_list_the_date_gives_its_room_to_the_reasons(qtbot: QtBot) -> None:
    pane = SimilarPane(FilterSet(), lambda _: None)
    qtbot.addWidget(pane)
    pane.show_search(SearchState(SessionFile("/s/x.exr"), "metadata", tuple(HITS)))
    pane.show()
    for width, is_hidden in ((1500, False), (1080, True)):
        pane.resize(width, 300)
        qtbot.waitUntil(lambda is_hidden=is_hidden: pane.view.isColumnHidden(PUBLISHED) == is_hidden)
        assert pane.view.columnWidth(REASONS) >= 380
        assert sum(pane.view.columnWidth(column) for column in range(7)) <= pane.view.viewport().width()


@pytest.mark.parametrize(
    ("score", "shown"),
    [(1.0, 100), (0.9995, 100), (0.9994, 99), (0.996, 99), (0.994, 99), (0.5, 50), (-0.2, 0), (1.0000001, 100)],
)
def test_100_per_cent_is_kept_for_what_is_the_same(score: float, shown: int) -> None:
    assert format_percent(score) == shown
