"""Backfill whose loader and workers are killed at random moments: in the end every row exists once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from exr_inspector_app.config import Vast
from exr_inspector_app.persistence.vast import VastStore
from tests.backfill.conftest import prove_import
from tests.vast.crowd import SECRET

SHARD_FILES = 50
WORKERS = 2
TABLES = ("files", "parts", "channels", "attributes")


@dataclass(frozen=True)
class Plan:
    """Parameters of a run."""

    vast: Vast
    tree: Path
    folder: Path  # of the work folders
    kills: int
    seed: int = 1
    last_kill_s: float = 2.0  # after the workers have started, or after the kill before


def run(plan: Plan, *, is_import: bool) -> dict[str, Any]:
    """Kill processes until the backfill has finished and `kills` are done; check the rows and return figures."""
    if is_import:
        prove_import(plan.vast)
    dice, kills, rounds = random.Random(plan.seed), Counter[str](), 0
    started = time.monotonic()
    while True:
        loader = start(plan, rounds)
        is_finished = disturb(loader, dice, kills, plan)
        if is_finished:
            rounds += 1  # another backfill of the same files, into the same tables
            if kills.total() >= plan.kills:
                break
    files = check_rows(plan)
    figures = {"files": files, "backfills": rounds, "seconds": round(time.monotonic() - started, 1)}
    return {**figures, "loaders_killed": kills["loader"], "workers_killed": kills["worker"]}


def start(plan: Plan, number: int) -> subprocess.Popen[bytes]:
    """Start or continue a backfill."""
    vast = plan.vast
    values = {"ENDPOINT": vast.endpoint, "ACCESS_KEY": vast.access_key, "SECRET_KEY": SECRET, "BUCKET": vast.bucket}
    named = {f"VAST_DB_{name}": value for name, value in {**values, "SCHEMA": vast.schema}.items()}
    command = [sys.executable, "-m", "exr_inspector_app", "backfill", str(plan.tree), "--target", "vast"]
    command += [
        "--workers",
        str(WORKERS),
        "--shard-files",
        str(SHARD_FILES),
        "--work",
        str(plan.folder / f"work{number}"),
    ]
    environment = {**os.environ, **named, "EXR_INSPECTOR_PATIENCE": "30"}
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)


def disturb(loader: subprocess.Popen[bytes], dice: random.Random, kills: Counter[str], plan: Plan) -> bool:
    """Kill workers, and perhaps the loader; return True if the loader has finished."""
    while kills.total() < plan.kills and wait_for_workers(loader):
        time.sleep(dice.uniform(0.0, plan.last_kill_s))
        workers = worker_ids(loader.pid) if loader.poll() is None else []
        if not workers:
            break
        if dice.random() < 0.6:
            os.kill(dice.choice(workers), signal.SIGKILL)
            kills["worker"] += 1
        else:
            loader.kill()
            loader.communicate()
            kills["loader"] += 1
            return False
    _, words = loader.communicate()
    assert loader.returncode == 0, words.decode()
    return True


def wait_for_workers(loader: subprocess.Popen[bytes]) -> bool:
    """Wait until a loader has its workers; return False if it has ended."""
    while loader.poll() is None:
        if len(worker_ids(loader.pid)) >= WORKERS:
            return True
        time.sleep(0.05)
    return False


def worker_ids(parent: int) -> list[int]:
    """Return the process ids of the workers of a loader."""
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
    except OSError:  # one has ended meanwhile
        return []


def check_rows(plan: Plan) -> int:
    """Assert that the stored rows are those of one publish of each file, and return the number of files."""
    tables = {name: stored(plan.vast, name) for name in TABLES}
    attempts = {row["file_id"]: row["attempt_id"] for row in tables["files"].to_pylist()}
    count = len(list(plan.tree.rglob("*.exr")))
    assert len(attempts) == len(tables["files"]) == count
    for name in TABLES[1:]:
        rows = tables[name].to_pylist()
        order = "part_index" if name == "parts" else "position"
        keys = Counter((row["file_id"], row[order]) for row in rows)
        assert set(keys.values()) == {1}, name
        assert all(attempts[row["file_id"]] == row["attempt_id"] for row in rows), name
        assert {file_id for file_id, _ in keys} == set(attempts), name
    channels = Counter(tables["channels"]["file_id"].to_pylist())
    assert {row["file_id"]: row["channel_count"] for row in tables["files"].to_pylist()} == channels
    store = VastStore(plan.vast)
    assert store.check().problems == ()
    store.close()
    return count


def stored(vast: Vast, table: str) -> pa.Table:
    """Return all rows of a table, including those that readers do not see."""
    columns = ["channel_count"] if table == "files" else ["part_index" if table == "parts" else "position"]
    with urllib.request.urlopen(f"{vast.endpoint}/__rows?schema={vast.schema}&table={table}") as reply:
        rows = pa.ipc.open_stream(reply.read()).read_all()
    return rows.select(["file_id", "attempt_id", *columns])
