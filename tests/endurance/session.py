"""Hours of commands in one process: files come, change, break and go; memory, handles and threads must stay flat."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import random
import threading
import time
from pathlib import Path
from typing import NamedTuple

from exr_inspector_app.cli import main
from tests.exr_files import studio_file

WARM_UP = 0.3  # of the time, in which caches and pools fill
MAX_GROWTH = 1.1


class Usage(NamedTuple):
    """Resources of this process."""

    memory_mb: float
    handles: int
    threads: int
    processes: int


def run(folder: Path, seconds: float, seed: int) -> dict[str, object]:
    """Run rounds of commands for `seconds`; raise AssertionError for a lost row or a leak.

    Args:
        folder: Folder for files and library.
        seconds: Time to run.
        seed: Seed of the order of events.
    """
    os.environ |= {"EXR_INSPECTOR_LIBRARY": str(folder / "library.duckdb"), "HOME": str(folder)}
    order, started, rounds = random.Random(seed), time.monotonic(), 0
    published: set[str] = set()
    warm: Usage | None = None
    while (spent := time.monotonic() - started) < seconds:
        _play_round(folder / "shots" / f"sh{order.randrange(40):02}", published, order)
        rounds += 1
        rows = json.loads(_command("library", "list", "--json", "--limit", "100000"))
        assert {row["file_path"] for row in rows} == published, "rows differ from the model"
        if warm is None and spent > WARM_UP * seconds:
            warm = usage()
    last, first = usage(), warm or usage()
    assert last.memory_mb <= MAX_GROWTH * first.memory_mb, f"memory grew: {first} -> {last}"
    assert last.handles <= first.handles + 2, f"handles leak: {first} -> {last}"
    assert (last.threads, last.processes) <= (first.threads + 1, first.processes), f"leak: {first} -> {last}"
    return {"rounds": rounds, "rows": len(published), "warm": first._asdict(), "end": last._asdict()}


def _play_round(shot: Path, published: set[str], order: random.Random) -> None:
    """Write or damage frames of a shot, then inspect, publish, search and remove."""
    frame = order.randrange(1001, 1011)
    path = studio_file(shot / f"beauty.{frame}.exr", frame)
    damaged = shot / "damaged.exr"
    damaged.write_bytes(path.read_bytes()[: order.randrange(400)])
    _command("inspect", "--stats", "--jsonl", str(path), str(damaged), code=1)
    _command("publish", "--previews", str(shot), code=1)
    published.update(map(str, shot.glob("beauty.*.exr")))
    _command("similar", str(path), "--json")
    damaged.unlink()
    _command("diff", str(shot), str(path))
    if order.random() < 0.3:
        rows = json.loads(_command("library", "list", "--json", "--where", f"file_path={path}"))
        _command("library", "remove", "--yes", *(row["file_id"] for row in rows))
        published.difference_update(row["file_path"] for row in rows)
        path.unlink()


def _command(*arguments: str, code: int = 0) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        result = main(list(arguments))
    assert result == code, (arguments, result, err.getvalue())
    return out.getvalue()


def usage() -> Usage:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return Usage(
        round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1),
        len(os.listdir("/proc/self/fd")),
        threading.active_count(),
        len(children),
    )
