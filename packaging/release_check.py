"""Check of an installed program, as a user starts it: inspect, preview, publish and the window, away from the checkout.

Used by `packaging/build_wheel.py`, `build_bundle.py` and `build_deb.py`, with the program that each made.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from processes import report

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "resources" / "sample"
TIMEOUT_S = 300
_PNG = b"\x89PNG"


class CheckError(Exception):
    """A step of the check that failed; the message has its command and its output."""


def exit_code(build: Callable[[], None]) -> int:
    """Run a build with its check, report the step that fails, and return the exit code."""
    try:
        build()
    except CheckError as error:
        report(str(error))
        return 1
    except subprocess.CalledProcessError as error:
        report(f"This step failed (exit {error.returncode}): {' '.join(map(str, error.cmd))}")
        return 1
    return 0


def check_program(program: Sequence[str | Path]) -> None:
    """Run the program in a new folder with a new home, without a trace of the checkout.

    Args:
        program: Command that starts it.

    Raises:
        CheckError: A step failed, or left out what it should write.
    """
    with tempfile.TemporaryDirectory(prefix="exr-inspector-check-") as name:
        folder = Path(name)
        shutil.copytree(SAMPLE, folder / "sample")
        steps = _Steps([str(part) for part in program], folder)
        steps.run("--version")
        files = json.loads(steps.run("inspect", "--json", "--stats", "sample"))
        if not files or any(file["errors"] for file in files):
            raise CheckError("inspect --stats reports errors for the sample.")
        steps.run("publish", "--previews", "sample")
        rows = json.loads(steps.run("library", "list", "--json"))
        if len(rows) != len(files):
            raise CheckError(f"{len(files)} files are published, and {len(rows)} listed.")
        first = files[0]["file"]["path"]
        for arguments in (("picture", first, "--out", "picture.png"), ("--screenshot", "window.png", first)):
            steps.run(*arguments)
            picture = folder / next(word for word in arguments if word.endswith(".png"))
            if not picture.is_file() or picture.read_bytes()[:4] != _PNG:
                raise CheckError(f"{arguments[0]} wrote no picture.")
        with virtual_display() as display:
            if display:
                steps.environment["DISPLAY"] = display
                steps.environment.pop("QT_QPA_PLATFORM", None)
                steps.run("doctor")
                steps.open_window("sample")


class _Steps:
    """Runner of the steps, with the environment of a user who has never started the program."""

    def __init__(self, program: list[str], folder: Path) -> None:
        self.program, self.folder = program, folder
        kept = ("PATH", "LANG", "SYSTEMROOT", "TEMP", "DISPLAY")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ}
        self.environment["HOME"] = str(folder)
        if "DISPLAY" not in os.environ:
            self.environment["QT_QPA_PLATFORM"] = "offscreen"

    def run(self, *arguments: str) -> str:
        """Run the program and return its output."""
        done = subprocess.run(
            [*self.program, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True,
            timeout=TIMEOUT_S, check=False,
        )  # fmt: skip
        if done.returncode:
            raise CheckError(f"{' '.join(arguments)} exits {done.returncode}: {(done.stderr or done.stdout)[-2000:]}")
        print(f"  {' '.join(arguments)}", flush=True)
        return done.stdout

    def open_window(self, *paths: str) -> None:
        """Open the window on a display, hand it a file from a second process, and end it."""
        log = self.folder / "window.log"
        with log.open("wb") as file:
            window = subprocess.Popen(
                [*self.program, *paths], cwd=self.folder, env=self.environment, stdout=file, stderr=file
            )
        try:
            until = time.monotonic() + TIMEOUT_S
            while "exr-inspector" not in self._window_titles():
                if window.poll() is not None or time.monotonic() > until:
                    raise CheckError(f"The window does not open: {log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.2)
            self.run(*paths)  # ends at once, since the first window opens them
            if window.poll() is not None:
                raise CheckError(f"The window closed: {log.read_text(errors='replace')[-2000:]}")
        finally:
            window.terminate()
            window.wait(TIMEOUT_S)
        print("  window on an X server", flush=True)

    def _window_titles(self) -> str:
        command = ["xwininfo", "-root", "-tree", "-display", self.environment["DISPLAY"]]
        return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False).stdout


@contextmanager
def virtual_display() -> Iterator[str]:
    """Start an X server without a screen, and yield its display; "" where Xvfb or xwininfo is not installed."""
    if not (shutil.which("Xvfb") and shutil.which("xwininfo")):
        print("  (no window on an X server: install xvfb and x11-utils)", flush=True)
        yield ""
        return
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            yield f":{pipe.readline().strip()}"  # written when the server accepts connections
    finally:
        server.terminate()
        server.wait()


def size_of(path: Path) -> str:
    """Return the size of a file, or of all files below a folder, in MB."""
    files = [path] if path.is_file() else [item for item in path.rglob("*") if item.is_file() and not item.is_symlink()]
    return f"{sum(item.stat().st_size for item in files) / 1e6:,.1f} MB"
