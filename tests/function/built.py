"""The function's folder as it is deployed, in an environment that holds what its requirements ask for and no more."""

from __future__ import annotations

import re
import subprocess
import sys
import venv
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent.parent


def build(folder: Path) -> Path:
    """The folder that `packaging/dev.py function` builds."""
    subprocess.run([sys.executable, ROOT / "packaging" / "dev.py", "function", folder], check=True)
    return folder


def environment(folder: Path, requirements: Path) -> Path:
    """The Python of a virtual environment with the requirements alone, linked from the one that runs the tests."""
    venv.create(folder, with_pip=False, symlinks=True)
    [site] = folder.glob("lib/python*/site-packages")
    for found in _closure(requirements.read_text().splitlines()):
        for top in {path.parts[0] for path in found.files or () if path.parts[0] not in ("..", "__pycache__")}:
            link = site / top
            if not link.exists():
                link.symlink_to(Path(str(found.locate_file(top))))
    return folder / "bin" / "python"


def _closure(lines: list[str]) -> list[Distribution]:
    """The distributions that some requirements lead to."""
    waiting, met, found = [line for line in lines if line.strip()], set(), []
    while waiting:
        wanted = Requirement(waiting.pop())
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if name in met or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        met.add(name)
        try:
            one = distribution(name)
        except PackageNotFoundError as error:  # pragma: no cover
            raise AssertionError(f"{name} is asked for but not locked") from error
        found.append(one)
        waiting += [*(one.requires or ()), *_of_extras(one, wanted.extras)]
    return found


def _of_extras(one: Distribution, extras: set[str]) -> list[str]:
    """What the extras of a requirement ask for besides."""
    listed = [Requirement(text) for text in one.requires or ()]
    asked = [want for want in listed if want.marker and any(want.marker.evaluate({"extra": e}) for e in extras)]
    return [f"{want.name}{want.specifier}" for want in asked]
