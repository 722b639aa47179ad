"""Header of the inspected file: its chips, and which of them are shown in a narrow pane."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exr_inspector_app.gui.main_window.window import MainWindow
from tests.exr_files import string, write_exr

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]
ARNOLD = {"arnold/version": string("7.1.3.0 [a8020120] windows clang-10.0.1 oiio-2.4.1")}
OIIOTOOL = {"Software": string("OpenImageIO 2.3.14 : oiiotool -i /home/ann/a.exr -o b.exr")}


def chips_of(window: MainWindow, settle: Settle, path: Path) -> list[str]:
    window.open_paths([str(path)])
    settle()
    return [label for label, _ in window.inspector.header.chips.chips]


@pytest.mark.parametrize(
    ("attributes", "program"),
    [
        (ARNOLD, "Arnold 7.1.3.0"),
        (OIIOTOOL, "OpenImageIO 2.3.14"),
        ({**ARNOLD, **OIIOTOOL}, "Arnold 7.1.3.0"),
        ({}, "1 part"),
    ],
)
def test_program_is_the_first_chip_without_its_build(
    window: MainWindow, tmp_path: Path, settle: Settle, attributes: dict[str, bytes], program: str
) -> None:
    path = write_exr(tmp_path / "a.exr", attributes=attributes)
    assert chips_of(window, settle, path)[0] == program


def test_program_of_another_part_is_shown(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    parts = ({"channels": ("R",)}, {"channels": ("Z",), "attributes": ARNOLD})
    assert chips_of(window, settle, write_exr(tmp_path / "a.exr", parts=parts))[0] == "Arnold 7.1.3.0"


def test_program_is_shown_in_a_narrow_pane(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    chips_of(window, settle, write_exr(tmp_path / "a.exr", attributes=ARNOLD))
    chips = window.inspector.header.chips
    chips.setFixedWidth(70)
    labels = chips.shown_labels
    assert len(labels) == 1
    assert labels[0].startswith("Arno")
    chips.setFixedWidth(400)
    assert chips.shown_labels[:2] == ["Arnold 7.1.3.0", "1 part"]
