"""Command `check`: check files against the rules of a profile, and report the result in several formats."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exr_inspector_app.cli.object_scan import inspect_paths
from exr_inspector_app.cli.options.path_arguments import add_paths, parse_paths
from exr_inspector_app.cli.options.target_arguments import load_config
from exr_inspector_app.cli.output.report_file import write_report
from exr_inspector_app.cli.output.terminal import print_message, print_problems
from exr_inspector_app.contracts import never_stop
from exr_inspector_app.errors import OutputError, UsageError
from exr_inspector_app.model import ExrFile

if TYPE_CHECKING:
    from exr_inspector_app.config import Root

REPORTS = ("text", "json", "junit", "sarif", "html")


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Check files and sequences against the rules of a profile."
    parser = commands.add_parser("check", help=text, description=text)
    parser.set_defaults(run=_check)
    add_paths(parser)
    parser.add_argument("--profile", metavar="RULES.toml", help="rules to check; without it the built-in checks alone")
    severities = ("note", "warning", "error")
    parser.add_argument("--fail-on", choices=severities, default="error", help="lowest severity that gives exit code 1")
    text = "do not fail on findings of this code; may be repeated"
    parser.add_argument("--ignore", action="append", default=[], metavar="CODE", help=text)
    parser.add_argument("--stats", action="store_true", help="read the pixels, for NaN, Inf and rules on values")
    parser.add_argument("--report", choices=REPORTS, default="text", help="format of the report")
    text = "propose a profile: values common to all files become rules; prints TOML"
    parser.add_argument("--learn", action="store_true", help=text)
    parser.add_argument("--out", metavar="FILE", help="write the report to FILE instead of stdout")


def _check(parsed: argparse.Namespace) -> int:
    from exr_inspector_app.persistence.query.derived_columns import parse_template
    from exr_inspector_app.rules import check, load_profile
    from exr_inspector_app.rules.profile_parser import parse_code

    if parsed.learn:
        return _learn(parsed)
    codes = [parse_code(code) for text in parsed.ignore for code in text.split(",") if code.strip()]
    profile = load_profile(parsed.profile) if parsed.profile else None
    config = load_config()
    verdict = check(
        _read_files(parsed, config.roots),
        profile,
        fail_on=parsed.fail_on,
        ignore=codes,
        template=parse_template(config.path_template),
        roots=config.roots,
        has_pixels=parsed.stats,
    )
    for notice in verdict.notices:
        print_message(notice)
    _write_report(parsed.out, _report(parsed.report)(verdict))
    return int(verdict.has_failed)


def _learn(parsed: argparse.Namespace) -> int:
    """Write a profile that the files meet, with comments; fail if no file can be read."""
    from exr_inspector_app.rules.learn import learn_profile

    paths = parse_paths(parsed)
    if parsed.profile is not None:
        raise UsageError("Give --learn or --profile, not both.")
    files = _read_files(parsed, load_config().roots)
    _write_report(parsed.out, learn_profile(files, Path(paths[0]).resolve().name if paths else ""))
    return int(not any(file.parts and not file.errors for file in files))


def _read_files(parsed: argparse.Namespace, roots: Sequence[Root]) -> list[ExrFile]:
    """Return the inspected files in the order given, and print the errors of those that cannot be read."""
    files = inspect_paths(parse_paths(parsed), roots)
    if parsed.stats:
        from exr_inspector_app.exr.pixels.pixel_checks import measure  # imported on demand: NumPy and a process

        files = measure(files, never_stop)
    listed = list(files)
    for file in listed:
        print_problems(file)
    return listed


def _report(name: str) -> Callable[[Any], str]:
    """Return the function that makes a report of a verdict."""
    if name == "html":
        from exr_inspector_app.services.check_report import html_page

        return html_page
    module = import_module(f"exr_inspector_app.rules.reports.{'json_report' if name == 'json' else name}")
    report: Callable[[Any], str] = getattr(module, f"{name}_report")
    return report


def _write_report(out: str | None, text: str) -> None:
    """Write a report to a file, or to stdout; names that are not UTF-8 never fail it.

    Raises:
        OutputError: The file cannot be written.
        UsageError: The folder of the file does not exist, or the file is an OpenEXR file.
    """
    if out is None or out == "-":
        _print_report(text)
        return
    try:
        write_report(Path(out), text)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, FileExistsError) as error:
        raise UsageError(f"Cannot write the report to {out}: {error.strerror}.") from error
    except OSError as error:
        raise OutputError(f"Cannot write the report to {out}: {error.strerror}.") from error


def _print_report(text: str) -> None:
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"Cannot write the output: {error.strerror}.") from error
