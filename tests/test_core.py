"""Core without Qt, secrets, and settings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from exr_inspector_app import config
from exr_inspector_app.errors import ConfigError

WITHOUT_QT = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "OpenImageIO", "vastdb"):
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Blocked())
from exr_inspector_app import __main__, cli, vast_db_persistence
from exr_inspector_app.services import backend
from exr_inspector_app.persistence.local import LocalStore
sys.exit(__main__.main(["inspect", "--json", *sys.argv[1:]]))
"""


def test_core_works_without_pyside6(tmp_path: Path) -> None:
    from tests.exr_files import write_exr

    path = write_exr(tmp_path / "a.exr")
    done = subprocess.run([sys.executable, "-c", WITHOUT_QT, str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_secret_is_printed_as_stars() -> None:
    secret = config.Secret("hunter2")
    assert (str(secret), repr(secret), f"{secret}") == ("***", "***", "***")
    assert secret.reveal() == "hunter2"


def test_settings_file_sets_library_and_roots(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('library = "/x/l.duckdb"\n[[roots]]\nname = "prod"\nprefixes = ["P:/"]\nfold_case = true\n')
    loaded = config.load(environ={}, settings=settings)
    assert loaded.library == Path("/x/l.duckdb")
    assert loaded.roots == (config.Root("prod", ("P:/",), True),)
    assert config.load(environ={"EXR_INSPECTOR_LIBRARY": "/y"}, settings=settings).library == Path("/y")
    assert config.load("/z", environ={"EXR_INSPECTOR_LIBRARY": "/y"}, settings=settings).library == Path("/z")


@pytest.mark.parametrize(
    "text", ["library = 3", "x = [", "[[roots]]\nname = 'a b'", "[[roots]]\nname = 'a'\nprefixes = 'P:/'"]
)
def test_invalid_settings_are_reported_with_their_file(tmp_path: Path, text: str) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(text)
    with pytest.raises(ConfigError, match=r"settings\.toml"):
        config.load(environ={}, settings=settings)
