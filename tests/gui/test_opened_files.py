"""Opened files are shown: selected, scrolled to, and in the other panes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.opened_files import OpenedFiles
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.model import Problem
from tests.exr_files import write_exr
from tests.gui import dropping
from tests.records import small

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def shown_name(window: MainWindow) -> str:
    """Return the name that the inspector shows, if the row of the file is selected and in view."""
    view, entry = window.session.view, window.controller.files.selection
    assert entry is not None
    index = window.session_model.index_of(entry)
    assert view.selectionModel().isSelected(index)
    assert view.viewport().rect().intersects(view.visualRect(index))
    assert window.preview.state.entry is entry
    return window.inspector.header.name.text()


def test_dropped_file_is_selected_and_scrolled_to(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    for number in range(25):
        write_exr(tmp_path / "many" / f"layer_{number:02}a.exr")
    late = write_exr(tmp_path / "zz" / "late.exr")
    window.open_paths([str(tmp_path / "many")])
    settle()
    assert shown_name(window) == "layer_00a.exr"
    data = dropping.files(late)
    assert dropping.enter(window, data)
    dropping.drop(window, data)
    settle()
    assert shown_name(window) == "late.exr"
    window.open_paths([str(tmp_path / "many" / "layer_20a.exr")])  # it is in the session already
    settle()
    assert shown_name(window) == "layer_20a.exr"


def test_opened_frame_of_a_listed_sequence_is_shown(window: MainWindow, shot: Path, settle: Settle) -> None:
    window.open_paths([str(shot)])
    settle()
    window.open_paths([str(shot / "beauty.1003.exr")])
    settle()
    assert shown_name(window) == "beauty.1003.exr"


def test_broken_first_file_does_not_hide_the_good_ones(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    (tmp_path / "a_broken.exr").write_bytes(b"no OpenEXR file")
    write_exr(tmp_path / "b_good.exr")
    window.open_paths([str(tmp_path)])
    settle()
    assert shown_name(window) == "b_good.exr"


def test_selection_of_the_user_stays() -> None:
    shown: list[SessionFile] = []
    broken, good, chosen = (SessionFile(name) for name in ("/a.exr", "/b.exr", "/c.exr"))
    selection = [broken]
    on_file = OpenedFiles(shown.append, lambda: selection[0]).watch()
    for entry in (broken, good):
        on_file(entry)
    selection[0] = chosen
    broken.problem = Problem("not-exr", "Not an OpenEXR file.")
    on_file(broken)
    good.problem = None
    on_file(good)
    assert shown == [broken]


def test_first_readable_file_is_shown_whichever_is_inspected_first(tmp_path: Path) -> None:
    shown: list[SessionFile] = []
    broken, first, second = (SessionFile(name) for name in ("/a.exr", "/b.0001.exr", "/b.0002.exr"))
    on_file = OpenedFiles(shown.append, lambda: broken).watch()
    for entry in (broken, first, second):
        on_file(entry)
    broken.problem = Problem("not-exr", "Not an OpenEXR file.")
    on_file(broken)
    for entry in (second, first):  # as workers end
        entry.record = small(tmp_path)
        on_file(entry)
    assert shown == [broken, first]


def test_filtered_out_file_is_selected_once_it_is_listed(
    window: MainWindow, shot: Path, tmp_path: Path, settle: Settle
) -> None:
    other = write_exr(tmp_path / "other.exr")
    window.open_paths([str(shot)])
    settle()
    window.session_filter.sorter.set(text="beauty")
    window.open_paths([str(other)])
    settle()
    assert window.inspector.header.name.text() == "other.exr"
    window.session_filter.sorter.set(text="")
    assert shown_name(window) == "other.exr"
