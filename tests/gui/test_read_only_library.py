"""Window over a library that cannot be written: it shows and searches, and a publish is refused before it starts."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from exr_inspector_app.persistence.local import LocalStore
from tests.persistence.samples import batch
from tests.read_only import ROOT, read_only
from tests.records import record_of

WINDOW = """
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtWidgets import QApplication
from exr_inspector_app import config
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.services.backend import Backend

app, tasks = QApplication([]), TaskRunner()
controller = Controller(Backend(config.load()), tasks)
window = MainWindow(controller, WindowState())
window.show()

def settle():
    while tasks.running():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
    QCoreApplication.processEvents()

window.open_paths([sys.argv[1]])
settle()
statuses = [entry.status.value for entry in controller.session]
window.actions_["similar"].trigger()
settle()
matches = len(controller.search.similar.hits or ())
window.actions_["publish"].trigger()
settle()
print(json.dumps([statuses, matches, window.sheet.notice.text, window.sheet.publish.isEnabled()]))
window.hide()
controller.close()
tasks.close()
"""


def test_window_reads_a_read_only_library_and_refuses_to_publish(
    shot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "shared" / "library.duckdb"
    monkeypatch.setenv("EXR_INSPECTOR_LIBRARY", str(library))
    LocalStore(library).publish(batch(*map(record_of, sorted(shot.iterdir()))))
    command = read_only(library.parent, "-c", WINDOW, str(shot))
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    statuses, matches, notice, is_enabled = json.loads(done.stdout.splitlines()[-1])
    assert (statuses, matches) == (["already there"] * 3, 1)
    refused = f"No permission to write to {library}. Choose another library in Settings."
    assert notice.startswith(f"Local library is unavailable {refused}")
    assert not is_enabled
