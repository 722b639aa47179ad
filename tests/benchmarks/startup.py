"""Start-up: processor time of `--version` and of `inspect` of one file, relative to bare Python.

`inspect` is measured without settings files, and with those of a user and of a site.
"""

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
USER_SETTINGS = """\
library = "/mnt/library/exr.duckdb"
viewer = "rv {path}"

[vast]
endpoint = "https://vast.example.com"
"""
SITE_SETTINGS = """\
path_template = "/mnt/prod/{show}/{shot}/{task}/*/{version}"
patience_seconds = 30

[[roots]]
name = "prod"
prefixes = ["P:/", "/mnt/prod"]
fold_case = true

[vast]
bucket = "exr-data"
"""


def startup(folder: Path, _options: Options) -> Figures:
    """Measure processes in turn; `NAME` is the ratio to `python -c pass`, `NAME_ms` its processor time."""
    path = str(studio_file(folder / "a.1001.exr"))
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}  # installed modules are compiled
    for name in ("PYTHONDONTWRITEBYTECODE", "EXR_INSPECTOR_SETTINGS"):
        environment.pop(name, None)
    without = {**environment, "XDG_CONFIG_HOME": str(folder / "none"), "XDG_CONFIG_DIRS": str(folder / "none")}
    program = ("-m", "exr_inspector_app")
    works = [
        partial(_run, without, "-c", "pass"),
        partial(_run, without, *program, "--version"),
        partial(_run, without, *program, "inspect", path),
        partial(_run, environment | _write_settings(folder), *program, "inspect", path),
        partial(_run, without, *program, "--help"),
    ]
    bare, version, inspect, settings, help_text = race(works, ROUNDS, _child_seconds)
    return {
        "ratio": inspect / bare,
        "settings": settings / bare,
        "version": version / bare,
        "help": help_text / bare,
        "bare_ms": bare * 1e3,
        "inspect_ms": inspect * 1e3,
        "settings_ms": settings * 1e3,
        "version_ms": version * 1e3,
        "goal": 5.0,
        "version_goal": 3.0,
    }


def _write_settings(folder: Path) -> dict[str, str]:
    """Write settings files of a user and of a site; return the variables that lead to them."""
    for name, text in (("user", USER_SETTINGS), ("site", SITE_SETTINGS)):
        file = folder / name / "exr-inspector" / "settings.toml"
        file.parent.mkdir(parents=True)
        file.write_text(text)
    return {"XDG_CONFIG_HOME": str(folder / "user"), "XDG_CONFIG_DIRS": str(folder / "site")}


def _run(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, check=True)


def _child_seconds() -> float:
    """Return the processor time of all processes that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
