"""Command `inspect`: print the inspection payload or a summary of files."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from typing import Any, TypedDict

from exr_inspector_app.cli.path_arguments import add_paths, parse_paths
from exr_inspector_app.cli.summary import findings_text, summary
from exr_inspector_app.cli.terminal import (
    create_backend,
    inspected_files,
    print_json,
    print_json_line,
    print_message,
    print_problems,
    print_result,
)
from exr_inspector_app.exr.diff.sequence_checks import FrameFinding, sequence_findings
from exr_inspector_app.exr.sequences.grouping import frame_range, group_sequences
from exr_inspector_app.model import ExrFile, Payload, payload


class SequenceCheck(TypedDict):
    """Findings of a sequence, as `inspect --check` writes them as JSON."""

    sequence: str  # path of its pattern, such as shot/beauty.####.exr
    frames: str  # in the notation of fileseq: 1001-1003,1005
    validation: list[dict[str, str | None]]  # as in a payload


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Show the contents of EXR files."
    parser = commands.add_parser("inspect", help=text, description=text)
    parser.set_defaults(run=_inspect)
    add_paths(parser)
    text = "read the pixels: range, mean, NaN and Inf of every channel"
    parser.add_argument("--stats", action="store_true", help=text)
    parser.add_argument("--check", action="store_true", help="report issues of files and sequences; exit 1 on errors")
    parser.add_argument("--notes", action="store_true", help="with --check: list notes instead of counting them")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one payload, or a list for several files")
    form.add_argument("--jsonl", action="store_true", help="one JSON object per line")


def _inspect(parsed: argparse.Namespace) -> int:
    failed = False
    rows: list[Payload | SequenceCheck] = []
    checked: list[ExrFile] = []
    backend = create_backend(parsed)
    files = (file for file, _ in inspected_files(backend.inspect(parse_paths(parsed), with_plan=False)))
    for file in backend.measure(files) if parsed.stats else files:
        if parsed.check:
            checked.append(file)
            failed |= any(finding.severity == "error" for finding in file.findings)
        failed |= bool(file.errors)
        if parsed.json:
            rows.append(payload(file))
        elif parsed.jsonl:
            print_json_line(payload(file))
        else:
            print_result(summary(file))
            if parsed.check:
                print_result(findings_text(file, with_notes=parsed.notes))
        print_problems(file)
    for check in check_sequences(checked):
        failed |= any(finding["severity"] == "error" for finding in check["validation"])
        if parsed.json:
            rows.append(check)
        elif parsed.jsonl:
            print_json_line(check)
        else:
            _print_findings(check)
    if parsed.json:
        print_json(rows[0] if len(rows) == 1 else rows)
    return int(failed)


def check_sequences(files: Sequence[ExrFile]) -> Iterator[SequenceCheck]:
    """Yield every sequence of several files with its findings, also without any."""
    by_path = {file.path: file for file in files}
    for sequence in group_sequences(by_path, {path: file.frame_number for path, file in by_path.items()}):
        if len(sequence.paths) > 1:
            findings = sequence_findings([by_path[path] for path in sequence.paths])
            yield {
                "sequence": os.path.join(sequence.folder, sequence.pattern),
                "frames": frame_range(sequence.frames),
                "validation": [_finding_json(finding) for finding in findings],
            }


def _finding_json(finding: FrameFinding) -> dict[str, str | None]:
    return {"severity": finding.severity, "code": finding.code, "part_index": None, "message": finding.message}


def _print_findings(check: SequenceCheck) -> None:
    """Print the findings of a sequence as messages."""
    name = os.path.basename(check["sequence"])
    for finding in check["validation"]:
        print_message(f"{name}: {finding['severity']}, {finding['code']}: {finding['message']}")
