"""Subcommand `library report`: files and bytes by property, and what could be saved; nothing is changed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exr_inspector_app.cli.options.target_arguments import add_search, add_target, create_backend, parse_filter
from exr_inspector_app.cli.output.report_file import write_report
from exr_inspector_app.cli.output.terminal import print_message
from exr_inspector_app.errors import OutputError, UsageError

if TYPE_CHECKING:
    from exr_inspector_app.services.storage.report import StorageReport


def add_report(subcommands: Any) -> None:
    """Add the subcommand to the parser."""
    text = "report files and bytes by property, and what could be saved; nothing is changed"
    parser = subcommands.add_parser("report", help=text, description=text)
    parser.set_defaults(run=_report, stopped="Stopped.")
    formats = parser.add_mutually_exclusive_group()
    for name, label in (("json", "one object"), ("csv", "one row per value"), ("html", "one page")):
        formats.add_argument(f"--{name}", dest="format", action="store_const", const=name, help=label)
    parser.add_argument("--out", type=Path, metavar="FILE", help="write to FILE instead of stdout")
    text = "read one frame of each sequence: are pixels damaged, would half hold float colors"
    parser.add_argument("--stats", action="store_true", help=text)
    add_target(parser)
    add_search(parser)


def _report(parsed: argparse.Namespace) -> int:
    from exr_inspector_app.services.storage.queries import storage_report  # pyarrow takes 40 ms: load on demand

    where, backend = parse_filter(parsed), create_backend(parsed)
    report = storage_report(backend, where, with_statistics=parsed.stats)
    if not report.files:
        print_message("No matching files in the library.")
    _write(parsed.out, _format(report, parsed.format))
    return 0


def _format(report: StorageReport, name: str | None) -> str:
    from exr_inspector_app.services.storage import formats, html

    known = {"json": formats.json_report, "csv": formats.csv_report, "html": html.html_report}
    return known.get(name or "", formats.text_report)(report)


def _write(out: Path | None, text: str) -> None:
    """Write the report to a file, or to stdout.

    Raises:
        OutputError: The file, or stdout, cannot be written.
        UsageError: The file is an OpenEXR file.
    """
    try:
        if out is None:
            sys.stdout.write(text)
        else:
            write_report(out, text)
    except BrokenPipeError:
        raise
    except FileExistsError as error:
        raise UsageError(f"Cannot write the report to {out}: {error.strerror}.") from error
    except OSError as error:
        raise OutputError(f"Cannot write the report to {out or 'stdout'}: {error.strerror}.") from error
