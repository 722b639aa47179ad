"""Command line parser and dispatcher: one module per command."""

from __future__ import annotations

import argparse
import sys
from io import TextIOWrapper

from exr_inspector_app import __version__
from exr_inspector_app.cli import (
    backfill,
    check,
    diff,
    doctor,
    embed,
    inspect,
    library,
    picture,
    publish,
    reconcile,
    schema,
    settings,
    similar,
    vast,
)
from exr_inspector_app.cli.common_options import OPTIONS_TEXT, split_options
from exr_inspector_app.cli.misspelling import misspelling_message
from exr_inspector_app.cli.path_arguments import add_paths, read_list
from exr_inspector_app.cli.terminal import print_message, run_guarded

__all__ = [
    "COMMANDS",
    "is_command",
    "main",
    "misspelling_message",
    "print_message",
    "read_list",
    "run_guarded",
    "split_options",
    "window_parser",
]

COMMANDS = {
    "inspect": inspect,
    "picture": picture,
    "check": check,
    "embed": embed,
    "publish": publish,
    "similar": similar,
    "diff": diff,
    "library": library,
    "vast": vast,
    "backfill": backfill,
    "reconcile": reconcile,
    "config": settings,
    "doctor": doctor,
    "schema": schema,
}


def is_command(arguments: list[str]) -> bool:
    """Return True if the first argument names a command, even if a file has the same name."""
    return bool(arguments) and arguments[0] in COMMANDS


def main(arguments: list[str]) -> int:
    """Run a command and return its exit code."""
    return run_guarded(lambda: _run_command(arguments))


def _run_command(arguments: list[str]) -> int:
    options, arguments = split_options(arguments)
    options.apply()
    parsed = _parser().parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # not every encoding has × and –
    return run_guarded(lambda: int(parsed.run(parsed)), getattr(parsed, "stopped", "Stopped."))


def window_parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments that open the window."""
    parser = argparse.ArgumentParser(
        prog="exr-inspector",
        description="Inspect OpenEXR files, publish their metadata, and find similar ones.",
        epilog=f"Commands: {', '.join(COMMANDS)}. See `exr-inspector COMMAND --help`.\n\n{OPTIONS_TEXT}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_paths(parser)
    parser.add_argument("--screenshot", metavar="OUT.png", help="save a screenshot of the window and exit")
    parser.add_argument("--new-window", action="store_true", help="open a new window, even if one is running")
    parser.add_argument("--version", action="version", version=f"exr-inspector {__version__}")
    return parser


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="exr-inspector")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS.values():
        command.add(commands)
    return parser
