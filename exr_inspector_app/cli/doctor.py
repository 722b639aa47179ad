"""Command `doctor`: check the installation, its folders, and its settings, with a remedy for each fault."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from exr_inspector_app.cli.output.terminal import print_result
from exr_inspector_app.text.escape import escape_control

if TYPE_CHECKING:
    from exr_inspector_app.cli.diagnosis import Diagnosis


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Check the installation, its folders and its settings; exit 1 if something is broken."
    parser = commands.add_parser("doctor", help=text, description=text)
    parser.set_defaults(run=_doctor)
    parser.add_argument("--json", action="store_true", help="versions, checks and settings as one JSON object")


def _doctor(parsed: argparse.Namespace) -> int:
    from exr_inspector_app.cli.diagnosis import diagnose  # imports every layer: not for other commands

    diagnosis = diagnose()
    if parsed.json:
        print_result(json.dumps(_to_json(diagnosis), indent=2))
    else:
        for line in _text_lines(diagnosis):
            print_result(escape_control(line))
    return int(diagnosis.is_broken)


def _text_lines(diagnosis: Diagnosis) -> Iterator[str]:
    yield "Versions"
    yield from (f"  {name:16}  {text}" for name, text in diagnosis.versions.items())
    yield "Checks"
    for check in diagnosis.checks:
        yield f"  {check.status:8}  {check.name:16}  {check.value}"
        if check.remedy:
            yield f"            {check.remedy}"
    yield "Settings"
    width = max((len(setting.name) for setting in diagnosis.settings), default=0)
    yield from (f"  {name:{width}}  {value or '(not set)'}  ({origin})" for name, value, origin in diagnosis.settings)


def _to_json(diagnosis: Diagnosis) -> dict[str, object]:
    return {
        "versions": diagnosis.versions,
        "checks": [check._asdict() for check in diagnosis.checks],
        "settings": [setting._asdict() for setting in diagnosis.settings],
        "is_broken": diagnosis.is_broken,
    }
