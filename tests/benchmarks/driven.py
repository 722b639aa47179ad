"""The real window in a process of its own, offscreen, with a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def driven(home: Path, story: str, *words: str) -> dict[str, Any]:
    """What a story of tests.gui.stopwatch saw in a fresh process; its seconds count from here."""
    home.mkdir(parents=True, exist_ok=True)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("VAST_DB_", "QT_"))},
        **{f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "CACHE")},
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "EXR_INSPECTOR_LIBRARY": str(home / "library.duckdb"),
        "QT_QPA_PLATFORM": "offscreen",
    }
    command = [sys.executable, "-m", "tests.gui.stopwatch", str(time.time()), story, *words]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
