"""Command reference and man page: generated from the parsers, and not stale."""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
STALE = "Run `python3 packaging/dev.py reference`."


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cli_reference", ROOT / "packaging" / "cli_reference.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_reference_and_man_page_are_those_of_the_parsers(reference: ModuleType) -> None:
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page_text(), STALE
    assert reference.MAN_PAGE.read_text(encoding="utf-8") == reference.man_text(), STALE


def test_option_without_help_is_refused(reference: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def parser() -> argparse.ArgumentParser:
        made = argparse.ArgumentParser(prog="exr-inspector", description="The window.")
        made.add_argument("--undocumented")
        return made

    monkeypatch.setattr(reference, "window_parser", parser)
    with pytest.raises(reference.HelpMissingError, match="exr-inspector: --undocumented UNDOCUMENTED"):
        list(reference.parsers())
