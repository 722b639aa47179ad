"""Paths that the decoder may read: a frozen program imports modules from its executable."""

from __future__ import annotations

import sys

import pytest

from exr_inspector_app.exr.pixels.sandbox.readable_paths import readable_paths


def test_frozen_decoder_may_read_its_executable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/exr-inspector/exr-inspector")
    assert sys.executable not in readable_paths()
    monkeypatch.setattr(sys, "_MEIPASS", "/opt/exr-inspector/_internal", raising=False)
    assert {sys.executable, "/opt/exr-inspector/_internal"} <= set(readable_paths())
