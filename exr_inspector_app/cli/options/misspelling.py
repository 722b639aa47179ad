"""Suggestions of the command or the option that a misspelled argument may mean."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from exr_inspector_app.text.lazy_pattern import lazy_pattern

_WORD = lazy_pattern(r"[A-Za-z][A-Za-z0-9_-]*")  # paths and sequences have a dot, a separator or a sign
_SEPARATORS = str.maketrans("(),'", "    ")
_UNKNOWN = lazy_pattern(r"unrecognized arguments: (--?[A-Za-z][\w-]*)|invalid choice: '([^']*)'")  # of argparse


def misspelling_message(
    argument: str, commands: Iterable[str], subcommands: Callable[[], Iterable[str]] = tuple
) -> str | None:
    """Return the message about an argument that is no command and no path, else None.

    Args:
        argument: First argument of the program.
        commands: Names of all commands.
        subcommands: Returns lines such as `library list`; called only if no command is meant.
    """
    if not _WORD.fullmatch(argument) or os.path.lexists(argument):
        return None
    from difflib import get_close_matches  # imported on demand: not for correctly spelled commands

    names = list(commands)
    matches = get_close_matches(argument.lower(), names, n=1) or [name for name in names if name.startswith(argument)]
    if not matches:
        lines = {line.rpartition(" ")[2]: line for line in reversed(list(subcommands()))}  # the first one wins
        matches = [lines[word] for word in get_close_matches(argument.lower(), lines, n=1)]
    hint = f"Did you mean {matches[0]}?" if matches else f"Commands: {', '.join(names)}. See exr-inspector --help."
    return f"There is no command and no file named {argument}. {hint}"


def suggestion(message: str, names: Iterable[str]) -> str:
    """Return the end of a message of argparse that names the nearest option, subcommand or choice; empty without one.

    Args:
        message: Message of argparse.
        names: Options and subcommands of the parser; choices are part of the message.
    """
    match = _UNKNOWN.search(message)
    if match is None:
        return ""
    from difflib import get_close_matches  # imported on demand, as above

    option, choice = match.groups()
    known = list(names) if option else message.partition("choose from")[2].translate(_SEPARATORS).split()
    if option in known:
        return ". Another command has this option; see --help"
    nearest = get_close_matches(option or choice, known, n=1)
    return f". Did you mean {nearest[0]}?" if nearest else ""
