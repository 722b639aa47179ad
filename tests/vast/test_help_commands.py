"""README and help pages: every command that they print parses, and runs on files like those that it names.

README's examples with their output are tested by `tests/test_readme.py`.
"""

from __future__ import annotations

import io
import itertools
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from exr_inspector_app import cli, config
from exr_inspector_app.__main__ import main
from exr_inspector_app.cli import parsers
from exr_inspector_app.config import Vast
from tests.vast.crowd import SECRET

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "resources" / "help").glob("*.md"))]
# Parsed only: what needs a farm, a bucket, a catalog or the tables of a peer, and what other tests run at length.
PARSED_ONLY = ("--engine ray", "--workers", "s3://", "--catalog", "import-peer", "vast prove", "backfill")
FAILING = {"check /mnt/prod/orca/sh010/lighting --profile orca.toml"}  # the sample breaks the rules of the page
FOLDERS = ("/mnt/prod/orca/sh010/lighting", "/mnt/prod/show/shot", "/shots/orca/sh010")


class Line(NamedTuple):
    """Command of a page, without the name of the program."""

    page: str
    text: str
    has_input: bool  # paths come from stdin

    @property
    def words(self) -> list[str]:
        return shlex.split(self.text)


def block_lines() -> list[Line]:
    """Return the commands in the blocks of all pages, in their order, each once per page."""
    found: dict[Line, None] = {}
    for page in PAGES:
        for line in re.findall(r"^ {4}(?!\$ )(.*\bexr-inspector .*)$", page.read_text(encoding="utf-8"), re.MULTILINE):
            before, _, text = line.partition("exr-inspector ")
            text = re.split(r"\s{2,}| +# | > ", text)[0].strip()
            is_command = before.strip() == "" or before.rstrip().endswith("|")
            if is_command and not re.search(r"\[[A-Z-]|\bCOMMAND\b", text):  # those are forms
                found[Line(page.stem, text, bool(before.strip()))] = None
    return list(found)


def inline_commands() -> list[Line]:
    """Return the commands within sentences, with names for their placeholders."""
    return [
        Line(page.stem, text, False)
        for page in PAGES
        for text in re.findall(r"`exr-inspector ([a-z][^`]*)`", page.read_text(encoding="utf-8"))
    ]


@pytest.fixture
def places(vast: Vast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Make the files that the pages name, set the variables of the database, and return the folder of all of them."""
    values = {"ENDPOINT": vast.endpoint, "ACCESS_KEY": vast.access_key, "SECRET_KEY": SECRET, "BUCKET": vast.bucket}
    for name, value in {**values, "SCHEMA": vast.schema}.items():
        monkeypatch.setenv(f"VAST_DB_{name}", value)
    sample = config.resource("sample") / "lighting" / "beauty" / "v001"
    for folder in FOLDERS:
        shutil.copytree(sample, tmp_path / folder[1:])
    work = tmp_path / "work"
    shutil.copytree(sample, work)
    shutil.copy(work / "beauty.1001.exr", work / "shot.1001.exr")
    (work / "list.txt").write_text(f"{work}/shot.1001.exr\n")
    (work / "roots.toml").write_text('[[roots]]\nname = "prod"\nprefixes = ["P:/", "/mnt/prod"]\nfold_case = true\n')
    rules = re.search(r"^```toml\n(.*?)^```$", (ROOT / "resources/help/profiles.md").read_text(), re.M | re.S)
    assert rules
    (work / "orca.toml").write_text(rules[1])
    monkeypatch.chdir(work)
    return tmp_path


def test_commands_of_the_pages_run(
    places: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = block_lines()
    assert {line.page for line in lines} >= {
        "README",
        "backfill",
        "cli",
        "database",
        "firststeps",
        "profiles",
        "search",
    }
    assert cli.main(["vast", "init"]) == 0
    codes: dict[str, int] = {}
    for line in lines:
        words = line.words
        if any(need in line.text for need in PARSED_ONLY):
            parsers.command_parser(words[0]).parse_args(words[1:])
            continue
        if line.text in codes:
            continue
        text = line.text
        for folder in ("/mnt/prod", "/shots"):
            text = text.replace(folder, f"{places}{folder}")
        given = f"{places}/work/beauty.1001.exr\n" if line.has_input else ""
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        codes[line.text] = main(shlex.split(text))
    failed = {text for text, code in codes.items() if code}
    assert failed == FAILING, capsys.readouterr().err
    assert len(codes) > 25


def test_commands_in_sentences_exist_with_their_options(capsys: pytest.CaptureFixture[str]) -> None:
    lines = inline_commands()
    assert len(lines) > 15
    for line in lines:
        with pytest.raises(SystemExit, match=r"^0$"):
            main([*itertools.takewhile(re.compile("[a-z]").match, line.words), "--help"])
        text = capsys.readouterr().out
        assert [word for word in line.words if word.startswith("--") and word not in text] == [], line
