"""End-to-end stories in real windows on an X server with a window manager, each in its own process and home.

With EXR_INSPECTOR_STORY_SHOTS=FOLDER their screenshots are saved, to be looked at.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gui.stories import data, reader
from tests.gui.test_end_to_end import CHECKOUT, environment

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed"),
]
MANAGERS = ("openbox", "matchbox-window-manager", "metacity", "xfwm4", "twm")
SCREEN = "1680x1080x24"


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """Start an X server with a window manager, where one is installed, and yield its display."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as numbers:
            name = f":{numbers.readline().strip()}"  # written when the server is ready
        manager = next((path for one in MANAGERS if (path := shutil.which(one))), None)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        managing = subprocess.Popen([manager], env={**os.environ, "DISPLAY": name}, **quiet) if manager else None
        try:
            yield name
        finally:
            for process in filter(None, (managing, server)):
                process.terminate()
                process.wait()


def play(story: str, display: str, folder: Path) -> dict[str, Any]:
    """Play a story, and return what was seen."""
    data.PREPARED[story](folder)
    done = subprocess.run(
        [sys.executable, "-m", "tests.gui.stories", story, str(folder)],
        capture_output=True, text=True, cwd=CHECKOUT, timeout=100,
        env=environment(DISPLAY=display, QT_QPA_PLATFORM="xcb"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    assert seen.pop("platform") == "xcb"
    is_active = seen.pop("is_active")  # only a window manager gives a window the focus
    assert is_active or not any(map(shutil.which, MANAGERS))
    colors = {key: seen.pop(key) for key in list(seen) if key.startswith("colors of ")}
    assert min(colors.values()) > 100, colors
    return seen


ROLES = {"push button", "check box", "combo box", "slider", "text", "page tab", "menu item", "tree", "table cell"}


@pytest.mark.skipif(bool(reader.missing()), reason=f"{reader.missing()} is not installed")
def test_screen_reader_reads_roles_and_names(display: str, tmp_path: Path) -> None:
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-m", "tests.gui.stories.reader", str(tmp_path / "objects.json")],
        capture_output=True, text=True, cwd=CHECKOUT, timeout=100,
        env=environment(DISPLAY=display, QT_QPA_PLATFORM="xcb"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    objects = json.loads((tmp_path / "objects.json").read_text(encoding="utf-8"))
    seen: reader.Seen = [(role, name, has_focus) for role, name, has_focus in objects]
    assert {role for role, _, _ in seen} > ROLES, done.stderr
    assert [role for role, name, _ in seen if role in ROLES - {"table cell"} and not name.strip()] == []
    names = {(role, name) for role, name, _ in seen}
    assert {
        ("frame", "exr-inspector"), ("push button", "Publish to Local library"), ("tree", "Session"),
        ("page tab", "Structure"), ("check box", "Red"), ("slider", "Exposure"), ("menu item", "File"),
    } <= names  # fmt: skip
    assert any(role == "table cell" and name.endswith("beauty.####.exr") for role, name, _ in seen)
    assert any(role == "table cell" and has_focus for role, _, has_focus in seen)


def test_first_start_by_keyboard_alone(display: str, tmp_path: Path) -> None:
    seen = play("first_start", display, tmp_path / "story")
    assert seen.pop("undone").startswith("Undone: 8 files removed")
    assert seen == {
        "start page": True, "reached by Tab": True, "files": 9, "tour": True, "next problem": "crypto.1003.exr",
        "attributes": True, "plan has the focus": True, "writable": True, "published": 8,
    }  # fmt: skip


def test_similar_and_library_of_thousands(display: str, tmp_path: Path) -> None:
    seen = play("library", display, tmp_path / "story")
    assert seen == {"library": data.LIBRARY_FILES, "similar": 50, "rows": data.LIBRARY_FILES}


def test_vast_is_lost_and_back(display: str, tmp_path: Path) -> None:
    seen = play("vast", display, tmp_path / "story")
    assert seen == {"banner": True, "files at fault": 0, "banner after": False, "rows": 3}


def test_thousands_are_dropped_and_the_window_closes_in_the_middle(display: str, tmp_path: Path) -> None:
    assert play("thousands", display, tmp_path / "story") == {"is inspecting": True}


def test_faults_of_the_machine(display: str, tmp_path: Path) -> None:
    seen = play("faults", display, tmp_path / "story")
    assert seen == {
        "settings banner": True, "damaged": 1, "target": "", "banner": False, "gone": 3, "small": [True, True],
    }  # fmt: skip
