"""Screen reader: starts the program over the sample and writes the roles and names that AT-SPI gives of its window.

Usage: `dbus-run-session -- python -m tests.gui.stories.reader FILE`. It reads through libatspi, as screen readers do.
The objects go to a file, since services that the session bus starts print to the same output.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
PATIENCE_S, MAX_OBJECTS = 120.0, 4000
SHOWING, FOCUSED = 25, 12  # AtspiStateType
CELL = "table cell"
ROLES = {"push button", "check box", "combo box", "slider", "text", "page tab", "menu item", "tree", CELL}
NAMES = {
    ("frame", "exr-inspector"), ("push button", "Publish to Local library"), ("tree", "Session"),
    ("page tab", "Structure"), ("check box", "Red"), ("slider", "Exposure"), ("menu item", "File"),
}  # fmt: skip
Seen = list[tuple[str, str, bool]]  # role, name, and whether it has the focus


def missing() -> str:
    """Return the missing requirement of the reader; empty if this machine has all."""
    if shutil.which("dbus-run-session") is None:
        return "dbus-run-session"
    if not any(map(os.path.exists, LAUNCHERS)):
        return "at-spi-bus-launcher"
    return "" if ctypes.util.find_library("atspi") else "libatspi"


class Reader:
    """Client of the accessibility bus."""

    def __init__(self) -> None:
        atspi = ctypes.CDLL(ctypes.util.find_library("atspi"))
        self._atspi = atspi
        pointer, text = ctypes.c_void_p, ctypes.c_void_p
        for name, result, arguments in (
            ("get_desktop", pointer, (ctypes.c_int,)),
            ("accessible_get_child_count", ctypes.c_int, (pointer, pointer)),
            ("accessible_get_child_at_index", pointer, (pointer, ctypes.c_int, pointer)),
            ("accessible_get_name", text, (pointer, pointer)),
            ("accessible_get_role_name", text, (pointer, pointer)),
            ("accessible_get_state_set", pointer, (pointer,)),
            ("state_set_contains", ctypes.c_int, (pointer, ctypes.c_int)),
        ):
            function = getattr(atspi, f"atspi_{name}")
            function.restype, function.argtypes = result, arguments
        atspi.atspi_init()

    def window(self) -> int | None:
        """Return the first window of the first program."""
        program = self._child(self._atspi.atspi_get_desktop(0), 0)
        return self._child(program, 0) if program else None

    def _child(self, parent: int, at: int) -> int | None:
        child: int | None = self._atspi.atspi_accessible_get_child_at_index(parent, at, None)
        return child

    def _text(self, of: str, item: int) -> str:
        address = getattr(self._atspi, f"atspi_accessible_get_{of}")(item, None)
        return ctypes.string_at(address).decode() if address else ""

    def read(self, item: int, seen: Seen) -> None:
        """Add role, name and focus of an object that is shown, and of those in it."""
        states = self._atspi.atspi_accessible_get_state_set(item)
        if len(seen) >= MAX_OBJECTS or not self._atspi.atspi_state_set_contains(states, SHOWING):
            return
        has_focus = bool(self._atspi.atspi_state_set_contains(states, FOCUSED))
        seen.append((self._text("role_name", item), self._text("name", item), has_focus))
        for at in range(self._atspi.atspi_accessible_get_child_count(item, None)):
            if (child := self._child(item, at)) is not None:
                self.read(child, seen)


@contextmanager
def running(*command: str, **variables: str) -> Iterator[None]:
    """Run a program until the end of the block."""
    with subprocess.Popen(command, env={**os.environ, **variables}, stdout=sys.stderr) as process:
        try:
            yield
        finally:
            process.terminate()


def lacks(seen: Seen) -> set[object]:
    """Return the expected roles, names and cells that a reading lacks; the sample takes time to be listed."""
    left: set[object] = {*ROLES, *NAMES, "row of the sample", "focus on a row"}
    for role, name, has_focus in seen:
        left -= {role, (role, name)}
        if role == CELL and name.endswith("beauty.####.exr"):
            left.discard("row of the sample")
        if role == CELL and has_focus:
            left.discard("focus on a row")
    return left


def read_sample() -> Seen:
    """Return the first complete reading, or the last one."""
    end = time.monotonic() + PATIENCE_S
    reader, seen = Reader(), Seen()
    while time.monotonic() < end and lacks(seen):
        time.sleep(0.3)
        seen = []
        if (window := reader.window()) is not None:
            reader.read(window, seen)
    return seen


def main(file: Path) -> None:
    """Write the objects as JSON."""
    launcher = next(path for path in LAUNCHERS if os.path.exists(path))
    program = (sys.executable, "-m", "exr_inspector_app", "--new-window", "--sample")
    with running(launcher, "--launch-immediately"), running(*program, QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1"):
        file.write_text(json.dumps(read_sample()), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
