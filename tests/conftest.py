"""What every test gets: a home, a library and settings of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_NEAR = Path("shared", "corpus", "openexr-images")
CORPUS = next((up / _NEAR for up in Path(__file__).resolve().parents if (up / _NEAR).is_dir()), _NEAR)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder, configuration and library that no other test sees."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name, folder in {"CONFIG": ".config", "DATA": ".local/share", "CACHE": ".cache"}.items():
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    monkeypatch.setenv("EXR_INSPECTOR_LIBRARY", str(home / "library.duckdb"))
    monkeypatch.setenv("EXR_INSPECTOR_PUBLISHER", "tester")
    for name in [name for name in os.environ if name.startswith("VAST_DB_")]:
        monkeypatch.delenv(name)
    return home


@pytest.fixture
def corpus() -> Path:
    """The folder of real files, where this machine has it."""
    if not CORPUS.is_dir():
        pytest.skip("the corpus of real files is not on this machine")
    return CORPUS
