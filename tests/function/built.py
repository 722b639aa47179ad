"""Deployment folder of the function, and an environment with only its locked packages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parent.parent.parent


def build(folder: Path) -> Path:
    """Run `packaging/dev.py function` and return the folder that it builds."""
    subprocess.run([sys.executable, ROOT / "packaging" / "dev.py", "function", folder], check=True)
    return folder


def environment(folder: Path, requirements: Path) -> Path:
    """Return the Python of an environment with only the locked packages; each file is a link to that of this one."""
    venv.create(folder, with_pip=False, symlinks=True)
    [site] = folder.glob("lib/python*/site-packages")
    for name in pins(requirements.read_text()):
        package = distribution(name)
        for file in package.files or ():
            if file.parts[0] != ".." and os.path.exists(package.locate_file(file)):
                link = site / file
                link.parent.mkdir(parents=True, exist_ok=True)
                if not link.exists():  # packages share folders such as `google`
                    link.symlink_to(Path(str(package.locate_file(file))))
    return folder / "bin" / "python"


def pins(lock: str) -> dict[str, str]:
    """Return the version of each package of a lock that is for this Python and system."""
    lines = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; (.+?))?(?: \\)?$", lock, re.MULTILINE)
    return {name: version for name, version, marker in lines if not marker or Marker(marker).evaluate()}
