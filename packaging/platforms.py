"""Resolver of the requirements for each supported system and Python, with wheels alone, as pip would install them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
# Name for people: platform of uv, and the oldest macOS that has wheels of all packages.
SYSTEMS = {
    "Linux x86-64, glibc 2.28": ("x86_64-manylinux_2_28", ""),
    "Linux x86-64, glibc 2.34": ("x86_64-manylinux_2_34", ""),
    "Linux arm64, glibc 2.39": ("aarch64-manylinux_2_39", ""),
    "macOS 14, Apple silicon": ("aarch64-apple-darwin", "14.0"),
    "macOS 15, Intel": ("x86_64-apple-darwin", "15.0"),
    "Windows x86-64": ("x86_64-pc-windows-msvc", ""),
}
# Extras, and the versions that are chosen: the newest ones, and the oldest that pyproject.toml allows.
KINDS = {"core": ("", "highest"), "all": ("all", "highest"), "all, oldest": ("all", "lowest-direct")}


def resolution_problems(uv: Path, root: Path, pythons: tuple[str, ...] = PYTHONS) -> Iterator[str]:
    """Yield one sentence for each combination that has no solution.

    Args:
        uv: Program that resolves.
        root: Checkout.
        pythons: Versions of Python.
    """
    for python in pythons:
        for system, (platform, macos) in SYSTEMS.items():
            for kind, (extra, resolution) in KINDS.items():
                command = [uv, "pip", "compile", "--quiet", "--no-header", "--only-binary", ":all:"]
                command += ["--python-version", python, "--python-platform", platform, "--resolution", resolution]
                command += [*(["--extra", extra] if extra else []), "pyproject.toml"]
                variables = {**os.environ, **({"MACOSX_DEPLOYMENT_TARGET": macos} if macos else {})}
                done = subprocess.run(
                    list(map(str, command)), cwd=root, env=variables, capture_output=True, text=True, check=False
                )
                if done.returncode:
                    yield f"Python {python}, {system}, {kind}: {_reason(done.stderr)}"


def _reason(words: str) -> str:
    """Return the last sentence of uv that names the cause, in one line."""
    lines = [line.strip() for line in words.splitlines() if line.strip() and not line.startswith("hint")]
    return " ".join(lines) or "no reason given"
