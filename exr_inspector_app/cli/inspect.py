"""Command `inspect`: print the inspection payload or a summary of files."""

from __future__ import annotations

import argparse
import json
from typing import Any

from exr_inspector_app.cli.summary import findings_text, summary
from exr_inspector_app.cli.terminal import (
    create_backend,
    inspected_files,
    print_json_line,
    print_message,
    print_problems,
    print_result,
)
from exr_inspector_app.exr.diff.sequence_checks import sequence_findings
from exr_inspector_app.model import ExrFile, Payload, payload


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Show the contents of EXR files."
    parser = commands.add_parser("inspect", help=text, description=text)
    parser.set_defaults(run=_inspect)
    parser.add_argument("paths", nargs="+", metavar="PATH")
    text = "read the pixels: range, mean, NaN and Inf of every channel"
    parser.add_argument("--stats", action="store_true", help=text)
    parser.add_argument("--check", action="store_true", help="report issues; exit 1 on errors")
    parser.add_argument("--notes", action="store_true", help="with --check: list notes instead of counting them")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one payload, or a list for several files")
    form.add_argument("--jsonl", action="store_true", help="one JSON object per line")


def _inspect(parsed: argparse.Namespace) -> int:
    failed = False
    payloads: list[Payload] = []
    checked: list[ExrFile] = []
    backend = create_backend(parsed)
    files = (file for file, _ in inspected_files(backend.inspect(parsed.paths, with_plan=False)))
    for file in backend.measure(files) if parsed.stats else files:
        if parsed.check:
            checked.append(file)
            failed |= any(finding.severity == "error" for finding in file.findings)
        failed |= bool(file.errors)
        if parsed.json:
            payloads.append(payload(file))
        elif parsed.jsonl:
            print_json_line(payload(file))
        else:
            print_result(summary(file))
            if parsed.check:
                print_result(findings_text(file, with_notes=parsed.notes))
        print_problems(file)
    if parsed.json:
        print_result(json.dumps(payloads[0] if len(payloads) == 1 else payloads, indent=2))
    for finding in sequence_findings(checked):
        failed |= finding.severity == "error"
        print_message(f"{finding.pattern}: {finding.severity}, {finding.code}: {finding.message}")
    return int(failed)
