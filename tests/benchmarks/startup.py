"""Start-up: processor time of `--version` and of `inspect` of one file, relative to bare Python."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from functools import partial
from pathlib import Path

from tests.benchmarks.measure import Figures, Options, race
from tests.exr_files import studio_file

ROUNDS = 15


def startup(folder: Path, _options: Options) -> Figures:
    """Measure three processes in turn; `NAME` is the ratio to `python -c pass`, `NAME_ms` its processor time."""
    path = str(studio_file(folder / "a.1001.exr"))
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}  # installed modules are compiled
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    program = ("-m", "exr_inspector_app")
    works = [
        partial(_run, environment, *rest)
        for rest in (("-c", "pass"), (*program, "--version"), (*program, "inspect", path))
    ]
    bare, version, inspect = race(works, ROUNDS, _child_seconds)
    return {
        "ratio": inspect / bare,
        "version": version / bare,
        "bare_ms": bare * 1e3,
        "version_ms": version * 1e3,
        "inspect_ms": inspect * 1e3,
        "goal": 5.0,
        "version_goal": 3.0,
    }


def _run(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, check=True)


def _child_seconds() -> float:
    """Return the processor time of all processes that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
