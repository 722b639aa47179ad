"""Command line parser and dispatcher: one module per command, imported when it is run."""

from __future__ import annotations

import sys
from importlib import import_module
from io import TextIOWrapper

from exr_inspector_app.cli.options.common_options import split_options
from exr_inspector_app.cli.options.misspelling import misspelling_message
from exr_inspector_app.cli.options.path_arguments import read_list
from exr_inspector_app.cli.options.plain_arguments import PlainParser
from exr_inspector_app.cli.output.terminal import print_error, run_guarded
from exr_inspector_app.typing_forms import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import argparse
    from types import SimpleNamespace

__all__ = [
    "COMMANDS",
    "is_command",
    "main",
    "misspelling_message",
    "print_error",
    "read_list",
    "run_guarded",
    "split_options",
    "subcommand_lines",
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
_PLAIN_COMMANDS = ("inspect",)  # whose options PlainParser knows


def is_command(arguments: list[str]) -> bool:
    """Return True if the first argument names a command, even if a file has the same name."""
    return bool(arguments) and arguments[0] in COMMANDS


def subcommand_lines() -> list[str]:
    """Return the subcommands with their command, such as `library list`."""
    from exr_inspector_app.cli.parsers import command_parser, option_names  # imported on demand: argparse

    groups = {name: option_names(command_parser(name)) for name in ("library", "vast")}
    return [f"{name} {word}" for name, words in groups.items() for word in words if not word.startswith("-")]


def main(arguments: list[str]) -> int:
    """Run a command and return its exit code."""
    return run_guarded(lambda: _run_command(arguments))


def _run_command(arguments: list[str]) -> int:
    options, arguments = split_options(arguments)
    options.apply()
    parsed = _parse(arguments[0], arguments[1:])
    if isinstance(sys.stdout, TextIOWrapper):
        if sys.platform == "win32" and not sys.stdout.isatty():
            sys.stdout.reconfigure(encoding="utf-8")  # a code page would spoil paths for the program that reads them
        sys.stdout.reconfigure(errors="backslashreplace")  # not every encoding has × and –
    return run_guarded(lambda: int(parsed.run(parsed)), getattr(parsed, "stopped", "Stopped."))


def _parse(command: str, arguments: list[str]) -> argparse.Namespace | SimpleNamespace:
    """Return the options of a command."""
    if command in _PLAIN_COMMANDS:
        parser = PlainParser()
        import_module(f"{__name__}.{COMMANDS[command]}").add(parser)
        parsed = parser.parse(arguments)
        if parsed is not None:
            return parsed
    from exr_inspector_app.cli.parsers import command_parser  # imported on demand: argparse

    return command_parser(command).parse_args(arguments)
