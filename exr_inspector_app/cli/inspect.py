"""`inspect`: what is in files."""

from __future__ import annotations

import argparse
import json
from typing import Any

from exr_inspector_app.cli.summary import findings, summary
from exr_inspector_app.cli.terminal import core_of, files, line, out, say, say_problems
from exr_inspector_app.exr.diff.sequence_checks import sequence_findings
from exr_inspector_app.model import ExrFile, Payload, payload


def add(commands: Any) -> None:
    """The words of the command."""
    text = "Tell what is in files."
    parser = commands.add_parser("inspect", help=text, description=text)
    parser.set_defaults(run=_inspect)
    parser.add_argument("paths", nargs="+", metavar="PATH")
    parser.add_argument(
        "--stats", action="store_true", help="read the pixels: range, mean, NaN and Inf of every channel"
    )
    parser.add_argument("--check", action="store_true", help="tell what is odd or wrong; exit 1 for what is wrong")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one payload, or a list for several files")
    form.add_argument("--jsonl", action="store_true", help="one payload a line")


def _inspect(parsed: argparse.Namespace) -> int:
    failed = False
    collected: list[Payload] = []
    checked: list[ExrFile] = []
    core = core_of(parsed)
    inspected = (file for file, _ in files(core.inspect(parsed.paths, known=False)))
    for file in core.measured(inspected) if parsed.stats else inspected:
        if parsed.check:
            checked.append(file)
            failed |= any(one.severity == "error" for one in file.findings)
        failed |= bool(file.errors)
        if parsed.json:
            collected.append(payload(file))
        elif parsed.jsonl:
            line(payload(file))
        else:
            out(summary(file))
            if parsed.check:
                out(findings(file))
        say_problems(file)
    if parsed.json:
        out(json.dumps(collected[0] if len(collected) == 1 else collected, indent=2))
    for one in sequence_findings(checked):
        failed |= one.severity == "error"
        say(f"{one.pattern}: {one.severity}, {one.code}: {one.message}")
    return int(failed)
