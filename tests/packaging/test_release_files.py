"""Files of a release: licence, notices, changelog, desktop files, workflows."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from exr_inspector_app import __version__
from exr_inspector_app.config.places import APP, DESKTOP_ID

ROOT = Path(__file__).resolve().parents[2]
LINUX = ROOT / "packaging" / "linux"


@pytest.fixture
def project() -> dict[str, Any]:
    metadata: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return metadata


def test_licence_and_notices_are_part_of_a_release(project: dict[str, Any]) -> None:
    assert project["license"] == "Apache-2.0"
    for name in project["license-files"]:
        assert (ROOT / name).is_file(), name
    assert "Version 2.0, January 2004" in (ROOT / "packaging" / "LICENSE").read_text(encoding="utf-8")


def test_notice_names_every_package_of_the_program(project: dict[str, Any]) -> None:
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for name in extras if name != "test" for line in extras[name])]
    names = {re.split(r"[^A-Za-z0-9_-]", line)[0] for line in lines} - {"exr-inspector"}
    notice = (ROOT / "packaging" / "NOTICE").read_text(encoding="utf-8")
    assert [name for name in sorted(names) if not re.search(rf"^  {name} ", notice, re.MULTILINE)] == []


def test_changelog_names_this_version() -> None:
    text = (ROOT / "packaging" / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{__version__}]" in text
    assert text.index("## [Unreleased]") < text.index(f"## [{__version__}]")


@pytest.mark.parametrize("name", [f"{DESKTOP_ID}.desktop", "exr-inspector.thumbnailer"])
def test_desktop_files_start_the_program_with_files(name: str) -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(LINUX / name, encoding="utf-8")
    (section,) = parser.sections()
    assert parser[section]["Exec"].split()[0] == "exr-inspector"
    assert "image/x-exr" in parser[section]["MimeType"]


def test_mime_type_covers_the_extensions_of_folders() -> None:
    root = ElementTree.parse(LINUX / "exr-inspector-mime.xml").getroot()
    globs = {item.get("pattern") for item in root.iter() if item.tag.endswith("glob")}
    assert globs == {"*.exr", "*.sxr", "*.mxr"}


def test_application_metadata_names_this_version() -> None:
    root = ElementTree.parse(LINUX / f"{DESKTOP_ID}.metainfo.xml").getroot()
    releases = [item.get("version") for item in root.iter("release")]
    assert releases[0] == __version__


def test_one_id_names_entry_metadata_and_window() -> None:
    """AppStream and Wayland find the entry by the id, X11 by the window class; the package installs all files."""
    metadata = ElementTree.parse(LINUX / f"{DESKTOP_ID}.metainfo.xml").getroot()
    assert (metadata.findtext("id"), metadata.findtext("launchable")) == (DESKTOP_ID, f"{DESKTOP_ID}.desktop")
    assert len(DESKTOP_ID.split(".")) > 2
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(LINUX / f"{DESKTOP_ID}.desktop", encoding="utf-8")
    assert entry["Desktop Entry"]["StartupWMClass"] == APP
    package = (ROOT / "packaging" / "build_deb.py").read_text(encoding="utf-8")
    assert f'DESKTOP_ID = "{DESKTOP_ID}"' in package
    assert f'"resources/{entry["Desktop Entry"]["Icon"]}.svg": "icons/' in package
    names = [path.name.replace(DESKTOP_ID, "{DESKTOP_ID}") for path in LINUX.iterdir() if path.suffix != ".1"]
    assert [name for name in names if f"packaging/linux/{name}" not in package] == []


def test_workflows_use_commands_that_exist() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / ".github" / "workflows").glob("*.yml"))
    commands = set(re.findall(r"packaging/dev\.py (\w+)", text))
    assert commands
    usage = (ROOT / "packaging" / "dev.py").read_text(encoding="utf-8")
    assert [name for name in sorted(commands) if f"python3 packaging/dev.py {name} " not in usage] == []


def test_no_file_of_the_history_is_one_to_ignore() -> None:
    """A link `.venv` that was committed by mistake kept a fresh clone from its set-up."""
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("a source archive has no history")
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout == ""
    patterns = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert ".venv*" in patterns  # with a slash at the end it would not cover a link
