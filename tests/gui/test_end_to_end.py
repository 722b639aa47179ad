"""End-to-end tests of the program: in a window on its own X server, without a display, and as a screenshot."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exr_files import studio_file

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def display() -> Iterator[str]:
    """Start an X server for one test and yield its display."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as numbers:
            number = numbers.readline().strip()  # written when the server is ready
        assert number, "Xvfb did not start"
        try:
            yield f":{number}"
        finally:
            server.terminate()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Return a folder with two renders of one show that share their set-up, and an unrelated file."""
    folder = tmp_path / "shots"
    for frame in range(1001, 1006):
        studio_file(folder / "beauty" / f"beauty.{frame}.exr", frame)
    studio_file(folder / "still.exr", 7)
    studio_file(folder / "other.exr", show="kelp", compression="zip", channels=("B", "G", "R"))
    return folder


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of this process without a display, with `changes`."""
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    inherited = {name: value for name, value in os.environ.items() if name not in hidden}
    return {**inherited, "PYTHONPATH": str(CHECKOUT), **changes}


def run_program(*arguments: str | Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    command = [sys.executable, "-m", "exr_inspector_app", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment(**changes), timeout=200)


def test_drop_publish_and_find_similar_in_a_real_window(display: str, shots: Path, tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    done = subprocess.run(
        [sys.executable, "-m", "tests.gui.drive", str(shots), str(picture)],
        capture_output=True, text=True, cwd=CHECKOUT, timeout=200,
        env=environment(DISPLAY=display, QT_QPA_PLATFORM="xcb"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["platform"] == "xcb"
    assert seen["inspected"] == ["new"] * 7
    assert seen["channels"] == 40
    assert seen["plan"] == "Publish 7 files"
    assert seen["published"] == 7
    assert seen["result"].startswith("Added 7 files in ")
    assert seen["similar"] == 3  # the sequence, the still and the unrelated file
    assert seen["size"] == [1400, 860]
    assert seen["colors"] > 100  # something was painted
    assert picture.stat().st_size > 20_000
    assert "Traceback" not in done.stderr


def test_screenshot_needs_no_display(shots: Path, tmp_path: Path) -> None:
    picture = tmp_path / "shot.png"
    done = run_program("--screenshot", picture, shots)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(picture.read_bytes()[16:20], "big") == 1600
    assert not list((tmp_path / "home").rglob("window.ini"))  # it saves no window state


def test_screenshot_of_a_missing_file_is_saved(tmp_path: Path) -> None:
    picture = tmp_path / "shot.png"
    done = run_program("--screenshot", picture, tmp_path / "missing.1001.exr")
    assert (done.returncode, done.stderr) == (0, "")
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_unwritable_screenshot_is_reported_in_one_line(tmp_path: Path) -> None:
    done = run_program("--screenshot", tmp_path / "absent" / "shot.png")
    assert done.returncode == 1
    assert done.stderr.startswith("Cannot write the screenshot to ")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
def test_missing_display_is_reported_with_the_screenshot_option() -> None:
    done = run_program()
    assert done.returncode == 1
    assert "--screenshot" in done.stderr
    assert done.stderr.count("\n") == 1
