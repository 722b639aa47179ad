"""Backfill whose processes are killed, and backfill on Ray: rows are exact in the end."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from exr_inspector_app.config import Vast
from tests.backfill.conftest import FILES
from tests.endurance.backfill import Plan, run

HAS_RAY = importlib.util.find_spec("ray") is not None
HAS_PROC = Path(f"/proc/self/task/{os.getpid()}/children").exists()


@pytest.mark.slow
@pytest.mark.vast
@pytest.mark.skipif(not HAS_PROC, reason="this system does not list the children of a process")
def test_rows_are_exact_after_kills(vast: Vast, tree: Path, tmp_path: Path) -> None:
    figures = run(Plan(vast, tree, tmp_path, kills=3, seed=5, last_kill_s=0.4), is_import=True)
    assert figures["files"] == FILES
    assert figures["loaders_killed"] + figures["workers_killed"] == 3


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.skipif(not HAS_RAY, reason="Ray is not installed; it is in the extra `cluster`")
def test_ray_runs_the_shards(tree: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "exr_inspector_app", "backfill", str(tree), "--engine", "ray", "--workers", "2"]
    done = subprocess.run([*command, "--shard-files", "8", "--json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    assert (counts["inserted"], counts["present"], counts["failed"]) == (FILES, 0, 0)
