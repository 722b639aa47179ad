"""The command line: what is asked for, and how the pipeline's events are told on a terminal."""

from __future__ import annotations

import argparse
import sys
from io import TextIOWrapper

from exr_inspector_app import __version__
from exr_inspector_app.cli import diff, embed, inspect, library, publish, similar, vast
from exr_inspector_app.cli.terminal import guarded

__all__ = ["COMMANDS", "guarded", "is_command", "main", "window_parser"]

COMMANDS = {
    "inspect": inspect,
    "embed": embed,
    "publish": publish,
    "similar": similar,
    "diff": diff,
    "library": library,
    "vast": vast,
}


def is_command(words: list[str]) -> bool:
    """True where the first word names a command; such a word wins over a file of that name."""
    return bool(words) and words[0] in COMMANDS


def main(words: list[str]) -> int:
    """One command, run; its exit code."""
    parsed = _parser().parse_args(words)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # × and – are not in every encoding
    return guarded(lambda: int(parsed.run(parsed)), getattr(parsed, "stopped", "Stopped."))


def window_parser() -> argparse.ArgumentParser:
    """The words that open the window."""
    parser = argparse.ArgumentParser(
        prog="exr-inspector",
        description="See everything that is in OpenEXR files, publish their metadata, find similar ones.",
        epilog=f"Commands: {', '.join(COMMANDS)}; `exr-inspector COMMAND --help` tells of each.",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a file, a folder, or beauty.####.exr")
    parser.add_argument("--screenshot", metavar="OUT.png", help="render the window to a picture and leave")
    parser.add_argument("--version", action="version", version=f"exr-inspector {__version__}")
    return parser


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="exr-inspector")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS.values():
        command.add(commands)
    return parser
