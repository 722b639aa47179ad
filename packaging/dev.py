"""Set up and run exr-inspector from a checkout, with nothing but Python's standard library.

python3 packaging/dev.py run [PATH...]    open the window (or run a command) on the given files
python3 packaging/dev.py test [ARG...]    pass the tests
python3 packaging/dev.py lint             check style, types and import contracts
python3 packaging/dev.py bench [NAME...]  print the benchmarks
python3 packaging/dev.py function [OUT]   build the folder of the serverless function (build/function)
python3 packaging/dev.py lock             write packaging/requirements.lock anew
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from function_folder import FolderRefusedError, build_function
from system_libraries import QT_LIBRARIES, ensure_installed

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "packaging" / "requirements.lock"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

RUN_NEEDS = ["venv", *QT_LIBRARIES, "fonts"]
TEST_NEEDS = [*RUN_NEEDS, "Xvfb"]
LINT_NEEDS = ["venv"]


def main(words: Sequence[str]) -> int:
    """The exit code of the task that the first word names."""
    tasks = {"run": run, "test": test, "lint": lint, "bench": bench, "function": function, "lock": lock}
    if not words or words[0] not in tasks:
        print(__doc__)
        return 2
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        print(f"Python 3.11, 3.12 or 3.13 is needed; this is {sys.version.split()[0]}.")
        return 1
    try:
        return tasks[words[0]](list(words[1:]))
    except subprocess.CalledProcessError as error:
        print(f"This step failed (exit {error.returncode}): {' '.join(map(str, error.cmd))}")
        return 1


def run(words: list[str]) -> int:
    """The window, or any command, on the given paths."""
    if not set_up(RUN_NEEDS):
        return 1
    return call([PYTHON, "-m", "exr_inspector_app", *words], cwd=Path.cwd())


def test(words: list[str]) -> int:
    """The whole suite, or what is asked for."""
    if not set_up(TEST_NEEDS):
        return 1
    return call([PYTHON, "-m", "pytest", "-n", "auto", "--dist", "worksteal", *words])


def lint(words: list[str]) -> int:
    """Style, types and who may import whom."""
    if not set_up(LINT_NEEDS):
        return 1
    checks = [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["lint-imports"]]
    return max(call([BIN / check[0], *check[1:]]) for check in checks)


def bench(words: list[str]) -> int:
    """The benchmarks, each side of a ratio measured in the same run."""
    if not set_up(RUN_NEEDS):
        return 1
    return call([PYTHON, "-m", "tests.benchmarks", *words])


def function(words: list[str]) -> int:
    """The folder that VAST DataEngine takes: main.py, requirements.txt and the core, without the window."""
    out = Path(words[0]) if words else ROOT / "build" / "function"
    try:
        build_function(ROOT, out)
    except FolderRefusedError as error:
        print(error)
        return 1
    print(f"The function is in {out}.")
    return 0


def lock(words: list[str]) -> int:
    """The exact versions that CI installs, for every supported Python and system."""
    if not set_up(LINT_NEEDS):
        return 1
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "uv"], check=True)
    flags = ["--extra", "test", "--universal", "--python-version", "3.11", "--no-emit-index-url", "--upgrade"]
    flags += ["--exclude-newer", "1 week"]  # every mirror has them by then, and the worst releases are withdrawn
    compiled = [BIN / "uv", "pip", "compile", "pyproject.toml", *flags, "--quiet", "--no-header", "-o", LOCK]
    return call(compiled)


def call(words: Sequence[str | Path], cwd: Path = ROOT) -> int:
    """The exit code of a command that talks to the terminal itself."""
    try:
        return subprocess.run(list(map(str, words)), cwd=cwd).returncode
    except KeyboardInterrupt:
        return 130


def set_up(needs: Sequence[str]) -> bool:
    """True where the system packages and the virtual environment are in place, made now if they were not."""
    if not ensure_installed(needs):
        return False
    stamp = VENV / "installed"
    wanted = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes())
    wanted.update(sys.version.encode())
    if stamp.exists() and stamp.read_text() == wanted.hexdigest():
        return True
    print(f"Setting up {VENV.name}; this takes about a minute.", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "-r", LOCK], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", ROOT], check=True)
    stamp.write_text(wanted.hexdigest())
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
