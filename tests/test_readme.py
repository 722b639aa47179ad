"""README: its commands on the sample print the output that it shows, in the order of the page."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from exr_inspector_app.__main__ import main

ROOT = Path(__file__).resolve().parents[1]
PROMPT = "    $ exr-inspector "


def examples() -> list[tuple[list[str], list[str]]]:
    """Return the commands of the page with the lines that it shows after each."""
    found: list[tuple[list[str], list[str]]] = []
    is_block = False
    for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines():
        if line.startswith(PROMPT):
            found.append((shlex.split(line.removeprefix(PROMPT)), []))
            is_block = True
        elif is_block and line.startswith("    "):
            found[-1][1].append(line[4:])
        else:
            is_block = False
    return found


def as_pattern(lines: list[str]) -> str:
    """Return the expression of a shown output: `...` stands for text, or alone on a line for any lines."""
    parts = [
        r"(?:.*\n)*?" if line.strip() == "..." else ".*".join(map(re.escape, line.split("..."))) + r"\n"
        for line in lines
    ]
    return "".join(parts)


def test_examples_print_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("EXR_INSPECTOR_LIBRARY", str(tmp_path / "library.duckdb"))
    shown = examples()
    assert len(shown) >= 8
    for arguments, lines in shown:
        main(arguments)
        out, err = capsys.readouterr()
        texts = (out + err, err + out)  # a terminal shows both; which comes first, only the program knows
        assert any(re.fullmatch(as_pattern(lines), text) for text in texts), (arguments, texts)
