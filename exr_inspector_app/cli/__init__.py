"""Command line parser and dispatcher: one module per command, imported when it is run."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Any, Final

from exr_inspector_app import __version__
from exr_inspector_app.cli.options.common_options import OPTIONS_TEXT, split_options
from exr_inspector_app.cli.options.misspelling import misspelling_message
from exr_inspector_app.cli.options.path_arguments import add_paths, read_list
from exr_inspector_app.cli.output.terminal import print_error, run_guarded

__all__ = [
    "COMMANDS",
    "command_parser",
    "is_command",
    "main",
    "misspelling_message",
    "print_error",
    "read_list",
    "run_guarded",
    "split_options",
    "window_parser",
]

COMMANDS: Final = {
    "inspect": "inspect",
    "picture": "picture",
    "check": "check",
    "embed": "embed",
    "publish": "publish",
    "similar": "similar",
    "diff": "diff",
    "library": "library",
    "vast": "vast",
    "backfill": "backfill",
    "reconcile": "reconcile",
    "config": "settings",
    "doctor": "doctor",
    "schema": "schema",
    "completion": "completion",
}  # modules of this package


def is_command(arguments: list[str]) -> bool:
    """Return True if the first argument names a command, even if a file has the same name."""
    return bool(arguments) and arguments[0] in COMMANDS


def main(arguments: list[str]) -> int:
    """Run a command and return its exit code."""
    return run_guarded(lambda: _run_command(arguments))


def _run_command(arguments: list[str]) -> int:
    options, arguments = split_options(arguments)
    options.apply()
    parsed = command_parser(arguments[0]).parse_args(arguments[1:])
    if isinstance(sys.stdout, TextIOWrapper):
        if sys.platform == "win32" and not sys.stdout.isatty():
            sys.stdout.reconfigure(encoding="utf-8")  # a code page would spoil paths for the program that reads them
        sys.stdout.reconfigure(errors="backslashreplace")  # not every encoding has × and –
    return run_guarded(lambda: int(parsed.run(parsed)), getattr(parsed, "stopped", "Stopped."))


def window_parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments that open the window."""
    parser = _WindowParser(
        prog="exr-inspector",
        description="Inspect OpenEXR files, publish their metadata, and find similar ones.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_paths(parser)
    parser.add_argument("--screenshot", metavar="OUT.png", help="save a screenshot of the window and exit")
    parser.add_argument("--sample", action="store_true", help="open the sample files of the program as well")
    parser.add_argument("--new-window", action="store_true", help="open a new window, even if one is running")
    parser.add_argument("--version", action="version", version=f"exr-inspector {__version__}")
    return parser


class _WindowParser(argparse.ArgumentParser):
    """Parser whose help lists the commands, which are imported for it only."""

    def format_help(self) -> str:
        """Return the help, with one line per command and the options of all of them."""
        sentences = {name: str(command_parser(name).description).partition(". ")[0].rstrip(".") for name in COMMANDS}
        lines = [f"  {name:11} {sentence}." for name, sentence in sentences.items()]
        listed = "\n".join(["commands, see `exr-inspector COMMAND --help`:", *lines])
        return f"{super().format_help()}\n{listed}\n\n{OPTIONS_TEXT}\n"


class _Commands:
    """Registry in the form of argparse subparsers, for the one command that runs."""

    def __init__(self, parsers: list[argparse.ArgumentParser]) -> None:
        self._parsers = parsers

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser:
        """Return the parser of a command; its help is its description."""
        options.pop("help", None)
        epilog = f"{OPTIONS_TEXT}\n"
        form = argparse.RawDescriptionHelpFormatter
        parser = argparse.ArgumentParser(prog=f"exr-inspector {name}", epilog=epilog, formatter_class=form, **options)
        self._parsers.append(parser)
        return parser


def command_parser(command: str) -> argparse.ArgumentParser:
    """Return the parser of a command, whose module is imported."""
    parsers: list[argparse.ArgumentParser] = []
    import_module(f"exr_inspector_app.cli.{COMMANDS[command]}").add(_Commands(parsers))
    return parsers[0]
