"""In a narrow window what matters keeps its room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.activity.activity_pane import ActivityView
from exr_inspector_app.gui.activity.job_model import ActivityModel
from exr_inspector_app.gui.inspector.attributes_model import AttributesModel
from exr_inspector_app.gui.inspector.attributes_view import AttributesView
from exr_inspector_app.gui.inspector.problem_banner import ProblemBanner
from exr_inspector_app.gui.inspector.structure_model import StructureModel
from exr_inspector_app.gui.inspector.structure_view import StructureView
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.model import Problem

pytestmark = [pytest.mark.usefixtures("qapp"), pytest.mark.qt_log_ignore("propagateSizeHints")]


def shown(qtbot: QtBot, widget: QWidget, width: int) -> None:
    qtbot.addWidget(widget)
    widget.resize(width, 400)
    widget.show()


def test_the_sampling_goes_before_channel_names_are_cut(qtbot: QtBot) -> None:
    tree = StructureView(StructureModel())
    shown(qtbot, tree, 320)
    assert tree.isColumnHidden(2)
    tree.resize(424, 400)
    assert not tree.isColumnHidden(2)


def test_the_type_goes_before_values_are_cut(qtbot: QtBot) -> None:
    table = AttributesView(AttributesModel())
    shown(qtbot, table, 320)
    assert table.isColumnHidden(1)
    assert table.columnWidth(2) >= 140
    table.resize(536, 400)
    assert not table.isColumnHidden(1)


def test_jobs_keep_their_names(qtbot: QtBot) -> None:
    table = ActivityView(ActivityModel())
    shown(qtbot, table, 900)
    assert table.columnWidth(0) >= 220


def test_all_words_of_a_problem_are_seen_and_no_button_is_cut(qtbot: QtBot, tmp_path: Path) -> None:
    entry = SessionFile(
        str(tmp_path / "a.exr"), problem=Problem("header-truncated", "The file ends at byte 300; " * 4, 0)
    )
    banner = ProblemBanner()
    qtbot.addWidget(banner)
    banner.show_entry(entry, None)
    banner.resize(296, banner.heightForWidth(296))
    banner.show()
    assert all(one.width() >= one.sizeHint().width() for one in banner._buttons)
    assert all(one.height() >= one.heightForWidth(one.width()) for one in banner.findChildren(QLabel))


def test_a_problem_that_its_title_tells_in_full_is_not_told_twice(
    window: MainWindow, tmp_path: Path, settle: Callable[[], None]
) -> None:
    window.open_paths([str(tmp_path / "gone.exr")])
    settle()
    assert window.inspector.checks.banner.words == "There is no such file\n\nnot-found"


def test_a_long_name_in_a_problem_is_broken_into_lines(qtbot: QtBot, tmp_path: Path) -> None:
    said = f"{'x' * 200} claims 33 bytes; the rest of the header is lost."
    banner = ProblemBanner()
    qtbot.addWidget(banner)
    banner.show_entry(SessionFile(str(tmp_path / "a.exr"), problem=Problem("attribute-size", said, 0, "x" * 200)), None)
    banner.resize(400, banner.heightForWidth(400))
    banner.show()
    assert all(one.minimumSizeHint().width() < 338 for one in banner.findChildren(QLabel))
    assert all(one.height() >= one.heightForWidth(one.width()) for one in banner.findChildren(QLabel))


def test_a_name_without_a_folder_is_not_shown_as_if_one_was_left_out(qtbot: QtBot) -> None:
    shown = paint.short_path("clusterfuzz-testcase-minimized-openexr_deeptiles_fuzzer-5092241152", theme.ui(13), 180)
    assert "/" not in shown
    assert shown.startswith("clusterfuzz")
    assert shown.endswith("92241152")
    assert paint.short_path("/a/very/long/folder/for/this/place/beauty.####.exr", theme.ui(13), 180).startswith("…/")
