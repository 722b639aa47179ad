"""Help pages and README: links, file names, and the formats and options that they describe."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from exr_inspector_app import cli
from exr_inspector_app.errors import CAUSES
from exr_inspector_app.persistence import schema

ROOT = Path(__file__).resolve().parent.parent
HELP = ROOT / "resources" / "help"
PAGES = [ROOT / "README.md", *sorted(HELP.glob("*.md"))]
FOLDERS = ("", "exr_inspector_app", "exr_inspector_app/exr", "exr_inspector_app/gui", "tests/exr", "packaging/function")


def read(name: str) -> str:
    return (HELP / name).read_text(encoding="utf-8")


def keys(document: object) -> set[str]:
    """Return all keys of a JSON document; values of attributes are skipped."""
    if isinstance(document, dict):
        return set(document) | {key for name, item in document.items() if name != "value" for key in keys(item)}
    return {key for item in document for key in keys(item)} if isinstance(document, list) else set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_named_source_files_exist(page: Path) -> None:
    names = set(re.findall(r"`((?:[\w]+/)*[a-z_]\w*\.py)`", page.read_text(encoding="utf-8")))
    missing = [name for name in names if not any((ROOT / folder / name).exists() for folder in FOLDERS)]
    elsewhere = {path.name for folder in ("exr_inspector_app", "tests") for path in (ROOT / folder).rglob("*.py")}
    assert [name for name in missing if "/" in name or name not in elsewhere] == []


def test_every_page_is_linked_from_the_window_page() -> None:
    linked = set(re.findall(r"\]\((\w+)\.md\)", read("window.md")))
    assert linked == {path.stem for path in HELP.glob("*.md")} - {"window"}


@pytest.mark.parametrize("name", ["beauty", "odd", "stereo"])
def test_payload_page_has_every_key(name: str) -> None:
    payload = json.loads((ROOT / "tests" / "golden" / f"{name}.payload.json").read_text(encoding="utf-8"))
    page = read("payload.md")
    block = page[page.index('{"schema_version"') : page.index("A key is always present")]
    assert keys(payload) - {"min", "max"} <= set(re.findall(r'"(\w+)"', block))


def test_payload_page_has_every_code_of_an_error() -> None:
    of_commands = {"cancelled", "config", "embedding", "missing-package", "no-structure", "output", "store", "usage"}
    assert {code for code in CAUSES if f"`{code}`" not in read("payload.md")} == of_commands


def test_database_page_has_every_column() -> None:
    page = read("database.md")
    named = set(re.findall(r"`(\w+)`", page))
    for table, columns in schema.TABLES.items():
        assert set(columns.names) <= named, table
    block = page[page.index("## files") : page.index("## parts")]
    assert set(re.findall(r"`(\w+)`", block)) >= set(schema.FILES.names)


def test_cli_page_has_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    page = read("cli.md")
    subcommands = {"library": ["list", "show", "export", "remove", "check", "reembed"]}
    subcommands["vast"] = ["check", "init", "mend", "schema"]
    for command in cli.COMMANDS:
        for arguments in [[command, name] for name in subcommands.get(command, [])] or [[command]]:
            with pytest.raises(SystemExit):
                cli.main([*arguments, "--help"])
            usage = capsys.readouterr().out.partition("\n\n")[0]
            (row,) = (line for line in page.splitlines() if line.startswith("|") and f"`{' '.join(arguments)}" in line)
            options = set(re.findall(r"--[a-z]+(?:-[a-z]+)*", usage)) - {"--help"}
            assert options == set(re.findall(r"--[a-z]+(?:-[a-z]+)*", row)), arguments
