"""Displays that are gone: one sentence instead of an abort of Qt."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays of X11")
@pytest.mark.parametrize("display", [":987", "localhost:987.0", ""])
def test_display_that_is_gone_is_one_sentence(display: str) -> None:
    environ = {name: value for name, value in os.environ.items() if name not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
    command = [sys.executable, "-m", "exr_inspector_app"]
    done = subprocess.run(command, env={**environ, "DISPLAY": display}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("No display found.")
