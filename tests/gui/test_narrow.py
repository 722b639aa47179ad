"""Layout of narrow panes: columns hide and text is shortened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QTextLayout
from PySide6.QtWidgets import QApplication, QLabel, QWidget
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


def show_widget(qtbot: QtBot, widget: QWidget, width: int) -> None:
    qtbot.addWidget(widget)
    widget.resize(width, 400)
    widget.show()


def test_sampling_column_hides_before_names_are_elided(qtbot: QtBot) -> None:
    tree = StructureView(StructureModel())
    show_widget(qtbot, tree, 320)
    assert tree.isColumnHidden(2)
    tree.resize(424, 400)
    assert not tree.isColumnHidden(2)


def test_type_column_hides_before_values_are_elided(qtbot: QtBot) -> None:
    table = AttributesView(AttributesModel())
    show_widget(qtbot, table, 320)
    assert table.isColumnHidden(1)
    assert table.columnWidth(2) >= 140
    table.resize(536, 400)
    assert not table.isColumnHidden(1)


def test_activity_keeps_minimum_name_width(qtbot: QtBot) -> None:
    table = ActivityView(ActivityModel())
    show_widget(qtbot, table, 900)
    assert table.columnWidth(0) >= 220


def test_narrow_banner_wraps_text_and_fits_buttons(qtbot: QtBot, tmp_path: Path) -> None:
    entry = SessionFile(
        str(tmp_path / "a.exr"), problem=Problem("header-truncated", "The file ends at byte 300; " * 4, 0)
    )
    banner = ProblemBanner()
    qtbot.addWidget(banner)
    banner.show_entry(entry, None)
    banner.resize(296, banner.heightForWidth(296))
    banner.show()
    assert all(button.width() >= button.sizeHint().width() for button in banner.buttons)
    assert all(label.height() >= label.heightForWidth(label.width()) for label in banner.findChildren(QLabel))


def test_banner_omits_message_equal_to_title(window: MainWindow, tmp_path: Path, settle: Callable[[], None]) -> None:
    window.open_paths([str(tmp_path / "gone.exr")])
    settle()
    assert window.inspector.checks.banner.text == "There is no such file\n\nnot-found"


def test_banner_breaks_long_names_into_lines(qtbot: QtBot, tmp_path: Path) -> None:
    message = f"{'x' * 200} claims 33 bytes; the rest of the header is lost."
    banner = ProblemBanner()
    qtbot.addWidget(banner)
    banner.show_entry(
        SessionFile(str(tmp_path / "a.exr"), problem=Problem("attribute-size", message, 0, "x" * 200)), None
    )
    banner.resize(400, banner.heightForWidth(400))
    banner.show()
    assert all(label.minimumSizeHint().width() < 338 for label in banner.findChildren(QLabel))
    assert all(label.height() >= label.heightForWidth(label.width()) for label in banner.findChildren(QLabel))


def test_shortened_name_without_folder_has_no_folder_ellipsis(qtbot: QtBot) -> None:
    shortened = paint.shorten_path(
        "clusterfuzz-testcase-minimized-openexr_deeptiles_fuzzer-5092241152", theme.ui_font(13), 180
    )
    assert "/" not in shortened
    assert shortened.startswith("clusterfuzz")
    assert shortened.endswith("92241152")
    assert paint.shorten_path("/a/very/long/folder/for/this/place/beauty.####.exr", theme.ui_font(13), 180).startswith(
        "…/"
    )


def test_names_keep_their_letters_between_digits(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")  # loads the fonts

    def glyphs(text: str) -> list[int]:
        layout = QTextLayout(text, theme.ui_font())
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        return [index for run in layout.glyphRuns() for index in run.glyphIndexes()]

    assert glyphs("0x3f")[1] == glyphs("x")[0]  # Inter has a multiplication sign for it
