"""A person's way through a real window on a real X server: drop, publish, similar."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.exr_files import studio_file, write_exr

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of our own."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1680x1050x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    try:
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def test_drop_publish_and_find_similar_in_a_real_window(display: str, tmp_path: Path) -> None:
    folder, pictures = tmp_path / "renders", tmp_path / "pictures"
    pictures.mkdir()
    for frame in range(1001, 1006):
        studio_file(folder / "v1" / f"beauty.{frame}.exr", frame)
        studio_file(folder / "v2" / f"beauty.{frame}.exr", frame, compression="zip")
    write_exr(folder / "half.exr", height=30, present=10)
    (folder / "bad.exr").write_bytes(b"not an image")
    environ = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    command = [sys.executable, "-m", "tests.gui.drive", str(folder), str(pictures)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    # The damaged and the unfinished file are left out of the publish.
    assert (seen["platform"], seen["files"], seen["failed"], seen["published"]) == ("xcb", 12, 1, 10)
    assert ["same set-up", 5] in seen["hits"] or ["same sequence", 5] in seen["hits"]
    for name in ("dropped", "plan", "similar"):
        shot = QImage(str(pictures / f"{name}.png"))
        assert (shot.width(), shot.height()) == (1600, 1000)
        colours = {shot.pixel(x, y) for x in range(0, 1600, 7) for y in range(0, 1000, 7)}
        assert len(colours) > 20, "the window is blank"


def test_a_picture_is_made_without_a_display(tmp_path: Path) -> None:
    write_exr(tmp_path / "a.exr")
    out = tmp_path / "out.png"
    environ = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "QT_QPA_PLATFORM")}
    command = [sys.executable, "-m", "exr_inspector_app", "--screenshot", str(out), str(tmp_path / "a.exr")]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert QImage(str(out)).width() == 1600


def test_a_machine_without_a_display_is_told_of_the_picture(tmp_path: Path) -> None:
    gone = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environ = {name: value for name, value in os.environ.items() if name not in gone}
    command = [sys.executable, "-m", "exr_inspector_app", str(write_exr(tmp_path / "a.exr"))]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "--screenshot" in done.stderr
    assert len(done.stderr.splitlines()) == 1
