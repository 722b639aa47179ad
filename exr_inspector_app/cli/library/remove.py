"""`library remove`: files leave the library; the files themselves are never touched."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from exr_inspector_app.cli.terminal import add_target, add_where, core_of, say, where_of
from exr_inspector_app.contracts import Condition, Filter
from exr_inspector_app.errors import UsageError
from exr_inspector_app.text.format import pluralize


def add(inside: Any) -> None:
    """The words of the command."""
    text = "remove files from the library, with the older headers of their paths; the files themselves stay"
    parser = inside.add_parser("remove", help=text, description=text)
    parser.set_defaults(run=_remove)
    parser.add_argument("file_ids", metavar="FILE_ID", nargs="*")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    add_target(parser)
    add_where(parser)


def _remove(parsed: argparse.Namespace) -> int:
    where = _chosen(parsed)
    core = core_of(parsed)
    ids = core.ids(where)
    if not ids:
        say("Nothing of this is in the library.")
        return int(bool(parsed.file_ids))
    if not parsed.yes and not _agreed(len(ids), core.target):
        say("Nothing was removed.")
        return 1
    say(f"{pluralize(core.delete(ids), 'file')} removed from {core.target}")
    return 0


def _chosen(parsed: argparse.Namespace) -> Filter:
    """What is to go; all of the library goes only by a condition that says so."""
    if bool(parsed.file_ids) == bool(parsed.where):
        raise UsageError("Say what to remove: either FILE_IDs, or conditions with --where.")
    if parsed.file_ids:
        return (Condition("file_id", "in", tuple(parsed.file_ids)),)
    return where_of(parsed)


def _agreed(count: int, target: str) -> bool:
    """True once a person on a terminal has said yes."""
    files = pluralize(count, "file")
    if not sys.stdin.isatty():
        raise UsageError(f"{files} would be removed from {target}; add --yes where nobody can be asked.")
    sys.stderr.write(f"Remove {files} from {target}? The files themselves stay. [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
