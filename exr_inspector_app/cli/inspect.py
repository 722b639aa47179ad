"""Command `inspect`: print the inspection payload or a summary of files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from exr_inspector_app.cli.object_scan import inspect_paths
from exr_inspector_app.cli.options.path_arguments import add_paths, parse_paths
from exr_inspector_app.cli.options.target_arguments import load_roots
from exr_inspector_app.cli.output.attribute_lines import parse_selection, select_attributes, selected_text
from exr_inspector_app.cli.output.summary import findings_text, summary
from exr_inspector_app.cli.output.terminal import print_error, print_json, print_json_line, print_problems, print_result
from exr_inspector_app.contracts import never_stop
from exr_inspector_app.model import ExrFile, payload
from exr_inspector_app.typing_forms import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    import argparse

    from exr_inspector_app.exr.diff.sequence_checks import FrameFinding
    from exr_inspector_app.model import Payload


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
    text = "show attributes of these names alone, such as 'camera*,timeCode'; may be repeated"
    parser.add_argument("--select", action="append", default=[], metavar="NAMES", help=text)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="a list of payloads, also for one file")
    form.add_argument("--jsonl", action="store_true", help="one JSON object per line")
    text = "one line per file, such as '{path} {width}x{height} {attr[owner]}'"
    form.add_argument("--format", metavar="TEMPLATE", help=text)
    text = "a table with one row per file; --select adds columns of attributes"
    form.add_argument("--csv", action="store_true", help=text)
    form.add_argument("--tsv", action="store_true", help="as --csv, with tabs between the columns")


def _inspect(parsed: argparse.Namespace) -> int:
    selection = parse_selection(parsed.select)
    printer = _create_printer(parsed, has_selection=bool(selection))
    failed = False
    checked: list[ExrFile] = []
    files = inspect_paths(parse_paths(parsed), load_roots())
    for file in _measure(files) if parsed.stats else files:
        if parsed.check:
            checked.append(file)
            failed |= any(finding.severity == "error" for finding in file.findings)
        failed |= bool(file.errors)
        printer.print_file(select_attributes(file, selection))
        print_problems(file)
    for check in check_sequences(checked):
        failed |= any(finding["severity"] == "error" for finding in check["validation"])
        printer.print_check(check)
    printer.finish()
    return int(failed)


def _measure(files: Iterator[ExrFile]) -> Iterator[ExrFile]:
    """Return the files with channel statistics."""
    from exr_inspector_app.exr.pixels.pixel_checks import measure  # imported on demand: NumPy and a process

    return measure(files, never_stop)


class _TextPrinter:
    """Printer of text for people; its subclasses print for programs. Findings of sequences go to stderr."""

    def __init__(self, parsed: argparse.Namespace, *, has_selection: bool) -> None:
        self.parsed = parsed
        self.has_selection = has_selection

    def print_file(self, file: ExrFile) -> None:
        """Print a file."""
        print_result(selected_text(file) if self.has_selection else summary(file))
        if self.parsed.check:
            print_result(findings_text(file, with_notes=self.parsed.notes))

    def print_check(self, check: SequenceCheck) -> None:
        """Print the findings of a sequence."""
        _print_findings(check)

    def finish(self) -> None:
        """Print the output that needs all files."""


class _JsonPrinter(_TextPrinter):
    def __init__(self, parsed: argparse.Namespace, *, has_selection: bool) -> None:
        super().__init__(parsed, has_selection=has_selection)
        self._rows: list[Payload | SequenceCheck] = []

    def print_file(self, file: ExrFile) -> None:
        self._rows.append(payload(file))

    def print_check(self, check: SequenceCheck) -> None:
        self._rows.append(check)

    def finish(self) -> None:
        print_json(self._rows)


class _JsonLinesPrinter(_TextPrinter):
    def print_file(self, file: ExrFile) -> None:
        print_json_line(payload(file))

    def print_check(self, check: SequenceCheck) -> None:
        print_json_line(check)


class _TemplatePrinter(_TextPrinter):
    def __init__(self, parsed: argparse.Namespace, *, has_selection: bool) -> None:
        super().__init__(parsed, has_selection=has_selection)
        from exr_inspector_app.cli.output.line_template import LineTemplate

        self._template = LineTemplate(parsed.format)

    def print_file(self, file: ExrFile) -> None:
        print_result(self._template.render(file))


class _TablePrinter(_TextPrinter):
    def __init__(self, parsed: argparse.Namespace, *, has_selection: bool) -> None:
        super().__init__(parsed, has_selection=has_selection)
        self._files: list[ExrFile] = []

    def print_file(self, file: ExrFile) -> None:
        self._files.append(file)

    def finish(self) -> None:
        from exr_inspector_app.cli.output.inspect_table import table_lines

        delimiter = "," if self.parsed.csv else "\t"
        for line in table_lines(self._files, has_attributes=self.has_selection, delimiter=delimiter):
            print_result(line)


def _create_printer(parsed: argparse.Namespace, *, has_selection: bool) -> _TextPrinter:
    """Return the printer of the requested output format."""
    printers: list[tuple[bool, type[_TextPrinter]]] = [
        (parsed.json, _JsonPrinter),
        (parsed.jsonl, _JsonLinesPrinter),
        (parsed.format is not None, _TemplatePrinter),
        (parsed.csv or parsed.tsv, _TablePrinter),
    ]
    kind = next((kind for is_chosen, kind in printers if is_chosen), _TextPrinter)
    return kind(parsed, has_selection=has_selection)


def check_sequences(files: Sequence[ExrFile]) -> Iterator[SequenceCheck]:
    """Yield every sequence of several files with its findings, also without any."""
    if len(files) < 2:
        return
    from exr_inspector_app.exr.diff.sequence_checks import sequence_findings
    from exr_inspector_app.exr.sequences.grouping import frame_range, group_sequences

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
        print_error(f"{name}: {finding['severity']}, {finding['code']}: {finding['message']}")
