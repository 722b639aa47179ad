"""Fixtures of the Library pane: a filled library, and the pane over it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from exr_inspector_app import config
from exr_inspector_app.gui.library.library_pane import LibraryPane
from exr_inspector_app.gui.library.page_loader import PAGE
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.widgets.tab_dock import LIBRARY
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.backend import Backend
from tests.persistence.samples import channels, payload, record
from tests.records import batch

Settle = Callable[[], None]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a library of 250 sequences in studio folders, one of them with five frames and a gap."""
    rows = [payload(path_of(n), channels=channels(4 + 4 * (n % 3))) for n in range(PAGE + 50)]
    rows[0]["parts"][0]["compression"] = "zip"
    more = [payload(path_of(0, frame), frame_number=frame, compression="zip") for frame in (1002, 1003, 1005, 1006)]
    path = tmp_path_factory.mktemp("filled") / "library.duckdb"
    LocalStore(path).publish(batch(*(record(row, seed=number % 9) for number, row in enumerate([*rows, *more]))))
    return path


@pytest.fixture
def core(filled: Path) -> Backend:
    """Return a backend over a copy of the library, with a path template."""
    made = replace(config.load(), path_template="/mnt/prod/{show}/{shot}/{task}/*/{version}")
    shutil.copy(filled, made.library)
    return Backend(made)


@pytest.fixture
def pane(window: MainWindow, settle: Settle) -> LibraryPane:
    """Return the visible and filled Library pane."""
    window.dock.show_page(LIBRARY)
    settle()
    return window.library


def path_of(number: int, frame: int = 1001) -> str:
    return f"/mnt/prod/{'orca' if number % 2 else 'kelp'}/OR_{number:03}/lighting/beauty/v001/beauty.{frame}.exr"
