"""Parsers of the window and of the commands, whose modules are imported for them."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Any, NoReturn

from exr_inspector_app import __version__
from exr_inspector_app.cli import COMMANDS
from exr_inspector_app.cli.options.common_options import OPTION_NAMES, OPTIONS_TEXT
from exr_inspector_app.cli.options.misspelling import suggestion
from exr_inspector_app.cli.options.path_arguments import add_paths

SUMMARIES = {
    "inspect": "Show the contents of EXR files.",
    "picture": "Write the picture of a file as a PNG, as the canvas shows it, without overlays.",
    "check": "Check files and sequences against the rules of a profile.",
    "embed": "Compute the embeddings of files.",
    "publish": "Publish file metadata.",
    "similar": "Find published files similar to a file.",
    "diff": "Show header differences between files.",
    "library": "List, show, export, and remove published files.",
    "vast": "Manage the VAST Database.",
    "backfill": "Publish the files that exist already, in shards.",
    "reconcile": "Compare files with the published ones by path, size and date: new, changed, gone.",
    "config": "Print every setting with its value and its origin: a variable, a file, the keyring, or default.",
    "doctor": "Check the installation, its folders and its settings; exit 1 if something is broken.",
    "schema": "Print the JSON Schema of machine-readable output.",
    "completion": "Print a completion script, such as for `source <(exr-inspector completion bash)`.",
}  # first sentences of the descriptions of the commands, for the help without their modules


def window_parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments that open the window."""
    parser = _WindowParser(
        prog="exr-inspector",
        description="Inspect OpenEXR files, publish their metadata, and find similar ones.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_paths(parser)
    text = "save a screenshot of the window and exit"
    parser.add_argument("--screenshot", metavar="OUT.png", type=_parse_png, help=text)
    parser.add_argument("--sample", action="store_true", help="open the sample files of the program as well")
    parser.add_argument("--new-window", action="store_true", help="open a new window, even if one is running")
    parser.add_argument("--version", action="version", version=f"exr-inspector {__version__}")
    return parser


def _parse_png(text: str) -> str:
    """Return the path of a PNG file; argparse reports any other."""
    if not text.lower().endswith(".png"):
        raise argparse.ArgumentTypeError(f"must end in .png: {text}")
    return text


def option_names(parser: argparse.ArgumentParser) -> list[str]:
    """Return the options of all commands, then the subcommands and options of this parser."""
    listed = [*OPTION_NAMES]
    for action in parser._actions:  # argparse has no public list of options
        listed += [option for option in action.option_strings if option.startswith("--")]
        if isinstance(action, argparse._SubParsersAction):
            listed += [*action.choices]
            listed += [word for nested in action.choices.values() for word in option_names(nested)]
    return [*dict.fromkeys(listed)]


class _CommandParser(argparse.ArgumentParser):
    """Parser that suggests corrections of misspelled options and subcommands."""

    def error(self, message: str) -> NoReturn:
        """Exit with code 2."""
        super().error(f"{message}{suggestion(message, option_names(self))}")


class _WindowParser(argparse.ArgumentParser):
    """Parser whose help lists the commands."""

    def error(self, message: str) -> NoReturn:
        """Exit with code 2; an unknown option is mostly that of a command."""
        is_unknown = message.startswith("unrecognized arguments")
        super().error(
            f"{message}. Write options after a command: exr-inspector inspect --json" if is_unknown else message
        )

    def format_help(self) -> str:
        """Return the help, with one line per command and the options of all of them."""
        lines = [f"  {name:11} {sentence}" for name, sentence in SUMMARIES.items()]
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
        parser = _CommandParser(prog=f"exr-inspector {name}", epilog=epilog, formatter_class=form, **options)
        self._parsers.append(parser)
        return parser


def command_parser(command: str) -> argparse.ArgumentParser:
    """Return the parser of a command, whose module is imported."""
    parsers: list[argparse.ArgumentParser] = []
    import_module(f"exr_inspector_app.cli.{COMMANDS[command]}").add(_Commands(parsers))
    return parsers[0]
