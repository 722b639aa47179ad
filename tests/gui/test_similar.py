"""Similar pane: sections, band labels, tooltips and empty states."""

from __future__ import annotations

from dataclasses import replace
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


def test_matches_are_grouped_into_sections(qapp: object) -> None:
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
    ("search", "text"),
    [
        (None, "No reference selected"),
        (SearchState(SessionFile("/s/x.exr"), "metadata", ()), "The library is empty"),
    ],
)
def test_empty_list_shows_the_reason(qtbot: QtBot, search: SearchState | None, text: str) -> None:
    pane = SimilarPane(FilterSet(), lambda _: None)
    qtbot.addWidget(pane)
    pane.show_search(search)
    assert text in pane.notice.text
    assert pane.count == 0


def test_notes_on_the_matches_are_shown_above_them(qtbot: QtBot) -> None:
    pane = SimilarPane(FilterSet(), lambda _: None)
    qtbot.addWidget(pane)
    search = SearchState(SessionFile("/s/x.exr"), "metadata", tuple(HITS), notes=("Too little in the header to tell.",))
    pane.show_search(search)
    assert (pane.note_banner.isHidden(), pane.note_banner.text) == (False, "Too little in the header to tell. ")
    pane.show_search(replace(search, notes=()))
    assert pane.note_banner.isHidden()


def test_failed_search_shows_the_error_and_can_be_retried(qtbot: QtBot) -> None:
    pane = SimilarPane(FilterSet(), lambda _: None)
    qtbot.addWidget(pane)
    pane.show_search(SearchState(SessionFile("/s/x.exr"), "channels", (), "The library is in use."))
    assert pane.banner.text == "The search failed The library is in use."
    with qtbot.waitSignal(pane.by_chosen) as again:
        qtbot.mouseClick(pane.banner.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert again.args == ["channels"]


def test_double_click_requests_to_open_a_match(qtbot: QtBot, tmp_path: Path) -> None:
    pane = SimilarPane(FilterSet(), lambda _: None)
    qtbot.addWidget(pane)
    pane.show_search(SearchState(SessionFile("/s/x.exr"), "metadata", tuple(HITS)))
    assert pane.count == 3
    with qtbot.waitSignal(pane.open_requested) as opened:
        pane.view.doubleClicked.emit(pane.model.index(1, 0))
    assert opened.args == ["/s/a.exr"]
    with qtbot.waitSignal(pane.open_requested) as opened:
        pane.view.doubleClicked.emit(pane.model.index(3, 0))
    assert opened.args == ["/s/b.####.exr"]  # all frames of the sequence


def cell_texts(model: SimilarModel, column: int) -> list[str]:
    return [model.index(row, column).data() for row in range(model.rowCount()) if row not in model.section_rows()]


def test_band_labels_name_the_way_of_comparing(qapp: object) -> None:
    model = SimilarModel()
    labels = {}
    for by in ("metadata", "channels", "look", "blend"):
        model.set_hits(HITS, by)  # type: ignore[arg-type]
        labels[by] = cell_texts(model, BAND)
    assert labels == {
        "metadata": ["Identical", "Same set-up", "Close"],
        "channels": ["Identical", "Same channels", "Close"],
        "look": ["Identical", "Same image", "Close"],
        "blend": ["Identical", "Very similar", "Close"],
    }


@pytest.mark.parametrize("by", ["metadata", "channels", "look", "blend"])
def test_every_band_has_its_own_tooltip(by: Way) -> None:
    sentences = [explain_band(band, by) for band in Band]
    assert all(sentence.endswith(".") for sentence in sentences)
    assert len(set(sentences)) == len(Band)


def test_cells_have_tooltips(qapp: object) -> None:
    model = SimilarModel()
    model.set_hits(HITS)
    tips = [model.index(3, column).data(Qt.ItemDataRole.ToolTipRole) for column in (0, 1, 2, 3)]
    assert tips == [
        "/s/b.exr",
        "100 % means that all compared values are equal.",
        "Probably the same show, renderer and pass.",
        "Same: same layers\nDiffers: resolution",
    ]


def test_same_sequence_section_counts_frames(qapp: object) -> None:
    model = SimilarModel()
    model.set_hits([hit("a", Band.SAME_SEQUENCE, 1.0, 12)])
    assert model.index(0, 0).data() == "Same sequence, 12 frames"


def test_joined_words_are_cut_between_words(qapp: object) -> None:
    font = theme.ui_font(12)
    joined = paint.join_fitting(["same layers", "Arnold", "ACEScg"], font, 1000)
    assert joined == "same layers · Arnold · ACEScg"
    width = QFontMetricsF(font).horizontalAdvance(joined)
    assert paint.join_fitting(["same layers", "Arnold", "ACEScg"], font, width - 1) == "same layers · Arnold · +1"
    assert paint.join_fitting(["same layers", "Arnold", "ACEScg"], font, 1) == "same layers · +2"
    assert paint.join_fitting([], font, 100) == ""


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_narrow_view_hides_the_date_to_keep_the_reasons(qtbot: QtBot) -> None:
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
    ("score", "percent"),
    [(1.0, 100), (0.9995, 100), (0.9994, 99), (0.996, 99), (0.994, 99), (0.5, 50), (-0.2, 0), (1.0000001, 100)],
)
def test_100_percent_is_reserved_for_equal_vectors(score: float, percent: int) -> None:
    assert format_percent(score) == percent
