"""Checkout in miniature: the real commands over an empty program, whose set-up needs no network."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "miniature"
version = "1"
[project.optional-dependencies]
test = []
"""
# Editable wheel with a .pth file, as hatchling makes it.
BACKEND = """\
import os, zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "miniature-1-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("miniature.pth", os.getcwd())
        wheel.writestr("miniature-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: miniature\\nVersion: 1\\n")
        wheel.writestr("miniature-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\n")
        wheel.writestr("miniature-1.dist-info/RECORD", "")
    return name
"""
# Prints its arguments, or exits as they tell.
PROGRAM = "import sys\nprint(*sys.argv[1:])\nsys.exit(int(sys.argv[2]) if sys.argv[1:2] == ['exit'] else 0)\n"


@dataclass(frozen=True)
class Checkout:
    """Folder with copies of the commands; `root` is the folder."""

    root: Path

    @property
    def venv(self) -> Path:
        """The virtual environment that the commands make."""
        return self.root / ".venv"

    def start(self, *arguments: str, terminal: int | None = None) -> subprocess.Popen[str]:
        """Start a command in a new session, on a terminal or with pipes for its output."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return subprocess.Popen(
            [sys.executable, str(self.root / "packaging" / "dev.py"), *arguments],
            cwd=self.root,
            stdin=subprocess.DEVNULL if terminal is None else terminal,
            stdout=subprocess.PIPE if terminal is None else terminal,
            stderr=subprocess.PIPE if terminal is None else terminal,
            text=True,
            env={**inherited, "TMPDIR": str(self.root.parent)},
            start_new_session=True,
            preexec_fn=allow_interrupt,
        )

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        with self.start(*arguments) as process:
            output, errors = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)


def allow_interrupt() -> None:
    """Restore SIGINT, which a shell ignores for its background jobs, before a child process starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def create(root: Path) -> Checkout:
    """Create a miniature checkout in `root`."""
    (root / "packaging").mkdir(parents=True)
    for module in (ROOT / "packaging").glob("*.py"):
        shutil.copy(module, root / "packaging")
    shutil.copytree(ROOT / "packaging" / "function", root / "packaging" / "function")
    script = root / "packaging" / "dev.py"
    needs = 'RUN_NEEDS = ["venv", *QT_LIBRARIES, "fonts"]\nTEST_NEEDS = [*RUN_NEEDS, "Xvfb"]\n'
    assert needs in script.read_text()
    # As root, the command would install the missing packages on the machine that runs the tests.
    script.write_text(script.read_text().replace(needs, 'RUN_NEEDS = TEST_NEEDS = ["venv"]\n'))
    for lock in ("requirements.lock", "requirements-run.lock"):
        (root / "packaging" / lock).write_text("")
    (root / "resources").mkdir()
    for name in ("embedding_mean.json",):
        shutil.copy(ROOT / "resources" / name, root / "resources")
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "backend.py").write_text(BACKEND)
    program = root / "exr_inspector_app"
    program.mkdir()
    (program / "__init__.py").write_text("")
    (program / "__main__.py").write_text(PROGRAM)
    (program / "gui").mkdir()
    (program / "gui" / "__init__.py").write_text("")
    return Checkout(root)
