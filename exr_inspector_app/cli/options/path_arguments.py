"""Path arguments shared by the commands: PATH and the list of --files-from."""

from __future__ import annotations

import os
import sys

from exr_inspector_app.errors import UsageError
from exr_inspector_app.typing_forms import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

PATH_HELP = "a file, a folder, or a sequence such as beauty.####.exr"
LIST_HELP = "read further paths from FILE, one per line; - for stdin"


def add_paths(parser: argparse.ArgumentParser, path_help: str = PATH_HELP) -> None:
    """Add the arguments PATH and the option --files-from to a command."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help=path_help)
    add_list(parser)


def add_list(parser: argparse.ArgumentParser) -> None:
    """Add the options of a list of paths to a command: --files-from and -0."""
    parser.add_argument("--files-from", metavar="FILE", help=LIST_HELP)
    text = "with --files-from: a NUL ends each path, as `find -print0` writes them"
    parser.add_argument("-0", dest="is_nul_separated", action="store_true", help=text)


def parse_paths(parsed: argparse.Namespace) -> list[str]:
    """Return the paths of a command: its arguments, then the lines of the list.

    Raises:
        UsageError: There is no path and no list, or the list cannot be read.
    """
    if not parsed.paths and parsed.files_from is None:
        raise UsageError("Give a PATH, or a list of them with --files-from FILE.")
    return [*parsed.paths, *read_list(parsed.files_from, is_nul_separated=parsed.is_nul_separated)]


def read_list(name: str | None, *, is_nul_separated: bool = False) -> list[str]:
    """Return the lines of a list of paths, without empty ones; bytes that are not UTF-8 stay as they are.

    Args:
        name: Path of the list, `-` for stdin, None for no list.
        is_nul_separated: Paths end with a NUL instead of a line break, so that they may contain one.

    Raises:
        UsageError: The list cannot be read.
    """
    if name is None:
        return []
    try:
        data = _read_stdin() if name == "-" else _read_bytes(name)
    except OSError as error:
        raise UsageError(f"Cannot read the list {name}: {error.strerror}.") from error
    if is_nul_separated:
        return [os.fsdecode(path) for path in data.split(b"\0") if path]
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return [os.fsdecode(line) for line in (line.removesuffix(b"\r") for line in lines) if line.strip()]


def _read_stdin() -> bytes:
    if sys.stdin is None:  # `<&-`, and programs without a console on Windows
        raise UsageError("Cannot read the list -: stdin is closed.")
    return sys.stdin.buffer.read()


def _read_bytes(name: str) -> bytes:
    with open(name, "rb") as file:
        return file.read()
