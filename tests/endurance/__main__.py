"""Entry point of `python -m tests.endurance backfill [--files N] [--kills N] [--seed N] [--insert]`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.vast import run_server
from tests.endurance.backfill import Plan, run
from tests.exr_files import studio_frames
from tests.vast.crowd import place


def main() -> int:
    """Run the test, and print its figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.endurance", description=__doc__)
    parser.add_argument("name", choices=["backfill"])
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--insert", action="store_true", help="insert the rows, instead of importing them")
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, run_server() as endpoint:
        tree = Path(folder, "renders")
        studio_frames(tree, parsed.files, sequences=max(parsed.files // 100, 1))
        plan = Plan(place(endpoint, "endurance"), tree, Path(folder), kills=parsed.kills, seed=parsed.seed)
        print(json.dumps(run(plan, is_import=not parsed.insert)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
