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
        managers = [
            subprocess.Popen(
                [path], env={**os.environ, "DISPLAY": name}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            for path in list(filter(None, map(shutil.which, MANAGERS)))[:1]
        ]
        try:
            yield name
        finally:
            for process in (*managers, server):
                process.terminate()
                process.wait()


def play(story: str, display: str, folder: Path) -> dict[str, Any]:
    """Play a story, and return its observations."""
    data.PREPARED[story](folder)
    done = subprocess.run(
        [sys.executable, "-m", "tests.gui.stories", story, str(folder)],
        capture_output=True, text=True, cwd=CHECKOUT, timeout=200,
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


@pytest.mark.skipif(bool(reader.missing()), reason=f"{reader.missing()} is not installed")
def test_screen_reader_reads_roles_and_names(display: str, tmp_path: Path) -> None:
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-m", "tests.gui.stories.reader", str(tmp_path / "objects.json")],
        capture_output=True, text=True, cwd=CHECKOUT, timeout=200,
        env=environment(DISPLAY=display, QT_QPA_PLATFORM="xcb"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    objects = json.loads((tmp_path / "objects.json").read_text(encoding="utf-8"))
    seen: reader.Seen = [(role, name, has_focus) for role, name, has_focus in objects]
    assert reader.lacks(seen) == set(), done.stderr
    assert [role for role, name, _ in seen if role in reader.ROLES - {reader.CELL} and not name.strip()] == []


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
