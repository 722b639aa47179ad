"""Shortcuts of the start: their results equal those of the code that they replace."""

from __future__ import annotations

import hashlib
import os
import sys
import tomllib
from pathlib import Path

import pytest

from exr_inspector_app.cli import inspect as inspect_command
from exr_inspector_app.cli.options.plain_arguments import PlainParser
from exr_inspector_app.cli.parsers import command_parser
from exr_inspector_app.config.paths import settings_file, site_settings_file
from exr_inspector_app.config.plain_toml import parse_plain_toml
from exr_inspector_app.config.settings_reader import LIST_NAMES, TABLE_NAMES, settings_paths
from exr_inspector_app.exr.parser import header_digest

PLAIN = [
    "a.exr",
    "a.exr b.exr",
    "--json a.exr",
    "a.exr --json",
    "--stats --check --notes a.exr b.exr --jsonl",
    "--select camera*,owner --select=timeCode a.exr --csv",
    "--format {path}=x a.exr",
    "-0 --files-from list.txt",
    "",
]
LEFT_TO_ARGPARSE = [
    "--help",
    "--js a.exr",
    "--json --csv a.exr",
    "--json --format x a.exr",
    "--unknown",
    "a.exr --json b.exr",
    "-- -a.exr",
    "-a.exr",
    "a.exr --select",
    "--select --json a.exr",
    "--json=1 a.exr",
]


@pytest.mark.parametrize("line", [*PLAIN, *LEFT_TO_ARGPARSE])
def test_plain_lines_are_parsed_as_by_argparse(line: str) -> None:
    parser = PlainParser()
    inspect_command.add(parser)
    parsed = parser.parse(line.split())
    assert (parsed is None) == (line in LEFT_TO_ARGPARSE)
    if parsed is not None:
        assert vars(parsed) == vars(command_parser("inspect").parse_args(line.split()))


@pytest.mark.skipif(sys.platform != "linux", reason="folders of Linux")
@pytest.mark.parametrize("user", ["", "  ", "/somewhere/config", "relative"])
@pytest.mark.parametrize("sites", ["", "/first:/second", "/only/", "relative:/second"])
def test_settings_files_are_those_of_platformdirs(user: str, sites: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", user)
    monkeypatch.setenv("XDG_CONFIG_DIRS", sites)
    assert [Path(path) for path in settings_paths({})] == [settings_file(), site_settings_file()]
    assert settings_paths({"EXR_INSPECTOR_SETTINGS": " ~/a.toml "})[0] == os.path.expanduser("~/a.toml")


PLAIN_SETTINGS = """\
# Settings of the show
library = '/mnt/lib/a.duckdb'  # of all
viewer = "rv {path}"\r
shared_library = true
picture_cache_mb = 0
decoder_memory_mb=4096
empty = ""

[vast]
endpoint = "https://vast.example.com"
  bucket = "exr-data"\t
[[roots]]
name = "prod"
prefixes = ["P:/", '/mnt/prod', ]
[[roots]]
name = "\u6771"
prefixes = []
fold_case = false
"""
NOT_PLAIN = [
    *("a = 1\na = 2", "[vast]\n[vast]", "vast = 1\n[vast]", "roots = []\n[[roots]]", "roots = 5\n[[roots]]"),
    *("a", "a =", "= 1", "a = 01", "a = 1_000", "a = -1", "a = 1.5", "a.b = 1", '"a" = 1', "a = b", "[other]", "[vast"),
    *('a = "\\u00e9"', 'a = "a#b"', 'a = ["a,b"]', "a = [1]", "a = [,]", 'a = "b" "c"', 'a = """b"""', "a = '''b'''"),
    *(
        'a = ["b",\n"c"]',
        "a = {}",
        "a = 2026-12-01",
        "a = 1\rb = 2",
        "a = '\x01'",
        "# \x01",
        "a = 'b\tc'",
        "\u0661 = 1",
    ),
    *(
        "\u0661 = 1",
        "a = \u0661",
        "[[vast]]",
        "[roots]",
        "[[roots]]\n[roots]",
        "a = " + "1" * 20,
        "a = 1\u2028",
        "a = true false",
    ),
]


def test_plain_settings_are_read_as_by_tomllib() -> None:
    plain = parse_plain_toml(PLAIN_SETTINGS, TABLE_NAMES, LIST_NAMES)
    assert plain == tomllib.loads(PLAIN_SETTINGS)
    assert [text for text in NOT_PLAIN if parse_plain_toml(text, TABLE_NAMES, LIST_NAMES) is not None] == []


def test_digests_are_those_of_hashlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "_hashlib", raising=False)
    monkeypatch.setattr(header_digest, "_fast", None)
    monkeypatch.setattr(header_digest, "_plain_bytes", 0)
    monkeypatch.setattr(header_digest, "_plain", None)
    for size in (0, 100, 10_000, 100_000, 200):
        data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
        assert (
            header_digest.hex_digest(data)
            == header_digest.hex_digest(memoryview(data))
            == (hashlib.sha256(data).hexdigest())
        )
    assert header_digest._fast is not None
