"""Profile in the window: chooser, outcomes on the Checks page, the column of the session, and exceptions."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.inspector.findings_model import ROW_ROLE, NotesRow
from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.session_nodes import SHOWN
from exr_inspector_app.gui.settings.window_state import WindowState
from tests.exr_files import write_exr

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]
RULES = 'name = "orca"\nrequire = {compression = "zip", parts = 1, complete = true}\nseverity.parts = "warning"'


def column(window: MainWindow) -> list[tuple[int, int] | None]:
    """Return the errors and warnings of each row of the first folder."""
    model = window.session_model
    group = model.index(0, 0)
    return [model.index(row, 0, group).data(SHOWN).rules for row in range(model.rowCount(group))]


def findings(window: MainWindow) -> list[str]:
    """Return the rows of the Checks page, folded ones by their titles."""
    model = window.inspector.checks.model
    rows = [model.index(row, 0).data(ROW_ROLE) for row in range(model.rowCount())]
    return [row.title if isinstance(row, NotesRow) else f"{row.severity}: {row.message}" for row in rows]


def test_profile_is_a_column_and_a_page_with_exceptions(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    for name, compression in (("a.1001.exr", "zip"), ("a.1003.exr", "piz"), ("b.exr", "zip")):
        write_exr(tmp_path / "shot" / name, compression=compression)
    (tmp_path / "orca.toml").write_text(RULES)
    window.open_paths([str(tmp_path / "shot")])
    settle()
    assert column(window) == [None, None]
    bar, check = window.inspector.checks.profile, window.controller.profile_check
    check.choose(str(tmp_path / "orca.toml"))
    settle()
    # The gap is an error of the profile and a built-in warning; so is the frame that differs.
    assert column(window) == [(2, 2), (0, 0)]
    assert bar.chooser.text == "orca"
    window.inspector.show_page(InspectorPage.CHECKS)
    second = window.controller.session.get(str(tmp_path / "shot" / "a.1003.exr"))
    window.controller.files.select(second)
    settle()
    wrong = "error: Compression is PIZ, the profile requires ZIP."
    assert wrong in findings(window)
    assert "2 passed" in findings(window)
    assert bar.counts.text() == "4 failed, 2 passed"
    (job,) = [job for job in window.controller.activity.jobs() if job.title == "Check"]
    assert (job.detail, job.counted) == ("3 files, profile orca", "3 of 3")
    assert re.fullmatch(r"\d of \d rules failed", job.result)

    checks = window.inspector.checks
    assert not checks.ignore.isEnabled()
    checks.list.setCurrentIndex(checks.model.index(findings(window).index(wrong), 0))
    buttons = checks.list.buttons
    qtbot.waitUntil(lambda: not buttons.isHidden())
    qtbot.mouseClick(buttons.copy, Qt.MouseButton.LeftButton)
    assert "oiiotool --compression" in QGuiApplication.clipboard().text()
    qtbot.mouseClick(buttons.show_attribute, Qt.MouseButton.LeftButton)
    assert (window.inspector.page, window.inspector.attributes.field.text()) == (
        InspectorPage.ATTRIBUTES,
        "compression",
    )
    window.inspector.attributes.field.clear()
    window.inspector.show_page(InspectorPage.CHECKS)
    qtbot.mouseClick(checks.ignore, Qt.MouseButton.LeftButton)
    assert not bar.ignore.isEnabled()
    qtbot.keyClicks(bar.reason, "agreed")
    qtbot.mouseClick(bar.ignore, Qt.MouseButton.LeftButton)
    settle()
    assert column(window) == [(1, 2), (0, 0)]
    assert wrong not in findings(window)
    check.write_report(str(tmp_path / "report.html"))
    settle()
    page = (tmp_path / "report.html").read_text()
    assert "Check: orca" in page
    assert "agreed" in page
    window.inspector.checks.model.toggle("ignored")
    row = findings(window).index("ignored: Compression is PIZ, the profile requires ZIP.")
    assert "agreed" in window.inspector.checks.model.index(row, 0).data(ROW_ROLE).location
    bar.restore_requested.emit("compression")
    settle()
    assert wrong in findings(window)

    write_exr(tmp_path / "shot" / "a.1003.exr", compression="zip")
    window.controller.files.reload([second])
    settle()
    assert column(window)[0] == (1, 1)
    check.choose("")
    settle()
    assert column(window) == [None, None]
    assert wrong not in findings(window)


def test_profile_is_remembered_and_a_bad_one_keeps_the_last(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    write_exr(tmp_path / "a.exr", compression="rle")
    window.open_paths([str(tmp_path)])
    window.controller.profile_check.choose("shipped:plate")
    settle()
    assert WindowState().profile == "shipped:plate"
    assert column(window)[0] not in (None, (0, 0))
    (tmp_path / "bad.toml").write_text("requir.x = 1")
    window.controller.profile_check.choose(str(tmp_path / "bad.toml"))
    settle()
    assert window.inspector.checks.profile.chooser.text == "Plate"
    assert window.controller.profile_check.source == "shipped:plate"
