"""Entry point of `python -m tests.endurance`: `session`, `window` [--seconds N], and `backfill` [--files N]."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from tests.benchmarks.vast import run_server
from tests.endurance.backfill import Plan, run
from tests.exr_files import studio_frames
from tests.vast.crowd import place


def main() -> int:
    """Run the test, and print its figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.endurance", description=__doc__)
    parser.add_argument("name", choices=["backfill", "session", "window"])
    parser.add_argument("--seconds", type=float, default=300.0, help="time of `session` and `window`")
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--insert", action="store_true", help="insert the rows, instead of importing them")
    parsed = parser.parse_args()
    if parsed.name in ("session", "window"):
        run_day = import_module(f"tests.endurance.{parsed.name}").run  # the session runs without Qt
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(run_day(Path(folder), parsed.seconds, parsed.seed)))
        return 0
    with tempfile.TemporaryDirectory() as folder, run_server() as endpoint:
        tree = Path(folder, "renders")
        studio_frames(tree, parsed.files, sequences=max(parsed.files // 100, 1))
        plan = Plan(place(endpoint, "endurance"), tree, Path(folder), kills=parsed.kills, seed=parsed.seed)
        print(json.dumps(run(plan, is_import=not parsed.insert)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
