"""Progress of an installation by pip: counted packages and elapsed time, on stderr."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

SECONDS_BETWEEN_LINES = 30.0
SECONDS_BETWEEN_UPDATES = 1.0


class Progress:
    """Progress line of one step: rewritten every second on a terminal, else a new line every 30 s."""

    def __init__(self, title: str, venv: Path, log: Path, lock: Path | None) -> None:
        """Begin the count.

        Args:
            title: The step, for steps that count nothing.
            venv: Environment whose installed packages are counted.
            log: File that pip writes its output to.
            lock: Lock that pip installs, or None for steps that count nothing.
        """
        self._title, self._venv, self._log = title, venv, log
        self._pins = count_pins(lock.read_text(encoding="utf-8")) if lock else 0
        self._installed_before = self._count_installed()
        self._started = self._shown = time.monotonic()
        self._width = 0

    def show(self) -> None:
        """Show the state if the last one is old enough."""
        now = time.monotonic()
        is_terminal = sys.stderr.isatty()
        if now - self._shown < (SECONDS_BETWEEN_UPDATES if is_terminal else SECONDS_BETWEEN_LINES):
            return
        self._shown = now
        line = f"  {self._state()}, {duration(now - self._started)}"
        self._write(f"\r{line.ljust(self._width)}" if is_terminal else f"{line}\n")
        self._width = len(line)

    def end(self) -> None:
        """Erase the line on a terminal."""
        if self._width and sys.stderr.isatty():
            self._write(f"\r{' ' * self._width}\r")

    def _state(self) -> str:
        if not self._pins:
            return self._title
        output = self._log.read_text(errors="replace")
        state = describe(output, self._pins)
        if state:
            return state
        new = self._count_installed() - self._installed_before
        return f"Installed {new} of {len(installing(output))} packages"

    def _count_installed(self) -> int:
        """Return the number of packages in the environment; pip writes RECORD last."""
        folders = [*self._venv.glob("lib/python*/site-packages"), *self._venv.glob("Lib/site-packages")]
        return sum(1 for folder in folders for _ in folder.glob("*.dist-info/RECORD"))

    @staticmethod
    def _write(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()


def count_pins(lock: str) -> int:
    """Return the number of pinned versions in a lock."""
    return len(re.findall(r"^[A-Za-z0-9][^=\s]*==", lock, flags=re.MULTILINE))


def describe(output: str, pins: int) -> str:
    """Return the state of the downloads from the output of pip; empty once all are there."""
    if installing(output):
        return ""
    collected = re.findall(r"^(?:Collecting|Requirement already satisfied:) ([^=\s]+)", output, flags=re.MULTILINE)
    total = pins - len(re.findall(r"^Ignoring ", output, flags=re.MULTILINE))
    if not collected:
        return "Starting pip"
    size = re.findall(r"^  Downloading \S+ \(([^)]+)\)", output.rpartition("\nCollecting ")[2], flags=re.MULTILINE)
    return f"Downloading {len(collected)} of {total}: {collected[-1]}" + (f" ({size[-1]})" if size else "")


def installing(output: str) -> list[str]:
    """Return the packages that pip is writing to disk; empty while it still downloads."""
    listed = re.findall(r"^Installing collected packages: (.+)$", output, flags=re.MULTILINE)
    return listed[-1].split(", ") if listed else []


def duration(seconds: float) -> str:
    """Return a duration for users: "12 s", "3 min 05 s"."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
