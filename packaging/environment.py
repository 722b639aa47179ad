"""Virtual environment of the checkout (`.venv`), with a stamp of the locks that are installed in it.

The stamp is the file `.venv/installed`. It is written before the environment is filled, so that an interrupted set-up
is recognized and started over, and a `.venv` without it is left alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processes import exclusive, report, wait
from progress import Progress, duration

UNFINISHED = "unfinished"
LOCK_FILES = {"run": "requirements-run.lock", "test": "requirements.lock"}  # the second holds the first
SIZES = {"run": "0.9 GB", "test": "1.4 GB"}


class SetUpError(Exception):
    """Failed or refused set-up; the message is a sentence for the user."""


@dataclass(frozen=True)
class Environment:
    """Virtual environment `.venv` of the checkout `root`."""

    root: Path

    @property
    def folder(self) -> Path:
        """The folder of the environment."""
        return self.root / ".venv"

    @property
    def scripts(self) -> Path:
        """The folder of its programs."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.scripts / ("python.exe" if os.name == "nt" else "python")

    @property
    def stamp(self) -> Path:
        """The record of the installed locks: one name and digest per line."""
        return self.folder / "installed"

    @property
    def log(self) -> Path:
        """The output of the last installation."""
        return self.folder / "set-up.log"

    def has_installed(self, kind: str) -> bool:
        """Return whether the lock of `kind` is installed as it is now."""
        return self.python.exists() and self.stamp_line(kind) in self._stamp_lines()

    def set_up(self, kind: str) -> None:
        """Install the lock of `kind`, "run" or "test"; wait for another process that does so.

        Raises:
            SetUpError: the folder is foreign and stays, or a step failed.
        """
        if self.has_installed(kind):
            return
        with exclusive(self.root / "build" / "set-up.lock"):
            try:
                if not self.has_installed(kind):
                    self._install(kind)
            except KeyboardInterrupt:
                raise KeyboardInterrupt("Interrupted. The next command starts the set-up over.") from None

    def stamp_line(self, kind: str) -> str:
        """Return the line of the stamp for an up-to-date installation of `kind`."""
        digest = hashlib.sha256(f"{sys.version}\n{self.root}".encode())  # a moved environment is broken
        digest.update((self.root / "packaging" / LOCK_FILES[kind]).read_bytes())
        digest.update(json.dumps(packaging_tables(self.root), sort_keys=True).encode())
        return f"{kind} {digest.hexdigest()}"

    def _install(self, kind: str) -> None:
        started = time.monotonic()
        is_addition = self._stamp_lines() == [self.stamp_line("run")] and self.python.exists()
        if is_addition:
            self.stamp.write_text(f"{self.stamp_line('run')}\n{UNFINISHED}")
            report("Adding the test tools to .venv: about 0.3 GB, up to 5 minutes by network and disk.")
        else:
            self._clear()
            report(f"Setting up .venv: about {SIZES[kind]} on disk, up to 10 minutes by network and disk.")
            self._step("Creating the environment", [base_python(), "-m", "venv", self.folder])
        pip: list[str | Path] = [self.python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
        pip += ["--progress-bar", "off", "--no-deps"]
        lock = self.root / "packaging" / LOCK_FILES[kind]
        self._step("Installing", [*pip, "--require-hashes", "-r", lock], lock)
        if not is_addition:
            self._step("Installing exr-inspector", [*pip, "--no-build-isolation", "-e", self.root])
        kinds = ["run", "test"] if kind == "test" else ["run"]
        self.stamp.write_text("\n".join(self.stamp_line(each) for each in kinds))
        report(f"Set up in {duration(time.monotonic() - started)}.")

    def _clear(self) -> None:
        """Empty the folder and mark it as ours; a foreign folder is erased only if the user agrees."""
        if self.folder.is_symlink() and self.folder.is_dir():  # other checkouts may use its environment too
            raise SetUpError(f"{self.folder} is a link to {self.folder.resolve()}. Remove the link, then try again.")
        if os.path.lexists(self.folder):
            is_ours = self.stamp.is_file() or is_empty(self.folder)
            if not is_ours and not agrees_to_erase(self.folder):
                raise SetUpError(f"{self.folder} was not made by this command. Move it away, then repeat the command.")
            if not is_ours and (self.folder.is_symlink() or self.folder.is_file()):
                self.folder.unlink()
            else:
                remove_contents(self.folder, self.stamp)
        self.folder.mkdir(exist_ok=True)
        self.stamp.write_text(UNFINISHED)

    def _step(self, title: str, command: Sequence[str | Path], lock: Path | None = None) -> None:
        """Run one step of the set-up with its output in the log.

        Raises:
            SetUpError: the step failed; with the last lines of its output.
        """
        with self.log.open("wb") as log:
            # Inherited handles include the lock, which a step that survives this process holds on to.
            process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, close_fds=False)
            progress = Progress(title, self.folder, self.log, lock)
            code = wait(process, progress.show)
            progress.end()
        if code:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
            raise SetUpError(f"{tail}\n{title} failed (exit {code}); all output is in {self.log}.")

    def _stamp_lines(self) -> list[str]:
        try:
            return self.stamp.read_text().splitlines()
        except OSError:
            return []


def packaging_tables(root: Path) -> dict[str, Any]:
    """Return the tables of pyproject.toml that the installation depends on; settings of linters are not among them."""
    import tomllib  # absent from the Python versions that main() refuses

    tables = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    hatch = tables.get("tool", {}).get("hatch", {})
    return {"project": tables["project"], "build-system": tables.get("build-system", {}), "hatch": hatch}


def base_python() -> str:
    """Return the interpreter outside of any virtual environment, since ours may be erased while it runs this."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def is_empty(folder: Path) -> bool:
    """Return whether `folder` is a folder without entries."""
    return folder.is_dir() and not any(folder.iterdir())


def agrees_to_erase(folder: Path) -> bool:
    """Return whether the user, asked on the terminal, agrees to erase `folder`; False without a terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    print(
        f"{folder} was not made by this command. Erase it and set up again? [y/N] ", end="", file=sys.stderr, flush=True
    )
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def remove_contents(folder: Path, last: Path) -> None:
    """Empty `folder`, with the stamp `last` at the end, so that an interruption leaves a folder of ours."""
    for child in folder.iterdir():
        if child == last:
            continue
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()
    last.unlink(missing_ok=True)
