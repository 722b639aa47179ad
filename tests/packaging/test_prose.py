"""Prose checker: idioms in docstrings, comments and sentences are reported with a better word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CHECKER = Path(__file__).resolve().parents[2] / "packaging" / "prose.py"


def check(path: Path) -> tuple[int, str]:
    done = subprocess.run([sys.executable, CHECKER, path], capture_output=True, text=True)
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ('"""A file that is told of anew."""\n', "anew"),
        ("x = 1  # whoever reads this\n", "whoever"),
        ('MESSAGE = "There is none that fits here."\n', "is none"),
        ('MESSAGE = f"Mend the file {1}."\n', "Mend"),
    ],
)
def test_idioms_are_reported_with_their_place(tmp_path: Path, source: str, word: str) -> None:
    path = tmp_path / "module.py"
    path.write_text(source)
    code, output = check(path)
    assert code == 1
    assert f"{path}:1: '{word}'" in output


def test_plain_english_and_code_pass(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text('"""Return the value if it is None."""\n\nanew = 1\nkey = "told"\n')
    assert check(path) == (0, "")
