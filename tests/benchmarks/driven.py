"""Driver of the real window in a separate process, offscreen, with a temporary home folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def run_story(home: Path, story: str, *arguments: str) -> dict[str, Any]:
    """Run a story of tests.gui.stopwatch in a new process and return its figures; seconds count from this call."""
    return run_module(home, "tests.gui.stopwatch", str(time.time()), story, *arguments)


def run_module(home: Path, module: str, *arguments: str) -> dict[str, Any]:
    """Run a module that shows the window in a new process, and return the JSON object that it prints."""
    home.mkdir(parents=True, exist_ok=True)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("VAST_DB_", "QT_"))},
        **{f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "CACHE")},
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "EXR_INSPECTOR_LIBRARY": str(home / "library.duckdb"),
        "QT_QPA_PLATFORM": "offscreen",
    }
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    result: dict[str, Any] = json.loads(done.stdout)
    return result
