"""Deployment folder of the function, and an environment with only its requirements."""

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
    """Run `packaging/dev.py function` and return the folder that it builds."""
    subprocess.run([sys.executable, ROOT / "packaging" / "dev.py", "function", folder], check=True)
    return folder


def environment(folder: Path, requirements: Path) -> Path:
    """Return the Python of an environment with only the requirements, linked from the one that runs the tests."""
    venv.create(folder, with_pip=False, symlinks=True)
    [site] = folder.glob("lib/python*/site-packages")
    for package in _closure(requirements.read_text().splitlines()):
        for top in {path.parts[0] for path in package.files or () if path.parts[0] not in ("..", "__pycache__")}:
            link = site / top
            if not link.exists():
                link.symlink_to(Path(str(package.locate_file(top))))
    return folder / "bin" / "python"


def _closure(lines: list[str]) -> list[Distribution]:
    """Return the distributions of requirements and of their dependencies."""
    pending, seen, packages = [line for line in lines if line.strip()], set(), []
    while pending:
        requirement = Requirement(pending.pop())
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(name)
        try:
            package = distribution(name)
        except PackageNotFoundError as error:  # pragma: no cover
            raise AssertionError(f"{name} is required but not locked") from error
        packages.append(package)
        pending += [*(package.requires or ()), *_requirements_of_extras(package, requirement.extras)]
    return packages


def _requirements_of_extras(package: Distribution, extras: set[str]) -> list[str]:
    """Return the requirements that the extras add."""
    requirements = [Requirement(text) for text in package.requires or ()]
    added = [
        item for item in requirements if item.marker and any(item.marker.evaluate({"extra": extra}) for extra in extras)
    ]
    return [f"{item.name}{item.specifier}" for item in added]
