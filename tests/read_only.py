"""Read-only mounts for tests: commands that see a folder on a file system that cannot be written, even by root."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_MOUNT = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'


def read_only(folder: Path, *command: str) -> list[str]:
    """Return the command line that runs a command while a folder is mounted read-only; skip the test where it cannot.

    Args:
        folder: An existing folder. Only the command sees the mount.
        command: Arguments of Python, such as `-m exr_inspector_app`.
    """
    if not _can_mount():
        pytest.skip("this machine does not permit mounts")
    return ["unshare", "-rm", "sh", "-c", _MOUNT, str(folder), sys.executable, *command]


def run_read_only(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line program while a folder is mounted read-only."""
    command = read_only(folder, "-m", "exr_inspector_app", *map(str, arguments))
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)


@lru_cache(maxsize=1)
def _can_mount() -> bool:
    if not shutil.which("unshare"):
        return False
    command = ["unshare", "-rm", "sh", "-c", "mount --bind /tmp /tmp && mount -o remount,bind,ro /tmp"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
