"""Builds the wheel, and installs it alone in a new environment, where it must inspect, preview, publish and open.

python3 packaging/build_wheel.py [OUT]    OUT is build/wheel by default; prints the sizes of wheel and environment
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from environment import Environment, base_python
from processes import check_call
from release_check import check_program, exit_code, size_of

ROOT = Path(__file__).resolve().parent.parent
WHEELS = "exr_inspector-*.whl"


def main(arguments: list[str]) -> int:
    """Build and check the wheel; return the exit code."""
    out = Path(arguments[0] if arguments else ROOT / "build" / "wheel").resolve()
    return exit_code(lambda: build_and_check(out))


def build_and_check(out: Path) -> None:
    """Build in `out`, print the sizes, and check the result."""
    wheel = build_wheel(out)
    print(f"{wheel.name}: {size_of(wheel)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="exr-inspector-wheel-") as name:
        check_wheel(wheel, Path(name))


def build_wheel(out: Path) -> Path:
    """Build the wheel in `out`, which loses older ones of this program, and return its path."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob(WHEELS):
        old.unlink()
    check_call([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", out, ROOT])
    return next(out.glob(WHEELS))


def check_wheel(wheel: Path, folder: Path) -> None:
    """Install the core, then everything, in a new environment; run the program after each step."""
    tools = Environment(folder)
    check_call([base_python(), "-m", "venv", tools.folder])
    pip: list[str | Path] = [tools.python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    bare = size_of(tools.folder)
    check_call([*pip, wheel])
    print(f"core: {size_of(tools.folder)}, of which Python and pip {bare}", flush=True)
    check_call([tools.scripts / "exr-inspector", "inspect", ROOT / "resources" / "sample"], stdout=subprocess.DEVNULL)
    check_call([*pip, f"{wheel}[gui]"])
    print(f"with the extra gui: {size_of(tools.folder)}", flush=True)
    check_program([tools.scripts / "exr-inspector"])
    check_runners(wheel, folder / "runners")


def check_runners(wheel: Path, folder: Path) -> None:
    """Run the core of the wheel by uvx and by pipx, each in a separate environment below `folder`."""
    tools = Environment(folder)
    check_call([base_python(), "-m", "venv", tools.folder])
    check_call([tools.python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "uv", "pipx"])
    homes = {"UV_TOOL_DIR": "uv-tools", "UV_CACHE_DIR": "uv-cache", "PIPX_HOME": "pipx", "PIPX_BIN_DIR": "pipx-bin"}
    variables = {**os.environ, **{name: str(folder / home) for name, home in homes.items()}}
    inspect: list[str | Path] = ["exr-inspector", "inspect", ROOT / "resources" / "sample"]
    runners: dict[str, list[str | Path]] = {
        "uvx": [tools.scripts / "uvx", "--quiet", "--python", base_python(), "--from", wheel],
        "pipx run": [tools.scripts / "pipx", "run", "--python", base_python(), "--spec", wheel],
    }
    for name, command in runners.items():
        check_call([*command, *inspect], env=variables, stdout=subprocess.DEVNULL)
        print(f"  {name}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
