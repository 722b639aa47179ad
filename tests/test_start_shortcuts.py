"""Shortcuts of the start: what they leave out gives the result of what they stand for."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from exr_inspector_app.cli import inspect as inspect_command
from exr_inspector_app.cli.options.plain_arguments import PlainParser
from exr_inspector_app.cli.parsers import command_parser
from exr_inspector_app.config.paths import settings_files
from exr_inspector_app.config.places import may_have_settings
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


@pytest.mark.skipif(os.name == "nt", reason="folders of Linux")
@pytest.mark.parametrize("place", ["none", "user", "home", "site", "second site", "variable"])
def test_settings_files_are_not_missed(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXR_INSPECTOR_SETTINGS", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_CONFIG_HOME", "XDG_CONFIG_DIRS"):
        monkeypatch.delenv(name, raising=False)
    if place == "user":
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", f"{tmp_path / 'first'}:{tmp_path / 'second'}")
    if place == "variable":
        monkeypatch.setenv("EXR_INSPECTOR_SETTINGS", str(tmp_path / "named.toml"))
    user, site = settings_files()[-2:]
    file = {"none": None, "site": site, "second site": Path(str(site).replace("first", "second"))}.get(place, user)
    if file is not None and place != "variable":
        file.parent.mkdir(parents=True)
        file.write_text("")
    assert may_have_settings() == (place != "none")


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
