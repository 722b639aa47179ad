"""Builds a one-folder bundle with PyInstaller, which runs without Python, and checks it as `build_wheel.py` does.

python3 packaging/build_bundle.py [OUT]    OUT is build/bundle by default; prints the size of the folder
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from build_wheel import build_wheel
from environment import Environment, base_python
from processes import check_call
from release_check import CheckError, check_program, exit_code, size_of

ROOT = Path(__file__).resolve().parent.parent
NAME = "exr-inspector"
LIBRARIES = "_internal"  # folder of a bundle beside its program
EXTRAS = "gui,vast,s3"
# The modules of commands and contracts are imported by name, which PyInstaller cannot see.
COLLECTED = {
    "--collect-submodules": ("exr_inspector_app", "vastdb"),
    "--collect-data": ("exr_inspector_app",),
    "--collect-all": ("OpenImageIO", "OpenEXR", "PyOpenColorIO"),
    "--copy-metadata": ("OpenImageIO", "PySide6-Essentials", "duckdb", "numpy", "pyarrow", "vastdb"),
    "--exclude-module": ("tkinter", "pytest"),
}
PROGRAM = "import sys\nfrom exr_inspector_app.__main__ import main\nsys.exit(main())\n"


def main(arguments: list[str]) -> int:
    """Build and check the bundle; return the exit code."""
    out = Path(arguments[0] if arguments else ROOT / "build" / "bundle").resolve()
    return exit_code(lambda: build_and_check(out))


def build_and_check(out: Path) -> None:
    """Build in `out`, print the sizes, and check the result."""
    folder = build_bundle(out)
    print(f"{folder}: {size_of(folder)}", flush=True)
    check_program([folder / NAME])


def build_bundle(out: Path) -> Path:
    """Build the bundle in `out`, with packages from a temporary environment, and return its folder.

    An earlier bundle is replaced.

    Raises:
        CheckError: A folder of the same name is no bundle; PyInstaller would delete it.
    """
    if (out / NAME).exists() and not (out / NAME / LIBRARIES).is_dir():
        raise CheckError(f"{out / NAME} is not a bundle, and is not replaced. Choose another OUT.")
    with tempfile.TemporaryDirectory(prefix="exr-inspector-bundle-") as name:
        work = Path(name)
        tools = Environment(work)
        check_call([base_python(), "-m", "venv", tools.folder])
        pip: list[str | Path] = [tools.python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
        check_call([*pip, "pyinstaller>=6.10,<7", f"{build_wheel(work / 'wheel')}[{EXTRAS}]"])
        script = work / f"{NAME}.py"
        script.write_text(PROGRAM, encoding="utf-8")
        options: list[str | Path] = [
            option for key, names in COLLECTED.items() for name in names for option in (key, name)
        ]
        options += ["--noconfirm", "--log-level", "WARN", "--name", NAME, "--distpath", out]
        options += ["--workpath", work / "work", "--specpath", work]
        check_call([tools.python, "-m", "PyInstaller", *options, script], cwd=work)
    return out / NAME


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
