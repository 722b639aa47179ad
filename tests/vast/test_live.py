"""Command `python -m tests.live`: the behaviour tests of the store, over a cluster given by the environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.vast.crowd import ACCESS, BUCKET, SECRET
from tests.vast_server import VastServer

ROOT = Path(__file__).parents[2]


def run_live(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    settings = {f"VAST_DB_{name.upper()}": value for name, value in variables.items()}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    command = [sys.executable, "-m", "tests.live", "-q", *options]
    return subprocess.run(command, env={**environment, **settings}, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.slow
def test_behaviour_tests_run_over_the_cluster_and_leave_nothing() -> None:
    with VastServer(buckets=(BUCKET,), access=ACCESS, secret=SECRET) as server:
        keys = {"endpoint": server.endpoint, "bucket": BUCKET, "access_key": ACCESS, "secret_key": SECRET}
        ran = run_live("-k", "publishing_twice or undo_removes_files_inserted", **keys)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert "2 passed" in ran.stdout
        assert sum(request.kind == "schema_create" for request in server.log) == 2
        assert server.database.committed.schemas == frozenset()


def test_missing_settings_are_named() -> None:
    ran = run_live()
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("Set VAST_DB_ENDPOINT")
