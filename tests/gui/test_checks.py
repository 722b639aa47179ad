"""Checks tab, and files that change while they are shown."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from exr_inspector_app.exr.chunk_map import ABSENT, BEYOND, PRESENT, UNKNOWN
from exr_inspector_app.exr.chunks import offset_table
from exr_inspector_app.gui.inspector.findings_model import build_finding_rows
from exr_inspector_app.gui.inspector.hex_dump_dialog import HexDumpDialog
from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.publish.plan_lines import PlanGroup, make_lines
from exr_inspector_app.gui.session.session_nodes import NODE, SHOWN
from exr_inspector_app.model import Finding, Problem
from tests.exr_files import Tiles, write_exr
from tests.gui.files import channel, file, part

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def status_detail(window: MainWindow) -> str:
    """Return the status detail of the first session row."""
    model = window.session_model
    return str(model.index(0, 0, model.index(0, 0)).data(SHOWN).figure)


def open_sequence_with_gap(window: MainWindow, folder: Path, settle: Settle) -> None:
    """Show the Checks tab of a sequence with a missing frame and a single file."""
    for name in ("a.1001.exr", "a.1003.exr", "b.exr"):
        write_exr(folder / name)
    window.open_paths([str(folder)])
    settle()
    window.inspector.show_page(InspectorPage.CHECKS)
    settle()


def test_chunk_map_counts_states(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    path = write_exr(tmp_path / "tiles.exr", width=32, height=16, tiles=Tiles(4, 4), kind="tiledimage", present=25)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - 300])
    window.open_paths([str(path)])
    settle()
    window.inspector.show_page(InspectorPage.CHECKS)
    settle()
    checks = window.inspector.checks
    assert sum(checks.map.counts.values()) == 32
    assert checks.map.counts[ABSENT] == 7
    assert checks.map.counts[BEYOND] > 0
    assert checks.chunks_summary.text() == f"{checks.map.counts[PRESENT]} of 32 present"


def test_uncounted_chunks_are_unknown(
    window: MainWindow, tmp_path: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offset_table, "MAX_SCAN_READS", 1)
    path = write_exr(tmp_path / "a.exr", width=500, height=100, present=40)
    window.open_paths([str(path)])
    settle()
    window.inspector.show_page(InspectorPage.CHECKS)
    settle()
    checks = window.inspector.checks
    assert checks.map.counts == {PRESENT: 40, UNKNOWN: 60}
    assert checks.chunks_summary.text() == "at least 40 of 100 present"
    assert "Unknown: 60" in checks.map.tooltip()
    assert status_detail(window) == ""
    (entry,) = window.controller.session
    assert entry.record
    plan = window.controller.backend.plan([entry.record])
    (line,) = make_lines(plan, ())
    assert (line.group, line.reason) == (PlanGroup.INCOMPLETE, "Unfinished: some of 100 chunks")
    assert not window.grab().isNull()


def test_part_and_level_of_chunk_map_can_be_selected(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    mip = {"width": 16, "height": 16, "tiles": Tiles(4, 4, "mipmap_levels"), "kind": "tiledimage"}
    path = write_exr(tmp_path / "a.exr", parts=[{"height": 12}, mip])
    window.open_paths([str(path)])
    window.inspector.show_page(InspectorPage.CHECKS)
    settle()
    checks = window.inspector.checks
    assert checks.map.counts == {PRESENT: 12}
    checks.chunk_map_requested.emit(1)
    settle()
    assert checks.map.counts == {PRESENT: 16}
    assert checks.levels.text == "Part 1, mip 0"
    checks.levels.option_selected.emit((1, 1))
    assert checks.map.counts == {PRESENT: 4}


def test_issues_are_sorted_by_severity_and_copied(window: MainWindow, qtbot: QtBot) -> None:
    inspected = file(part(channel("R")))
    problem = Problem("attribute-size", "owner is 28 bytes long.", 0, "owner", 1482)
    findings = (Finding("note", "b", None, "A note."), Finding("warning", "a", 1, "A warning."))
    rows = build_finding_rows(inspected._replace(errors=(problem,), findings=findings))
    assert [row.text for row in rows] == [
        "error: owner is 28 bytes long. (attribute-size, part 0, owner, byte 1,482)",
        "warning: A warning. (a, part 1)",
        "note: A note. (b)",
    ]
    checks = window.inspector.checks
    checks.model.show_rows(rows)
    assert checks.model.summary == "1 error, 1 warning, 1 note"
    checks.list.copy()
    assert QGuiApplication.clipboard().text().count("\n") == 2


def visible_rows(window: MainWindow) -> list[str]:
    model = window.inspector.checks.model
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def test_notes_are_folded_until_they_are_clicked(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    apart = {"data_window": (9, 9, 12, 12), "display_window": (0, 0, 7, 7)}
    write_exr(tmp_path / "a.exr", compression="rle", channels=["A", "B", "G", "R", "a.b.R"], **apart)
    window.open_paths([str(tmp_path / "a.exr")])
    settle()
    window.inspector.show_page(InspectorPage.CHECKS)
    settle()
    view, model = window.inspector.checks.list, window.inspector.checks.model
    warning = "warning: The image lies entirely outside the display window. (window-apart, part 0)"
    notes = [
        "note: Other programs split names of several dots differently: a.b.R. (layer-nested, part 0)",
        "note: RLE compresses poorly; ZIPS is smaller at the same speed. (compression-unusual, part 0)",
    ]
    assert visible_rows(window) == [warning, "2 notes"]
    assert window.inspector.checks.issues_summary.text() == "1 warning, 2 notes"
    assert model.as_text().splitlines() == [warning, *notes]
    row = view.visualRect(model.index(1)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert visible_rows(window) == [warning, "2 notes", *notes]
    assert not window.grab().isNull()
    view.selectAll()
    view.copy()
    assert QGuiApplication.clipboard().text().splitlines() == [warning, *notes]
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert visible_rows(window) == [warning, "2 notes"]
    view.selectAll()
    view.copy()
    assert QGuiApplication.clipboard().text().splitlines() == [warning, *notes]


def test_notes_are_unfolded_by_keyboard_and_stay_so(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    for name in ("a.exr", "b.exr"):
        write_exr(tmp_path / name, compression="rle", channels=["A", "B", "G", "R"])
    write_exr(tmp_path / "c.exr", compression="zip", channels=["A", "B", "G", "R"])
    window.open_paths([str(tmp_path / name) for name in ("a.exr", "b.exr", "c.exr")])
    settle()
    window.inspector.show_page(InspectorPage.CHECKS)
    entries = list(window.controller.session)
    window.controller.files.select(entries[0])
    settle()
    view = window.inspector.checks.list
    assert visible_rows(window) == ["1 note"]
    view.setCurrentIndex(window.inspector.checks.model.index(0))
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert len(visible_rows(window)) == 2
    window.controller.files.select(entries[1])
    settle()
    assert len(visible_rows(window)) == 2
    view.setCurrentIndex(window.inspector.checks.model.index(0))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert visible_rows(window) == ["1 note"]
    window.controller.files.select(entries[2])
    settle()
    assert visible_rows(window) == []
    assert window.inspector.checks.notice.isVisibleTo(window)


def test_bytes_around_a_problem_are_shown(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    path = write_exr(tmp_path / "cut.exr")
    path.write_bytes(path.read_bytes()[:200])
    window.open_paths([str(path)])
    settle()
    window.inspector.show_page(InspectorPage.CHECKS)
    buttons = window.inspector.checks.banner.findChildren(QPushButton)
    show_bytes = next(button for button in buttons if button.text() == "Show bytes")
    qtbot.mouseClick(show_bytes, Qt.MouseButton.LeftButton)
    settle()
    dialog = window.findChild(HexDumpDialog)
    marked = [line for line in dialog.text.toPlainText().splitlines() if line.startswith("▸")]
    assert len(marked) == 1
    dialog.close()


def test_growing_render_updates_its_chunk_count(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    path = write_exr(tmp_path / "embers.1043.exr", height=40, present=12)
    window.open_paths([str(path)])
    settle()
    assert status_detail(window) == "12 of 40"
    write_exr(path, height=40, present=25)
    window.controller.files.file_watcher.tick()
    settle()
    assert status_detail(window) == "25 of 40"
    assert window.controller.activity.rowCount() == 1  # background polling is not a job
    write_exr(path, height=40)
    window.controller.files.file_watcher.tick()
    settle()
    assert status_detail(window) == ""
    assert not window.session.change.isVisible()


def test_changed_file_can_be_reloaded(window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    path = write_exr(tmp_path / "a.exr")
    window.open_paths([str(path)])
    settle()
    window.controller.files.file_watcher.tick()
    settle()
    assert not window.session.change.isVisible()
    write_exr(path, channels=("Z",))
    os.utime(path, (1, 1))
    window.controller.files.file_watcher.tick()
    settle()
    assert window.session.change.isVisible()
    assert window.session.change.text == "1 file changed on disk a.exr"
    assert window.structure_model.channel_count() == 3
    qtbot.mouseClick(window.session.change.button, Qt.MouseButton.LeftButton)
    settle()
    qtbot.waitUntil(lambda: not window.session.change.isVisible())
    assert window.structure_model.channel_count() == 1


def test_deleted_file_is_not_reported_as_changed(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    path = write_exr(tmp_path / "a.exr")
    window.open_paths([str(path)])
    settle()
    path.unlink()
    window.controller.files.file_watcher.tick()
    settle()
    assert window.controller.files.file_watcher.outdated == []


def test_sequence_issues_are_added_to_file_issues(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, settle: Settle
) -> None:
    def sequence_issues() -> list[str]:
        model = window.inspector.checks.model
        rows = [model.index(number).data() for number in range(model.rowCount())]
        return [row for row in rows if "sequence-" in row]

    for number in range(1001, 1007):
        write_exr(tmp_path / f"a.{number}.exr", compression="piz" if number == 1004 else "zip")
    write_exr(tmp_path / "a.1008.exr", compression="zip")
    write_exr(tmp_path / "b.exr", compression="zip")
    window.open_paths([str(tmp_path)])
    settle()
    assert sequence_issues() == []  # the tab is hidden
    window.inspector.show_page(InspectorPage.CHECKS)
    settle()
    assert sequence_issues() == [
        "warning: Frame 1007 is missing. (sequence-gap, a.####.exr)",
        "warning: Frame 1004 differs from the rest of the sequence in compression (piz instead of zip)."
        " (sequence-differs, a.####.exr)",
    ]
    write_exr(tmp_path / "a.1004.exr", compression="zip", height=9)
    window.controller.files.reload([entry for entry in window.controller.session if "1004" in entry.path])
    changed = "dataWindow (min 0, 0, max 7, 8 instead of min 0, 0, max 7, 7)"
    qtbot.waitUntil(lambda: any(changed in issue for issue in sequence_issues()))
    model = window.session_model
    (group,) = [model.index(row, 0) for row in range(model.rowCount())]
    window.inspector.show_page(InspectorPage.STRUCTURE)
    for row in range(model.rowCount(group)):
        if model.index(row, 0, group).data(NODE).entries[0].path.endswith("b.exr"):
            window.session.view.setCurrentIndex(model.index(row, 0, group))
    settle()
    assert sequence_issues() == []


def test_sequence_issues_are_not_shown_for_a_file_selected_later(
    window: MainWindow, tmp_path: Path, settle: Settle
) -> None:
    open_sequence_with_gap(window, tmp_path, settle)
    model, checks = window.session_model, window.inspector.checks.model
    group = model.index(0, 0)
    frames, single = model.index(0, 0, group), model.index(1, 0, group)
    window.session.view.setCurrentIndex(single)
    settle()
    window.session.view.setCurrentIndex(frames)
    window.session.view.setCurrentIndex(single)
    settle()
    assert "sequence-gap" not in checks.as_text()
    window.session.view.setCurrentIndex(frames)
    settle()
    assert "sequence-gap" in checks.as_text()


def test_filtered_sequence_keeps_its_issues_in_other_panes(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    open_sequence_with_gap(window, tmp_path, settle)
    with qtbot.waitSignal(window.session_model.arranged):
        window.session.filter.field.setText("b.exr")
    window.controller.files.changed.emit(list(window.controller.session))
    settle()
    assert "sequence-gap" in window.inspector.checks.model.as_text()
