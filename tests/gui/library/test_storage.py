"""Storage report in the Library pane: sections, duplicates, the filter, and its file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from exr_inspector_app import cli, config
from exr_inspector_app.gui.filters.filter_set import condition_label
from exr_inspector_app.gui.library.storage_model import NAME, SHARE, SIZE
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.widgets.tab_dock import LIBRARY
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.text.format import format_bytes
from tests.exr_files import string, write_exr

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

Settle = Callable[[], None]


@pytest.fixture
def core(tmp_path: Path) -> Backend:
    """Return a backend over a library of two versions of a sequence, and a copy of the first."""
    for version in ("v001", "v002"):
        for frame in (1001, 1002):
            owner = {"owner": string(f"{version} {frame}")}
            write_exr(tmp_path / version / f"beauty.{frame}.exr", width=64, height=64, attributes=owner)
    shutil.copytree(tmp_path / "v001", tmp_path / "backup")
    assert cli.main(["publish", "-q", str(tmp_path)]) == 0
    return Backend(config.load())


def test_report_follows_the_filter_lists_duplicates_and_leads_to_the_files(
    window: MainWindow, settle: Settle, tmp_path: Path, qtbot: QtBot
) -> None:
    pane = window.library
    page, filters = pane.storage, pane.filters
    window.dock.show_page(LIBRARY)
    settle()
    pane.storage_button.setChecked(True)
    settle()
    assert page.summary.text().startswith("6 files, ")

    def rows(column: int) -> list[str]:
        return [page.model.index(row, column).data() for row in range(page.model.rowCount())]

    assert "uncompressed" in rows(NAME)
    assert not any(name.startswith("Duplicates") for name in rows(NAME))
    page.duplicates.click()
    settle()
    assert rows(NAME)[0].startswith("Duplicates ")
    assert rows(NAME)[1] == f"{tmp_path}/backup/beauty.####.exr"
    freed = sum(path.stat().st_size for path in (tmp_path / "backup").iterdir())
    assert (rows(SIZE)[1], rows(SHARE)[1]) == (format_bytes(2 * freed), format_bytes(freed))
    page.save.click()
    (dialog,) = pane.window().findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "report.csv"))
    settle()
    assert (tmp_path / "report.csv").read_text("utf-8").startswith("section,name,files,")
    old = next(row for row, name in enumerate(rows(NAME)) if name.endswith("v#/beauty.####.exr"))
    page.view.setCurrentIndex(page.model.index(old, NAME))
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    settle()
    assert not page.isVisibleTo(pane)
    assert [condition_label(one) for one in filters.conditions] == [f"Path: {tmp_path}/v*/beauty.*.exr"]
    assert pane.model.total_rows == 2
    pane.storage_button.setChecked(True)
    settle()
    assert page.summary.text().startswith("4 files, ")  # of another filter: the duplicates are gone
    assert not any(name.startswith("Duplicates") for name in rows(NAME))
