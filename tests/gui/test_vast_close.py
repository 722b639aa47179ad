"""Window that is closed while a VAST Database does not answer a request of a publish: its process ends."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.exr_files import write_exr
from tests.read_only import ROOT
from tests.vast_server import VastServer

WINDOW = """
import os, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from exr_inspector_app import config
from exr_inspector_app.gui import app
from exr_inspector_app.gui.main_window.window import MainWindow

def drive():
    windows = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]
    controller = windows[0].controller if windows else None
    records = [entry.record for entry in controller.session if entry.record] if controller else []
    if records and not controller.publishing.is_running:
        controller.targets.choose("vast")
        controller.publishing.publish(records, "VAST")
    if os.path.exists(sys.argv[2]):
        QApplication.exit(0)  # after the question of a window that is closed

running = app._application()
timer = QTimer()
timer.timeout.connect(drive)
timer.start(50)
sys.exit(app.run([sys.argv[1]], config.load()))
"""


@pytest.mark.slow
def test_window_closes_while_a_server_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    render, sign = write_exr(tmp_path / "render.exr"), tmp_path / "quit"
    with VastServer(buckets=("vastdb",), access="KEY", secret="SECRET") as server:
        variables = {"ENDPOINT": server.endpoint, "ACCESS_KEY": "KEY", "SECRET_KEY": "SECRET", "BUCKET": "vastdb"}
        for name, value in variables.items():
            monkeypatch.setenv(f"VAST_DB_{name}", value)
        monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
        server.fault("commit", "hold")
        command = [sys.executable, "-c", WINDOW, str(render), str(sign)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) as window:
            deadline = time.monotonic() + 120
            while not server.is_holding and time.monotonic() < deadline:
                assert window.poll() is None, window.stderr and window.stderr.read()
                time.sleep(0.05)
            sign.touch()
            try:
                _, errors = window.communicate(timeout=100)
            finally:
                window.kill()
        assert (window.returncode, server.is_holding) == (0, True), errors
